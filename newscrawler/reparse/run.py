"""One run of `newscrawler reparse`: many processes read, this one writes."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import socket
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from newscrawler.config import Config
from newscrawler.items import Outcome, RunReport, Stage
from newscrawler.keeping import close_left
from newscrawler.reparse.examine import Chunk, Examiner, Finding, Verdict
from newscrawler.store import Connection, raw, reparsed, runs
from newscrawler.store.batch import Ending
from newscrawler.store.decide import State
from newscrawler.store.engine import Database, open_database
from newscrawler.store.reparsed import Waiting
from newscrawler.store.retry import transact

CHUNK = 200
"""Ids that are read, and written, together."""
_NAMED = 3
"""Ids that a note of the report names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be read again."""

    site: str
    root: Path
    ids: tuple[str, ...] = ()
    """Only these external ids; empty: all that have answers."""
    since: datetime | None = None
    """Only ids with an answer since then."""
    limit: int | None = None
    workers: int = 1
    dry_run: bool = False
    sample: int = 5


@dataclass(slots=True)
class Summary:
    """What it came to."""

    site: str
    examined: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    fields: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often each (verdict, field) changed."""
    sample: list[Finding] = field(default_factory=list)
    unreadable: list[Finding] = field(default_factory=list)
    """Stored articles that can no longer be read."""
    report: RunReport | None = None
    """The run's report; None for a dry run."""

    def add(self, chunk: Chunk, sample: int) -> None:
        """Count what some ids came to."""
        self.examined += chunk.unchanged + len(chunk.findings)
        self.verdicts[Verdict.UNCHANGED] += chunk.unchanged
        for each in chunk.findings:
            self.verdicts[each.verdict] += 1
            self.fields.update((str(each.verdict), name) for name, _, _ in each.changes)
            if each.verdict is Verdict.UNREADABLE:
                self.unreadable.append(each)
            elif each.verdict is not Verdict.WAITING and len(self.sample) < sample:
                self.sample.append(each)

    def notes(self) -> list[str]:
        """What the counts of a run do not say."""
        found = []
        if renewed := self.verdicts[Verdict.RENEWED]:
            found.append(f"{renewed} renewed in place: the same content, other derived parts")
        if self.unreadable:
            named = ", ".join(
                f"{one.external_id} ({one.reason})" for one in self.unreadable[:_NAMED]
            )
            found.append(f"{len(self.unreadable)} stored articles cannot be read again: {named}")
        return found


def reparse(
    config: Config, plan: Plan, progress: Callable[[int], None] = lambda _: None
) -> Summary:
    """Read again what the plan says; write what is different, unless it is a dry run.

    `progress` gets the number of ids so far. Killed and run again, it ends with the same: whatever
    is as it should be stays as it is.

    Raises:
        StoreError: the database cannot be used. KeyboardInterrupt: after closing the run.
    """
    with closing(open_database(config.database_url)) as database:
        close_left(plan.root, database)
        if plan.dry_run:
            return _work(config, plan, database, progress, None)
        now = datetime.now(UTC)
        host = socket.gethostname()
        run_id, alive = runs.open_run(database, plan.site, reparsed.KIND, now, os.getpid(), host)
        try:
            summary = _work(config, plan, database, progress, run_id)
        except BaseException as error:
            stopped = runs.INTERRUPTED if isinstance(error, KeyboardInterrupt) else runs.FAILED
            _finish(database, run_id, stopped, [])
            raise
        else:
            summary.report = _finish(database, run_id, runs.FINISHED, summary.notes())
        finally:
            alive.release()
        return summary


def _finish(database: Database, run_id: int, status: str, notes: Sequence[str]) -> RunReport:
    now = datetime.now(UTC)
    return transact(database, lambda conn: runs.finish(conn, run_id, status, now, notes=notes))


def _work(
    config: Config,
    plan: Plan,
    database: Database,
    progress: Callable[[int], None],
    run_id: int | None,
) -> Summary:
    summary = Summary(plan.site)
    for chunk in _examined(config, plan, _pieces(database, plan)):
        if run_id is not None:
            _write(config, database, run_id, chunk)
        summary.add(chunk, plan.sample)
        progress(summary.examined)
    return summary


def _pieces(database: Database, plan: Plan) -> Iterator[list[str]]:
    """The ids to read, in pieces."""
    left = plan.limit if plan.limit is not None else 1 << 62
    named, after = list(plan.ids), ""
    while left > 0:
        many = min(CHUNK, left)
        if plan.ids:
            piece, named = named[:many], named[many:]
        else:
            with database.read() as conn:
                piece = raw.page(conn, plan.site, after, many, plan.since)
        if not piece:
            return
        after = piece[-1]
        left -= len(piece)
        yield piece


def _examined(config: Config, plan: Plan, pieces: Iterator[list[str]]) -> Iterator[Chunk]:
    """The pieces, read, in their order; in this process if there is to be only one."""
    if plan.workers == 1:
        with closing(open_database(config.database_url)) as database:
            examiner = Examiner(database, plan.root, config.max_page_bytes)
            for piece in pieces:
                yield examiner.examine(plan.site, piece)
        return
    begin = (config.database_url, plan.root, config.max_page_bytes)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(plan.workers, context, _begin, begin) as pool:
        try:
            yield from _in_order(pool, plan, pieces)
        finally:
            pool.shutdown(cancel_futures=True)


def _in_order(
    pool: ProcessPoolExecutor, plan: Plan, pieces: Iterator[list[str]]
) -> Iterator[Chunk]:
    running: deque[Future[Chunk]] = deque()
    for piece in pieces:
        running.append(pool.submit(_examine, plan.site, piece))
        if len(running) > 2 * plan.workers:
            yield running.popleft().result()
    while running:
        yield running.popleft().result()


_examiner: Examiner | None = None
"""Of this process, if it is a worker."""
_examined_here = 0
_COLLECT_AFTER = 10
"""Pieces after which a worker looks for cycles that nobody refers to."""


def _begin(database_url: str, root: Path, max_page_bytes: int) -> None:
    global _examiner
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one who writes decides when to end
    _examiner = Examiner(open_database(database_url), root, max_page_bytes)
    # Reading makes next to no cycles: to look for some all the time takes a twentieth of it.
    gc.freeze()
    gc.disable()


def _examine(site: str, external_ids: list[str]) -> Chunk:
    global _examined_here
    if _examiner is None:
        raise RuntimeError("the worker has not begun")
    _examined_here += 1
    if _examined_here % _COLLECT_AFTER == 0:
        gc.collect()
    return _examiner.examine(site, external_ids)


def _write(config: Config, database: Database, run_id: int, chunk: Chunk) -> None:
    """Everything of one chunk in one transaction."""
    now, near = datetime.now(UTC), config.near_duplicates
    by = {verdict: [x for x in chunk.findings if x.verdict is verdict] for verdict in Verdict}

    def write(conn: Connection) -> None:
        unchanged = chunk.unchanged
        found = [x.found for verdict in (Verdict.RECOVERED, Verdict.REVISED) for x in by[verdict]
                 if x.found]  # fmt: skip
        unchanged += len(found)
        unchanged -= reparsed.recover(
            conn, run_id, found, now, config.recheck, near_duplicates=near
        )
        found = [x.found for x in by[Verdict.REPARSED] if x.found]
        unchanged += len(found) - reparsed.revise(conn, run_id, found, now, near_duplicates=near)
        renewed = [x.found for x in by[Verdict.RENEWED] if x.found]
        reparsed.renew(conn, run_id, renewed, now)
        reparsed.mark(conn, chunk.marks)
        reparsed.count_unchanged(conn, run_id, unchanged + len(renewed))
        unread = [*by[Verdict.UNREADABLE], *by[Verdict.WAITING]]
        reparsed.conclude(conn, run_id, [_ending(x) for x in unread], now)

    transact(database, write)


def _ending(finding: Finding) -> tuple[Waiting, Ending]:
    waiting = finding.waiting or Waiting(0, "", State.DUE)
    if finding.stored is not None:
        ending = Ending(Outcome.FAILED, finding.reason, Stage.READ, *finding.stored)
    else:
        kept = {State.REJECTED: Outcome.REJECTED, State.GONE: Outcome.GONE}
        ending = Ending(kept.get(waiting.state, Outcome.PENDING), finding.reason, Stage.READ)
    return waiting, ending
