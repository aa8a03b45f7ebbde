"""The address guard where Scrapy meets it: name resolution, and the error that says why."""
# ruff: noqa: N802, N803  (Twisted's names, which it passes as keywords)

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import CrawlerProcess

from newscrawler.addon import config_of
from newscrawler.errors import AddressRefusedError
from newscrawler.guard import AddressGuard, activate, active


class ResolvedAddress(Protocol):
    """What we use of Twisted's IPv4Address and IPv6Address."""

    @property
    def host(self) -> str:
        """The address as text."""


class Receiver(Protocol):
    """Twisted's IResolutionReceiver, whose own definition no type checker can read."""

    def resolutionBegan(self, resolutionInProgress: Any) -> None: ...
    def addressResolved(self, address: ResolvedAddress) -> None: ...
    def resolutionComplete(self) -> None: ...


class GuardedResolver:
    """Resolves names, literals and odd forms, of IPv4 and IPv6; tells only what may be dialled.

    Set as TWISTED_DNS_RESOLVER. Scrapy makes one per process; that puts the guard of the
    effective configuration in force. Nothing is cached: Twisted dials what it was told here, so
    a name that answers differently the next time is judged the next time.
    """

    def __init__(self, guard: AddressGuard, reactor: Any) -> None:
        self._guard = guard
        self._reactor = reactor
        self._inner = reactor.nameResolver

    @classmethod
    def from_crawler(cls, crawler: CrawlerProcess, reactor: Any) -> Self:
        """Called by Scrapy with the settings of the process."""
        guard = AddressGuard.of(config_of(crawler.settings))
        activate(guard)
        return cls(guard, reactor)

    def install_on_reactor(self) -> None:
        """Called by Scrapy before the reactor runs."""
        self._reactor.installNameResolver(self)

    def resolveHostName(
        self,
        resolutionReceiver: Receiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[Any]] | None = None,
        transportSemantics: str = "TCP",
    ) -> Any:
        """Twisted's IHostnameResolver."""
        receiver = _Admitted(resolutionReceiver, self._guard, hostName, portNumber)
        return self._inner.resolveHostName(
            receiver, hostName, portNumber, addressTypes, transportSemantics
        )


class _Admitted:
    """Hands on the addresses that the guard admits, once all are known."""

    def __init__(self, receiver: Receiver, guard: AddressGuard, host: str, port: int) -> None:
        self._receiver = receiver
        self._guard = guard
        self._host = host
        self._port = port
        self._found: list[ResolvedAddress] = []

    def resolutionBegan(self, resolutionInProgress: Any) -> None:
        self._receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: ResolvedAddress) -> None:
        self._found.append(address)

    def resolutionComplete(self) -> None:
        texts = [address.host for address in self._found]
        admitted = set(self._guard.admit(self._host, self._port, texts))
        for address in self._found:
            if address.host in admitted:
                self._receiver.addressResolved(address)
        self._receiver.resolutionComplete()


class RefusalMiddleware:
    """Turns what a refused address looks like (no such host) into what it is.

    Belongs between the downloader and the retry middleware: a refusal is not tried again.
    """

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Raise AddressRefusedError in place of the failure, if the guard caused it."""
        guard = active()
        parts = urlsplit(request.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        if guard and (refused := guard.why(parts.hostname or "", port)):
            raise AddressRefusedError(refused) from exception
