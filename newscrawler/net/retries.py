"""Middleware that asks again what may pass, no faster than politeness and the server allow."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from newscrawler.downloads import explain_failure
from newscrawler.errors import PageError
from newscrawler.net.answers import BrokenResponse
from newscrawler.net.backoff import backoff, retry_after
from newscrawler.net.breaker import Breaker
from newscrawler.net.pauses import pause_host
from newscrawler.net.waits import Waits
from newscrawler.resting import Rests

logger = logging.getLogger(__name__)

_STATUSES = frozenset({408, 429, 500, 502, 503, 504, 522, 524})
_MAY_PASS = frozenset(
    {
        "timeout",
        "dns",
        "connection_refused",
        "connection_lost",
        "reset",
        "protocol",
        "truncated",
        "corrupt",
    }
)
"""What another try may mend. The body's own faults say nothing of the host."""
_NOT_THE_HOST = frozenset({"corrupt", "encoding", "too_large", "robots", "address_refused"})


class RetryMiddleware:
    """In place of Scrapy's, which asks again at once.

    Waits 1, 2, 4 … seconds ± a quarter (Scrapy setting `NEWSCRAWLER_RETRY_BASE_S`), or as long
    as Retry-After asks, during which nothing is asked of that host. Who asks for more than
    `NEWSCRAWLER_RETRY_AFTER_MAX_S` is left alone until the next run.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._breaker = Breaker.of(crawler)
        self._waits = Waits(crawler.stats)
        self._rests = Rests.of(crawler)
        self._times = settings.getint("RETRY_TIMES")
        self._base_s = settings.getfloat("NEWSCRAWLER_RETRY_BASE_S", 1.0)
        self._longest_s = settings.getfloat("NEWSCRAWLER_RETRY_AFTER_MAX_S", 120.0)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Ask nothing of a host that only fails.

        Raises:
            PageError: `circuit_open`.
        """
        host = host_of(request)
        if not self._breaker.admits(host):
            self._crawler.stats.inc_value("newscrawler/circuit_open")
            raise PageError("circuit_open", f"{host} failed too often in a row in this run")

    async def process_response(self, request: Request, response: Response) -> Response | Request:
        """The response, or the request once more after a wait.

        Raises:
            PageError: the answer is broken, and there is no further try.
        """
        if isinstance(response, BrokenResponse):
            again = await self._again(request, response.trouble)
            if again is None:
                raise response.trouble
            return again
        if response.status not in _STATUSES:
            self._breaker.succeeded(host_of(request))
            return response
        trouble = PageError(f"http_{response.status}", f"HTTP {response.status}")
        asked_s = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
        return await self._again(request, trouble, asked_s) or response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """The request once more after a wait, if that may help."""
        _, trouble = explain_failure(exception)
        if trouble.reason == "circuit_open":
            return None
        return await self._again(request, trouble)

    async def _again(
        self, request: Request, trouble: PageError, asked_s: float | None = None
    ) -> Request | None:
        """Wait and return the next try; None if there is none."""
        host = host_of(request)
        if trouble.reason not in _NOT_THE_HOST:
            self._breaker.failed(host)
        asked = asked_s or 0.0
        if asked > self._longest_s:
            self._breaker.leave_alone(host, asked)
        elif asked > 0:
            self._pause(request, asked)
        tried = request.meta.get("retry_times", 0) + 1
        may_pass = trouble.reason in _MAY_PASS or trouble.reason.startswith("http_")
        if not may_pass or tried > self._allowed(request) or self._breaker.is_open(host):
            return None
        pause_s = max(asked, backoff(tried, self._base_s))
        await self._rests.rest(request, self._waits.wait(trouble.reason, pause_s))
        if self._breaker.is_open(host):
            return None
        again = request.copy()
        again.meta["retry_times"] = tried
        again.dont_filter = True
        return again

    def _allowed(self, request: Request) -> int:
        if request.meta.get("dont_retry"):
            return 0
        times: int = request.meta.get("max_retry_times", self._times)
        return times

    def _pause(self, request: Request, seconds: float) -> None:
        logger.info("%s asks for a pause of %.0f s", host_of(request), seconds)
        pause_host(self._crawler, request, seconds)


def host_of(message: Request | Response) -> str:
    """What the breaker names a host by: host and port."""
    return urlparse_cached(message).netloc.rpartition("@")[2].lower()
