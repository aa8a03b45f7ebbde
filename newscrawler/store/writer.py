"""One thread that writes: whoever waits for it waits off the event loop.

What is queued while a transaction runs becomes the next one (group commit). A caller gets its
result after the commit, or the error that kept it from being stored.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection

from newscrawler.errors import StoreError
from newscrawler.failpoints import hit
from newscrawler.items import Saved
from newscrawler.store import articles
from newscrawler.store.aside import Aside
from newscrawler.store.batch import Observation
from newscrawler.store.engine import Database
from newscrawler.store.retry import PATIENCE_S, transact

T = TypeVar("T")

MAX_BATCH = 20
LINGER_S = 0.03
"""How long a save waits for company: a commit of eight costs little more than one of one."""
COMPANY = 8
ASIDE_AFTER = 300
"""Observations after which a run is long enough for a second process (aside.py) to be worth it."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Job:
    work: Observation | Callable[[Connection], Any]
    future: asyncio.Future[Any]

    def succeed(self, result: object) -> None:
        if not self.future.done():
            self.future.set_result(result)

    def fail(self, error: BaseException) -> None:
        if not self.future.done():
            self.future.set_exception(error)


class Writer:
    """The only writer of one run; its methods belong to the event loop that runs the crawl.

    `now` gives the time of each transaction. `on_fatal` is called in the event loop, once, with the
    error after which nothing can be stored: the crawl should stop. `wait` pauses between tries.
    """

    def __init__(
        self,
        database: Database,
        run_id: int,
        *,
        now: Callable[[], datetime],
        recheck_ages: Sequence[timedelta] = (),
        near_duplicates: bool = True,
        patience_s: float = PATIENCE_S,
        aside_after: int = ASIDE_AFTER,
        on_fatal: Callable[[StoreError], object] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self._database = database
        self._run_id = run_id
        self._now = now
        self._recheck_ages = tuple(recheck_ages)
        self._near_duplicates = near_duplicates
        self._aside: Aside | None = None
        self._aside_after = aside_after if _has_idle_cpus() else None
        self._saved = 0
        self._patience_s = patience_s
        self._on_fatal = on_fatal
        self._monotonic = monotonic
        self._wait = wait or self._pause
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._jobs: deque[_Job] = deque()
        self._in_hand = 0
        self._draining: asyncio.Task[None] | None = None
        self._hurried = threading.Event()
        self._give_up_at: float | None = None
        self._fatal: StoreError | None = None
        self._lost: BaseException | None = None

    async def save(self, observation: Observation) -> Saved:
        """Store one observation; StoreError if the database cannot, now or any more."""
        saved: Saved = await self._submit(observation)
        return saved

    async def call(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction of its own; it may run more than once."""
        result: T = await self._submit(work)
        return result

    async def close(self) -> None:
        """Write what is queued and stop; raise the first error that lost an observation."""
        if self._draining is not None:
            await self._draining
        self._executor.shutdown(wait=False)
        if self._aside is not None:
            self._aside.close()
        if self._lost is not None:
            raise self._lost

    def hurry(self, patience_s: float) -> None:
        """From now on wait no longer than this for a database that does not answer."""
        self._give_up_at = self._monotonic() + patience_s
        self._hurried.set()

    @property
    def waiting(self) -> int:
        """How many observations and calls are not stored yet."""
        return len(self._jobs) + self._in_hand

    async def _submit(self, work: Observation | Callable[[Connection], Any]) -> Any:
        if self._fatal is not None:
            raise self._fatal
        loop = asyncio.get_running_loop()
        job = _Job(work, loop.create_future())
        self._jobs.append(job)
        if self._draining is None:
            self._draining = loop.create_task(self._drain())
        return await job.future

    async def _linger(self) -> None:
        """Give saves that are on their way a moment to join the batch."""
        rounds = 6
        for _ in range(rounds):
            if len(self._jobs) >= COMPANY or any(callable(job.work) for job in self._jobs):
                return
            await asyncio.sleep(LINGER_S / rounds)

    async def _drain(self) -> None:
        while self._jobs:
            await self._linger()
            batch = self._next_batch()
            self._in_hand = len(batch)
            await self._write(batch)
            self._in_hand = 0
        self._draining = None

    def _next_batch(self) -> list[_Job]:
        """The next jobs for one transaction: one call, or the saves up to the next call."""
        batch: list[_Job] = []
        while self._jobs and len(batch) < MAX_BATCH:
            if batch and (callable(self._jobs[0].work) or callable(batch[0].work)):
                break
            batch.append(self._jobs.popleft())
        return batch

    async def _write(self, batch: Sequence[_Job]) -> None:
        loop = asyncio.get_running_loop()
        attempt = loop.run_in_executor(self._executor, self._transact, batch)
        await asyncio.wait([attempt])
        error = attempt.exception()
        if error is None:
            for job, result in zip(batch, attempt.result(), strict=True):
                job.succeed(result)
        elif isinstance(error, StoreError):
            self._stop(batch, error)
        elif len(batch) > 1:
            # One observation that no database takes must not take the others with it.
            for job in batch:
                await self._write([job])
        else:
            self._lose(batch[0], error)

    def _lose(self, job: _Job, error: BaseException) -> None:
        if not callable(job.work):
            self._lost = self._lost or error
        job.fail(error)

    def _stop(self, batch: Sequence[_Job], error: StoreError) -> None:
        is_first = self._fatal is None
        self._fatal = self._lost = self._fatal or error
        for job in (*batch, *self._jobs):
            job.fail(error)
        self._jobs.clear()
        if is_first and self._on_fatal is not None:
            self._on_fatal(error)

    def _transact(self, batch: Sequence[_Job]) -> list[Any]:
        """Runs in the writer's thread."""
        results = transact(
            self._database,
            lambda conn: self._work(conn, batch),
            patience_s=self._patience_s,
            monotonic=self._monotonic,
            wait=self._wait,
            is_hurried=self._is_hurried,
            more=lambda: f"; {self.waiting} wait to be stored",
        )
        hit("after_call_commit" if callable(batch[0].work) else "after_commit")
        return results

    def _work(self, conn: Connection, batch: Sequence[_Job]) -> list[Any]:
        results: list[Any] = []
        observations: list[Observation] = []
        for job in batch:
            if callable(job.work):
                results.append(job.work(conn))
            else:
                observations.append(job.work)
        if observations:
            results += articles.save(
                conn,
                self._run_id,
                observations,
                self._now(),
                self._recheck_ages,
                near_duplicates=self._near_duplicates,
                aside=self._help(len(observations)),
            )
        hit("before_commit")
        return results

    def _help(self, more: int) -> Aside | None:
        """The second process, once so many observations have come that it is worth its start."""
        self._saved += more
        if self._aside_after is not None and self._saved > self._aside_after:
            self._aside_after = None
            try:
                self._aside = Aside()
            except OSError as error:
                logger.warning("no second process to sketch and index (%s): done in this", error)
        return self._aside

    def _is_hurried(self) -> bool:
        return self._give_up_at is not None and self._monotonic() >= self._give_up_at

    def _pause(self, seconds: float) -> None:
        if self._hurried.is_set():
            time.sleep(seconds)
        else:
            self._hurried.wait(seconds)


def _has_idle_cpus() -> bool:
    """Whether this process may use more than the one CPU that it needs itself.

    On Windows it does not: no socket can be handed to another process there (aside.py).
    """
    if sys.platform == "win32":
        return False
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) > 1
    return (os.cpu_count() or 1) > 1
