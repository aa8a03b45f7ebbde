"""Private addresses get no packet, in whatever form they come; what is listed passes."""

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.address import IPv4Address

from newscrawler.config import load
from newscrawler.guard import AddressGuard, activate, active, canonical, deactivate, private_kind
from newscrawler.resolver import GuardedResolver

PRIVATE = [
    "127.0.0.1",
    "127.9.9.9",
    "127.1",
    "0",
    "0.0.0.0",  # noqa: S104
    "2130706433",
    "0x7f000001",
    "017700000001",
    "10.9.8.7",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "[::1]",
    "::ffff:10.9.8.7",
    "[::ffff:127.0.0.1]",
    "::127.0.0.1",
    "fe80::1%eth0",
    "fec0::1",
    "fd00::1",
    "ff02::1",
    "2001:db8::1",
    "64:ff9b::10.9.8.7",
    "64:ff9b:1::1",
    "2002:a09:807::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "localhost",
    "a.example",
    "",
]
PUBLIC = [
    "8.8.8.8",
    "203.119.206.1",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
    "2002:808:808::1",
]


def fake_lookup(**names: Sequence[str]) -> Callable[[str], Sequence[str]]:
    return lambda name: names.get(name, [])


@pytest.mark.parametrize("address", PRIVATE)
def test_no_socket_may_connect_to_what_is_not_public(address: str) -> None:
    refused = AddressGuard(lookup=fake_lookup()).refusal(address, 80)
    assert refused is not None
    assert refused.startswith("refused by policy: ")


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_pass(address: str) -> None:
    assert AddressGuard().refusal(address, 80) is None


@pytest.mark.parametrize("port", [80, 8899])
def test_a_listed_address_passes_on_its_port_only(port: int) -> None:
    guard = AddressGuard(["127.0.0.1:8899"])
    assert (guard.refusal("127.0.0.1", port) is None) is (port == 8899)
    assert guard.refusal("127.0.0.2", port) is not None


def test_a_listed_host_without_port_passes_on_every_port() -> None:
    guard = AddressGuard(["10.9.8.7"])
    assert guard.refusal("10.9.8.7", 1) is guard.refusal("10.9.8.7", 65_535) is None


def test_a_listed_name_lets_its_addresses_through_on_its_port() -> None:
    guard = AddressGuard(["mirror.lan:80"], lookup=fake_lookup(**{"mirror.lan": ["10.9.8.7"]}))
    assert guard.refusal("10.9.8.7", 80) is None
    assert guard.refusal("10.9.8.7", 81) is not None
    assert guard.refusal("10.9.8.8", 80) is not None


def test_names_are_looked_up_once_a_minute_at_most() -> None:
    asked: list[str] = []
    now = [1000.0]

    def lookup(name: str) -> list[str]:
        asked.append(name)
        return ["10.9.8.7"]

    guard = AddressGuard(["mirror.lan"], lookup=lookup, clock=lambda: now[0])
    for _ in range(3):
        guard.refusal("10.0.0.1", 80)
    assert asked == ["mirror.lan"]
    now[0] += 61
    guard.refusal("10.0.0.1", 80)
    assert asked == ["mirror.lan", "mirror.lan"]


def test_a_name_that_resolves_to_a_private_address_is_refused_with_the_remedy() -> None:
    guard = AddressGuard()
    assert guard.admit("intranet.example", 8080, ["10.9.8.7"]) == []
    assert guard.why("intranet.example", 8080) == (
        "refused by policy: intranet.example resolves to private address 10.9.8.7 (private); "
        "allow it with ALLOWED_PRIVATE_HOSTS=intranet.example:8080"
    )
    assert guard.why("intranet.example", 80) is None


def test_of_mixed_answers_only_the_public_ones_are_dialled() -> None:
    guard = AddressGuard()
    assert guard.admit("a.example", 80, ["10.9.8.7", "8.8.8.8", "::1"]) == ["8.8.8.8"]
    assert guard.why("a.example", 80) is None


def test_a_refusal_is_forgotten_when_the_name_becomes_public() -> None:
    guard = AddressGuard()
    guard.admit("a.example", 80, ["10.9.8.7"])
    guard.admit("a.example", 80, ["8.8.8.8"])
    assert guard.why("a.example", 80) is None


def test_an_unknown_name_is_not_a_refusal() -> None:
    guard = AddressGuard()
    assert guard.admit("a.example", 80, []) == []
    assert guard.why("a.example", 80) is None


def test_another_name_for_a_listed_address_is_refused() -> None:
    guard = AddressGuard(["127.0.0.1:8899"])
    assert guard.admit("evil.example", 8899, ["127.0.0.1"]) == []
    assert guard.admit("127.1", 8899, ["127.0.0.1"]) == ["127.0.0.1"]


def test_what_a_listed_name_has_just_resolved_to_may_be_dialled_for_a_minute() -> None:
    now = [1000.0]
    guard = AddressGuard(["mirror.lan:80"], lookup=fake_lookup(), clock=lambda: now[0])
    assert guard.admit("Mirror.LAN.", 80, ["10.9.8.7"]) == ["10.9.8.7"]
    assert guard.refusal("10.9.8.7", 80) is None
    now[0] += 61
    assert guard.refusal("10.9.8.7", 80) is not None


def test_a_service_may_be_connected_to_but_not_crawled() -> None:
    guard = AddressGuard(services=["db:3306"], lookup=fake_lookup(db=["172.18.0.3"]))
    assert guard.refusal("172.18.0.3", 3306) is None
    assert guard.admit("db", 3306, ["172.18.0.3"]) == []


def test_the_configuration_lists_base_urls_and_the_database() -> None:
    given_settings = {
        "EASTMONEY_BASE_URL": "http://127.0.0.1:8899",
        "ALLOWED_PRIVATE_HOSTS": "10.9.8.7:80",
        "DATABASE_URL": "mariadb://u:p@127.0.0.1:3307/news",
    }
    guard = AddressGuard.of(load(overrides=given_settings, env={}, cwd=Path("/")))
    assert guard.admit("127.0.0.1", 8899, ["127.0.0.1"]) == ["127.0.0.1"]
    assert guard.admit("127.0.0.1", 3307, ["127.0.0.1"]) == []
    assert guard.refusal("127.0.0.1", 3307) is guard.refusal("10.9.8.7", 80) is None


@given(st.ip_addresses().map(str) | st.text())
def test_every_text_is_judged(host: str) -> None:
    assert canonical(canonical(host)) == canonical(host)
    assert private_kind(host) == private_kind(canonical(host))


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_inside_every_ipv6_form(address: Any) -> None:
    expected = private_kind(str(address))
    number = int(address)
    assert private_kind(str(number)) == private_kind(hex(number)) == expected
    assert private_kind(f"::ffff:{address}") == private_kind(f"64:ff9b::{address}") == expected
    assert private_kind(f"2002:{number >> 16:x}:{number & 0xFFFF:x}::1") == expected


class FakeReactor:
    """Answers every name with the next of the given answers."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.nameResolver = self

    def resolveHostName(self, receiver: Any, name: str, port: int, *_: Any) -> None:  # noqa: N802
        receiver.resolutionBegan(None)
        for host in self.answers.pop(0):
            receiver.addressResolved(IPv4Address("TCP", host, port))
        receiver.resolutionComplete()


class Dialled:
    """What Twisted would dial."""

    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.complete = False

    def resolutionBegan(self, resolutionInProgress: Any) -> None:  # noqa: N802, N803
        pass

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        self.addresses.append(f"{address.host}:{address.port}")

    def resolutionComplete(self) -> None:  # noqa: N802
        self.complete = True


def dialled(resolver: GuardedResolver, host: str) -> list[str]:
    receiver = Dialled()
    resolver.resolveHostName(receiver, host, portNumber=80)
    assert receiver.complete
    return receiver.addresses


def test_a_rebinding_name_is_dialled_only_where_it_was_judged_public() -> None:
    resolver = GuardedResolver(AddressGuard(), FakeReactor(["8.8.8.8"], ["127.0.0.1"]))
    assert dialled(resolver, "rebind.example") == ["8.8.8.8:80"]
    assert dialled(resolver, "rebind.example") == []


@pytest.fixture
def listener() -> Iterator[int]:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()[1]


@pytest.fixture
def hooked() -> Iterator[Callable[..., None]]:
    yield lambda *lists: activate(AddressGuard(*lists))
    deactivate()


def test_the_hook_refuses_python_sockets(listener: int, hooked: Callable[..., None]) -> None:
    hooked()
    with pytest.raises(PermissionError, match=r"refused by policy: 127\.0\.0\.1 is a private"):
        socket.create_connection(("127.0.0.1", listener))


def test_the_hook_refuses_connect_ex_and_names(listener: int, hooked: Callable[..., None]) -> None:
    hooked()
    with closing(socket.socket()) as sock:
        with pytest.raises(PermissionError):
            sock.connect_ex(("127.0.0.1", listener))
        with pytest.raises(PermissionError, match="resolved by the socket itself"):
            sock.connect(("localhost", listener))


def test_the_hook_lets_listed_hosts_and_services_through(
    listener: int, hooked: Callable[..., None]
) -> None:
    hooked([f"127.0.0.1:{listener}"])
    socket.create_connection(("127.0.0.1", listener)).close()
    hooked([], [f"localhost:{listener}"])
    socket.create_connection(("127.0.0.1", listener)).close()


def test_the_hook_leaves_unix_sockets_alone(tmp_path: Path, hooked: Callable[..., None]) -> None:
    hooked()
    with closing(socket.socket(socket.AF_UNIX)) as server:
        server.bind(str(tmp_path / "s"))
        server.listen()
        with closing(socket.socket(socket.AF_UNIX)) as client:
            client.connect(str(tmp_path / "s"))


def test_a_deactivated_guard_stops_nothing(listener: int, hooked: Callable[..., None]) -> None:
    hooked()
    deactivate()
    assert active() is None
    socket.create_connection(("127.0.0.1", listener)).close()
