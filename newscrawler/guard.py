"""Which addresses this process may connect to: public ones, and what the operator lists.

The rule is checked where it cannot be talked out of it: on the answers of name resolution
(newscrawler/resolver.py), and once more on every Python socket as it connects. Sockets of C
libraries (libpq, libuv) do not pass here; Twisted's do, on any event loop.
"""

from __future__ import annotations

import errno
import re
import socket
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

from newscrawler.config import Config
from newscrawler.config_values import join_host, split_host

_SHARED = IPv4Network("100.64.0.0/10")
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_UNIQUE_LOCAL = IPv6Network("fc00::/7")
_NAT64 = IPv6Network("64:ff9b::/96")
_NUMERIC = re.compile(r"[0-9a-fx.]+", re.ASCII)
_FORGET_S = 60.0
_MAX_REMEMBERED = 1_000

Address = IPv4Address | IPv6Address
Entry = tuple[str, int | None]
"""Canonical host, and port or None for all."""


@lru_cache(maxsize=4096)
def canonical(host: str) -> str:
    """One spelling for every way of writing a host: 127.1, 2130706433 and [::ffff:127.0.0.1]."""
    bare = _bare(host)
    address = _parse(bare.partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return bare if address is None else str(address)


@lru_cache(maxsize=4096)
def private_kind(address: str) -> str | None:
    """Why an address is not public ("loopback", "private", …); None if it is.

    IPv4 addresses inside IPv6 ones (mapped, 6to4, Teredo, NAT64) are judged as what they reach.
    Text that is no address is "unresolved": what it would lead to cannot be known yet.
    """
    parsed = _parse(canonical(address))
    if parsed is None:
        return "unresolved"
    return _kind(parsed)


class AddressGuard:
    """The rule for one configuration.

    `allowed` are hosts ("host" or "host:port") that may be private: exactly these, by the name
    or address they are listed under. `services` are further ones that only Python sockets
    outside the crawl may reach, such as the database. `lookup` names a host's addresses.
    """

    def __init__(
        self,
        allowed: Sequence[str] = (),
        services: Sequence[str] = (),
        *,
        lookup: Callable[[str], Iterable[str]] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._crawled = _entries(allowed)
        self._connected = self._crawled | _entries(services)
        self._lookup = lookup or _addresses_of
        self._clock = clock
        self._admitted: dict[tuple[str, int], float] = {}
        self._looked_up: dict[str, tuple[float, frozenset[str]]] = {}
        self._refused: dict[tuple[str, int], str] = {}

    @classmethod
    def of(cls, config: Config) -> AddressGuard:
        """The guard that a configuration asks for."""
        return cls(config.allowed_hosts, [config.database_host] if config.database_host else [])

    def refusal(self, address: str, port: int) -> str | None:
        """Why no socket may connect to this address; None if it may."""
        kind = private_kind(address)
        if kind is None or self._passes(canonical(address), port):
            return None
        return _message(address, address, kind, port)

    def admit(self, host: str, port: int, addresses: Sequence[str]) -> list[str]:
        """Of the addresses that `host` has just resolved to, those that may be dialled.

        If there are none, `why` says why from then on.
        """
        name = canonical(host)
        if _lists(self._crawled, name, port):
            until = self._clock() + _FORGET_S
            self._admitted.update({(canonical(address), port): until for address in addresses})
            admitted = list(addresses)
        else:
            admitted = [address for address in addresses if private_kind(address) is None]
        self._remember(_bare(host), port, [] if admitted else addresses)
        return admitted

    def why(self, host: str, port: int) -> str | None:
        """Why the last resolution of `host` was refused; None if it was not."""
        return self._refused.get((_bare(host), port))

    def _remember(self, host: str, port: int, refused: Sequence[str]) -> None:
        self._refused.pop((host, port), None)
        if refused:
            if len(self._refused) >= _MAX_REMEMBERED:
                self._refused.clear()
            kind = private_kind(refused[0]) or "private"
            self._refused[host, port] = _message(host, refused[0], kind, port)

    def _passes(self, address: str, port: int) -> bool:
        if _lists(self._connected, address, port):
            return True
        if self._admitted.get((address, port), 0) > self._clock():
            return True
        names = [name for name, own in self._connected if own in (None, port)]
        return any(address in self._addresses(name) for name in names)

    def _addresses(self, name: str) -> frozenset[str]:
        """What a listed name resolves to, looked up at most once a minute."""
        if private_kind(name) != "unresolved":
            return frozenset([name])
        until, addresses = self._looked_up.get(name, (0.0, frozenset()))
        if until <= self._clock():
            addresses = frozenset(canonical(address) for address in self._lookup(name))
            self._looked_up[name] = (self._clock() + _FORGET_S, addresses)
        return addresses


class _Current:
    guard: AddressGuard | None = None
    hooked = False


def activate(guard: AddressGuard) -> None:
    """Hold every Python socket of this process to `guard`, from now on and instead of another."""
    _Current.guard = guard
    if not _Current.hooked:
        sys.addaudithook(_audit)  # for the life of the process: there is no way to remove it
        _Current.hooked = True


def deactivate() -> None:
    """Let every socket connect again."""
    _Current.guard = None


def active() -> AddressGuard | None:
    """The guard in force."""
    return _Current.guard


def _audit(event: str, args: tuple[Any, ...]) -> None:
    if event != "socket.connect":
        return
    guard = _Current.guard
    sock, address = args
    if guard is None or sock.family not in (socket.AF_INET, socket.AF_INET6):
        return
    host = address[0].decode("latin-1") if isinstance(address[0], bytes) else str(address[0])
    refused = guard.refusal(host, address[1])
    if refused:
        raise PermissionError(errno.EACCES, refused)


def _parse(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        pass
    if not _NUMERIC.fullmatch(text):
        return None
    try:
        return IPv4Address(socket.inet_aton(text))
    except OSError:
        return None


def _bare(host: str) -> str:
    """The host as it is written, without brackets, in ASCII and lower case."""
    name = host.strip().lower().removeprefix("[").removesuffix("]").rstrip(".")
    try:
        return name if name.isascii() else name.encode("idna").decode("ascii")
    except UnicodeError:
        return name


def _kind(address: Address) -> str | None:
    if address.is_unspecified:
        return "unspecified"
    if address.is_loopback:
        return "loopback"
    if address.is_link_local:
        return "link-local"
    if address.is_multicast:
        return "multicast"
    return _kind_v4(address) if isinstance(address, IPv4Address) else _kind_v6(address)


def _kind_v4(address: IPv4Address) -> str | None:
    if address in _SHARED:
        return "shared"
    return None if address.is_global else "private"


def _kind_v6(address: IPv6Address) -> str | None:
    if address in _NAT64:
        return _kind(IPv4Address(int(address) & 0xFFFFFFFF))
    if inner := _tunnelled(address):
        return next(filter(None, map(_kind, inner)), None)
    if address in _UNIQUE_LOCAL:
        return "private"
    return None if address in _GLOBAL_UNICAST and address.is_global else "reserved"


def _tunnelled(address: IPv6Address) -> tuple[IPv4Address, ...]:
    if address.sixtofour:
        return (address.sixtofour,)
    return address.teredo or ()


def _entries(hosts: Sequence[str]) -> frozenset[Entry]:
    pairs = [split_host(host) for host in hosts]
    return frozenset((canonical(host), port) for host, port in pairs)


def _lists(entries: frozenset[Entry], host: str, port: int) -> bool:
    return (host, port) in entries or (host, None) in entries


def _addresses_of(name: str) -> list[str]:
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return [str(sockaddr[0]) for *_, sockaddr in found]


def _message(host: str, address: str, kind: str, port: int) -> str:
    if kind == "unresolved":
        what = f"{host} would be resolved by the socket itself"
    elif canonical(host) == canonical(address) == host:
        what = f"{host} is a private address ({kind})"
    else:
        what = f"{host} resolves to private address {address} ({kind})"
    remedy = f"ALLOWED_PRIVATE_HOSTS={join_host(canonical(host), port)}"
    return f"refused by policy: {what}; allow it with {remedy}"
