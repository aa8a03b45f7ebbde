"""What signals do to the crawls of this process.

The first one stops them in order, within 10 seconds whatever hangs: no further article is begun,
what is on its way gets a moment, the books are closed. The second one ends the process at once.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType

from scrapy.crawler import AsyncCrawlerProcess, Crawler

from newscrawler.errors import ExitCode
from newscrawler.ingest import Ingest

GRACE_S = 3.0
"""What has been sent may still be answered and stored."""
PATIENCE_S = 6.0
"""How long a database that does not answer is waited for."""
LIMIT_S = 9.0
"""Then the process ends, whatever hangs; the next run closes its books."""

_POLL_S = 0.05
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
SIGNALS = tuple(getattr(signal, name) for name in _NAMES if hasattr(signal, name))


class Stopping:
    """Stops the crawls of one process when a signal asks for it."""

    def __init__(self, process: AsyncCrawlerProcess) -> None:
        self.asked = False
        """Whether a signal has come."""
        self._process = process
        self._ending: list[asyncio.Task[None]] = []

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen to signals for the block; one that was ignored stays ignored (nohup, `&`)."""
        ours = [number for number in SIGNALS if signal.getsignal(number) != signal.SIG_IGN]
        before = {number: signal.signal(number, self._on_signal) for number in ours}
        try:
            yield
        finally:
            restore(before)

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        if self.asked:
            leave("interrupted twice: ended at once; what was stored stays stored")
        self.asked = True
        threading.Thread(target=_end_in_time, name="stopping", daemon=True).start()
        asyncio.get_event_loop().call_soon_threadsafe(self._begin)

    def _begin(self) -> None:
        for crawler in list(self._process.crawlers):
            self._ending.append(asyncio.ensure_future(self._end(crawler)))

    async def _end(self, crawler: Crawler) -> None:
        """Stop one crawl as soon as it runs; one that has not begun ends by itself."""
        while (ingest := _ingest_of(crawler)) is None:
            await asyncio.sleep(_POLL_S)
        ingest.interrupt(PATIENCE_S)
        while crawler.crawling and not crawler.engine.running:
            await asyncio.sleep(_POLL_S)
        asyncio.get_running_loop().call_later(GRACE_S, ingest.abandon)
        await crawler.stop_async()


def restore(handlers: Mapping[int, object]) -> None:
    """Put signal handlers back as `signal.signal` has returned them."""
    for number, handler in handlers.items():
        if callable(handler) or isinstance(handler, signal.Handlers):
            signal.signal(number, handler)


def leave(message: str) -> None:
    """End this process now, as interrupted: no clean-up, which may be what hangs."""
    show_cursor = "\x1b[?25h" if os.isatty(2) else ""
    with suppress(OSError):
        os.write(2, f"{show_cursor}{message}\n".encode())
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    os._exit(ExitCode.INTERRUPTED)


def _end_in_time() -> None:
    time.sleep(LIMIT_S)
    leave("interrupted: something did not end in time; the next run closes this one's books")


def _ingest_of(crawler: Crawler) -> Ingest | None:
    try:
        return Ingest.of(crawler)
    except RuntimeError:
        return None
