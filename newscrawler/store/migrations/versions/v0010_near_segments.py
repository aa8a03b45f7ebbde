"""The index of near-duplicates in segments, made of the keys that were rows of their own."""

from __future__ import annotations

import secrets
from array import array
from collections.abc import Iterator
from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Column, Connection, Integer, delete, inspect

from newscrawler.failpoints import hit
from newscrawler.store import bulk
from newscrawler.store.migrations.steps import create_tables, new_metadata, new_table
from newscrawler.store.types import BYTES

revision = "0010"
down_revision = "0009"

metadata = new_metadata()
near_segments = new_table(
    metadata,
    "near_segments",
    Column("segment_id", BigInteger(), primary_key=True, autoincrement=False),
    Column("period", Integer(), nullable=False),
    Column("articles", Integer(), nullable=False),
    Column("first_s", BigInteger(), nullable=False),
    Column("last_s", BigInteger(), nullable=False),
    Column("data", BYTES, nullable=False),
)
_INSERT = bulk.Insert(
    "near_segments", ("segment_id", "period", "articles", "first_s", "last_s", "data")
)
_ARTICLES = 16_384
"""Of a segment."""
_ROWS = 10_000
_OLD = ("near_keys", "near_sketches")


def upgrade() -> None:
    conn = op.get_bind()
    create_tables(conn, metadata)
    if conn.dialect.name == "postgresql":  # hashes cannot be compressed
        conn.exec_driver_sql("ALTER TABLE near_segments ALTER COLUMN data SET STORAGE EXTERNAL")
    if "newest" not in {each["name"] for each in inspect(conn).get_columns("near_progress")}:
        op.add_column("near_progress", Column("newest", BigInteger()))
    if set(_OLD) <= set(inspect(conn).get_table_names()):
        conn.execute(delete(near_segments))
        period = _first_period(conn, 0)
        while period is not None:
            _move(conn, period)
            hit("migration_near_segments")
            period = _first_period(conn, period + 1)
    conn.exec_driver_sql(f"UPDATE near_progress SET newest = {secrets.randbits(62)}")
    for name in _OLD:
        conn.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")


def _first_period(conn: Connection, at_least: int) -> int | None:
    key = conn.exec_driver_sql(
        f"SELECT min(near_key) FROM near_keys WHERE near_key >= {at_least << 32}"
    ).scalar()
    return None if key is None else int(key) >> 32


def _move(conn: Connection, period: int) -> None:
    """Make segments of one period: some 30 bytes a key in memory."""
    import numpy as np

    columns = [array("q") for _ in range(4)]
    for rows in _rows(conn, period):
        for column, values in zip(columns, zip(*rows, strict=True), strict=True):
            column.extend(values)
    keys, ids, figures, times = (np.frombuffer(column, np.int64) for column in columns)
    articles, first = np.unique(ids, return_index=True)
    for start in range(0, len(articles), _ARTICLES):
        part = articles[start : start + _ARTICLES]
        rows_of = first[start : start + _ARTICLES]
        mine = np.flatnonzero((ids >= part[0]) & (ids <= part[-1]))  # rising by key, as read
        places = part.searchsorted(ids[mine])
        data = b"".join(
            np.asarray(each, kind).tobytes()
            for each, kind in (
                ((len(part), len(mine)), "<i8"), (part, "<i8"), (figures[rows_of], "<i8"),
                (times[rows_of], "<i8"), (keys[mine], "<i8"), (places, "<u4"),
            )
        )  # fmt: skip
        row = (secrets.randbits(62), period, len(part))
        bounds = (int(times[rows_of].min()), int(times[rows_of].max()))
        bulk.insert(conn, _INSERT, [(*row, *bounds, data)])


def _rows(conn: Connection, period: int) -> Iterator[list[Any]]:
    key, article_id = period << 32, -1
    while rows := list(
        conn.exec_driver_sql(
            "SELECT k.near_key, k.article_id, s.figures, s.published_s FROM near_keys k"
            " JOIN near_sketches s ON s.article_id = k.article_id"
            f" WHERE k.near_key < {period + 1 << 32} AND (k.near_key > {key}"
            f" OR k.near_key = {key} AND k.article_id > {article_id})"
            f" ORDER BY k.near_key, k.article_id LIMIT {_ROWS}"
        )
    ):
        yield rows
        key, article_id = rows[-1][:2]
