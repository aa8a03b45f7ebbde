"""All that is stored about some ids whose kept answers are read again.

SQLite gives it in one row of JSON, in half the time that rows of five statements take; servers by a
statement a table.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection

from newscrawler.captures import Capture
from newscrawler.items import Announcement
from newscrawler.store import announcements, raw, reparsed
from newscrawler.store.announcements import SAID, Said
from newscrawler.store.bulk import on_sqlite
from newscrawler.store.decide import State
from newscrawler.store.reparsed import Stored, Waiting


@dataclass(frozen=True, slots=True)
class Background:
    """What is known of some ids of one site."""

    captures: dict[str, list[Capture]] = field(default_factory=dict)
    """The kept answers about each, the earliest first."""
    stored: dict[str, Stored] = field(default_factory=dict)
    waiting: dict[str, Waiting] = field(default_factory=dict)
    """What the ledger has of each."""
    said: dict[int, list[Said]] = field(default_factory=dict)
    """What lists have said of each, by task_id."""


def find(conn: Connection, site: str, external_ids: Sequence[str]) -> Background:
    """Look for everything about these ids."""
    if conn.dialect.name == "sqlite":
        return _at_once(conn, site, external_ids)
    return by_table(conn, site, external_ids)


def by_table(conn: Connection, site: str, external_ids: Sequence[str]) -> Background:
    """As `find`, on any database."""
    waiting = reparsed.waiting(conn, site, external_ids)
    return Background(
        captures=raw.of_ids(conn, site, external_ids),
        stored=reparsed.load(conn, site, external_ids),
        waiting=waiting,
        said=announcements.histories(conn, [row.task_id for row in waiting.values()]),
    )


def _packed(columns: str, source: str) -> str:
    return f"(SELECT json_group_array(json_array({columns})) FROM w CROSS JOIN {source})"  # noqa: S608 - no values


def _of(alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in SAID)


_TASKS = "tasks t ON t.site = ?1 AND t.external_id = w.value"
_ALL = ", ".join(
    (
        _packed(
            "r.record_id, r.site, r.external_id, r.name, r.kind, r.url, r.fetched_at, r.status,"
            " r.digest, f.name, r.start, r.size",
            "raw_records r ON r.site = ?1 AND r.external_id = w.value"
            " JOIN raw_files f ON f.file_id = r.file_id",
        ),
        _packed(
            "a.external_id, a.article_id, a.revision, lower(hex(r.content_hash)), r.seen_at,"
            " hex(r.digest)",
            "articles a ON a.site = ?1 AND a.external_id = w.value JOIN revisions r"
            " ON r.article_id = a.article_id AND r.revision = a.revision",
        ),
        _packed(
            f"t.external_id, t.task_id, t.announced_as, t.state, n.first_at, {_of('n')}",
            f"{_TASKS} LEFT JOIN announcements n ON n.task_id = t.task_id",
        ),
        _packed(
            f"b.until_at, b.task_id, {_of('b')}",
            f"{_TASKS} JOIN announcements_before b ON b.task_id = t.task_id",
        ),
    )
)
_QUESTION = f"WITH w AS (SELECT value FROM json_each(?2)) SELECT json_array({_ALL})"  # noqa: S608 - no values
_WHEN = SAID.index("published_at")


def _at_once(conn: Connection, site: str, external_ids: Sequence[str]) -> Background:
    asked = json.dumps(list(dict.fromkeys(external_ids)))
    (answer,) = on_sqlite(conn, _QUESTION, (site, asked)).fetchone()
    records, articles, tasks, before = json.loads(answer)
    found = Background()
    _note_captures(found, records)
    for external_id, article_id, revision, content_hash, seen_at, digest in articles:
        marked = bytes.fromhex(digest) or None
        found.stored[external_id] = Stored(
            article_id, revision, content_hash, _moment(seen_at), marked
        )
    first: dict[tuple[int, str], datetime] = {}
    for external_id, task_id, announced_as, state, first_at, *said in tasks:
        found.waiting[external_id] = Waiting(task_id, announced_as, State(state))
        if first_at is not None:
            first[task_id, said[0]] = _moment(first_at)
            history = found.said.setdefault(task_id, [])
            history.append(Said(_record(said), _moment(first_at), None))
    for until_at, task_id, *said in sorted(before):
        key, until = (task_id, said[0]), _moment(until_at)
        found.said[task_id].append(Said(_record(said), first[key], until))
        first[key] = until
    return found


def _note_captures(found: Background, records: list[list[Any]]) -> None:
    for record in sorted(records):
        record[6] = _moment(record[6])
        found.captures.setdefault(record[2], []).append(raw.capture_of(record))
    for captures in found.captures.values():
        if len(captures) > 1:
            captures.sort(key=attrgetter("fetched_at"))


def _record(said: list[Any]) -> Announcement:
    if said[_WHEN] is not None:
        said[_WHEN] = _moment(said[_WHEN])
    return announcements.record_of(said)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
