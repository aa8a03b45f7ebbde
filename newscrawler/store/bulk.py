"""Writes many rows by plain SQL on the driver: what the writing path is made of.

SQLAlchemy's own statements cost more than the rows they write. It still opens the connections and
ends the transactions, and errors are those that it would raise. On SQLite one statement takes many
rows: with a statement a row, the writer's thread would give the interpreter up for each and have to
get it back from a busy event loop. To be able to take such a statement back alone, SQLite would
copy every page before it changes it: OR FAIL spares that, where foreign keys are checked before the
commit (types.py); any error ends our transactions anyway. Servers take one row a statement, many
statements a round trip.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import chain
from typing import Any, TypeVar, cast

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from newscrawler.store.types import MARIADB

SMALL, LARGE = 20, 200
"""Rows of one statement on SQLite: any number up to SMALL, or LARGE. Each number is a statement of
its own, and the driver keeps those it has prepared (engine.py says how many)."""
T = TypeVar("T")
Values = tuple[Any, ...]
_NO_OFFSET = timedelta(0)


@dataclass(frozen=True, slots=True)
class Insert:
    """Rows for a table: values in the order of these columns."""

    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Update:
    """New values for rows: those of `keys` first, then those of `columns`."""

    table: str
    keys: tuple[str, ...]
    columns: tuple[str, ...]


def insert(conn: Connection, into: Insert, rows: Sequence[Values]) -> None:
    """Insert the rows; values as the driver takes them (`moments`, bytes for a Digest)."""
    _execute(conn, _insert, into, rows)


def insert_one(conn: Connection, into: Insert, row: Values, key: str) -> int:
    """Insert one row; the number that the database gave it in the column `key`."""
    query = f"{_insert(into, conn.dialect.name, 1)} RETURNING {key}"
    return int(conn.exec_driver_sql(query, row).scalar_one())


def update(conn: Connection, what: Update, rows: Sequence[Values]) -> None:
    """Update one row for each tuple; each key at most once."""
    if conn.dialect.name != "sqlite":
        many = len(what.keys)  # where servers' statements name them: at the end
        rows = [(*row[many:], *row[:many]) for row in rows]
    _execute(conn, _update, what, rows)


def _execute(
    conn: Connection, spell: Callable[[Any, str, int], str], what: Any, rows: Sequence[Values]
) -> None:
    kind = conn.dialect.name
    if kind != "sqlite":
        if rows:
            conn.exec_driver_sql(spell(what, kind, 1), list(rows))
        return
    for part in pieces(rows):
        on_sqlite(conn, spell(what, kind, len(part)), tuple(chain.from_iterable(part)))


def on_sqlite(conn: Connection, query: str, values: Values) -> sqlite3.Cursor:
    """Run one statement past SQLAlchemy, with errors as SQLAlchemy raises them."""
    cursor = cast("sqlite3.Cursor", conn.connection.cursor())
    try:
        cursor.execute(query, values)
    except sqlite3.Error as error:
        raise _as_of_sqlalchemy(conn, query, error) from error
    return cursor


def run(conn: Connection, query: str, values: Values) -> None:
    """Run one statement that returns nothing, parameters as the driver spells them."""
    if conn.dialect.name == "sqlite":
        on_sqlite(conn, query, values)
    else:
        conn.exec_driver_sql(query, values)


def rows(conn: Connection, query: str) -> Sequence[Sequence[Any]]:
    """What a query without parameters finds, as the driver has it."""
    if conn.dialect.name == "sqlite":
        return on_sqlite(conn, query, ()).fetchall()
    return conn.exec_driver_sql(query).all()


def _as_of_sqlalchemy(conn: Connection, query: str, error: sqlite3.Error) -> BaseException:
    return DBAPIError.instance(query, (), error, sqlite3.Error, dialect=conn.dialect)


def in_binary(conn: Connection, query: str, values: Values) -> list[tuple[Any, ...]]:
    """Rows of a PostgreSQL query, with errors as SQLAlchemy raises them.

    SQLAlchemy has all values sent as text; that takes a blob four times as long.
    """
    import psycopg

    driver = cast("psycopg.Connection[tuple[Any, ...]]", conn.connection.driver_connection)
    try:
        with driver.cursor(binary=True) as cursor:
            return cursor.execute(query.encode(), values).fetchall()
    except psycopg.Error as error:
        if driver.closed:
            conn.invalidate(error)
        raise cast(
            "BaseException",
            DBAPIError.instance(query, (), error, psycopg.Error, dialect=conn.dialect),
        ) from error


def pieces(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """The rows in pieces for one statement each."""
    at = 0
    while at < len(rows):
        size = LARGE if len(rows) - at >= LARGE else SMALL
        yield rows[at : at + size]
        at += size


def marks(many: int, mark: str = "?") -> str:
    """A tuple of parameters, e.g. "(?, ?)"."""
    return f"({', '.join([mark] * many)})"


@lru_cache(maxsize=1000)
def _insert(into: Insert, kind: str, many: int) -> str:
    row = marks(len(into.columns), "?" if kind == "sqlite" else "%s")
    rows = ", ".join([row] * many)
    insert = "INSERT OR FAIL" if kind == "sqlite" else "INSERT"
    return f"{insert} INTO {into.table} ({', '.join(into.columns)}) VALUES {rows}"


@lru_cache(maxsize=1000)
def _update(what: Update, kind: str, many: int) -> str:
    if kind != "sqlite":
        sets = ", ".join(f"{column} = %s" for column in what.columns)
        where = " AND ".join(f"{key} = %s" for key in what.keys)
        return f"UPDATE {what.table} SET {sets} WHERE {where}"  # noqa: S608
    names = (*what.keys, *what.columns)
    row = marks(len(names))
    at = {name: f"v.column{place}" for place, name in enumerate(names, 1)}
    sets = ", ".join(f"{column} = {at[column]}" for column in what.columns)
    where = " AND ".join(f"{what.table}.{key} = {at[key]}" for key in what.keys)
    rows = ", ".join([row] * many)
    return f"UPDATE {what.table} SET {sets} FROM (VALUES {rows}) AS v WHERE {where}"  # noqa: S608


def moments(kind: str) -> Callable[[datetime], Any]:
    """How an aware datetime is handed to the driver of this dialect."""
    if kind == "sqlite":
        return _as_text
    return _as_naive if kind in MARIADB else _as_it_is


@lru_cache(maxsize=1000)
def _as_text(moment: datetime) -> str:
    at = moment if moment.tzinfo is UTC else _utc(moment)
    return at.isoformat(" ", "microseconds")[:26]


def _as_naive(moment: datetime) -> datetime:
    return _utc(moment).replace(tzinfo=None)


def _as_it_is(moment: datetime) -> datetime:
    return _utc(moment)


def _utc(moment: datetime) -> datetime:
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError(f"naive datetime {moment!r}: the store takes aware ones only")
    return moment if offset == _NO_OFFSET else moment.astimezone(UTC)
