"""Requests that wait for a further try, and the places that they leave to others meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from weakref import WeakKeyDictionary

from scrapy import Request
from scrapy.crawler import Crawler

MOST = 256
"""Requests that rest at once; any more keep their places, which slows the crawl down."""


class Rests:
    """The resting requests of one crawl.

    One that rests counts neither as a request in parallel (`CONCURRENCY`) nor as a page in flight
    (`IN_FLIGHT`): nothing of it is on its way, and a few that fail must not hold all others up.
    """

    def __init__(self, crawler: Crawler, most: int = MOST) -> None:
        self.count = 0
        """How many rest now."""
        self._crawler = crawler
        self._most = most
        self._window: asyncio.Semaphore | None = None

    @classmethod
    def of(cls, crawler: Crawler) -> Rests:
        """The one of a crawl."""
        rests = _RESTS.get(crawler)
        if rests is None:
            rests = _RESTS[crawler] = cls(crawler)
        return rests

    def lend(self, window: asyncio.Semaphore) -> None:
        """Tell what bounds the tasks in flight: each task's request holds one of it."""
        self._window = window

    async def rest(self, request: Request, until: Awaitable[None]) -> None:
        """Await `until` without the places of `request`; then wait for its place in the window."""
        if self.count >= self._most:
            await until
            return
        window = self._window if "task" in request.cb_kwargs else None
        self.count += 1
        try:
            if window:
                window.release()
            self._wake()
            await until
            if window:
                await window.acquire()
        finally:
            self.count -= 1

    def _wake(self) -> None:
        """Let the engine look for what can be sent now; it has no public way to be told."""
        slot = self._crawler.engine._slot  # noqa: SLF001
        if slot is not None:
            slot.nextcall.schedule()


_RESTS: WeakKeyDictionary[Crawler, Rests] = WeakKeyDictionary()
