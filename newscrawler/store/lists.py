"""The table of lists: how each was last seen; and the gaps that looks have found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, insert, select, update

from newscrawler.items import Announcement, Listing
from newscrawler.store.migrations.steps import new_table
from newscrawler.store.rhythm import Alarm, Found, Rhythm, look
from newscrawler.store.schema import SITE, WORD, announcements, gaps, metadata, tasks
from newscrawler.store.tasks import chunks
from newscrawler.store.types import ID, UTC_TIME

lists: Table = new_table(
    metadata,
    "lists",
    Column("site", SITE, primary_key=True),
    Column("list", WORD, primary_key=True),
    Column("newest_at", UTC_TIME),
    Column("new_at", UTC_TIME, nullable=False),
    Column("read_at", UTC_TIME, nullable=False),
    Column("quiet_s", ID, nullable=False),
)


def watch(
    conn: Connection,
    site: str,
    listing: Listing,
    rows: Sequence[Announcement],
    now: datetime,
    alarm: Alarm | None,
) -> Found:
    """Judge one answer of a list before `rows` of it are announced; remember what it says.

    A gap becomes a row of `gaps`; open gaps across which this look reaches are closed.
    """
    before = _read(conn, site, listing.name)
    known = _known(conn, site, listing.name, [row.external_id for row in listing.rows])
    is_new = any(row.external_id not in known for row in rows)
    found = look(before, listing.rows, known, now, is_new=is_new, alarm=alarm)
    _write(conn, site, listing.name, found.rhythm, is_first=before is None)
    if found.reaches_back_to:
        _close(conn, site, listing.name, found.reaches_back_to, now)
    if found.gap:
        since, until = found.gap
        row = {"site": site, "list": listing.name, "from_at": since, "to_at": until}
        conn.execute(insert(gaps).values(found_at=now, **row))
    return found


def rhythms(conn: Connection, site: str) -> dict[str, Rhythm]:
    """What is known of each list of a site, by name."""
    query = select(lists).where(lists.c.site == site)
    return {row.list: _rhythm(row) for row in conn.execute(query)}


def _read(conn: Connection, site: str, name: str) -> Rhythm | None:
    query = select(lists).where(lists.c.site == site, lists.c.list == name)
    row = conn.execute(query).first()
    return None if row is None else _rhythm(row)


def _rhythm(row: Row[Any]) -> Rhythm:
    return Rhythm(row.newest_at, row.new_at, row.read_at, timedelta(seconds=row.quiet_s))


def _known(conn: Connection, site: str, name: str, ids: Sequence[str]) -> set[str]:
    """Those of these external ids that the list has offered before."""
    found: set[str] = set()
    for chunk in chunks(sorted(set(ids))):
        query = (
            select(tasks.c.external_id)
            .join(announcements, announcements.c.task_id == tasks.c.task_id)
            .where(
                tasks.c.site == site,
                tasks.c.external_id.in_(chunk),
                announcements.c.list == name,
            )
        )
        found.update(conn.scalars(query))
    return found


def _write(conn: Connection, site: str, name: str, rhythm: Rhythm, *, is_first: bool) -> None:
    values = {
        "newest_at": rhythm.newest_at,
        "new_at": rhythm.new_at,
        "read_at": rhythm.read_at,
        "quiet_s": int(rhythm.quiet.total_seconds()),
    }
    if is_first:
        conn.execute(insert(lists).values(site=site, list=name, **values))
        return
    conn.execute(update(lists).where(lists.c.site == site, lists.c.list == name).values(values))


def _close(conn: Connection, site: str, name: str, reached: datetime, now: datetime) -> None:
    conn.execute(
        update(gaps)
        .where(
            gaps.c.site == site,
            gaps.c.list == name,
            gaps.c.closed_at.is_(None),
            gaps.c.from_at >= reached,
        )
        .values(closed_at=now)
    )
