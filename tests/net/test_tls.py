"""TLS certificates (row S30): verified, and for named hosts not."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.net.conftest import probe
from tests.net.fault_server import FaultServer
from tests.net.faults import Exchange

NOW = datetime.now(UTC)


async def page(ask: Exchange) -> None:
    await ask.whole(b"<html></html>")


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


class Authority:
    """Issues certificates, to itself first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = named("tests")
        builder = self._builder(self._name, NOW + timedelta(days=1)).public_key(
            self._key.public_key()
        )
        own = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.path = folder / "ca.pem"
        self.path.write_bytes(
            own.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        )

    def _builder(self, subject: x509.Name, until: datetime) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - timedelta(days=9))
            .not_valid_after(until)
        )

    def context(self, host: str, *, days: int = 1, self_signed: bool = False) -> ssl.SSLContext:
        """A server's side of TLS for this host."""
        key = ec.generate_private_key(ec.SECP256R1())
        until = NOW + timedelta(days=days)
        builder = self._builder(named(host), until).public_key(key.public_key())
        for_host = builder.add_extension(
            x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False
        )
        certificate = for_host.sign(key if self_signed else self._key, hashes.SHA256())
        path = self._folder / f"{certificate.serial_number}.pem"
        path.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


@pytest.fixture(scope="module")
def verified(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What became of a page of each server, by what is wrong with its certificate."""
    authority = Authority(tmp_path_factory.mktemp("tls"))
    contexts = {
        "nothing": authority.context("localhost"),
        "expired": authority.context("localhost", days=-1),
        "wrong host": authority.context("elsewhere.example"),
        "self-signed": authority.context("localhost", self_signed=True),
        "self-signed, listed": authority.context("localhost", self_signed=True),
    }
    with ExitStack() as stack:
        urls = {}
        for name, context in contexts.items():
            server = FaultServer({"/page": page}, host="localhost", tls=context)
            urls[name] = stack.enter_context(server).origin + "/page"
        listed = urls["self-signed, listed"].split("/")[2]
        ends = probe(list(urls.values()), ca=authority.path, INSECURE_TLS_HOSTS=listed)
        yield {name: ends[url] for name, url in urls.items()}


@pytest.mark.parametrize("wrong", ["expired", "wrong host", "self-signed"])
def test_s30_a_certificate_that_does_not_verify_is_refused(
    verified: dict[str, str], wrong: str
) -> None:
    assert verified[wrong] == "failed tls"


@pytest.mark.parametrize("wrong", ["nothing", "self-signed, listed"])
def test_s30_what_verifies_or_is_listed_is_fetched(verified: dict[str, str], wrong: str) -> None:
    assert verified[wrong].startswith("200 ")
