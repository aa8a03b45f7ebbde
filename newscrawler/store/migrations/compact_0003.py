"""What the third migration does to tables and rows; every step may be repeated after a kill."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, MetaData, Row, String, and_, bindparam, inspect, or_, select
from sqlalchemy import column as a_column
from sqlalchemy import table as a_table

from newscrawler.failpoints import hit
from newscrawler.items import Block, BlockKind
from newscrawler.store import compact
from newscrawler.store.migrations.steps import create_tables
from newscrawler.store.migrations.tables_0003 import PARENTS, metadata

_ROWS = 200
_DIGESTS = {
    "articles": "text_hash",
    "revisions": "content_hash",
    "announcements": "fingerprint",
    "texts": "text_hash",
}
_GONE_COLUMNS = (
    ("articles", "content_hash"),
    ("revisions", "text_hash"),
    ("securities", "market"),
    ("securities", "code"),
)
_GONE_INDEXES = (
    ("articles", "ix_articles_text_hash"),
    ("articles", "ix_articles_site_published_at"),
    ("run_tasks", "ix_run_tasks_run_id_outcome"),
)
_PARTIAL = (
    ("ix_articles_duplicate_of", "articles (duplicate_of)", "duplicate_of IS NOT NULL"),
    ("ix_tasks_site_recheck_at", "tasks (site, recheck_at)", "recheck_at IS NOT NULL"),
)
_OPEN = ("ix_run_tasks_open", "run_tasks (run_id, task_id)", "outcome IS NULL")

articles = a_table("articles", *map(a_column, ("article_id", "revision")))
revisions = a_table(
    "revisions",
    *map(a_column, ("article_id", "revision", "body", "body_html", "layout", "paragraph_count")),
)
paragraphs = a_table(
    "paragraphs", *map(a_column, ("article_id", "position", "kind", "text", "cells"))
)
securities = a_table(
    "securities",
    *map(a_column, ("article_id", "position", "evidence", "evidence_at", "evidence_length")),
)


def rebuild(conn: Connection) -> None:
    """SQLite: make the tables anew, by copying; one transaction holds it all."""
    driver = conn.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError("the driver is not sqlite3")
    driver.create_function("from_hex", 1, bytes.fromhex, deterministic=True)
    made = [table for table in metadata.sorted_tables if table.name not in PARENTS]
    old = {table.name: inspect(conn).get_columns(table.name) for table in made}
    for name in old:
        for index in inspect(conn).get_indexes(name):
            conn.exec_driver_sql(f"DROP INDEX {index['name']}")
        conn.exec_driver_sql(f"ALTER TABLE {name} RENAME TO old_{name}")
    create_tables(conn, _only(made))
    for table in made:
        names = [each["name"] for each in old[table.name] if each["name"] in table.c]
        values = [
            f"from_hex({name})" if _DIGESTS.get(table.name) == name else name for name in names
        ]
        conn.exec_driver_sql(
            f"INSERT INTO {table.name} ({', '.join(names)})"
            f" SELECT {', '.join(values)} FROM old_{table.name} ORDER BY 1, 2"
        )
        conn.exec_driver_sql(f"DROP TABLE old_{table.name}")
        hit("migration_step")
    for name in ("text_hash", "site_published_at"):
        conn.exec_driver_sql(f"DROP INDEX ix_articles_{name}")
    _partial_indexes(conn, _PARTIAL)
    for command in (
        "ALTER TABLE articles DROP COLUMN content_hash",
        "ALTER TABLE articles ADD COLUMN digest BLOB NOT NULL DEFAULT x''",
        "UPDATE articles SET digest = from_hex(text_hash)",
        "ALTER TABLE articles DROP COLUMN text_hash",
        "ALTER TABLE articles RENAME COLUMN digest TO text_hash",
    ):
        conn.exec_driver_sql(command)
        hit("migration_step")
    fill(conn)


def _only(tables: Sequence[Any]) -> MetaData:
    """These tables alone, with what they point to known but not to be made."""
    wanted = {table.name for table in tables}

    class _Some(MetaData):
        @property
        def sorted_tables(self) -> list[Any]:
            return [table for table in super().sorted_tables if table.name in wanted]

    some = _Some(naming_convention=metadata.naming_convention)
    for table in metadata.tables.values():
        table.to_metadata(some)
    return some


def _partial_indexes(conn: Connection, indexes: Iterable[tuple[str, str, str]]) -> None:
    for name, columns, where in indexes:
        conn.exec_driver_sql(f"DROP INDEX IF EXISTS {name}")
        conn.exec_driver_sql(f"CREATE INDEX {name} ON {columns} WHERE {where}")


def fill(conn: Connection) -> None:
    """Take from the rows what the bodies say already, and drop the paragraphs."""
    if not inspect(conn).has_table("paragraphs"):
        return
    if conn.dialect.name != "sqlite":
        _add_columns(conn)
    at = (0, 0)
    while rows := _next_revisions(conn, at):
        _fill(conn, rows)
        hit("migration_fill")
        at = rows[-1].article_id, rows[-1].revision
    conn.exec_driver_sql("DROP TABLE paragraphs")
    hit("migration_step")


def _add_columns(conn: Connection) -> None:
    text = "TEXT" if conn.dialect.name == "postgresql" else "LONGTEXT"
    for name, column, kind in (
        ("revisions", "layout", text),
        ("securities", "evidence_at", "INTEGER"),
        ("securities", "evidence_length", "INTEGER"),
    ):
        if column not in _columns(conn, name):
            conn.exec_driver_sql(f"ALTER TABLE {name} ADD COLUMN {column} {kind}")
            hit("migration_step")
    for name, column in (("revisions", "body_html"), ("securities", "evidence")):
        drop = f"ALTER COLUMN {column} DROP NOT NULL"
        modify = f"MODIFY COLUMN {column} {text} NULL"
        conn.exec_driver_sql(
            f"ALTER TABLE {name} {drop if conn.dialect.name == 'postgresql' else modify}"
        )
        hit("migration_step")


def _columns(conn: Connection, name: str) -> dict[str, Any]:
    return {each["name"]: each["type"] for each in inspect(conn).get_columns(name)}


def _next_revisions(conn: Connection, after: tuple[int, int]) -> Sequence[Row[Any]]:
    r = revisions.c
    later = or_(r.article_id > after[0], and_(r.article_id == after[0], r.revision > after[1]))
    here = (articles.c.article_id == r.article_id) & (articles.c.revision == r.revision)
    query = (
        select(revisions, articles.c.article_id.is_not(None).label("is_current"))
        .select_from(revisions.outerjoin(articles, here))
        .where(later)
        .order_by(r.article_id, r.revision)
        .limit(_ROWS)
    )
    return conn.execute(query).all()


def _fill(conn: Connection, rows: Sequence[Row[Any]]) -> None:
    current = {row.article_id: row.body for row in rows if row.is_current}
    blocks: dict[int, list[Block]] = {article_id: [] for article_id in current}
    p = paragraphs.c
    query = select(paragraphs).where(p.article_id.in_(list(current)))
    for each in conn.execute(query.order_by(p.article_id, p.position)):
        blocks[each.article_id].append(_block(each))
    r = revisions.c
    here = (r.article_id == bindparam("of_article_id")) & (r.revision == bindparam("of_revision"))
    conn.execute(
        revisions.update()
        .where(here)
        .values(
            body_html=bindparam("to_html", type_=String()),
            layout=bindparam("to_layout", type_=String()),
        ),
        [
            {
                "of_article_id": row.article_id,
                "of_revision": row.revision,
                "to_html": _html(row),
                "to_layout": compact.layout(blocks.get(row.article_id, []))
                if row.is_current
                else None,
            }
            for row in rows
        ],
    )
    _fill_securities(conn, current)


def _block(row: Row[Any]) -> Block:
    cells = tuple(map(tuple, json.loads(row.cells))) if row.cells else ()
    return Block(kind=BlockKind(row.kind), text=row.text, rows=cells)


def _html(row: Row[Any]) -> str | None:
    html: str | None = row.body_html
    if html is None or html.startswith("["):
        return html
    return compact.html(html, row.body, row.paragraph_count)


def _fill_securities(conn: Connection, bodies: dict[int, str]) -> None:
    s = securities.c
    rows = conn.execute(
        select(s.article_id, s.position, s.evidence).where(
            s.article_id.in_(list(bodies)), s.evidence.is_not(None)
        )
    ).all()
    found = [(row, compact.place(row.evidence, bodies[row.article_id])) for row in rows]
    places = [
        {"of_article_id": row.article_id, "of_position": row.position, "at": at[0], "many": at[1]}
        for row, at in found
        if at is not None
    ]
    if places:
        here = (s.article_id == bindparam("of_article_id")) & (
            s.position == bindparam("of_position")
        )
        conn.execute(
            securities.update()
            .where(here)
            .values(evidence=None, evidence_at=bindparam("at"), evidence_length=bindparam("many")),
            places,
        )


def alter(conn: Connection) -> None:
    """Servers: columns and indexes become what the code needs."""
    _drop_root_key(conn)
    for table, index in _GONE_INDEXES:
        if index in {each["name"] for each in inspect(conn).get_indexes(table)}:
            where = "" if conn.dialect.name == "postgresql" else f" ON {table}"
            conn.exec_driver_sql(f"DROP INDEX {index}{where}")
            hit("migration_step")
    for table, column in _GONE_COLUMNS:
        if column in _columns(conn, table):
            conn.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {column}")
            hit("migration_step")
    for table, column in _DIGESTS.items():
        _to_digest(conn, table, column)
        hit("migration_step")
    if conn.dialect.name == "postgresql":
        _partial_indexes(conn, (*_PARTIAL, _OPEN))
    elif _OPEN[0] not in {each["name"] for each in inspect(conn).get_indexes("run_tasks")}:
        conn.exec_driver_sql(f"CREATE INDEX {_OPEN[0]} ON {_OPEN[1]}")
        hit("migration_step")


def _drop_root_key(conn: Connection) -> None:
    """`texts` keeps its article's number without key and index: articles are never deleted."""
    for key in inspect(conn).get_foreign_keys("texts"):
        word = "CONSTRAINT" if conn.dialect.name == "postgresql" else "FOREIGN KEY"
        conn.exec_driver_sql(f"ALTER TABLE texts DROP {word} {key['name']}")
        hit("migration_step")
    for index in inspect(conn).get_indexes("texts"):
        where = "" if conn.dialect.name == "postgresql" else " ON texts"
        conn.exec_driver_sql(f"DROP INDEX {index['name']}{where}")
        hit("migration_step")


def _to_digest(conn: Connection, table: str, column: str) -> None:
    """Turn hex digits into the bytes they spell."""
    columns = _columns(conn, table)
    if not isinstance(columns[column], String):
        return
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql(
            f"ALTER TABLE {table} ALTER COLUMN {column} TYPE bytea USING decode({column}, 'hex')"
        )
        return
    if "digest_bytes" not in columns:
        conn.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN digest_bytes VARBINARY(32)")
        hit("migration_step")
    conn.exec_driver_sql(f"UPDATE {table} SET digest_bytes = unhex({column})")
    is_key = table == "texts"
    conn.exec_driver_sql(
        f"ALTER TABLE {table} {'DROP PRIMARY KEY, ' if is_key else ''}DROP COLUMN {column},"
        f" CHANGE COLUMN digest_bytes {column} VARBINARY(32) NOT NULL"
        f"{f', ADD PRIMARY KEY ({column})' if is_key else ''}"
    )
