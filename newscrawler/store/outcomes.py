"""Run counters and run_tasks: each id of a run ends in one outcome, and the counts say so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from newscrawler.errors import StoreError
from newscrawler.items import Outcome
from newscrawler.store.decide import settle
from newscrawler.store.schema import run_tasks, runs
from newscrawler.store.tasks import chunks


@dataclass(frozen=True, slots=True)
class Ending:
    """How one task ended."""

    outcome: Outcome | None
    """None: it is still to be fetched."""
    reason: str | None = None
    stage: str | None = None
    article_id: int | None = None
    revision: int | None = None


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


def add(conn: Connection, run_id: int, endings: Mapping[int, Ending], now: datetime) -> None:
    """Insert rows for tasks that have none in this run; counters are the caller's."""
    if endings:
        rows = [
            {"run_id": run_id, "task_id": task_id, **_values(ending, now)}
            for task_id, ending in sorted(endings.items())
        ]
        conn.execute(insert(run_tasks), rows)


_WRITE = (
    update(run_tasks)
    .where(
        run_tasks.c.run_id == bindparam("of_run_id"), run_tasks.c.task_id == bindparam("of_task_id")
    )
    .values(
        {
            name: bindparam(f"to_{name}")
            for name in ("outcome", "reason", "stage", "at", "article_id", "revision")
        }
    )
)


def conclude(
    conn: Connection,
    run_id: int,
    endings: Mapping[int, Ending],
    now: datetime,
    unchanged: Collection[int] = (),
) -> dict[int, Outcome]:
    """Write how tasks ended in this run and count it; return the outcome that each now has.

    An id of which this run did not know yet is discovered by ending. One that has ended before
    keeps the stronger outcome (decide.settle), and is counted once. `unchanged`: tasks that the
    run has counted as unchanged, if they have no row.
    """
    before = read(conn, run_id, sorted(endings))
    counts: Counter[str] = Counter()
    settled: dict[int, Outcome] = {}
    fresh: dict[int, Ending] = {}
    rows = []
    for task_id, ending in endings.items():
        if ending.outcome is None:
            continue
        old = before.get(task_id, Outcome.UNCHANGED if task_id in unchanged else None)
        outcome = settled[task_id] = settle(old, ending.outcome)
        counts[outcome] += 1
        if old is not None:
            counts[old] -= 1
        elif task_id not in before:
            counts["discovered"] += 1
        if task_id not in before:
            fresh[task_id] = replace(ending, outcome=outcome)
        elif outcome is ending.outcome:
            rows.append(_update_row(run_id, task_id, ending, now))
    add(conn, run_id, fresh, now)
    if rows:
        conn.execute(_WRITE, rows)
    count(conn, run_id, counts)
    return settled


def _update_row(run_id: int, task_id: int, ending: Ending, now: datetime) -> dict[str, Any]:
    values = {f"to_{name}": value for name, value in _values(ending, now).items()}
    return {"of_run_id": run_id, "of_task_id": task_id, **values}


def _values(ending: Ending, now: datetime) -> dict[str, Any]:
    return {
        "outcome": ending.outcome,
        "reason": ending.reason,
        "stage": ending.stage,
        "at": None if ending.outcome is None else now,
        "article_id": ending.article_id,
        "revision": ending.revision,
    }


def count(conn: Connection, run_id: int, by: Mapping[str, int]) -> None:
    """Add to the run's counters (names of columns of `runs`)."""
    steps = {str(name): runs.c[str(name)] + step for name, step in by.items() if step}
    if steps:
        conn.execute(update(runs).where(runs.c.run_id == run_id).values(steps))
