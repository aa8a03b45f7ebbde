"""Killed at every step: what was committed is there, the rest comes with the next run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from newscrawler import failpoints
from newscrawler.store.check import check
from newscrawler.store.engine import Database
from tests.store.make import counts, news, rows

CRAWL = """
import asyncio, sys
from newscrawler.store import ledger, runs
from newscrawler.store.engine import open_database
from newscrawler.store.writer import Writer
from tests.store.make import T0, announcement, article

async def crawl(url):
    db = open_database(url)
    run_id, held = runs.open_run(db, "site", "crawl", T0, 1, "host")
    writer = Writer(db, run_id, now=lambda: T0)
    said = [announcement(str(each)) for each in range(50)]
    await writer.call(lambda conn: ledger.announce(conn, run_id, said, T0))
    while tasks := await writer.call(lambda conn: ledger.take(conn, run_id, 7)):
        await asyncio.gather(*(writer.save(article(task.external_id)) for task in tasks))
    await writer.call(lambda conn: runs.finish(conn, run_id, "finished", T0))
    await writer.close()
    held.release()

asyncio.run(crawl(sys.argv[1]))
"""

POINTS = [
    "before_announce_commit",
    "after_seq:4",
    "after_commit:4",
    *(
        pytest.param(point, marks=pytest.mark.faults)
        for point in (
            "after_call_commit:1",
            "before_batch:2",
            "after_articles:3",
            "before_seq:3",
            "before_commit:4",
            "before_finish",
        )
    ),
]


def crawl(url: str, point: str = "") -> int:
    """The exit code of a process that crawls; killed at the point, if one is named."""
    environment = os.environ | ({failpoints.VARIABLE: point} if point else {})
    return subprocess.run(
        [sys.executable, "-c", CRAWL, url], env=environment, check=False
    ).returncode


def is_whole(db: Database) -> bool:
    numbers = [row["seq"] for row in rows(db, "news_changes")]
    whole = numbers == list(range(1, len(news(db)) + 1))
    return whole and all(each["ok"] for each in check(db))


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_loses_nothing_and_doubles_nothing(db: Database, url: str, point: str) -> None:
    assert crawl(url, point) == -signal.SIGKILL
    assert is_whole(db)
    before = len(news(db))
    assert before < 50 or point == "before_finish"
    assert crawl(url) == 0
    assert is_whole(db)
    assert len(news(db)) == len(rows(db, "news_revisions")) == 50
    first, second = rows(db, "news_runs")
    assert (first["status"], second["status"]) == ("interrupted", "finished")
    assert counts(db, first["run_id"]).get("new", 0) == before
    assert counts(db, second["run_id"])["new" if before < 50 else "unchanged"] > 0


def test_a_failpoint_that_is_not_armed_does_nothing() -> None:
    failpoints.hit("before_commit")
