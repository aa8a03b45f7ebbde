"""The change feed as a command: JSON Lines, in order, through a restart of the server."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from contextlib import closing
from pathlib import Path

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
