"""What migrations are made of: steps that may be run again after a kill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, MetaData, Table
from sqlalchemy.sql.schema import SchemaItem

from newscrawler.failpoints import hit
from newscrawler.store.types import MARIADB, MARIADB_COLLATION


def new_metadata() -> MetaData:
    """An empty schema in which indexes and constraints are named alike on every database."""
    return MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def new_table(metadata: MetaData, name: str, *parts: SchemaItem, **options: Any) -> Table:
    """A table that compares text byte by byte on every database."""
    mariadb: dict[str, Any] = {
        f"{dialect}_{option}": value
        for dialect in MARIADB
        for option, value in (
            ("engine", "InnoDB"),
            ("charset", "utf8mb4"),
            ("collate", MARIADB_COLLATION),
        )
    }
    return Table(name, metadata, *parts, **mariadb, **options)


def create_tables(conn: Connection, metadata: MetaData) -> None:
    """Create the tables and indexes that are missing."""
    for table in metadata.sorted_tables:
        table.create(conn, checkfirst=True)
        hit("migration_table")
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            index.create(conn, checkfirst=True)


def drop_views(conn: Connection, names: Iterable[str]) -> None:
    """Drop the views that are there, so that the tables under them can change."""
    for name in names:
        conn.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")


def replace_views(conn: Connection, views: Mapping[str, str]) -> None:
    """Create the views (their SELECTs by name), in place of older ones of the same name."""
    for name, query in views.items():
        conn.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")
        conn.exec_driver_sql(f"CREATE VIEW {name} AS {query}")
        hit("migration_view")
