"""Rows of `tasks`: find them, make the missing ones, put states back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, Row, select
from sqlalchemy import update as change

from newscrawler.store.bulk import Insert, Update, insert, update
from newscrawler.store.decide import State, Ticket
from newscrawler.store.dialect import insert_missing
from newscrawler.store.schema import tasks

if TYPE_CHECKING:
    from newscrawler.store.batch import Batch, Key, Standing

T = TypeVar("T")
TaskRow = Row[Any]

CHUNK = 500
"""How many keys one IN list holds."""


def chunks(values: Sequence[T]) -> Iterable[Sequence[T]]:
    """The values in pieces of at most CHUNK."""
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))


def find(conn: Connection, site: str, external_ids: Iterable[str]) -> dict[str, TaskRow]:
    """The tasks of one site that exist, by external id; locked until the transaction ends."""
    found: dict[str, TaskRow] = {}
    for chunk in chunks(sorted(set(external_ids))):
        query = (
            select(tasks)
            .where(tasks.c.site == site, tasks.c.external_id.in_(chunk))
            .order_by(tasks.c.task_id)
            .with_for_update()
        )
        found |= {row.external_id: row for row in conn.execute(query)}
    return found


def ensure(
    conn: Connection, site: str, wanted: Mapping[str, Mapping[str, Any]]
) -> dict[str, TaskRow]:
    """The tasks with these external ids; a missing one is made, `due`, with the values given."""
    found = find(conn, site, wanted)
    missing = [external_id for external_id in wanted if external_id not in found]
    if missing:
        insert_missing(conn, tasks, [_new_row(site, each, wanted[each]) for each in missing])
        found |= find(conn, site, missing)
    return found


def _new_row(site: str, external_id: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "site": site,
        "external_id": external_id,
        "announced_as": external_id,
        "url": "",
        "state": State.DUE,
        "attempts": 0,
        "first_announced_at": None,
        "last_announced_at": None,
        "last_run_id": None,
        **values,
    }


def ticket(row: TaskRow) -> Ticket:
    """What the rules want to know of a task."""
    return Ticket(
        state=State(row.state),
        attempts=row.attempts,
        next_at=row.next_at,
        recheck_at=row.recheck_at,
        gone_first_seen_at=row.gone_first_seen_at,
    )


_STATE = ("state", "attempts", "next_at", "recheck_at", "gone_first_seen_at")
_UPDATE = Update("tasks", ("task_id",), _STATE)
_INSERT = Insert("tasks", ("task_id", *_STATE, "site", "external_id", "announced_as", "url"))


def write(batch: Batch, tickets: Iterable[tuple[Key, Standing, Ticket]]) -> None:
    """Store the new state of these tasks; those that have only a number are inserted."""
    fresh, rows = [], []
    for (site, external_id), standing, each in tickets:
        moments = (each.next_at, each.recheck_at, each.gone_first_seen_at)
        times = (at and batch.moments(at) for at in moments)
        row = (standing.task_id, each.state, each.attempts, *times)
        if standing.is_new:
            fresh.append((*row, site, external_id, external_id, ""))
        else:
            rows.append(row)
    insert(batch.conn, _INSERT, fresh)
    update(batch.conn, _UPDATE, sorted(rows, key=itemgetter(0)))


def make_due(conn: Connection, task_ids: Sequence[int], now: datetime) -> None:
    """Let these tasks be fetched by the next run, whatever they were."""
    for chunk in chunks(sorted(task_ids)):
        conn.execute(
            change(tasks)
            .where(tasks.c.task_id.in_(chunk))
            .values(state=State.DUE, next_at=now, attempts=0)
        )
