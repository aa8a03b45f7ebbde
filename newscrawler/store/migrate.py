"""Brings the schema up to what this version needs, and refuses to work on any other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, column, inspect, select, table
from sqlalchemy.exc import DBAPIError

from newscrawler.errors import SchemaError
from newscrawler.store import migrations
from newscrawler.store.engine import Database
from newscrawler.store.locks import site_lock
from newscrawler.store.schema import REVISION

if TYPE_CHECKING:
    from alembic.config import Config

VERSION_TABLE = "newscrawler_version"
_LOCK_WAIT_S = 120.0


def current(db: Database) -> str | None:
    """The revision the database is at, e.g. "0001"; None for a database without our tables."""
    with db.read() as conn:
        return revision_of(conn)


def revision_of(conn: Connection) -> str | None:
    """The same, on a connection."""
    if not inspect(conn).has_table(VERSION_TABLE):
        return None
    revision = conn.scalar(select(column("version_num")).select_from(table(VERSION_TABLE)))
    return None if revision is None else str(revision)


def upgrade(db: Database, to: str = "head") -> None:
    """Run the migrations that are missing; safe to repeat and to start twice at once.

    `to`: the revision to end at, for tests of migrations.
    """
    try:
        with site_lock(db, "schema", wait_s=_LOCK_WAIT_S), db.write() as conn:
            at = revision_of(conn)
            if at is None or at < REVISION:
                from alembic import command  # a fifth of a command's start, and seldom needed

                command.upgrade(_config(db, conn), to)
    except DBAPIError as error:
        raise db.error(error, "cannot upgrade") from error


def prepare(db: Database) -> None:
    """Make an empty (or half made) database ready; raise SchemaError for one of another version."""
    if current(db) is None:
        upgrade(db)
    check_schema(db)


def check_schema(db: Database) -> None:
    """Raise SchemaError, saying what to run, unless the schema is the one this code needs."""
    at = current(db)
    if at == REVISION:
        return
    if at is not None and at > REVISION:
        raise SchemaError(
            f"{db.name}: the schema is at {at}, newer than this version's {REVISION}:"
            " upgrade newscrawler (pip install --upgrade newscrawler)"
        )
    raise SchemaError(
        f"{db.name}: the schema is at {at or 'nothing complete'}, this version needs {REVISION}:"
        " run `newscrawler db upgrade`"
    )


def _config(db: Database, conn: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", _directory())
    config.attributes["connection"] = conn
    config.attributes["transactional_ddl"] = db.kind != "mariadb"
    config.attributes["version_table"] = VERSION_TABLE
    return config


def _directory() -> str:
    return str(Path(migrations.__file__).parent).replace("%", "%%")
