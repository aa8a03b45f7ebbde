"""Run counters and run_tasks: each id of a run ends in one outcome, and the counts say so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from newscrawler.errors import StoreError
from newscrawler.items import Outcome
from newscrawler.store import bulk
from newscrawler.store.batch import Batch, Ending, Key, Standing
from newscrawler.store.bulk import Insert, Update, Values
from newscrawler.store.decide import settle
from newscrawler.store.schema import run_tasks, runs
from newscrawler.store.tasks import chunks


def lock_run(conn: Connection, run_id: int) -> str:
    """Lock the run's row, so that two writers of one run cannot deadlock; return its kind."""
    kind = conn.scalar(select(runs.c.kind).where(runs.c.run_id == run_id).with_for_update())
    if kind is None:
        raise StoreError(f"there is no run {run_id}")
    return str(kind)


def read(conn: Connection, run_id: int, task_ids: Sequence[int]) -> dict[int, Outcome | None]:
    """The outcome so far (None: open) of those tasks that have a row in this run."""
    found: dict[int, Outcome | None] = {}
    for chunk in chunks(task_ids):
        query = select(run_tasks.c.task_id, run_tasks.c.outcome).where(
            run_tasks.c.run_id == run_id, run_tasks.c.task_id.in_(chunk)
        )
        for task_id, outcome in conn.execute(query):
            found[task_id] = None if outcome is None else Outcome(outcome)
    return found


_WRITTEN = ("outcome", "reason", "stage", "at", "article_id", "revision")
_KEYS = ("run_id", "task_id")
_INSERT = Insert("run_tasks", (*_KEYS, *_WRITTEN))
_UPDATE = Update("run_tasks", _KEYS, _WRITTEN)


def add(conn: Connection, run_id: int, endings: Mapping[int, Ending], now: datetime) -> None:
    """Insert rows for tasks that have none in this run; counters are the caller's."""
    at = bulk.moments(conn.dialect.name)(now)
    rows = [_row(run_id, task_id, ending, at) for task_id, ending in sorted(endings.items())]
    bulk.insert(conn, _INSERT, rows)


def _row(run_id: int, task_id: int, ending: Ending, at: object) -> Values:
    outcome = ending.outcome
    return (
        run_id,
        task_id,
        outcome,
        ending.reason,
        ending.stage,
        None if outcome is None else at,
        ending.article_id,
        ending.revision,
    )


def conclude(batch: Batch, endings: Mapping[Key, tuple[Standing, Ending]]) -> dict[Key, Outcome]:
    """Write how tasks ended in this run and count it; return the outcome that each now has.

    An id of which this run did not know yet is discovered by ending. One that has ended before
    keeps the stronger outcome (decide.settle), and is counted once.
    """
    at = batch.moments(batch.now)
    settled: dict[Key, Outcome] = {}
    fresh: list[Values] = []
    rows: list[Values] = []
    for key, (standing, ending) in endings.items():
        if ending.outcome is None:
            continue
        outcome = settled[key] = settle(standing.outcome, ending.outcome)
        _count(batch.counts, standing, outcome)
        if not standing.in_run:
            same = outcome is ending.outcome
            ended = ending if same else ending._replace(outcome=outcome)
            fresh.append(_row(batch.run_id, standing.task_id, ended, at))
        elif outcome is ending.outcome:
            rows.append(_row(batch.run_id, standing.task_id, ending, at))
    bulk.insert(batch.conn, _INSERT, fresh)
    bulk.update(batch.conn, _UPDATE, rows)
    return settled


def _count(counts: Counter[str], standing: Standing, outcome: Outcome) -> None:
    counts[outcome] += 1
    if standing.outcome is not None:
        counts[standing.outcome] -= 1
    elif not standing.in_run:
        counts["discovered"] += 1


def count(conn: Connection, run_id: int, by: Mapping[str, int]) -> None:
    """Add to the run's counters (names of columns of `runs`)."""
    steps = {str(name): step for name, step in by.items() if step}
    if steps:
        mark = "?" if conn.dialect.name == "sqlite" else "%s"
        quoted = map(conn.dialect.identifier_preparer.quote, steps)
        sets = ", ".join(f"{name} = {name} + {mark}" for name in quoted)
        query = f"UPDATE runs SET {sets} WHERE run_id = {mark}"  # noqa: S608 - names of columns
        bulk.run(conn, query, (*steps.values(), run_id))
