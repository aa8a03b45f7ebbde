"""The change feed as a command: JSON Lines, in order, through a restart of the server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from newscrawler.store import migrate
from newscrawler.store.engine import Database, open_database
from tests import servers
from tests.crawl.conftest import Shell
from tests.processes import Running
from tests.store.make import article, save, start


def test_the_feed_has_one_line_a_change_in_order(shell: Shell) -> None:
    shell.newscrawler("crawl", "eastmoney")
    lines = shell.newscrawler("changes").stdout.splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["seq"] for row in rows] == list(range(1, len(shell.replica.world.ids) + 1))
    assert set(rows[0]) == set(shell.rows("SELECT * FROM news_changes")[0])
    later = shell.newscrawler("changes", "--after", str(len(rows) - 1)).stdout.splitlines()
    assert later == lines[-1:]


def store(database: Database, run_id: int, first: int, last: int) -> None:
    for number in range(first, last):
        save(database, run_id, article(str(number)))


def await_lines(follower: Running, count: int) -> None:
    pause, deadline = threading.Event(), time.monotonic() + 60
    while follower.stdout.count("\n") < count:
        assert time.monotonic() < deadline, follower.stderr
        pause.wait(0.02)


@pytest.mark.faults
def test_following_lives_through_a_restart_of_the_database(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if "NEWSCRAWLER" not in name}
    with servers.postgres() as server, closing(open_database(server.url())) as database:
        migrate.prepare(database)
        run_id = start(database)
        store(database, run_id, 0, 20)
        environment["NEWSCRAWLER_DATABASE_URL"] = server.url()
        arguments = ("changes", "--follow", "--interval", "0.05")
        follower = Running("newscrawler", arguments, tmp_path, environment)
        await_lines(follower, 20)
        for mode in ("fast", "immediate"):
            server.restart(mode)
        database.engine.dispose()
        store(database, run_id, 20, 40)
        await_lines(follower, 40)
        os.kill(follower.pid, signal.SIGINT)
        done = follower.wait()
    assert [json.loads(line)["seq"] for line in done.stdout.splitlines()] == list(range(1, 41))
    assert done.returncode == 130
    assert "Traceback" not in done.stderr


def follow(shell: Shell, *arguments: str) -> subprocess.Popen[str]:
    """`newscrawler changes --follow`, as a shell starts it, with its output in a pipe."""
    command = [sys.executable, "-m", "newscrawler", "changes", "--follow", "--interval", "0.05"]
    return subprocess.Popen(
        [*command, *arguments],
        env=shell.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def filled(shell: Shell, count: int) -> None:
    with closing(open_database(f"sqlite:///{shell.database}")) as database:
        migrate.prepare(database)
        store(database, start(database), 0, count)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_feed_after_a_whole_line(shell: Shell, number: signal.Signals) -> None:
    filled(shell, 3)
    with follow(shell, "--format", "jsonl") as feed:
        assert feed.stdout is not None
        lines = [feed.stdout.readline() for _ in range(3)]
        feed.send_signal(number)
        rest, said = feed.communicate(timeout=60)
    assert [json.loads(line)["seq"] for line in lines] == [1, 2, 3]
    assert (rest, said, feed.returncode) == ("", "", 130)


def test_the_feed_ends_when_its_reader_does(shell: Shell) -> None:
    filled(shell, 3)
    with follow(shell, "--after", "2") as feed:
        assert feed.stdout is not None
        assert feed.stderr is not None
        assert json.loads(feed.stdout.readline())["seq"] == 3
        feed.stdout.close()
        assert feed.wait(60) == 0
        assert feed.stderr.read() == ""


def test_a_reader_that_has_enough_is_no_error(shell: Shell) -> None:
    filled(shell, 1)
    command = f"{sys.executable} -m newscrawler changes | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command], env=shell.environment, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("0\n", "")
