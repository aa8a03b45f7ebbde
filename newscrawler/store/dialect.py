"""What differs between SQLite, PostgreSQL and MariaDB: sessions, upserts, the meaning of errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.exc import DBAPIError, DisconnectionError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from newscrawler.store.types import MARIADB

Row = dict[str, Any]

_SQLITE_SESSION = (
    "PRAGMA page_size = 8192",  # of new files; articles of 2 KB leave much of 4,096 empty
    "PRAGMA busy_timeout = 500",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)
_POSTGRESQL_SESSION = ("SET TIME ZONE 'UTC'", "SET lock_timeout = '10s'")
_MARIADB_SESSION = (
    "SET SESSION time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION',"
    " innodb_lock_wait_timeout = 10, wait_timeout = 31536000",
    "SET NAMES utf8mb4",
)

_SQLITE_TRANSIENT = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_SQLITE_REASONS = {
    sqlite3.SQLITE_BUSY: "the database is locked",
    sqlite3.SQLITE_LOCKED: "the database is locked",
    sqlite3.SQLITE_FULL: "disk full",
    sqlite3.SQLITE_READONLY: "read-only",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened",
    sqlite3.SQLITE_CORRUPT: "damaged (restore a backup)",
    sqlite3.SQLITE_NOTADB: "not a database",
    sqlite3.SQLITE_IOERR: "disk I/O error",
}

_POSTGRESQL_TRANSIENT = ("08", "40", "57P01", "57P02", "57P03", "55P03", "53300", "25P03")
_POSTGRESQL_REASONS = {
    "53100": "disk full",
    "25006": "read-only",
    "28P01": "wrong user or password",
    "28000": "access denied",
    "3D000": "no such database",
    "42P01": "a table is missing (run `newscrawler db upgrade`)",
    "42501": "permission denied",
}

_MARIADB_TRANSIENT = {
    0, 1020, 1040, 1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1184,
    1205, 1213, 1927, 2002, 2003, 2006, 2013, 2055,
}  # fmt: skip
_MARIADB_REASONS = {
    1021: "disk full",
    1114: "disk full",
    1044: "access denied",
    1045: "wrong user or password",
    1049: "no such database",
    1146: "a table is missing (run `newscrawler db upgrade`)",
    1290: "read-only",
    1792: "read-only",
    1836: "read-only",
}


def session_commands(dialect: str) -> Sequence[str]:
    """What to say first on each new connection."""
    if dialect == "sqlite":
        return _SQLITE_SESSION
    return _POSTGRESQL_SESSION if dialect == "postgresql" else _MARIADB_SESSION


def is_transient(error: Exception) -> bool:
    """Whether the same transaction may well succeed when it is tried again."""
    if isinstance(error, DisconnectionError | PoolTimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return _sqlite_code(cause) in _SQLITE_TRANSIENT
    state = getattr(cause, "sqlstate", None)
    if state is not None:
        return str(state).startswith(_POSTGRESQL_TRANSIENT)
    number = _mariadb_number(cause)
    if number is not None:
        return number in _MARIADB_TRANSIENT
    return type(cause).__name__ == "OperationalError"


def is_race(error: Exception) -> bool:
    """Whether another writer was first with the same key (or a constraint is really broken)."""
    return isinstance(error, IntegrityError)


def reason_of(error: Exception) -> str:
    """One line for people: what the database says is wrong."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    text = " ".join(str(cause).split())[:300]
    if isinstance(cause, sqlite3.Error):
        known = _SQLITE_REASONS.get(_sqlite_code(cause))
    elif state := getattr(cause, "sqlstate", None):
        known = _POSTGRESQL_REASONS.get(str(state))
    else:
        known = _MARIADB_REASONS.get(_mariadb_number(cause) or -1)
    return f"{known}: {text}" if known and known not in text else text


def _sqlite_code(error: sqlite3.Error) -> int:
    """The primary result code; -1 if the driver knows none."""
    return getattr(error, "sqlite_errorcode", -1) & 0xFF


def _mariadb_number(error: object) -> int | None:
    arguments = getattr(error, "args", ())
    return arguments[0] if arguments and isinstance(arguments[0], int) else None


def insert_missing(conn: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert the rows whose unique key is not there yet; leave the others as they are."""
    if rows:
        conn.execute(_insert_missing(conn.dialect.name, table), rows)


def _insert_missing(dialect: str, table: Table) -> Insert:
    if dialect in MARIADB:
        # Not INSERT IGNORE: that would also swallow text which is too long.
        key = next(iter(table.primary_key.columns))
        return mysql.insert(table).on_duplicate_key_update({key.name: key})
    if dialect == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()
