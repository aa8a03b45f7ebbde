"""Scrapy's downloader, whose open requests can be given up: a stop must not wait for slow hosts."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from scrapy import Request, Spider
from scrapy.core.downloader import Downloader
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.internet.defer import Deferred, inlineCallbacks

from newscrawler.errors import NewscrawlerError
from newscrawler.resting import Rests

Answer = Response | Request
"""A request is what a middleware asks instead."""


class AbandonedError(NewscrawlerError):
    """A request that was given up because the crawl is being stopped; no fault of its page."""

    def __init__(self) -> None:
        super().__init__("the crawl is being stopped")


class AbandoningDownloader(Downloader):
    """Set as `DOWNLOADER`; `abandon` ends every open request, sent or waiting for its turn."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._open: set[Deferred[Answer]] = set()
        self._is_abandoned = False
        self._rests = Rests.of(crawler)

    @inlineCallbacks
    def fetch(
        self, request: Request, spider: Spider | None = None
    ) -> Generator[Deferred[Any], Any, Answer]:
        """The answer, as Scrapy fetches it, unless the request is abandoned first."""
        if self._is_abandoned:
            raise AbandonedError
        answer: Deferred[Answer] = Deferred()
        self._open.add(answer)
        super().fetch(request).addBoth(_pass_on, answer)
        try:
            result: Answer = yield answer
            return result
        finally:
            self._open.discard(answer)

    def needs_backout(self) -> bool:
        """Whether as many requests are on their way as may be; those that rest are not."""
        return 0 < self.total_concurrency <= len(self.active) - self._rests.count

    def abandon(self) -> None:
        """End every open request with AbandonedError, and every later one at once."""
        self._is_abandoned = True
        for answer in list(self._open):
            if not answer.called:
                answer.errback(AbandonedError())


def _pass_on(result: Any, answer: Deferred[Answer]) -> None:
    if not answer.called:
        answer.callback(result)
