"""One run's hold on the store: opens it, draws tasks, accounts for every id, closes the books.

A Scrapy extension, so that spider and pipelines share it. All SQL runs in the writer's thread.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from newscrawler.addon import config_of
from newscrawler.config import Config
from newscrawler.downloader import AbandonedError, AbandoningDownloader
from newscrawler.downloads import explain_failure, require_ok
from newscrawler.errors import NewscrawlerError, PageError, SiteBusyError, StoreError
from newscrawler.items import Article, Listing, Miss, Outcome, RunReport, Saved, Stage, Task
from newscrawler.net import waits
from newscrawler.net.capturing import exchanges_of, list_request
from newscrawler.resting import Rests
from newscrawler.session import RunSession

logger = logging.getLogger(__name__)

OUR_SWITCHES = (
    "NEWSCRAWLER_RECHECK_ALL",
    "NEWSCRAWLER_LIMIT",
    "NEWSCRAWLER_SINCE",
    "NEWSCRAWLER_WAIT",
)
"""What the command line hands to one run; no part of the configuration."""

_WAIT_POLL_S = 1.0

Key = tuple[str, str]
"""(site, external_id)"""


class Ingest:
    """The run of one crawler.

    At most `IN_FLIGHT` tasks are between their request and their commit: that bounds what a kill
    can make the next run fetch again. One that waits for a further try is not counted meanwhile.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.config: Config = config_of(crawler.settings)
        self.saved: list[Saved] = []
        """What was made of each observation (kept for fetch runs only)."""
        self.misses: list[Miss] = []
        """Observations without article (kept for fetch runs only)."""
        self.report: RunReport | None = None
        self.error: NewscrawlerError | None = None
        self._crawler = crawler
        self._session: RunSession | None = None
        self._window = asyncio.Semaphore(self.config.in_flight)
        Rests.of(crawler).lend(self._window)
        self._open: dict[Key, Task] = {}
        self._closing: asyncio.Future[None] | None = None
        self._accounting: set[asyncio.Future[Saved]] = set()
        self._interrupted = asyncio.Event()
        self._wait = crawler.settings.getbool("NEWSCRAWLER_WAIT")
        self._recheck = crawler.settings.getbool("NEWSCRAWLER_RECHECK_ALL")
        self._limit = crawler.settings.getint("NEWSCRAWLER_LIMIT") or None
        since = crawler.settings.get("NEWSCRAWLER_SINCE")
        self._since = datetime.fromisoformat(since) if since else None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        ingest = cls(crawler)
        connect = crawler.signals.connect
        connect(ingest._spider_closed, signals.spider_closed)
        connect(ingest._spider_error, signals.spider_error)
        connect(ingest._item_error, signals.item_error)
        return ingest

    @classmethod
    def of(cls, crawler: Crawler) -> Ingest:
        """The crawler's Ingest.

        Raises:
            RuntimeError: the extension is not configured.
        """
        ingest = crawler.get_extension(cls)
        if ingest is None:
            raise RuntimeError("newscrawler.ingest.Ingest is missing from EXTENSIONS")
        return ingest

    @staticmethod
    def now() -> datetime:
        """The present moment, aware, UTC."""
        return datetime.now(UTC)

    @property
    def session(self) -> RunSession:
        if self._session is None:
            raise RuntimeError("the run is not open")
        return self._session

    async def open(self, site: str, kind: str, lists: Sequence[str]) -> None:
        """Start the run; with the switch `NEWSCRAWLER_WAIT`, when no other run has the site.

        Raises:
            CloseSpider: the database cannot be used or the site is busy (`error` says it), or the
                crawl was interrupted before it began.
        """
        busy = ""
        while not self._interrupted.is_set():
            try:
                self._session = await RunSession.open(
                    self.config,
                    site=site,
                    kind=kind,
                    lists=lists,
                    now=self.now,
                    on_fatal=self._stop,
                )
            except SiteBusyError as error:
                if not self._wait:
                    self.error = error
                    raise CloseSpider("site_busy") from error
                if busy != str(error):
                    busy = str(error)
                    logger.warning("waiting: %s", busy)
                await self._rest(_WAIT_POLL_S)
            except StoreError as error:
                self.error = error
                raise CloseSpider("store_lost") from error
            else:
                break
        if self._interrupted.is_set():
            raise CloseSpider("shutdown")

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._interrupted.wait(), seconds)

    def interrupt(self, patience_s: float) -> None:
        """The crawl is to end: wait no longer than this for a database that does not answer."""
        self._interrupted.set()
        if self._session:
            self._session.hurry(patience_s)

    def abandon(self) -> None:
        """Give up every request that has no answer yet; its article stays due."""
        downloader = self._crawler.engine.downloader
        if isinstance(downloader, AbandoningDownloader):
            downloader.abandon()

    async def download(self, url: str, name: str) -> bytes:
        """Fetch one page outside the ledger: the list `name`.

        Raises:
            PageError: no answer, or none with HTTP 200.
        """
        request = list_request(url, self.session.site, name)
        try:
            response = await self._crawler.engine.download_async(request)
        except AbandonedError as error:
            raise asyncio.CancelledError from error
        except Exception as error:
            _, trouble = explain_failure(error)
            raise trouble from error
        await self.session.keeping.keep(exchanges_of(response.request), self.now())
        return require_ok(response).body

    async def announce(self, listing: Listing) -> None:
        """Enter what one list announced into the ledger, before anything of it is fetched."""
        await self.session.announce(listing, since=self._since, recheck_all=self._recheck)

    async def list_failed(self, name: str, url: str, error: PageError) -> None:
        """Record a list that could not be read; the run then ends with exit code 1."""
        logger.error("list %s failed: %s (%s)", name, error, url)
        await self.session.list_failed(name, url, error)

    async def ask_for(
        self, external_id: str, announced_as: str, origin: str, *, refresh: bool
    ) -> None:
        """Enter one article that somebody asked for."""
        task = await self.session.ask_for(external_id, announced_as, origin)
        if task.stored and not refresh:
            miss = Miss(
                site=task.site, external_id=external_id, url="", outcome=Outcome.UNCHANGED,
                stage=Stage.FETCH, reason="stored_already", seen_at=self.now(),
            )  # fmt: skip
            await self.save(miss)

    async def tasks(self) -> AsyncIterator[Task]:
        """Every task that is due, each once, no faster than commits follow."""
        stats, given = self._crawler.stats, 0
        while batch := await self.session.take(
            [task.task_id for task in self._open.values()],
            stats.get_value("downloader/request_count", 0),
        ):
            for task in batch:
                await self._window.acquire()
                if self.error or given == self._limit:
                    self._window.release()  # others may wait for it
                    return
                given += 1
                self._open[task.site, task.external_id] = task
                yield task

    async def save(self, item: Article | Miss) -> Saved:
        """Store one observation and keep its answers; returns after its commit.

        Raises:
            StoreError: the database cannot take it; the run is being stopped.
        """
        try:
            saved = await self.session.save(item)
        except StoreError as error:
            self.error = self.error or error
            raise
        finally:
            self._release(item.site, item.external_id)
        self._count(item, saved)
        return saved

    def _count(self, item: Article | Miss, saved: Saved) -> None:
        stats = self._crawler.stats
        stats.inc_value(f"newscrawler/outcome/{saved.outcome}")
        if isinstance(item, Miss):
            stats.inc_value(f"newscrawler/{saved.outcome}/{item.reason}")
        if self.session.kind == "fetch":
            self.saved.append(saved)
            if isinstance(item, Miss):
                self.misses.append(item)

    def _release(self, site: str, external_id: str) -> None:
        if self._open.pop((site, external_id), None):
            self._window.release()

    # What Scrapy only logs, the ledger must know: no id may end without an outcome.

    def _spider_error(self, failure: Failure, response: Response | Failure | None) -> None:
        request: Request | None = getattr(response, "request", None)
        task = request.cb_kwargs.get("task") if request else None
        if request is None or task is None:
            self.error = self.error or NewscrawlerError(f"internal error: {failure.value!r}")
            return
        self._account(task.site, task.external_id, request.url, failure)

    def _item_error(self, item: Article | Miss, failure: Failure) -> None:
        if not isinstance(failure.value, StoreError):
            self._account(item.site, item.external_id, "", failure)

    def _account(self, site: str, external_id: str, url: str, failure: Failure) -> None:
        miss = Miss(
            site=site,
            external_id=external_id,
            url=url,
            outcome=Outcome.FAILED,
            stage=Stage.READ,
            reason="internal_error",
            detail=repr(failure.value)[:300],
            seen_at=self.now(),
        )
        saving = asyncio.ensure_future(self.save(miss))
        self._accounting.add(saving)
        saving.add_done_callback(self._accounting.discard)

    def _stop(self, error: StoreError) -> None:
        """The store is lost: stop the crawl, whatever is still to do stays in the ledger."""
        self.error = self.error or error
        self._window.release()  # whoever waits for a turn sees the error and ends
        if self._crawler.engine.running:
            self.abandon()
            closing = self._crawler.engine.close_spider_async(reason="store_lost")
            self._closing = asyncio.ensure_future(closing)

    async def _spider_closed(self, spider: Spider, reason: str) -> None:
        if self._session is None:
            return
        await asyncio.gather(*self._accounting, return_exceptions=True)
        stats = self._crawler.stats
        try:
            self.report = await self._session.close(
                reason=reason,
                requests=stats.get_value("downloader/request_count", 0),
                received_bytes=stats.get_value("downloader/response_bytes", 0),
                error=self.error,
                remarks=waits.notes(stats),
            )
        except StoreError as error:
            self.error = self.error or error
