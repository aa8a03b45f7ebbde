"""What one run keeps of raw answers: writes them off the event loop, and indexes them in batches.

An answer is written before its article is stored, so that a kill leaves no article without its
answer; but no article ever waits for long, and none is lost because its answer could not be kept.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from newscrawler.archive import files
from newscrawler.archive.archive import RawArchive
from newscrawler.archive.files import OpenFile
from newscrawler.captures import Capture, Exchange, Subject
from newscrawler.errors import StoreError
from newscrawler.items import Article, Miss, Task
from newscrawler.store import Connection, failures, raw
from newscrawler.store.engine import Database
from newscrawler.store.retry import read_patiently, transact

logger = logging.getLogger(__name__)

PATIENCE_S = 5.0
"""How long an article waits for its answer to be written (a disk that hangs)."""
LINGER_S = 0.005
"""How long an answer waits for others, to be written with them."""
COMPANY = 8
BATCH = 100
"""Answers in one transaction of the index."""

Call = Callable[[Callable[[Connection], Any]], Awaitable[Any]]
"""Runs work in a transaction of the run's writer."""


@dataclass(frozen=True, slots=True)
class _Job:
    """The answers that one reading used, to be written."""

    exchanges: Sequence[Exchange]
    at: datetime
    written: asyncio.Future[None]


def close_left(root: Path, database: Database) -> list[str]:
    """Close and index what writers that died left open; the names of the files.

    Raises:
        OSError: the archive cannot be read or written. StoreError: the database cannot.
    """

    def index(captures: Sequence[Capture]) -> None:
        transact(database, lambda conn: raw.add(conn, captures))

    return files.close_left(root, index)


class Keeping:
    """The archive of one run and its index."""

    def __init__(
        self,
        root: Path | None,
        database: Database,
        site: str,
        run_id: int,
        call: Call,
        *,
        now: Callable[[], datetime],
    ) -> None:
        """`root`: the archive's directory; None keeps nothing. `call`: that of the run's writer."""
        self._root = root or Path()
        self._is_on = root is not None
        self._archive = RawArchive(self._root)
        self._database = database
        self._site = site
        self._run_id = run_id
        self._call = call
        self._now = now
        self._heard: dict[tuple[str, str], list[Exchange]] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="raw-archive")
        self._queue: list[_Job] = []
        self._draining: asyncio.Task[None] | None = None
        self._latest: dict[Subject, Capture] = {}
        self._rows: list[Capture] = []  # of the archive's thread, as its files are
        self._kept = 0
        self._has_kept = False
        self._indexing: asyncio.Task[None] | None = None
        self._is_indexed = True
        self._trouble = ""

    async def open(self) -> None:
        """Close what dead runs left, and learn what the site's lists said last.

        Raises:
            StoreError: the database cannot be used.
        """
        if not self._is_on:
            return
        try:
            closed = await self._run(close_left, self._root, self._database)
        except OSError as error:
            self._trouble = f"{error.strerror or error}: {error.filename or self._root}"
            logger.error("raw archive: cannot close what a dead run left (%s)", self._trouble)  # noqa: TRY400 - one line, no traceback
        else:
            for name in closed:
                logger.info("raw archive: closed %s, which a dead run had left open", name)
        await self.expect([""])

    async def expect(self, external_ids: Iterable[str]) -> None:
        """Learn what was last answered about these ids, so that the same is not kept twice."""
        wanted = list(external_ids)
        if self._is_on and wanted:
            await self._run(self._look, wanted)

    def hear(self, task: Task, exchanges: Sequence[Exchange]) -> None:
        """Remember answers about a task; they are kept when what came of it is saved."""
        if exchanges:
            self._heard.setdefault((task.site, task.external_id), []).extend(exchanges)

    async def keep_heard(self, item: Article | Miss) -> None:
        """Keep the answers from which an observation was read."""
        heard = self._heard.pop((item.site, item.external_id), ())
        await self.keep(heard, item.fetched_at if isinstance(item, Article) else item.seen_at)

    async def keep(self, exchanges: Sequence[Exchange], at: datetime) -> None:
        """Write the answers that one reading used; no trouble of the archive is an error here."""
        if not self._is_on or not exchanges:
            return
        written = asyncio.get_running_loop().create_future()
        self._queue.append(_Job(exchanges, at, written))
        if self._draining is None:
            self._draining = asyncio.create_task(self._drain())
        await asyncio.wait([written], timeout=PATIENCE_S)
        self._kept += len(exchanges)
        if self._kept >= BATCH and self._indexing is None:
            self._kept = 0
            self._indexing = asyncio.create_task(self._index())

    async def close(self) -> list[str]:
        """Write all of the index and close the files; say what could not be kept, if anything.

        A file that is not indexed stays open: the next run closes and indexes it.

        Raises:
            StoreError: the database cannot be used.
        """
        if not self._is_on:
            return []
        if self._draining is not None:
            await self._draining
        if self._indexing is not None:
            await self._indexing
        await self._index()
        await self._run(self._archive.close if self._is_indexed else self._archive.abandon)
        self._thread.shutdown(wait=False)
        said = self._said()
        if said or self._has_kept:
            await self._call(lambda conn: self._note(conn, said))
        return [said] if said else []

    def _note(self, conn: Connection, said: str) -> None:
        """An archive that is not in order is an open failure until a run finds it well."""
        place, now = str(self._root), self._now()
        if said:
            failures.note_archive(conn, self._run_id, self._site, place, said, now)
        else:
            failures.resolve_list(conn, self._site, place, now)

    # In the archive's thread:

    def _look(self, wanted: Sequence[str]) -> None:
        self._latest |= read_patiently(
            self._database, lambda conn: raw.latest(conn, self._site, wanted)
        )

    def _write(self, jobs: Sequence[_Job]) -> None:
        answers = [
            (exchange, job.at, self._latest.pop(exchange.subject, None))
            for job in jobs
            for exchange in job.exchanges
        ]
        for capture in self._archive.keep_all(answers):
            self._has_kept = True
            self._rows.append(capture)
            if not capture.subject.external_id:
                self._latest[capture.subject] = capture

    def _take(self) -> tuple[list[Capture], list[OpenFile]]:
        """What is to be indexed, and the files that are full and hold nothing else."""
        rows, self._rows = self._rows, []
        return rows, self._archive.take_full()

    # In the event loop:

    async def _drain(self) -> None:
        """Write what has come meanwhile in one go: a thread that is called for each answer waits
        for the interpreter longer than it writes."""
        try:
            while self._queue:
                if len(self._queue) < COMPANY:
                    await asyncio.sleep(LINGER_S)
                jobs, self._queue = self._queue, []
                try:
                    await self._run(self._write, jobs)
                finally:
                    for job in jobs:
                        if not job.written.done():
                            job.written.set_result(None)
        finally:
            self._draining = None

    async def _index(self) -> None:
        rows, full = await self._run(self._take)
        try:
            if rows:
                await self._call(lambda conn: raw.add(conn, rows))
        except StoreError:
            self._is_indexed = False  # the run ends with this error; it has been said
        else:
            await self._run(self._archive.close_files, full)
        finally:
            self._indexing = None

    def _said(self) -> str:
        lost, reason = self._archive.lost, self._archive.reason
        if lost:
            return f"{lost} raw answers could not be kept ({reason}); their articles are stored"
        if reason or self._trouble:
            return f"the raw archive is not in order ({reason or self._trouble})"
        return ""

    def _run(self, work: Callable[..., Any], *arguments: Any) -> asyncio.Future[Any]:
        return asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)
