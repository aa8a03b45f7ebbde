"""Runs: start, finish, report, and which of them died without a word."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from newscrawler.errors import StoreError
from newscrawler.failpoints import hit
from newscrawler.items import Outcome, RunReport
from newscrawler.redaction import redact
from newscrawler.store import outcomes
from newscrawler.store.engine import Database
from newscrawler.store.locks import Held, run_lock_name, try_lock
from newscrawler.store.retry import transact
from newscrawler.store.schema import run_tasks, runs
from newscrawler.store.views import news_failures

RUNNING = "running"
FINISHED = "finished"
FAILED = "failed"
INTERRUPTED = "interrupted"

NOT_FETCHED = "not_fetched"
"""run_tasks.reason of an id that the run ended before fetching; it stays due."""

_SHOWN_FAILURES = 20


def start(
    conn: Connection, site: str, kind: str, now: datetime, pid: int | None, host: str | None
) -> int:
    """Open a run and return its number; `kind` is "crawl", "fetch", "import" or "reparse"."""
    result = conn.execute(
        insert(runs).values(
            site=site, kind=kind, started_at=now, status=RUNNING, pid=pid, host=host
        )
    )
    key = result.inserted_primary_key
    if key is None:
        raise RuntimeError("the database returned no run_id")
    return int(key[0])


def open_run(
    db: Database, site: str, kind: str, now: datetime, pid: int | None, host: str | None
) -> tuple[int, Held]:
    """Close what dead runs left, open a run, and hold the lock that says it lives.

    The lock is taken before the run can be seen: nobody finds it dead in between.
    """
    dead = find_dead(db)
    taken: list[Held] = []

    def release() -> None:
        while taken:
            taken.pop().release()

    def begin(conn: Connection) -> int:
        release()
        mark_interrupted(conn, dead, now)
        run_id = start(conn, site, kind, now, pid, host)
        held = try_lock(db, run_lock_name(run_id))
        if held is None:
            raise StoreError(f"{db.name}: run {run_id} is locked by another process")
        taken.append(held)
        return run_id

    with ExitStack() as undo:
        undo.callback(release)
        run_id = transact(db, begin)
        undo.pop_all()
    return run_id, taken[0]


def finish(
    conn: Connection,
    run_id: int,
    status: str,
    now: datetime,
    *,
    requests: int = 0,
    bytes: int = 0,
    notes: Sequence[str] = (),
    left_as: str = NOT_FETCHED,
) -> RunReport:
    """Close a run ("finished", "failed" or "interrupted"); what it left open counts as pending,
    for the reason `left_as`."""
    _close_open_tasks(conn, run_id, now, left_as)
    started = conn.scalar(select(runs.c.started_at).where(runs.c.run_id == run_id))
    conn.execute(
        update(runs)
        .where(runs.c.run_id == run_id)
        .values(
            status=status,
            finished_at=max(now, started or now),  # the clock may have been set back
            requests=requests,
            bytes=bytes,
            notes=json.dumps([redact(note) for note in notes], ensure_ascii=False),
        )
    )
    hit("before_finish")
    return report(conn, run_id)


def mark_interrupted(conn: Connection, run_ids: Iterable[int], now: datetime) -> None:
    """Close runs whose process died; their counts stay true."""
    for run_id in run_ids:
        outcomes.lock_run(conn, run_id)
        started = conn.scalar(select(runs.c.started_at).where(runs.c.run_id == run_id))
        _close_open_tasks(conn, run_id, now, reason=NOT_FETCHED)
        conn.execute(
            update(runs)
            .where(runs.c.run_id == run_id, runs.c.status == RUNNING)
            .values(status=INTERRUPTED, finished_at=max(now, started or now))
        )


def _close_open_tasks(conn: Connection, run_id: int, now: datetime, reason: str) -> None:
    is_open = (run_tasks.c.run_id == run_id) & run_tasks.c.outcome.is_(None)
    left = conn.scalar(select(func.count()).select_from(run_tasks).where(is_open)) or 0
    if left:
        conn.execute(
            update(run_tasks).where(is_open).values(outcome=Outcome.PENDING, reason=reason, at=now)
        )
        outcomes.count(conn, run_id, {Outcome.PENDING: left})


def find_dead(db: Database) -> list[int]:
    """Runs that say they are running although no process holds their lock."""
    with db.read() as conn:
        running = conn.scalars(select(runs.c.run_id).where(runs.c.status == RUNNING)).all()
    dead = []
    for run_id in running:
        held = try_lock(db, run_lock_name(run_id))
        if held is not None:
            held.release()
            dead.append(run_id)
    return dead


def report(conn: Connection, run_id: int) -> RunReport:
    """The report of one run; KeyError if there is no such run."""
    row = conn.execute(select(runs).where(runs.c.run_id == run_id)).first()
    if row is None:
        raise KeyError(f"there is no run {run_id}")
    query = (
        select(news_failures)
        .where(news_failures.c.run_id == run_id)
        .order_by(news_failures.c.failure_id.desc())
        .limit(_SHOWN_FAILURES)
    )
    shown = tuple({**each} for each in conn.execute(query).mappings())
    return _report(row, shown)


def list_runs(conn: Connection, limit: int = 20) -> list[RunReport]:
    """The latest runs, newest first, without their failures."""
    query = select(runs).order_by(runs.c.run_id.desc()).limit(limit)
    return [_report(row) for row in conn.execute(query)]


def _report(row: Row[Any], shown: tuple[dict[str, Any], ...] = ()) -> RunReport:
    values = row._mapping  # noqa: SLF001 - SQLAlchemy's public way to read a row by name
    return RunReport(
        run_id=values["run_id"],
        site=values["site"],
        kind=values["kind"],
        started_at=values["started_at"],
        finished_at=values["finished_at"],
        status=values["status"],
        discovered=values["discovered"],
        requests=values["requests"],
        bytes=values["bytes"],
        counts={outcome: values[outcome.value] for outcome in Outcome},
        notes=tuple(json.loads(values["notes"] or "[]")),
        failures=shown,
    )
