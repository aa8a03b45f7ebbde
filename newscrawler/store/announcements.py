"""What lists say of articles: merge records of one article, tell a changed one, store them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from newscrawler.items import Announcement
from newscrawler.store import spellings
from newscrawler.store.dialect import insert_missing
from newscrawler.store.raw_tables import announcements_before
from newscrawler.store.schema import announcements
from newscrawler.store.tasks import chunks

Key = tuple[int, str]
"""task_id and list."""


@dataclass(frozen=True, slots=True)
class Said:
    """One version of what a list said of an article."""

    record: Announcement
    since: datetime
    until: datetime | None
    """None: it says so still."""


def merge(old: Announcement, new: Announcement) -> Announcement:
    """The newer record, with what only the older one knows: an empty field overwrites nothing.

    A relative time ("3小时前") does not replace an absolute one.
    """
    keeps_time = is_absolute(old.published_raw) and not is_absolute(new.published_raw)
    time_from = old if keeps_time else new
    return replace(
        new,
        title=new.title or old.title,
        published_raw=time_from.published_raw or old.published_raw,
        published_at=time_from.published_at or old.published_at,
        source=new.source or old.source,
        digest=new.digest or old.digest,
        url=new.url or old.url,
        spelled=_merge_spelled(old, new, keeps_time=keeps_time),
    )


def _merge_spelled(
    old: Announcement, new: Announcement, *, keeps_time: bool
) -> tuple[tuple[str, str], ...]:
    """How each field of the merged record is spelled by the record it comes from."""
    names = {name for name, _ in (*old.spelled, *new.spelled)}
    found = []
    for name in sorted(names):
        stays = (name == "published_raw" and keeps_time) or not getattr(new, name)
        found += [pair for pair in (old if stays else new).spelled if pair[0] == name]
    return tuple(found)


def merge_all(records: Iterable[Announcement]) -> dict[tuple[str, str], Announcement]:
    """Records by external id and list, each once, in the order of the list."""
    merged: dict[tuple[str, str], Announcement] = {}
    for record in records:
        key = (record.external_id, record.list)
        merged[key] = merge(merged[key], record) if key in merged else record
    return merged


def is_absolute(published_raw: str) -> bool:
    """Whether a list's time says the same tomorrow as today."""
    year = published_raw[:4]
    return len(year) == 4 and year.isascii() and year.isdigit()


def fingerprint(record: Announcement) -> str:
    """SHA-256 (hex) of what a list says of the article's content."""
    raw = record.published_raw if is_absolute(record.published_raw) else ""
    parts = [record.title, record.source, record.digest, record.url, raw]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def read(conn: Connection, task_ids: Sequence[int]) -> dict[Key, tuple[Announcement, str]]:
    """All announcements of these tasks, with their fingerprints."""
    found: dict[Key, tuple[Announcement, str]] = {}
    spelled = spellings.read(conn, task_ids)
    for chunk in chunks(task_ids):
        for task_id, print_, *said in conn.execute(_READ.where(_a.task_id.in_(chunk))).all():
            key = (task_id, said[0])
            found[key] = (record_of(said, spelled.get(key, ())), print_)
    return found


SAID = (
    "list", "announced_as", "title", "published_at", "published_raw", "source", "digest", "url",
)  # fmt: skip
"""The columns of `record_of`."""
_a, _b = announcements.c, announcements_before.c
_READ = select(_a.task_id, _a.fingerprint, *(_a[name] for name in SAID))
_NOW = select(_a.task_id, _a.first_at, *(_a[name] for name in SAID))
_BEFORE = select(_b.task_id, _b.until_at, *(_b[name] for name in SAID)).order_by(_b.until_at)


def record_of(said: Sequence[Any], spelled: tuple[tuple[str, str], ...] = ()) -> Announcement:
    """What a list says; by place, as a row's names cost more than the record."""
    name, announced_as, title, published_at, published_raw, source, digest, url = said
    return Announcement(
        site="",
        list=name,
        external_id="",
        announced_as=announced_as,
        title=title,
        published_at=published_at,
        published_raw=published_raw,
        source=source,
        digest=digest,
        url=url,
        spelled=spelled,
    )


def store(conn: Connection, records: Mapping[Key, Announcement], now: datetime) -> set[int]:
    """Insert or merge the records; return the tasks of which a list now says something else.

    A list that names a known article for the first time says nothing else of it.
    """
    known = read(conn, sorted({task_id for task_id, _ in records}))
    fresh = {key: record for key, record in records.items() if key not in known}
    merged = {key: merge(known[key][0], records[key]) for key in records if key in known}
    changed = {key: each for key, each in merged.items() if fingerprint(each) != known[key][1]}
    if fresh:
        rows = [_row(key, record, now) | {"first_at": now} for key, record in fresh.items()]
        conn.execute(insert(announcements), rows)
    if changed:
        _remember(conn, {key: known[key][0] for key in changed}, now)
        rows = [
            {f"to_{name}": value for name, value in _row(key, record, now).items()}
            for key, record in changed.items()
        ]
        conn.execute(_CHANGE, rows)
    spellings.store(conn, fresh | changed, known)
    _touch(conn, [key for key in merged if key not in changed], now)
    return {task_id for task_id, _ in changed}


_FIELDS = (
    "announced_as", "title", "published_at", "published_raw", "source", "digest", "url",
    "fingerprint", "last_at",
)  # fmt: skip
_CHANGE = (
    update(announcements)
    .where(
        announcements.c.task_id == bindparam("to_task_id"),
        announcements.c.list == bindparam("to_list"),
    )
    .values({name: bindparam(f"to_{name}") for name in _FIELDS})
)


def _row(key: Key, record: Announcement, now: datetime) -> dict[str, Any]:
    return {
        "task_id": key[0],
        "list": key[1],
        "announced_as": record.announced_as,
        "title": record.title,
        "published_at": record.published_at,
        "published_raw": record.published_raw,
        "source": record.source,
        "digest": record.digest,
        "url": record.url,
        "fingerprint": fingerprint(record),
        "last_at": now,
    }


def _remember(conn: Connection, replaced: Mapping[Key, Announcement], now: datetime) -> None:
    """Keep what lists said so far: answers of old are read again with it."""
    left_out = ("fingerprint", "last_at")
    rows = [
        {name: value for name, value in _row(key, record, now).items() if name not in left_out}
        | {"until_at": now}
        for key, record in replaced.items()
    ]
    insert_missing(conn, announcements_before, rows)


def _touch(conn: Connection, keys: Sequence[Key], now: datetime) -> None:
    by_list: dict[str, list[int]] = {}
    for task_id, name in keys:
        by_list.setdefault(name, []).append(task_id)
    for name, task_ids in sorted(by_list.items()):
        for chunk in chunks(sorted(task_ids)):
            conn.execute(
                update(announcements)
                .where(announcements.c.task_id.in_(chunk), announcements.c.list == name)
                .values(last_at=now)
            )


def histories(conn: Connection, task_ids: Sequence[int]) -> dict[int, list[Said]]:
    """All that lists have said of these tasks, also what they no longer say."""
    found: dict[int, list[Said]] = {}
    first: dict[Key, datetime] = {}
    for chunk in chunks(task_ids):
        for task_id, first_at, *said in conn.execute(_NOW.where(_a.task_id.in_(chunk))).all():
            first[task_id, said[0]] = first_at
            found.setdefault(task_id, []).append(Said(record_of(said), first_at, None))
        for task_id, until_at, *said in conn.execute(_BEFORE.where(_b.task_id.in_(chunk))).all():
            key = (task_id, said[0])
            found[task_id].append(Said(record_of(said), first[key], until_at))
            first[key] = until_at
    return found


def said_at(history: Sequence[Said], at: datetime) -> list[Announcement]:
    """What each list said then."""
    if len(history) == 1 and history[0].until is None:
        return [history[0].record] if history[0].since <= at else []
    newest: dict[str, Said] = {}
    for said in history:
        known = newest.get(said.record.list)
        if said.since <= at and (said.until is None or at < said.until):
            ends_sooner = known is None or (
                said.until is not None and (known.until is None or said.until < known.until)
            )
            if ends_sooner:
                newest[said.record.list] = said
    return [said.record for said in newest.values()]
