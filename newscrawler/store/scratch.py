"""Databases for tests that a user runs: of the configured kind, on the configured server, new."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from newscrawler.store.engine import Database, open_database

_PRIVILEGE = {
    "postgresql": "; the role needs CREATEDB (ALTER ROLE … CREATEDB)",
    "mariadb": "; the user needs CREATE and DROP on `newscrawler\\_selftest\\_%`.*",
}


@contextmanager
def scratch_database(url: str, folder: Path) -> Iterator[str]:
    """The URL of a new, empty database of the kind of `url`; it is gone after the block.

    SQLite: a file in `folder`. On a server: a database of its own beside the configured one, which
    is never written to. Raises StoreError, naming the missing privilege, if the role may not.
    """
    server = open_database(url) if _is_server(url) else None
    if server is None:
        yield f"sqlite:///{folder / 'selftest.db'}"
        return
    name = f"newscrawler_selftest_{secrets.token_hex(6)}"
    try:
        _run(server, f"CREATE DATABASE {name}{_OPTIONS[server.kind]}")
        try:
            yield make_url(url).set(database=name).render_as_string(hide_password=False)
        finally:
            _run(server, f"DROP DATABASE {name}{_FORCE[server.kind]}")
    finally:
        server.close()


_OPTIONS = {"postgresql": "", "mariadb": " CHARACTER SET utf8mb4"}
_FORCE = {"postgresql": " WITH (FORCE)", "mariadb": ""}


def _is_server(url: str) -> bool:
    return not make_url(url).drivername.startswith("sqlite")


def _run(server: Database, command: str) -> None:
    """Run a command that no transaction may hold."""
    engine = server.engine.execution_options(isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as conn:
            conn.execute(text(command))
    except DBAPIError as error:
        raise server.error(
            error, "cannot make a scratch database on", _PRIVILEGE[server.kind]
        ) from error
