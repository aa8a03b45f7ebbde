"""robots.txt by RFC 9309: one look per host and run; a host that cannot answer is not crawled."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import StopDownload
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.utils.httpobj import urlparse_cached

from newscrawler.downloads import explain_failure
from newscrawler.errors import AddressRefusedError, NewscrawlerError, PageError

logger = logging.getLogger(__name__)

LARGEST = 500 * 1024
"""Bytes of a robots.txt that are read; RFC 9309 asks for at least this much."""

_IS_ROBOTS = "newscrawler_robots"
_PRIORITY = 1000
_HOST_REASON = frozenset({"dns", "connection_refused", "tls"})
"""What keeps every page of the host away too, and is said as it is."""

Origin = tuple[str, str]
"""(scheme, host:port)"""
Verdict = ProtegoRobotParser | PageError | None
"""A host's rules; why there are none to be had; None if everything is allowed."""


class RobotsMiddleware:
    """In place of Scrapy's, which takes every failure for a permission.

    Rules: 4xx but 429 allows all; 5xx, 429 and no answer forbid all for this run
    (`robots_unreachable`); a page of HTML allows all; what is forbidden is `robots`.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._product = str(crawler.settings["USER_AGENT"]).partition("/")[0]
        self._obeys = crawler.settings.getbool("ROBOTSTXT_OBEY")
        self._retries = min(1, crawler.settings.getint("RETRY_TIMES"))
        self._verdicts: dict[Origin, Verdict] = {}
        self._looks: dict[Origin, asyncio.Future[Verdict]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let pass what the host's robots.txt allows.

        Raises:
            PageError: `robots` or `robots_unreachable`.
        """
        if not self._obeys or _IS_ROBOTS in request.meta:
            return
        parts = urlparse_cached(request)
        origin = (parts.scheme, parts.netloc.rpartition("@")[2].lower())
        if origin in self._verdicts:
            verdict = self._verdicts[origin]
        else:
            verdict = await asyncio.shield(self._look(origin))
        if verdict is None:
            return
        if isinstance(verdict, PageError):
            raise PageError(verdict.reason, verdict.detail)
        if not verdict.allowed(request.url, self._product):
            raise PageError("robots", "robots.txt disallows this address")

    def _look(self, origin: Origin) -> asyncio.Future[Verdict]:
        """The one look at this origin, begun by whoever comes first."""
        if origin not in self._looks:
            self._looks[origin] = asyncio.ensure_future(self._judge(origin))
        return self._looks[origin]

    async def _judge(self, origin: Origin) -> Verdict:
        verdict = self._verdicts[origin] = await self._ask(origin)
        return verdict

    async def _ask(self, origin: Origin) -> Verdict:
        scheme, host = origin
        request = Request(
            f"{scheme}://{host}/robots.txt",
            priority=_PRIORITY,
            callback=NO_CALLBACK,
            dont_filter=True,
            headers={"Accept-Encoding": "identity"},  # a prefix of gzip would be a cut body
            meta={_IS_ROBOTS: True, "max_retry_times": self._retries, "download_maxsize": 0},
        )
        with _first_bytes(self._crawler, LARGEST):
            [answer] = await asyncio.gather(
                self._crawler.engine.download_async(request), return_exceptions=True
            )
        if isinstance(answer, Response):
            return self._read(host, answer)
        if isinstance(answer, AddressRefusedError):
            return None  # the page itself is refused for the same reason, and says so
        if isinstance(answer, NewscrawlerError) and not isinstance(answer, PageError):
            raise answer
        _, trouble = explain_failure(answer)
        return trouble if trouble.reason in _HOST_REASON else _unreachable(host, str(trouble))

    def _read(self, host: str, response: Response) -> Verdict:
        if 400 <= response.status < 500 and response.status != 429:
            return None
        if response.status != 200:
            return _unreachable(host, f"HTTP {response.status}")
        body = response.body
        if len(body) > LARGEST or "download_stopped" in response.flags:
            body = body[:LARGEST].rpartition(b"\n")[0]
        if body.lstrip()[:1] == b"<":
            return None
        return ProtegoRobotParser.from_crawler(self._crawler, body)


def _unreachable(host: str, why: str) -> PageError:
    logger.warning("%s: robots.txt cannot be read (%s): nothing is asked in this run", host, why)
    return PageError("robots_unreachable", f"robots.txt of {host}: {why}")


@contextmanager
def _first_bytes(crawler: Crawler, limit: int) -> Iterator[None]:
    """Stop the download of every robots.txt behind its first `limit` bytes."""
    received: Counter[Request] = Counter()

    def count(data: bytes, request: Request) -> None:
        if _IS_ROBOTS in request.meta:
            received[request] += len(data)
            if received[request] > limit:
                raise StopDownload(fail=False)

    crawler.signals.connect(count, signals.bytes_received)
    try:
        yield
    finally:
        crawler.signals.disconnect(count, signals.bytes_received)
