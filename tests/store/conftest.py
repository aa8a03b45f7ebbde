"""A fresh, migrated database for each test, of each kind."""

from __future__ import annotations

import itertools
import shutil
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from newscrawler.store import migrate, runs
from newscrawler.store.aside import Aside
from newscrawler.store.engine import Database, open_database
from tests import servers
from tests.store.make import T0, announce, announcement, article, finish, save, start

_numbers = itertools.count(1)
KINDS = ["sqlite", "postgresql", pytest.param("mariadb", marks=pytest.mark.mariadb)]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[servers.PostgresServer]:
    """One PostgreSQL for the whole session."""
    with servers.postgres() as server:
        yield server


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[servers.MariaDbServer]:
    """One MariaDB for the whole session; without one the test fails, saying what to install."""
    with servers.mariadb() as server:
        yield server


def on_server(url: str, *commands: str) -> None:
    """Run commands that no transaction may hold."""
    with closing(open_database(url)) as database:
        engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as conn:
            for command in commands:
                conn.execute(text(command))


@pytest.fixture(scope="session")
def postgres_template(postgres_server: servers.PostgresServer) -> str:
    """The name of a migrated database to copy."""
    on_server(postgres_server.url(), "CREATE DATABASE migrated")
    with closing(open_database(postgres_server.url("migrated"))) as database:
        migrate.prepare(database)
    return "migrated"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy."""
    path = tmp_path_factory.mktemp("template") / "news.db"
    with closing(open_database(f"sqlite:///{path}")) as database:
        migrate.prepare(database)
    return path


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn."""
    return str(request.param)


@pytest.fixture
def empty_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database that has no tables."""
    name = f"empty_{next(_numbers)}"
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path}/{name}.db"
        return
    server = request.getfixturevalue(
        "postgres_server" if kind == "postgresql" else f"{kind}_server"
    )
    on_server(server.url(), f"CREATE DATABASE {name}")
    yield server.url(name)
    on_server(server.url(), f"DROP DATABASE {name}{_force(kind)}")


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated database that holds nothing."""
    if kind == "sqlite":
        path = tmp_path / "news.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
    elif kind == "postgresql":
        server = request.getfixturevalue("postgres_server")
        template = request.getfixturevalue("postgres_template")
        name = f"news_{next(_numbers)}"
        on_server(server.url(), f"CREATE DATABASE {name} TEMPLATE {template}")
        yield server.url(name)
        on_server(server.url(), f"DROP DATABASE {name}{_force(kind)}")
    else:
        empty = request.getfixturevalue("empty_url")
        with closing(open_database(empty)) as database:
            migrate.prepare(database)
        yield empty


def _force(kind: str) -> str:
    return " WITH (FORCE)" if kind == "postgresql" else ""


@pytest.fixture
def db(url: str) -> Iterator[Database]:
    """A migrated database that holds nothing."""
    with closing(open_database(url)) as database:
        yield database


@pytest.fixture
def sqlite_db(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """The same on SQLite alone."""
    path = tmp_path / "only.db"
    shutil.copy(sqlite_template, path)
    with closing(open_database(f"sqlite:///{path}")) as database:
        yield database


@pytest.fixture
def run_id(db: Database) -> int:
    """A crawl run of the site `site` that has just begun."""
    with db.write() as conn:
        return runs.start(conn, "site", "crawl", T0, 1, "host")


@pytest.fixture
def stored(db: Database) -> Database:
    """Article 1 was announced by the list `flash`, fetched and stored by an earlier run."""
    run_id = start(db)
    announce(db, run_id, announcement("1"))
    save(db, run_id, article("1"))
    finish(db, run_id)
    return db


def until_ready(process: Aside) -> None:
    """Wait for the process to say that it is there."""
    for _ in range(3000):
        if process.is_ready:
            return
        threading.Event().wait(0.01)
    raise AssertionError("the second process does not come up")


@pytest.fixture
def aside() -> Iterator[Aside]:
    with closing(Aside()) as process:
        until_ready(process)
        yield process
