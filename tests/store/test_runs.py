"""Runs and the locks that tell the living from the dead."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from newscrawler.errors import SiteBusyError
from newscrawler.items import Listing, Outcome
from newscrawler.store import ledger, lists, locks, queries, runs
from newscrawler.store.engine import Database
from tests.store.make import HOUR, T0, announcement, article, counts, miss, rows, save, start


def test_a_run_is_reported_as_it_ended(db: Database, run_id: int) -> None:
    save(db, run_id, article("1"), miss("2", Outcome.FAILED))
    with db.write() as conn:
        report = runs.finish(
            conn, run_id, "finished", T0 + HOUR, requests=3, bytes=2**40, notes=("慢",)
        )
    assert report.adds_up
    assert (report.started_at, report.finished_at) == (T0, T0 + HOUR)
    assert (report.requests, report.bytes, report.notes) == (3, 2**40, ("慢",))
    assert report.counts[Outcome.NEW] == report.counts[Outcome.FAILED] == 1
    (row,) = rows(db, "news_runs")
    assert (row["status"], row["new"], row["bytes"]) == ("finished", 1, 2**40)


def test_runs_are_listed_newest_first(db: Database) -> None:
    numbers = [start(db) for _ in range(3)]
    with db.read() as conn:
        assert [run.run_id for run in runs.list_runs(conn, 2)] == numbers[:0:-1]
        assert [row["run_id"] for row in queries.runs(conn, 2)] == numbers[:0:-1]
        with pytest.raises(KeyError):
            runs.report(conn, 99)


HOLD = """
import sys
from newscrawler.store import locks
from newscrawler.store.engine import open_database
held = locks.try_lock(open_database(sys.argv[1]), sys.argv[2])
print("held" if held else "busy", flush=True)
sys.stdin.read()
"""


@contextmanager
def another_process(url: str, name: str) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock until it dies."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, url, name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def test_a_lock_excludes_others_and_dies_with_its_owner(db: Database, url: str) -> None:
    with another_process(url, "site") as owner:
        assert locks.try_lock(db, "site") is None
        other = locks.try_lock(db, "other site")
        assert other is not None
        other.release()
        owner.kill()
        owner.wait()
        with locks.site_lock(db, "site", wait_s=10):
            pass


def test_a_lock_that_was_given_back_is_free_at_once(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However late a server notices that the connection has ended."""
    not_ended: list[Any] = []
    with monkeypatch.context() as patched:
        patched.setattr(db.engine.dialect, "do_close", not_ended.append)
        for _ in range(3):
            held = locks.try_lock(db, "site")
            assert held is not None
            held.release()
            held.release()
    for connection in not_ended:
        connection.close()


def test_whoever_meets_a_busy_site_is_told_by_whom(db: Database, run_id: int) -> None:
    busy = rf"run {run_id} \(pid 1 on host\) is crawling site"
    with locks.site_lock(db, "site"):
        with pytest.raises(SiteBusyError, match=busy), locks.site_lock(db, "site"):
            pass
        with locks.site_lock(db, "other"):
            pass
    with locks.site_lock(db, "site"):
        pass


def test_whoever_may_wait_gets_the_lock_when_it_is_free(db: Database) -> None:
    held = locks.try_lock(db, "site")
    assert held is not None
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        held.release()

    with locks.site_lock(db, "site", wait_s=60, sleep=sleep):
        assert waits  # more than one, where a server is slow to see that a connection has ended


def test_releasing_twice_does_not_free_the_lock_of_another(db: Database) -> None:
    first = locks.try_lock(db, "site")
    assert first is not None
    first.release()
    with locks.site_lock(db, "site"):
        first.release()
        assert locks.try_lock(db, "site") is None


def test_a_run_whose_process_died_is_closed_and_adds_up(
    db: Database, url: str, run_id: int
) -> None:
    living = start(db)
    with db.write() as conn:
        ledger.announce(conn, run_id, [announcement("1"), announcement("2")], T0)
    save(db, run_id, article("1"))
    with another_process(url, locks.run_lock_name(living)):
        dead = runs.find_dead(db)
        assert dead == [run_id]
        with db.write() as conn:
            runs.mark_interrupted(conn, dead, T0 + HOUR)
    assert counts(db, run_id) == {"discovered": 2, "new": 1, "pending": 1}
    statuses = {row["run_id"]: row["status"] for row in rows(db, "news_runs")}
    assert statuses == {run_id: "interrupted", living: "running"}


def test_an_opened_run_lives_and_closes_what_dead_ones_left(db: Database, run_id: int) -> None:
    opened, held = runs.open_run(db, "site", "crawl", T0, 1, "host")
    assert runs.find_dead(db) == []
    statuses = {row["run_id"]: row["status"] for row in rows(db, "news_runs")}
    assert statuses == {run_id: "interrupted", opened: "running"}
    held.release()
    assert runs.find_dead(db) == [opened]


def test_freshness_tells_of_the_last_run_and_the_newest_article(db: Database, run_id: int) -> None:
    listing = Listing(name="flash", url="", rows=[announcement("1"), announcement("2")])
    with db.write() as conn:
        lists.watch(conn, "site", listing, listing.rows, T0, None)
        ledger.announce(conn, run_id, listing.rows, T0)
    save(db, run_id, article("1"))
    with db.read() as conn:
        fresh = queries.freshness(conn, "site")
        assert queries.freshness(conn, "elsewhere")["last_run"] is None
        assert queries.sites(conn) == ["site"]
    assert fresh["last_run"]["run_id"] == run_id
    assert (fresh["articles"], fresh["waiting"]) == (1, 1)
    assert fresh["newest_published_at"] == T0 - HOUR
    assert fresh["lists"]["flash"].new_at == T0
