"""The HTTP/1.1 download handler: Scrapy's, with limits on headers and TLS verified per host."""

from __future__ import annotations

from typing import Any

from scrapy.core.downloader.contextfactory import _ScrapyClientContextFactory
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.crawler import Crawler
from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed
from twisted.web.http import _DataLoss

from newscrawler.addon import config_of
from newscrawler.errors import PageError

MAX_HEADER_BYTES = 256 * 1024
"""Of one answer: status line, all headers, and whatever 1xx answers came before."""
MAX_HEADER_LINE = 64 * 1024


class LimitedParser(_LenientHTTPClientParser):
    """Reads one answer, and gives up on headers that do not end."""

    MAX_LENGTH = MAX_HEADER_LINE
    _header_bytes = 0  # Scrapy swaps the class of a parser that exists: no __init__ of ours runs

    def lineReceived(self, line: bytes) -> None:  # noqa: N802 - Twisted's name
        """One line of the status or the headers.

        Raises:
            PageError: `too_large`; Twisted fails the request with it and closes the connection.
        """
        self._header_bytes += len(line) + 1
        if self._header_bytes > MAX_HEADER_BYTES:
            raise PageError("too_large", f"more than {MAX_HEADER_BYTES} bytes of headers")
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802 - Twisted's name
        """A line that is longer than any header."""
        raise PageError("too_large", f"a header line of more than {MAX_HEADER_LINE} bytes")

    def connectionLost(self, reason: Any = None) -> None:  # noqa: N802 - Twisted's name
        """The end of the answer; one of unstated length is only whole if it was not torn off."""
        decoder: Any = self.bodyDecoder
        torn_off = isinstance(reason, Failure) and not reason.check(ConnectionDone)
        if torn_off and getattr(decoder, "contentLength", 0) is None:
            failed = ResponseFailed([reason, Failure(_DataLoss())], self.response)
            self.response._bodyDataFinished(Failure(failed))  # noqa: SLF001 - as the base class does
        else:
            super().connectionLost(reason)


class LimitedProtocol(_LenientHTTP11ClientProtocol):
    """One connection."""

    def request(self, request: Any) -> Any:
        """Send a request and read its answer with LimitedParser."""
        answer = super().request(request)
        if self._parser is not None:
            self._parser.__class__ = LimitedParser
        return answer

    def _finishResponse_WAITING(self, rest: bytes) -> None:  # noqa: N802 - Twisted's name
        if rest and self._currentRequest is not None:
            # What follows an answer would be taken for the next one: keep the connection no longer.
            self._currentRequest.persistent = False
        super()._finishResponse_WAITING(rest)


class LimitedFactory(_LenientHTTP11ClientFactory):
    """Makes LimitedProtocols."""

    def buildProtocol(self, addr: object) -> Any:  # noqa: N802 - Twisted's name
        """One for a new connection."""
        make: Any = LimitedProtocol
        return make(self._quiescentCallback)


class HostPolicy(_ScrapyClientContextFactory):
    """Certificates are verified, except for the hosts of INSECURE_TLS_HOSTS."""

    insecure_hosts: frozenset[str] = frozenset()

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:  # noqa: N802 - Twisted's name
        """What makes the TLS connections to this host."""
        name = hostname.decode("ascii").lower()
        if self._verify_certificates and {name, f"{name}:{port}"} & self.insecure_hosts:
            return _ScrapyClientContextFactory().creatorForNetloc(hostname, port)
        return super().creatorForNetloc(hostname, port)


class LimitedDownloadHandler(HTTP11DownloadHandler):
    """For http and https."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = LimitedFactory  # noqa: SLF001 - as the base class does
        policy: Any = HostPolicy.from_crawler(crawler)
        policy.insecure_hosts = frozenset(config_of(crawler.settings).insecure_tls_hosts)
        self._contextFactory = policy
