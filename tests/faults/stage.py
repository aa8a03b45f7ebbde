"""A crawl to be disturbed: made-up articles, real processes, and what has to hold afterwards."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from newscrawler.replica import Replica
from newscrawler.selftest.audit import audit
from newscrawler.selftest.upstream import Upstream
from newscrawler.selftest.verdict import CrashReport
from newscrawler.store.check import check
from newscrawler.store.engine import open_database
from newscrawler.store.snapshot import Snapshot, snapshot
from tests.crawl.conftest import Shell
from tests.processes import Running

PATIENCE_S = 60


class Stage:
    """One upstream, one database, and `newscrawler` between them."""

    def __init__(self, folder: Path, upstream: Upstream, replica: Replica) -> None:
        self.upstream = upstream
        self.world = upstream.world
        self.shell = Shell(folder, replica)
        self.url = f"sqlite:///{self.shell.database}"

    def use(self, url: str) -> None:
        """Store in this database from now on."""
        self.url = url
        self.shell.environment["NEWSCRAWLER_DATABASE_URL"] = url

    def start(self, *options: str, after: int = 0, **environment: str) -> Running:
        """Start a crawl; return when so many articles have been asked for."""
        asked = self.world.fetched.total()
        running = self.shell.start("crawl", "eastmoney", *options, **environment)
        await_(lambda: self.world.fetched.total() >= asked + after)
        return running

    def snapshot(self) -> Snapshot:
        with closing(open_database(self.url)) as database:
            return snapshot(database)

    def statuses(self) -> list[str]:
        return [row["status"] for row in self.snapshot()["news_runs"]]

    def wrong(self, *, complete: bool = True) -> list[object]:
        """What is lost, doubled, torn, left running or does not add up; empty if all is well."""
        report = CrashReport(database="", seed=0)
        with closing(open_database(self.url)) as database:
            audit(report, snapshot(database), self.upstream.states)
            findings = [each for each in check(database) if not each["ok"]]
        if not complete:
            report.lost.clear()
        return [*findings, *report.wrong.items()]

    def repair(self) -> list[object]:
        """What is wrong after one more plain crawl."""
        done = self.shell.newscrawler("crawl", "eastmoney")
        assert done.returncode == 0, done.stderr
        return self.wrong()


def stop(running: Running, number: int = signal.SIGTERM) -> float:
    """Send a signal; return the moment, of time.monotonic()."""
    os.kill(running.pid, number)
    return time.monotonic()


def await_(condition: Callable[[], bool]) -> None:
    """Return as soon as the condition holds; AssertionError if it never does."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.01)


def is_one_line(said: str) -> bool:
    """Whether a message to people is one line and no traceback."""
    return len(said.strip().splitlines()) == 1 and "Traceback" not in said
