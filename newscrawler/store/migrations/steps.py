"""What migrations are made of: steps that may be run again after a kill."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, MetaData, Select

from newscrawler.failpoints import hit


def create_tables(conn: Connection, metadata: MetaData) -> None:
    """Create the tables and indexes that are missing."""
    for table in metadata.sorted_tables:
        table.create(conn, checkfirst=True)
        hit("migration_table")
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            index.create(conn, checkfirst=True)


def replace_views(conn: Connection, selects: Mapping[str, Select[Any]]) -> None:
    """Create the views, in place of older ones of the same name."""
    quote = conn.dialect.identifier_preparer.quote
    for name, query in selects.items():
        compiled = query.compile(conn, compile_kwargs={"literal_binds": True})
        conn.exec_driver_sql(f"DROP VIEW IF EXISTS {quote(name)}")
        conn.exec_driver_sql(f"CREATE VIEW {quote(name)} AS {compiled}")
        hit("migration_view")
