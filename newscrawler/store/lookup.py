"""What is stored of a batch before it is written.

SQLite: all of it in one statement that returns one row, because every step of a statement gives the
interpreter up; and since it has one writer at a time, the numbers that come next are known as well.
Servers: one statement a table, in a fixed order, each locking what it finds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection

from newscrawler.errors import StoreError
from newscrawler.items import Article, Outcome
from newscrawler.store import article_rows, failures, outcomes, tasks, texts
from newscrawler.store.batch import Key, Observation, Standing, by_site, key_of
from newscrawler.store.bulk import marks, on_sqlite, pieces
from newscrawler.store.decide import Known, State, Ticket


@dataclass(slots=True)
class Numbers:
    """The last numbers given on a database with one writer at a time."""

    article: int
    task: int
    change: int


@dataclass(slots=True)
class Found:
    """What is stored of some observations."""

    kind: str = ""
    """The kind of the run."""
    known: dict[Key, Known] = field(default_factory=dict)
    standings: dict[Key, Standing] = field(default_factory=dict)
    roots: dict[str, int] = field(default_factory=dict)
    """The earliest article of each text hash."""
    sources: dict[str, int] = field(default_factory=dict)
    """The rows of sources by name."""
    failing: set[Key] = field(default_factory=set)
    """The ids that have an open failure."""
    numbers: Numbers | None = None


def find(conn: Connection, run_id: int, observations: Sequence[Observation]) -> Found:
    """Look for everything that is stored of these observations; StoreError for an unknown run."""
    if conn.dialect.name != "sqlite":
        return _find_and_lock(conn, run_id, observations)
    found = Found()
    for part in pieces(observations):
        _find_at_once(conn, run_id, part, found)
    return found


def _find_and_lock(conn: Connection, run_id: int, observations: Sequence[Observation]) -> Found:
    found = Found(kind=outcomes.lock_run(conn, run_id))
    grouped = by_site(observations)
    for site, external_ids in grouped.items():
        for each, known in article_rows.find(conn, site, external_ids).items():
            found.known[site, each] = known
    rows = {
        (site, each): row
        for site, external_ids in grouped.items()
        for each, row in tasks.ensure(conn, site, {one: {} for one in external_ids}).items()
    }
    ended = outcomes.read(conn, run_id, sorted(row.task_id for row in rows.values()))
    for key, row in rows.items():
        found.standings[key] = Standing(
            row.task_id,
            tasks.ticket(row),
            ended.get(row.task_id, _counted(row.last_run_id == run_id)),
            row.task_id in ended,
        )
    fresh = [
        each
        for each in observations
        if isinstance(each, Article) and key_of(each) not in found.known
    ]
    found.roots = texts.roots(conn, (each.text_hash for each in fresh))
    names = {each.source for each in observations if isinstance(each, Article)}
    found.sources = article_rows.find_sources(conn, names)
    found.failing = _failing(conn, rows)
    return found


def _failing(conn: Connection, keys: Iterable[Key]) -> set[Key]:
    by_open_key = {failures.key_of_id(*key): key for key in keys}
    return {by_open_key[each] for each in failures.open_keys(conn, by_open_key)}


def _counted(in_this_run: object) -> Outcome | None:
    """A task that the run has announced and that has no row in it was counted as unchanged."""
    return Outcome.UNCHANGED if in_this_run else None


_COLUMNS = (
    "w.n, t.task_id, t.state, t.attempts, t.next_at, t.recheck_at, t.gone_first_seen_at,"
    " t.last_run_id, u.task_id, u.outcome, a.article_id, a.revision, lower(hex(r.content_hash)),"
    " lower(hex(a.text_hash)), a.first_seen_at, a.last_seen_at, a.gone_at, x.article_id,"
    " f.failure_id, s.source_id"
)


_NEW = Ticket(State.DUE)


@lru_cache(maxsize=32)
def _question(many: int) -> str:
    values = ", ".join([marks(6)] * many)
    return f"""
WITH w (n, site, external_id, text_hash, failure, source) AS (VALUES {values})
SELECT json_array(
  (SELECT kind FROM runs WHERE run_id = ?),
  (SELECT seq FROM sqlite_sequence WHERE name = 'articles'),
  (SELECT max(task_id) FROM tasks),
  (SELECT last FROM change_counter WHERE id = 1),
  (SELECT json_group_array(json_array({_COLUMNS})) FROM w
    LEFT JOIN tasks AS t ON t.site = w.site AND t.external_id = w.external_id
    LEFT JOIN run_tasks AS u ON u.run_id = ? AND u.task_id = t.task_id
    LEFT JOIN articles AS a ON a.site = w.site AND a.external_id = w.external_id
    LEFT JOIN revisions AS r ON r.article_id = a.article_id AND r.revision = a.revision
    LEFT JOIN texts AS x ON x.text_hash = w.text_hash
    LEFT JOIN failures AS f ON f.open_key = w.failure
    LEFT JOIN sources AS s ON s.name_hash = w.source))
"""  # noqa: S608 - only places for parameters


def _find_at_once(
    conn: Connection, run_id: int, observations: Sequence[Observation], found: Found
) -> None:
    wanted = [_wanted(number, each) for number, each in enumerate(observations)]
    parameters = (*chain.from_iterable(wanted), run_id, run_id)
    (answer,) = on_sqlite(conn, _question(len(wanted)), parameters).fetchone()
    kind, article, task, change, rows = json.loads(answer)
    if kind is None:
        raise StoreError(f"there is no run {run_id}")
    found.kind = kind
    if found.numbers is None:
        found.numbers = Numbers(article or 0, task or 0, change)
    for row in rows:
        _note(found, run_id, observations[row[0]], row)


def _wanted(number: int, each: Observation) -> tuple[Any, ...]:
    failure = failures.key_of_id(each.site, each.external_id)
    if isinstance(each, Article):
        # An article without text has no root: no key is empty.
        text = bytes.fromhex(each.text_hash)
        source: str | None = article_rows.name_hash(each.source)
        return (number, each.site, each.external_id, text, failure, source)
    return (number, each.site, each.external_id, None, failure, None)


def _note(found: Found, run_id: int, each: Observation, row: Sequence[Any]) -> None:
    """Enter one row of the answer (see _COLUMNS)."""
    key = key_of(each)
    if key not in found.standings:
        found.standings[key] = _standing(found, run_id, row)
        if row[10] is not None:
            found.known[key] = Known(
                article_id=row[10], revision=row[11], content_hash=row[12], text_hash=row[13],
                first_seen_at=_moment(row[14]), last_seen_at=_moment(row[15]),
                gone=row[16] is not None,
            )  # fmt: skip
        if row[18] is not None:
            found.failing.add(key)
    if isinstance(each, Article):
        if row[17] is not None:
            found.roots[each.text_hash] = row[17]
        if row[19] is not None:
            found.sources[each.source] = row[19]


def _standing(found: Found, run_id: int, row: Sequence[Any]) -> Standing:
    if row[1] is None:
        if found.numbers is None:
            raise RuntimeError("numbers are read before rows")
        found.numbers.task += 1
        return Standing(found.numbers.task, _NEW, is_new=True)
    ticket = Ticket(State(row[2]), row[3], *(each and _moment(each) for each in row[4:7]))
    if row[8] is None:
        return Standing(row[1], ticket, _counted(row[7] == run_id))
    return Standing(row[1], ticket, row[9] and Outcome(row[9]), in_run=True)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
