"""SIGKILL at any moment and at every step: nothing lost, nothing doubled, nothing torn."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import newscrawler
from newscrawler.selftest import crash_test
from newscrawler.selftest.aim import FIRST_POINTS, POINTS, Aim
from newscrawler.selftest.victim import End, Shot
from tests.crawl.conftest import Shell
from tests.servers import MariaDbServer, PostgresServer
from tests.store.conftest import mariadb_server as mariadb_server
from tests.store.conftest import on_server

SCRATCH = "sqlite:///unused.db"
"""What is configured; the test works on a file of its own."""


class EveryPoint(Aim):
    """Each failpoint once, at an early turn."""

    def __init__(self) -> None:
        super().__init__(seed=0)
        self._left = [*FIRST_POINTS, *(f"{name}:{min(2, top)}" for name, top in POINTS.items())]

    def next(self) -> Shot:
        return Shot(point=self._left.pop(0))

    def learn(self, shot: Shot, end: End) -> None:
        if not end.was_killed:
            self._left.append(f"{shot.name}:1")


@pytest.mark.faults
@pytest.mark.timeout(600)
def test_p04_a_kill_at_every_step_loses_and_doubles_nothing() -> None:
    steps = len(FIRST_POINTS) + len(POINTS)
    report = crash_test(SCRATCH, steps, 4, aim=EveryPoint())
    assert report.wrong == {}
    assert len(report.kills) == steps


def test_p04_every_failpoint_of_the_code_is_set_off() -> None:
    root = Path(newscrawler.__file__).parent
    hits = [
        call
        for path in root.rglob("*.py")
        for call in re.findall(r"\bhit\((.+)\)", path.read_text())
    ]
    named = {name for call in hits for name in re.findall(r'"(\w+)"', call)}
    aimed_at = {*POINTS, *(point.partition(":")[0] for point in FIRST_POINTS)}
    assert aimed_at <= named
    tests = "".join(path.read_text() for path in Path(__file__).parents[1].rglob("test_*.py"))
    elsewhere = {name for name in named if re.search(rf'"{name}["\d:{{]', tests)}
    assert named - aimed_at == elsewhere - aimed_at


def test_p03_the_selftest_command_tells_what_it_found(shell: Shell) -> None:
    done = shell.newscrawler("selftest", "crash", "--rounds", "1", "--seed", "5", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 0, done.stdout
    assert (report["kills"], report["seed"], report["ok"]) == (1, 5, True)
    assert report["lost"] == report["doubled"] == report["torn"] == []
    assert not shell.database.exists()


@pytest.mark.faults
@pytest.mark.timeout(900)
def test_p03_a_hundred_kills_lose_nothing_on_sqlite() -> None:
    report = crash_test(SCRATCH, 100, 1)
    assert report.wrong == {}
    assert report.kills.total() == 100


@pytest.mark.faults
@pytest.mark.timeout(900)
def test_p03_a_hundred_kills_lose_nothing_on_postgresql(server: PostgresServer) -> None:
    report = crash_test(server.url(), 100, 2)
    assert report.wrong == {}
    assert report.kills.total() == 100


@pytest.mark.mariadb
@pytest.mark.timeout(900)
def test_p03_twenty_kills_lose_nothing_on_mariadb(mariadb_server: MariaDbServer) -> None:
    report = crash_test(mariadb_server.url(), 20, 3)
    assert report.wrong == {}


def test_p03_a_role_that_may_not_make_a_scratch_database_is_told_so(
    shell: Shell, server: PostgresServer
) -> None:
    on_server(server.url(), "DROP ROLE IF EXISTS modest", "CREATE ROLE modest LOGIN NOCREATEDB")
    url = server.url(user="modest")
    done = shell.newscrawler("selftest", "crash", "-s", f"DATABASE_URL={url}")
    assert done.returncode == 1
    assert "CREATEDB" in done.stderr
    assert "Traceback" not in done.stderr
