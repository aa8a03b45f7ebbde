"""The ledger: which ids lists announced, which are due, and which a run works on.

The ids of a run that need a fetch have a row in `run_tasks`; announced ids that are done and not
due are only counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, or_, select, update

from newscrawler.failpoints import hit
from newscrawler.items import Announcement, Outcome, Task
from newscrawler.store import announcements as records
from newscrawler.store import outcomes
from newscrawler.store import tasks as rows
from newscrawler.store.batch import Ending
from newscrawler.store.decide import Fate, State, judge_announced
from newscrawler.store.schema import articles, run_tasks, tasks
from newscrawler.store.tasks import TaskRow, chunks

WAITING = "waiting"
"""run_tasks.reason of an id that was announced but rests until its next_at."""


@dataclass(frozen=True, slots=True)
class AnnounceResult:
    """What one list's records came to; ids that this run knew before are not counted again."""

    discovered: int = 0
    due: int = 0
    """Ids to fetch."""
    unchanged: int = 0
    waiting: int = 0
    """Ids counted as pending, failed, rejected or gone without a fetch."""


def announce(
    conn: Connection,
    run_id: int,
    announcements: Sequence[Announcement],
    now: datetime,
    *,
    recheck_all: bool = False,
) -> AnnounceResult:
    """Note what lists of one site say, and let the run fetch what is new, changed or due.

    Calling it again with the same records in the same run changes no count.
    """
    if not announcements:
        return AnnounceResult()
    merged = records.merge_all(announcements)
    found = _ensure_tasks(conn, run_id, merged.values(), now)
    changed = records.store(
        conn, {(found[each].task_id, name): one for (each, name), one in merged.items()}, now
    )
    rows_before = outcomes.read(conn, run_id, [row.task_id for row in found.values()])
    fates = {
        row.task_id: judge_announced(
            rows.ticket(row), now, changed=row.task_id in changed, recheck_all=recheck_all
        )
        for row in found.values()
        if row.task_id not in rows_before
    }
    _make_due(conn, [task_id for task_id in changed if task_id in fates])
    result = _enter(conn, run_id, {row.task_id: row for row in found.values()}, fates, now)
    hit("before_announce_commit")
    return result


def _ensure_tasks(
    conn: Connection, run_id: int, announced: Iterable[Announcement], now: datetime
) -> dict[str, TaskRow]:
    """The tasks as they were before this announcement, marked as announced."""
    wanted: dict[str, dict[str, Any]] = {}
    sites = set()
    for each in announced:
        sites.add(each.site)
        wanted.setdefault(
            each.external_id, {"announced_as": each.announced_as, "first_announced_at": now}
        )
    if len(sites) != 1:
        raise ValueError(f"announcements of several sites at once: {sorted(sites)}")
    found = rows.ensure(conn, sites.pop(), wanted)
    for chunk in chunks(sorted(row.task_id for row in found.values())):
        conn.execute(
            update(tasks)
            .where(tasks.c.task_id.in_(chunk))
            .values(last_announced_at=now, last_run_id=run_id)
        )
    return found


def _make_due(conn: Connection, task_ids: Sequence[int]) -> None:
    """A change that a list announces must outlive a crash of the run that saw it."""
    for chunk in chunks(sorted(task_ids)):
        conn.execute(
            update(tasks)
            .where(tasks.c.task_id.in_(chunk))
            .values(state=State.DUE, attempts=0, next_at=None)
        )


def _enter(
    conn: Connection,
    run_id: int,
    found: Mapping[int, TaskRow],
    fates: Mapping[int, Fate],
    now: datetime,
) -> AnnounceResult:
    counts: Counter[str] = Counter()
    endings: dict[int, Ending] = {}
    due = unchanged = 0
    for task_id, fate in fates.items():
        counted = found[task_id].last_run_id == run_id
        if counted and fate is not Fate.FETCH:
            continue
        counts["discovered"] += not counted
        if fate is Fate.UNCHANGED:
            counts[Outcome.UNCHANGED] += 1
            unchanged += 1
        elif fate is Fate.WAIT:
            outcome = Outcome(found[task_id].state)
            counts[outcome] += 1
            endings[task_id] = Ending(outcome, WAITING)
        else:
            counts[Outcome.UNCHANGED] -= counted
            endings[task_id] = Ending(None)
            due += 1
    outcomes.add(conn, run_id, endings, now)
    outcomes.count(conn, run_id, counts)
    waiting = len(endings) - due
    return AnnounceResult(counts["discovered"], due, unchanged, waiting)


def adopt(conn: Connection, run_id: int, site: str, now: datetime, limit: int) -> int:
    """Let the run also fetch what is due and was not announced to it; return how many.

    Leftovers of dead runs, pending and failed ids whose time has come, rechecks, second looks at
    what seems gone.
    """
    t = tasks.c
    in_run = exists().where(run_tasks.c.run_id == run_id, run_tasks.c.task_id == t.task_id)
    waits = t.state.in_([State.DUE, State.PENDING, State.FAILED])
    query = (
        select(t.task_id, t.last_run_id)
        .where(
            t.site == site,
            or_(
                waits & or_(t.next_at.is_(None), t.next_at <= now),
                (t.state == State.DONE) & (t.recheck_at <= now),
            ),
            ~in_run,
        )
        .order_by(t.task_id)
        .limit(limit)
    )
    found = conn.execute(query).all()
    outcomes.add(conn, run_id, {row.task_id: Ending(None) for row in found}, now)
    counted = sum(row.last_run_id == run_id for row in found)
    outcomes.count(conn, run_id, {"discovered": len(found) - counted, Outcome.UNCHANGED: -counted})
    return len(found)


def take(
    conn: Connection,
    run_id: int,
    limit: int,
    exclude: Collection[int] = (),
    lists: Sequence[str] = (),
) -> list[Task]:
    """The next tasks that this run has to fetch, oldest first.

    `exclude`: task ids that are already being fetched. `lists`: names of lists, best first; the
    announcements of each task come in this order.
    """
    query = (
        select(run_tasks.c.task_id)
        .where(run_tasks.c.run_id == run_id, run_tasks.c.outcome.is_(None))
        .order_by(run_tasks.c.task_id)
        .limit(limit + len(exclude))
    )
    wanted = [task_id for task_id in conn.scalars(query) if task_id not in exclude][:limit]
    return _read_tasks(conn, wanted, lists)


def _read_tasks(conn: Connection, task_ids: Sequence[int], lists: Sequence[str]) -> list[Task]:
    said: dict[int, list[Announcement]] = {}
    for (task_id, _), (record, _) in records.read(conn, task_ids).items():
        said.setdefault(task_id, []).append(record)
    stored = exists().where(
        articles.c.site == tasks.c.site, articles.c.external_id == tasks.c.external_id
    )
    found = []
    for chunk in chunks(task_ids):
        query = select(tasks, stored.label("stored")).where(tasks.c.task_id.in_(chunk))
        found += [
            _task(row, said.get(row.task_id, []), lists)
            for row in conn.execute(query.order_by(tasks.c.task_id)).all()
        ]
    return found


def _task(row: Row[Any], said: Sequence[Announcement], lists: Sequence[str]) -> Task:
    rank = {name: place for place, name in enumerate(lists)}
    ordered = sorted(said, key=lambda each: (rank.get(each.list, len(rank)), each.list))
    return Task(
        task_id=row.task_id,
        site=row.site,
        external_id=row.external_id,
        announced_as=row.announced_as,
        announcements=tuple(
            replace(each, site=row.site, external_id=row.external_id) for each in ordered
        ),
        url="" if said else row.url,
        stored=bool(row.stored),
    )


def add_adhoc(
    conn: Connection,
    run_id: int,
    site: str,
    external_id: str,
    announced_as: str,
    url: str,
    now: datetime,
) -> Task:
    """Let a run of kind "fetch" work on one id that a person named; naming it twice counts once."""
    outcomes.lock_run(conn, run_id)
    found = rows.ensure(conn, site, {external_id: {"announced_as": announced_as, "url": url}})
    task_id = found[external_id].task_id
    if url and found[external_id].url != url:
        conn.execute(update(tasks).where(tasks.c.task_id == task_id).values(url=url))
    if not outcomes.read(conn, run_id, [task_id]):
        outcomes.add(conn, run_id, {task_id: Ending(None)}, now)
        outcomes.count(conn, run_id, {"discovered": 1})
    (task,) = _read_tasks(conn, [task_id], ())
    return replace(task, announced_as=announced_as, url=url)
