"""Near-duplicates: the tables by which they are found, filled from the texts that are stored.

Nothing is linked here: that is news for the change feed, and `newscrawler duplicates relink --all`
brings it, as `near_progress` remembers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Integer,
    column,
    func,
    insert,
    select,
)
from sqlalchemy import table as named

from newscrawler.failpoints import hit
from newscrawler.near import sketch as sketches
from newscrawler.store.dialect import insert_missing
from newscrawler.store.migrations.steps import create_tables, new_metadata, new_table
from newscrawler.store.types import ID, UTC_TIME

revision = "0005"
down_revision = "0004"

_BATCH = 500
_CROWD = 4
_metadata = new_metadata()
_articles = new_table(_metadata, "articles", Column("article_id", ID, primary_key=True))
near_sketches = new_table(
    _metadata,
    "near_sketches",
    Column("article_id", ID, ForeignKey("articles.article_id"), primary_key=True,
           autoincrement=False),
    Column("figures", BigInteger(), nullable=False),
    Column("published_s", BigInteger(), nullable=False),
)  # fmt: skip
near_keys = new_table(
    _metadata,
    "near_keys",
    Column("near_key", BigInteger(), primary_key=True, autoincrement=False),
    Column("article_id", ID, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
near_progress = new_table(
    _metadata,
    "near_progress",
    Column("id", Integer(), primary_key=True, autoincrement=False),
    Column("rules", Integer(), nullable=False),
    Column("judged_to", ID),
)
_a = named(
    "articles", column("article_id"), column("revision"), column("duplicate_of"),
    column("published_at", UTC_TIME),
)  # fmt: skip
_r = named("revisions", column("article_id"), column("revision"), column("body"))


def upgrade() -> None:
    conn = op.get_bind()
    create_tables(conn, _metadata)
    for rows in _stored(conn):
        _fill(conn, rows)
        hit("migration_near")
    if conn.scalar(select(near_progress.c.rules)) is None:
        many = conn.scalar(select(func.count()).select_from(_a))
        done = {"id": 1, "rules": sketches.RULES, "judged_to": 0 if many else None}
        conn.execute(insert(near_progress).values(done))


def _stored(conn: Connection) -> Iterator[list[Any]]:
    """The articles that others can be linked to, some at a time."""
    after = 0
    here = (_r.c.article_id == _a.c.article_id) & (_r.c.revision == _a.c.revision)
    query = select(_a.c.article_id, _a.c.published_at, _r.c.body).join_from(_a, _r, here)
    query = query.where(_a.c.duplicate_of.is_(None)).order_by(_a.c.article_id).limit(_BATCH)
    while rows := list(conn.execute(query.where(_a.c.article_id > after))):
        yield rows
        after = rows[-1].article_id


def _fill(conn: Connection, rows: list[Any]) -> None:
    made = [(row, sketches.sketch(row.body), sketches.periods(row.published_at)[0]) for row in rows]
    crowds = _crowds(
        conn, {key for _, each, at in made for key in sketches.in_period(each.asked, at)}
    )
    keys, found = [], []
    for row, each, at in made:
        asked = sketches.in_period(each.asked, at)
        crowded = {key & 0xFFFF_FFFF for key in asked if crowds[key] >= _CROWD}
        for key in sketches.in_period(each.choose(crowded), at):
            crowds[key] += 1
            keys.append({"near_key": key, "article_id": row.article_id})
        published_s = int(row.published_at.timestamp())
        found.append(
            {"article_id": row.article_id, "figures": each.figures, "published_s": published_s}
        )
    insert_missing(conn, near_keys, keys)
    insert_missing(conn, near_sketches, found)


def _crowds(conn: Connection, keys: Collection[int]) -> Counter[int]:
    """How many articles there are under each key."""
    found: Counter[int] = Counter()
    ordered = sorted(keys)
    for start in range(0, len(ordered), _BATCH):
        here = near_keys.c.near_key
        query = select(here, func.count()).where(here.in_(ordered[start : start + _BATCH]))
        found.update({row[0]: row[1] for row in conn.execute(query.group_by(here))})
    return found
