"""Two at once, closed pipes, odd environments, clocks that jump."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newscrawler.report import render
from newscrawler.store import runs
from newscrawler.store.engine import open_database
from newscrawler.store.migrate import prepare
from newscrawler.store.retry import transact
from tests.faults.stage import Stage, await_, is_one_line
from tests.servers import PostgresServer
from tests.store.conftest import on_server

T0 = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)


def in_shell(stage: Stage, command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A line of bash in which `newscrawler` is ours."""
    line = f'newscrawler() {{ "{sys.executable}" -m newscrawler "$@"; }}; {command}'
    return subprocess.run(
        ["bash", "-c", line],
        cwd=stage.shell.folder,
        env={**stage.shell.environment, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )


def test_p05_a_second_run_is_told_who_is_crawling(stage: Stage) -> None:
    stage.world.faults.add("delay4@/NewsData")
    running = stage.start(after=4)
    done = stage.shell.newscrawler("crawl", "eastmoney")
    assert done.returncode == 1
    assert is_one_line(done.stderr), done.stderr
    assert f"run 1 (pid {running.pid} on " in done.stderr
    assert "is crawling eastmoney since 20" in done.stderr
    waiting = stage.shell.start("crawl", "eastmoney", "--wait")
    await_(lambda: "waiting: run 1" in waiting.stderr)
    stage.world.faults.clear()
    assert running.wait().returncode == 0
    assert waiting.wait().returncode == 0
    assert stage.statuses() == ["finished", "finished"]
    assert stage.wrong() == []


@pytest.mark.faults
def test_p05_whoever_waits_can_be_interrupted(stage: Stage) -> None:
    stage.world.faults.add("delay2@/NewsData")
    running = stage.start(after=4)
    waiting = stage.shell.start("crawl", "eastmoney", "--wait")
    await_(lambda: "waiting: run 1" in waiting.stderr)
    os.kill(waiting.pid, 15)
    assert waiting.wait(10).returncode == 130
    os.kill(running.pid, 9)
    running.wait()


@pytest.mark.faults
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_p05_the_lock_of_a_dead_run_is_free(
    stage: Stage, server: PostgresServer, kind: str
) -> None:
    if kind == "postgresql":
        on_server(server.url(), "DROP DATABASE IF EXISTS dead_run", "CREATE DATABASE dead_run")
        stage.use(server.url("dead_run"))
    running = stage.start(after=20)
    os.kill(running.pid, 9)
    assert running.wait().returncode == -9
    assert stage.repair() == []
    assert stage.statuses() == ["interrupted", "finished"]


def test_p06_a_clock_set_back_makes_no_negative_duration(tmp_path: Path) -> None:
    with closing(open_database(f"sqlite:///{tmp_path / 'news.db'}")) as database:
        prepare(database)
        for jump in (-timedelta(days=1), -timedelta(hours=1), timedelta(days=3653)):
            with database.write() as conn:
                number = runs.start(conn, "eastmoney", "crawl", T0, 1, "host")
                report = runs.finish(conn, number, "finished", T0 + jump)
            assert report.finished_at is not None
            assert report.finished_at >= report.started_at
            assert "· -" not in "\n".join(render(report))


def test_p06_a_run_that_died_before_the_clock_was_set_back_ends_no_earlier_than_it_began(
    tmp_path: Path,
) -> None:
    with closing(open_database(f"sqlite:///{tmp_path / 'news.db'}")) as database:
        prepare(database)
        number = transact(
            database, lambda conn: runs.start(conn, "eastmoney", "crawl", T0, 1, "host")
        )
        earlier = T0 - timedelta(days=1)
        transact(database, lambda conn: runs.mark_interrupted(conn, [number], earlier))
        report = transact(database, lambda conn: runs.report(conn, number))
    assert report.finished_at == report.started_at


@pytest.mark.faults
def test_p09_no_home_no_locale_an_odd_zone_and_an_open_umask(stage: Stage) -> None:
    done = in_shell(
        stage,
        "umask 000; unset HOME; newscrawler crawl eastmoney",
        LANG="C",
        LC_ALL="C",
        TZ="Pacific/Apia",
        PYTHONUTF8="0",
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert stage.wrong() == []
    for path in stage.shell.folder.rglob("news.db*"):
        open_to_others = path.stat().st_mode & (stat.S_IRWXO | stat.S_IWGRP)
        assert not open_to_others, path


@pytest.mark.faults
def test_p09_a_read_only_home_is_no_matter(stage: Stage, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o500)
    done = stage.shell.newscrawler("crawl", "eastmoney", HOME=str(home))
    assert done.returncode == 0, done.stderr
    assert list(home.iterdir()) == []
    assert stage.wrong() == []


@pytest.mark.faults
@pytest.mark.parametrize(
    "command", ["crawl eastmoney", "runs", "runs 1", "changes", "failures", "sites", "config"]
)
def test_p10_whoever_stops_reading_gets_no_traceback(stage: Stage, command: str) -> None:
    stage.shell.newscrawler("crawl", "eastmoney")
    done = in_shell(stage, f"newscrawler {command} | head -c 1 >/dev/null")
    assert done.stderr == ""


@pytest.mark.faults
def test_p10_a_closed_stdout_does_not_fail_a_crawl(stage: Stage) -> None:
    done = in_shell(stage, "newscrawler crawl eastmoney >&-")
    assert (done.returncode, done.stderr) == (0, "")
    assert stage.wrong() == []


@pytest.mark.faults
def test_p10_forty_columns_without_a_terminal_are_enough(stage: Stage) -> None:
    done = in_shell(stage, "newscrawler crawl eastmoney && newscrawler runs", COLUMNS="40")
    assert (done.returncode, done.stderr) == (0, "")
    assert "all well" in done.stdout
