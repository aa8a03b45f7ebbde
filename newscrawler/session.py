"""A run as the store sees it: locks, ledger, writes and the closing of the books."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from newscrawler.config import Config
from newscrawler.errors import NewscrawlerError, PageError, StoreError
from newscrawler.items import (
    Announcement,
    Article,
    Listing,
    Miss,
    Outcome,
    RunReport,
    Saved,
    Stage,
    Task,
)
from newscrawler.keeping import Keeping
from newscrawler.report import STALE
from newscrawler.store import Connection, budget, failures, ledger, lists, outcomes, rhythm, runs
from newscrawler.store.locks import site_lock
from newscrawler.store.ready import open_ready
from newscrawler.store.writer import Writer

Clock = Callable[[], datetime]

_BATCH = 200
"""Tasks drawn from the ledger at a time."""


def preflight(config: Config) -> None:
    """Everything of the store that can be known to fail before the first request.

    Raises:
        StoreError: unreachable, read-only or of another schema; says what to do.
    """
    open_ready(config.database_url).close()


@dataclass(slots=True)
class RunSession:
    """One run, from its row in `runs` to its report."""

    run_id: int
    site: str
    kind: str
    config: Config
    _now: Clock
    _lists: Sequence[str]
    _writer: Writer
    _held: ExitStack
    _began: datetime
    keeping: Keeping
    """What it keeps of raw answers."""
    _goes_on: datetime | None = None
    _is_spent: bool = False
    _planned: int = 0
    """Requests that were made or that tasks drawn so far will make, one each."""
    _remarks: dict[str, str] = field(default_factory=dict)
    """Lines of the report on gaps, by list."""

    @classmethod
    async def open(
        cls,
        config: Config,
        *,
        site: str,
        kind: str,
        lists: Sequence[str],
        now: Clock,
        on_fatal: Callable[[StoreError], None],
        wait_s: float = 0.0,
    ) -> Self:
        """Take the site's lock (crawls only), close what dead runs left open, start a run.

        Raises:
            StoreError: the database cannot be used; SiteBusyError: another run crawls the site.
        """
        with ExitStack() as undo:
            database = await asyncio.to_thread(open_ready, config.database_url)
            undo.callback(database.close)
            if kind == "crawl":
                lock = site_lock(database, site, wait_s=wait_s)
                await asyncio.to_thread(undo.enter_context, lock)
            run_id, alive = await asyncio.to_thread(
                runs.open_run, database, site, kind, now(), os.getpid(), socket.gethostname()
            )
            undo.callback(alive.release)
            writer = Writer(
                database, run_id, now=now, recheck_ages=config.recheck, on_fatal=on_fatal,
                near_duplicates=config.near_duplicates,
            )  # fmt: skip
            keeping = Keeping(config.raw_archive, database, site, run_id, writer.call, now=now)
            await keeping.open()
            held = undo.pop_all()
        return cls(
            run_id=run_id,
            site=site,
            kind=kind,
            config=config,
            _now=now,
            _lists=lists,
            _writer=writer,
            _held=held,
            _began=now(),
            keeping=keeping,
        )

    async def announce(
        self, listing: Listing, *, since: datetime | None = None, recheck_all: bool = False
    ) -> None:
        """Enter a list's rows into the ledger; rows without usable id end as rejected.

        `since`: rows that were published before are left out.
        """
        rows = [row for row in listing.rows if _is_since(row, since)]

        def enter(conn: Connection) -> None:
            now = self._now()
            failures.resolve_list(conn, self.site, listing.url, now)
            if self.kind == "crawl":
                self._watch(conn, listing, rows, now)
            ledger.announce(conn, self.run_id, rows, now, recheck_all=recheck_all)
            troubles = [self._bad_id(listing, text) for text in dict.fromkeys(listing.bad_ids)]
            failures.note(conn, self.run_id, troubles, now)
            many = len(troubles)
            outcomes.count(conn, self.run_id, {"discovered": many, Outcome.REJECTED: many})

        await self._writer.call(enter)

    def _watch(
        self, conn: Connection, listing: Listing, rows: Sequence[Announcement], now: datetime
    ) -> None:
        """Look for what the list dropped unseen (said in the report), and for its silence."""
        alarm = rhythm.alarm_of(listing.silence, self.config.silence_alarm)
        found = lists.watch(conn, self.site, listing, rows, now, alarm)
        if found.gap:
            self._remarks[listing.name] = rhythm.say_gap(listing.name, found.gap)
        if found.silence:
            trouble = self._trouble(listing, reason=STALE, detail=rhythm.say_silence(found, alarm))
            failures.note(conn, self.run_id, [trouble], now)

    def _bad_id(self, listing: Listing, text: str) -> failures.Trouble:
        detail = f"list {listing.name} announces it"
        return replace(self._trouble(listing, reason="bad_id", detail=detail), external_id=text)

    def _trouble(self, listing: Listing, *, reason: str, detail: str) -> failures.Trouble:
        return failures.Trouble(
            site=self.site,
            url=listing.url,
            stage=Stage.LIST,
            reason=reason,
            detail=detail,
            list=listing.name,
        )

    async def list_failed(self, name: str, url: str, error: PageError) -> None:
        """Record a list that could not be read."""
        await self._writer.call(
            lambda conn: failures.note_list(
                conn, self.run_id, self.site, name, url, error.reason, error.detail, self._now()
            )
        )

    async def ask_for(self, external_id: str, announced_as: str, origin: str) -> Task:
        """Enter one article that somebody asked for."""
        return await self._writer.call(
            lambda conn: ledger.add_adhoc(
                conn, self.run_id, self.site, external_id, announced_as, origin, self._now()
            )
        )

    async def take(self, in_flight: Collection[int], requests: int = 0) -> list[Task]:
        """The next tasks of this run but those in flight (task ids), leftovers of earlier runs
        last; empty when none is left, or when the hour's budget of requests is spent.

        `requests`: how many this run has made.
        """

        def draw(conn: Connection) -> list[Task]:
            most = min(_BATCH, self._room(conn, requests))
            tasks = ledger.take(conn, self.run_id, max(most, 1), in_flight, self._lists)
            if tasks or self.kind != "crawl":
                return self._within(most, tasks)
            if most <= 0 or not ledger.adopt(conn, self.run_id, self.site, self._now(), most):
                return []
            return ledger.take(conn, self.run_id, most, in_flight, self._lists)

        self._planned = max(self._planned, requests)
        tasks = await self._writer.call(draw)
        self._planned += len(tasks)
        await self.keeping.expect(task.external_id for task in tasks)
        return tasks

    def _room(self, conn: Connection, requests: int) -> int:
        """How many requests this hour's budget still has."""
        limit = self.config.max_requests_per_hour
        if not limit or self.kind != "crawl":
            return _BATCH
        now = self._now()
        earlier = budget.spells(conn, self.site, self.run_id, now)
        self._goes_on = budget.goes_on(earlier, self._began, now)
        return limit - budget.used(earlier, now) - max(requests, self._planned)

    def _within(self, most: int, tasks: list[Task]) -> list[Task]:
        self._is_spent = most <= 0 and bool(tasks)
        return tasks[: max(most, 0)]

    async def save(self, item: Article | Miss) -> Saved:
        """Keep the answers it was read from, then store it; returns after its commit."""
        await self.keeping.keep_heard(item)
        return await self._writer.save(item)

    def hurry(self, patience_s: float) -> None:
        """Wait no longer than this, from now on, for a database that does not answer."""
        self._writer.hurry(patience_s)

    async def close(
        self,
        *,
        reason: str,
        requests: int,
        received_bytes: int,
        error: NewscrawlerError | None,
        remarks: Sequence[str] = (),
    ) -> RunReport:
        """Close the books: everything queued is committed, the run has its report.

        `remarks` become notes of the report.

        Raises:
            StoreError: the database could not take it.
        """
        known = {"finished": runs.FINISHED, "shutdown": runs.INTERRUPTED}
        status = runs.FAILED if error else known.get(reason, runs.FAILED)
        notes = [
            *([f"stopped: {error}"] if error else []),
            *remarks,
            *self._remarks.values(),
            *self._budget_note(),
        ]
        with self._held:
            try:
                notes += await self.keeping.close()
                return await self._writer.call(
                    lambda conn: runs.finish(
                        conn,
                        self.run_id,
                        status,
                        self._now(),
                        requests=requests,
                        bytes=received_bytes,
                        notes=notes,
                        left_as=budget.SPENT_REASON if self._is_spent else runs.NOT_FETCHED,
                    )
                )
            finally:
                await self._writer.close()

    def _budget_note(self) -> list[str]:
        if not self._is_spent or self._goes_on is None:
            return []
        limit = self.config.max_requests_per_hour
        return [
            f"the hour's {limit} requests (MAX_REQUESTS_PER_HOUR) are spent; "
            f"the rest waits, from {self._goes_on:%H:%M} UTC a run may go on"
        ]


def _is_since(row: Announcement, since: datetime | None) -> bool:
    return since is None or row.published_at is None or row.published_at >= since
