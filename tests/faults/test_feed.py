"""The change feed for a minute, with every writer as fast as it can."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from newscrawler.store import articles, queries
from newscrawler.store.check import check
from newscrawler.store.engine import open_database
from newscrawler.store.migrate import prepare
from newscrawler.store.retry import transact
from tests.servers import PostgresServer
from tests.store.conftest import on_server
from tests.store.make import T0, article, start

WRITERS, SECONDS = 4, 60


@pytest.mark.faults
@pytest.mark.timeout(300)
def test_d07_four_writers_and_a_follower_for_a_minute(server: PostgresServer) -> None:
    on_server(server.url(), "DROP DATABASE IF EXISTS feed", "CREATE DATABASE feed")
    url = server.url("feed")
    with closing(open_database(url)) as db:
        prepare(db)
        numbers = [start(db) for _ in range(WRITERS)]
    ends, done = time.monotonic() + SECONDS, threading.Event()

    def write(place: int) -> int:
        written = 0
        with closing(open_database(url)) as own:
            while time.monotonic() < ends:
                batch = [article(f"{place}-{written}-{part}") for part in range(3)]
                transact(own, lambda conn: articles.save(conn, numbers[place], batch, T0))  # noqa: B023
                written += len(batch)
        return written

    def follow() -> list[int]:
        seen: list[int] = []
        with closing(open_database(url)) as own:
            finished = False
            while True:
                with own.read() as conn:
                    found = queries.changes(conn, seen[-1] if seen else 0)
                seen += [row["seq"] for row in found]
                if finished and not found:
                    return seen
                finished = done.wait(0.001)

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        following = pool.submit(follow)
        written = sum(pool.map(write, range(WRITERS)))
        done.set()
        seen = following.result()
    assert seen == list(range(1, written + 1))
    with closing(open_database(url)) as db:
        assert all(each["ok"] for each in check(db))
