"""The database goes away, fills up or is held by another: said in one line, repaired by itself."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.stage import Stage, is_one_line
from tests.servers import PostgresServer, postgres
from tests.store.conftest import on_server

FULL_BYTES = 1_500_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path | None]:
    """A disk of 1.5 MB; None where we may not mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={FULL_BYTES}", "none", str(folder)]
    if os.geteuid() or subprocess.run(command, check=False, capture_output=True).returncode:
        yield None
        return
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def crawl_in(stage: Stage, limit: int | None) -> subprocess.CompletedProcess[str]:
    """A crawl that may write files of at most so many bytes."""

    def confine() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(
        [sys.executable, "-m", "newscrawler", "crawl", "eastmoney"],
        cwd=stage.shell.folder,
        env=stage.shell.environment,
        capture_output=True,
        text=True,
        preexec_fn=confine,
        timeout=100,
        check=False,
    )


@pytest.mark.faults
def test_d01_a_full_disk_stops_the_crawl_and_the_next_one_stores_the_rest(
    stage: Stage, small_disk: Path | None
) -> None:
    for _ in range(4):
        stage.upstream.advance()
    if small_disk:
        stage.use(f"sqlite:///{small_disk}/news.db")
    done = crawl_in(stage, limit=None if small_disk else 400_000)
    last = stage.world.requests[-1].at
    assert time.monotonic() - last < 5
    assert done.returncode == 1
    assert is_one_line(done.stderr), done.stderr
    assert "news.db: disk" in done.stderr
    assert "wait to be stored" in done.stderr
    if small_disk:
        assert "disk full" in done.stderr
        roomier = stage.shell.folder / "roomier.db"
        for suffix in ("", "-wal"):
            shutil.copy(f"{small_disk}/news.db{suffix}", f"{roomier}{suffix}")
        stage.use(f"sqlite:///{roomier}")
    assert stage.wrong(complete=False) in ([], [("left running", ["run 1"])])
    assert stage.repair() == []


@pytest.mark.faults
@pytest.mark.parametrize("seconds", [12, 70])
@pytest.mark.timeout(240)
def test_d02_a_locked_sqlite_is_waited_for_up_to_a_minute(stage: Stage, seconds: int) -> None:
    running = stage.start(after=20)
    with closing(sqlite3.connect(stage.shell.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        threading.Event().wait(seconds)
        other.execute("ROLLBACK")
    done = running.wait()
    if seconds < 60:
        assert done.returncode == 0, done.stderr
        assert stage.wrong() == []
    else:
        assert done.returncode == 1
        assert "locked" in done.stderr
        assert is_one_line(done.stderr), done.stderr
    assert stage.repair() == []


@pytest.mark.faults
@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_d03_a_postgresql_that_restarts_loses_nothing(
    postgres_stage: Stage, server: PostgresServer, mode: str
) -> None:
    running = postgres_stage.start(after=30)
    server.restart(mode)
    done = running.wait()
    assert done.returncode == 0, done.stderr
    assert postgres_stage.wrong() == []
    assert postgres_stage.repair() == []


@pytest.mark.faults
def test_d04_a_server_that_is_down_is_named_and_nothing_is_asked(stage: Stage) -> None:
    with postgres() as server:
        on_server(server.url(), "CREATE DATABASE down")
        stage.use(server.url("down", key="hush-hush"))
        server.stop()
        done = stage.shell.newscrawler("crawl", "eastmoney")
        server.start()
    assert done.returncode == 1
    assert is_one_line(done.stderr), done.stderr
    assert "/down" in done.stderr
    assert "hush-hush" not in done.stderr + done.stdout
    assert not stage.world.requests


@pytest.mark.faults
def test_d05_a_read_only_server_is_found_before_anything_is_asked(
    postgres_stage: Stage, server: PostgresServer
) -> None:
    assert postgres_stage.shell.newscrawler("runs").returncode == 0
    name = postgres_stage.url.partition("?")[0].rpartition("/")[2]
    on_server(server.url(), f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    done = postgres_stage.shell.newscrawler("crawl", "eastmoney")
    assert done.returncode == 1
    assert "read-only" in done.stderr
    assert is_one_line(done.stderr), done.stderr
    assert not postgres_stage.world.requests


@pytest.mark.faults
def test_d05_a_database_that_turns_read_only_stops_the_crawl(
    postgres_stage: Stage, server: PostgresServer
) -> None:
    running = postgres_stage.start(after=20)
    name = postgres_stage.url.partition("?")[0].rpartition("/")[2]
    on_server(
        server.url(),
        f"ALTER DATABASE {name} SET default_transaction_read_only = on",
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
    )
    done = running.wait()
    assert done.returncode == 1
    assert "read-only" in done.stderr
    assert is_one_line(done.stderr), done.stderr
    on_server(server.url(), f"ALTER DATABASE {name} RESET default_transaction_read_only")
    assert postgres_stage.repair() == []


@pytest.mark.faults
def test_d09_a_damaged_file_is_found_and_a_backup_restores_it(stage: Stage) -> None:
    shell = stage.shell
    shell.newscrawler("crawl", "eastmoney")
    assert shell.newscrawler("db", "backup", "saved.db").returncode == 0
    data = bytearray(shell.database.read_bytes())
    for place in range(20 * 4096, len(data), 4096):
        data[place : place + 64] = bytes(64)
    shell.database.write_bytes(data)
    done = shell.newscrawler("db", "check")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    for suffix in ("-wal", "-shm"):
        Path(f"{shell.database}{suffix}").unlink(missing_ok=True)
    shutil.copy(shell.folder / "saved.db", shell.database)
    assert stage.repair() == []


@pytest.mark.faults
def test_d11_a_backup_during_a_crawl_opens_clean(stage: Stage) -> None:
    running = stage.start(after=20)
    assert stage.shell.newscrawler("db", "backup", "saved.db").returncode == 0
    assert running.wait().returncode == 0
    assert stage.wrong() == []
    stage.use(f"sqlite:///{stage.shell.folder / 'saved.db'}")
    assert stage.wrong(complete=False) in ([], [("left running", ["run 1"])])
    assert stage.repair() == []
