"""Opening databases: what works, and one clear line for each thing that does not."""

from __future__ import annotations

import os
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from newscrawler.errors import ConfigError, ExitCode, StoreError
from newscrawler.store import engine, migrate
from newscrawler.store.engine import Database, open_database
from newscrawler.store.retry import transact
from tests.servers import MariaDbServer, PostgresServer
from tests.store.conftest import on_server
from tests.store.make import article, save, start


def refusal(url: str, *, create: bool = True) -> str:
    """The one line that opening this URL ends in."""
    with pytest.raises(StoreError) as caught:
        open_database(url, create=create)
    assert caught.value.exit_code is ExitCode.FAILED
    line = str(caught.value)
    assert "\n" not in line
    return line


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    line = refusal(f"sqlite:///{tmp_path}/no/such/news.db")
    assert f"{tmp_path}/no/such" in line


def test_the_default_directory_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    open_database("sqlite:///data/news.db").close()
    assert (tmp_path / "data" / "news.db").exists()


def test_a_missing_file_is_an_error_for_whoever_only_reads(tmp_path: Path) -> None:
    assert "news.db" in refusal(f"sqlite:///{tmp_path}/news.db", create=False)
    assert not (tmp_path / "news.db").exists()


def test_a_directory_is_no_database(tmp_path: Path) -> None:
    assert "directory" in refusal(f"sqlite:///{tmp_path}")


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    path.write_text("these are not the rows you are looking for " * 100)
    before = path.read_bytes()
    assert "not a database" in refusal(f"sqlite:///{path}")
    assert path.read_bytes() == before


def test_files_are_for_the_owner_and_its_group_alone(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        with closing(open_database(f"sqlite:///{tmp_path}/news.db")) as database:
            migrate.prepare(database)
            modes = {
                each.name: stat.S_IMODE(each.stat().st_mode)
                for each in tmp_path.iterdir()
                if each.is_file()
            }
    finally:
        os.umask(old)
    assert set(modes.values()) == {0o640}
    assert "news.db-wal" in modes


@pytest.mark.parametrize("url", ["not a url", "oracle://host/name", "sqlite+nonsense:///x.db"])
def test_a_url_of_another_kind_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(ConfigError, match="DATABASE_URL"):
        open_database(url)


def test_postgres_may_be_spelt_short(postgres_server: PostgresServer) -> None:
    url = postgres_server.url().replace("postgresql:", "postgres:")
    with closing(open_database(url)) as database:
        assert database.kind == "postgresql"


def test_sqlite_is_durable_and_checks_its_links(sqlite_db: Database) -> None:
    with sqlite_db.write() as conn:
        assert conn.scalar(text("PRAGMA journal_mode")) == "wal"
        assert conn.scalar(text("PRAGMA synchronous")) == 2
        assert conn.scalar(text("PRAGMA foreign_keys")) == 1


def test_a_server_that_is_down_is_named(tmp_path: Path) -> None:
    line = refusal(f"postgresql://me:hunter2@/news?host={tmp_path}")
    assert str(tmp_path) in line
    assert "hunter2" not in line


def test_a_wrong_password_is_said_and_never_shown(postgres_server: PostgresServer) -> None:
    on_server(
        postgres_server.url(),
        "DROP ROLE IF EXISTS locked",
        "CREATE ROLE locked LOGIN PASSWORD 'secret'",
    )
    line = refusal(postgres_server.url(user="locked", key="ss%20w%40rd"))
    assert "locked" in line
    assert "password authentication failed" in line
    assert not any(piece in line for piece in ("ss%20w%40rd", "ss w@rd", "w@rd"))
    open_database(postgres_server.url(user="locked", key="secret")).close()


@pytest.mark.mariadb
def test_a_wrong_password_is_never_shown_on_mariadb(mariadb_server: MariaDbServer) -> None:
    line = refusal(mariadb_server.url(user="nobody", key="ss%20w"))
    assert "nobody" in line
    assert "ss" not in line.replace("password", "").replace("access", "").replace("Access", "")


def test_a_missing_database_is_named(postgres_server: PostgresServer) -> None:
    assert "no_such_news" in refusal(postgres_server.url("no_such_news"))


def test_a_writable_database_passes_the_probe(db: Database) -> None:
    db.check_writable()


def test_a_read_only_file_fails_the_probe(sqlite_db: Database) -> None:
    with closing(open_database(f"sqlite:///file:{sqlite_db.path}?mode=ro&uri=true")) as readonly:
        with pytest.raises(StoreError, match=r"cannot write to .*only\.db: read-only"):
            readonly.check_writable()
        with readonly.read() as conn:
            assert conn.scalar(text("SELECT count(*) FROM news")) == 0


def test_a_read_only_server_fails_the_probe(
    postgres_server: PostgresServer, postgres_template: str
) -> None:
    name = "read_only"
    on_server(
        postgres_server.url(),
        f"CREATE DATABASE {name} TEMPLATE {postgres_template}",
        f"ALTER DATABASE {name} SET default_transaction_read_only = on",
    )
    with (
        closing(open_database(postgres_server.url(name))) as readonly,
        pytest.raises(StoreError, match="read-only"),
    ):
        readonly.check_writable()
    on_server(postgres_server.url(), f"DROP DATABASE {name} WITH (FORCE)")


def test_a_reader_sees_the_last_commit_while_another_writes(db: Database) -> None:
    run_id = start(db)
    save(db, run_id, article("1"))
    with db.write() as writing, db.read() as reading:
        writing.execute(text("UPDATE runs SET requests = 9"))
        assert reading.scalar(text("SELECT count(*) FROM news")) == 1
        assert reading.scalar(text("SELECT requests FROM runs")) == 0


def test_a_database_in_memory_lives_as_long_as_it_is_open() -> None:
    with closing(open_database("sqlite://")) as database:
        migrate.prepare(database)
        save(database, start(database), article("1"))
        with database.read() as conn:
            assert conn.scalar(text("SELECT count(*) FROM news")) == 1


def test_a_file_that_another_process_is_making_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "news.db"
    maker = sqlite3.connect(path, isolation_level=None)
    maker.execute("BEGIN EXCLUSIVE")
    waits: list[float] = []

    def pause(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            maker.execute("COMMIT")

    monkeypatch.setattr(engine, "_pause", pause)
    with closing(open_database(f"sqlite:///{path}")) as database, database.read() as conn:
        assert conn.scalar(text("PRAGMA journal_mode")) == "wal"
    assert len(waits) == 2
    maker.close()


def test_a_file_that_stays_locked_is_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "news.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        waits: list[float] = []
        monkeypatch.setattr(engine, "_pause", waits.append)
        monkeypatch.setattr(engine, "_SET_UP_TRIES", 3)
        with pytest.raises(StoreError, match="the database is locked"):
            open_database(f"sqlite:///{path}")
    assert waits == [0.05, 0.05]


def test_the_connection_that_writes_is_kept_and_one_that_failed_is_not_trusted(
    sqlite_db: Database,
) -> None:
    with sqlite_db.write() as first:
        first.exec_driver_sql("CREATE TABLE kept (n INTEGER)")
    with sqlite_db.write() as again, closing(open_database(f"sqlite:///{sqlite_db.path}")) as other:
        assert again is first
        again.exec_driver_sql("INSERT INTO kept VALUES (1)")
        with other.read() as reading:
            assert reading.scalar(text("SELECT count(*) FROM kept")) == 0
    with pytest.raises(OperationalError), sqlite_db.write() as failing:
        failing.exec_driver_sql("INSERT INTO kept SELECT 2 UNION ALL SELECT abs(-1 << 63)")
    assert first.closed
    with sqlite_db.write() as conn:
        assert conn.scalar(text("SELECT count(*) FROM kept")) == 1
    assert not conn.closed
    sqlite_db.close()
    assert conn.closed


def test_two_threads_that_write_have_a_connection_each(sqlite_db: Database) -> None:
    def add() -> None:
        for _ in range(20):
            transact(sqlite_db, lambda conn: conn.exec_driver_sql("INSERT INTO kept VALUES (1)"))

    with sqlite_db.write() as conn:
        conn.exec_driver_sql("CREATE TABLE kept (n INTEGER)")
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(add) for _ in range(4)]:
            done.result()
    with sqlite_db.read() as conn:
        assert conn.scalar(text("SELECT count(*) FROM kept")) == 80
