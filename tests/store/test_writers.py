"""Several writers at once, and servers that go away: nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from sqlalchemy import Connection, text

from newscrawler.items import Saved
from newscrawler.store import articles, queries
from newscrawler.store.check import check
from newscrawler.store.engine import Database, open_database
from newscrawler.store.retry import transact
from newscrawler.store.writer import Writer
from tests.servers import PostgresServer
from tests.store.conftest import on_server
from tests.store.make import T0, article, counts, news, outcomes, rows, scalar, start


def is_clean(db: Database) -> bool:
    return all(each["ok"] for each in check(db))


def test_two_writers_that_store_the_same_ids_store_each_once(url: str, db: Database) -> None:
    numbers = [start(db), start(db)]
    together = threading.Barrier(2)

    def crawl(run_id: int) -> list[Saved]:
        saved: list[Saved] = []
        with closing(open_database(url)) as own:
            for first in range(0, 60, 6):
                batch = [article(str(each)) for each in range(first, first + 6)]
                together.wait()
                saved += transact(own, lambda conn: articles.save(conn, run_id, batch, T0))  # noqa: B023
        return saved

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(crawl, numbers)
    assert [outcomes([a])[0] + outcomes([b])[0] for a, b in zip(one, other, strict=True)].count(
        "newnew"
    ) == 0
    assert len(news(db)) == 60
    assert scalar(db, "SELECT count(*) FROM news_changes") == 60
    totals = [counts(db, run_id) for run_id in numbers]
    assert [total["discovered"] for total in totals] == [60, 60]
    assert sum(total.get("new", 0) for total in totals) == 60
    assert is_clean(db)


def test_two_writers_of_one_text_make_one_root(url: str, db: Database) -> None:
    numbers = [start(db), start(db)]
    together = threading.Barrier(2)

    def crawl(place: int) -> None:
        with closing(open_database(url)) as own:
            for each in range(15):
                batch = [article(f"{place}-{each}", f"同文 {each}")]
                together.wait()
                transact(own, lambda conn: articles.save(conn, numbers[place], batch, T0))  # noqa: B023

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(crawl, range(2)))
    stored = rows(db, "news")
    assert sorted(row["duplicate_of"] is None for row in stored) == [False] * 15 + [True] * 15
    kinds = [row["kind"] for row in rows(db, "news_changes")]
    assert (kinds.count("created"), kinds.count("duplicate")) == (15, 15)
    assert is_clean(db)


def test_a_deadlock_is_replayed(url: str, db: Database) -> None:
    if db.kind == "sqlite":
        return  # it has one lock: whoever waits holds nothing
    numbers = [start(db), start(db)]
    together = threading.Barrier(2)
    tries: list[int] = []

    def cross(place: int) -> None:
        fresh = [True]

        def work(conn: Connection) -> None:
            tries.append(place)
            mine, yours = numbers[place], numbers[1 - place]
            touch = text("UPDATE runs SET requests = requests + 1 WHERE run_id = :run")
            conn.execute(touch, {"run": mine})
            if fresh.pop() if fresh else False:
                together.wait()
            conn.execute(touch, {"run": yours})

        with closing(open_database(url)) as own:
            transact(own, work)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(cross, range(2)))
    assert len(tries) > 2
    assert [row["requests"] for row in rows(db, "news_runs")] == [2, 2]


def test_a_follower_misses_no_change_and_sees_none_twice(url: str, db: Database) -> None:
    writers, batches = 4, 12
    numbers = [start(db) for _ in range(writers)]
    done = threading.Event()

    def write(place: int) -> None:
        with closing(open_database(url)) as own:
            for each in range(batches):
                batch = [article(f"{place}-{each}-{part}") for part in range(3)]
                transact(own, lambda conn: articles.save(conn, numbers[place], batch, T0))  # noqa: B023

    def follow() -> list[int]:
        seen: list[int] = []
        with closing(open_database(url)) as own:
            finished = False
            while True:
                with own.read() as conn:
                    found = queries.changes(conn, seen[-1] if seen else 0, 7)
                seen += [row["seq"] for row in found]
                if finished and not found:
                    return seen
                finished = done.wait(0.001)

    with ThreadPoolExecutor(writers + 1) as pool:
        following = pool.submit(follow)
        list(pool.map(write, range(writers)))
        done.set()
        seen = following.result()
    assert seen == list(range(1, writers * batches * 3 + 1))
    assert is_clean(db)


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_server_that_restarts_loses_nothing(
    postgres_server: PostgresServer, postgres_template: str, mode: str
) -> None:
    name = f"restarted_{mode}"
    on_server(postgres_server.url(), f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    with closing(open_database(postgres_server.url(name))) as db:
        run_id = start(db)
        total = 400

        async def crawl() -> None:
            writing = Writer(db, run_id, now=lambda: T0)
            gate = asyncio.Semaphore(16)
            halfway = asyncio.Event()
            stored = 0

            async def one(number: int) -> None:
                nonlocal stored
                async with gate:
                    await writing.save(article(str(number)))
                stored += 1
                if stored == total // 4:
                    halfway.set()

            async def restart() -> None:
                await halfway.wait()
                await asyncio.to_thread(postgres_server.restart, mode)

            await asyncio.gather(restart(), *(one(number) for number in range(total)))
            await writing.close()

        asyncio.run(crawl())
        assert len(news(db)) == total
        assert counts(db, run_id) == {"discovered": total, "new": total}
        assert scalar(db, "SELECT count(*) FROM news_changes") == total
        assert is_clean(db)
    on_server(postgres_server.url(), f"DROP DATABASE {name} WITH (FORCE)")


def test_an_answer_lost_after_the_commit_is_not_counted_twice(db: Database) -> None:
    run_id = start(db)
    batch = [article("1"), article("2", "A"), article("3", "A")]
    work: Callable[[Connection], list[Saved]] = lambda conn: articles.save(conn, run_id, batch, T0)  # noqa: E731
    first = transact(db, work)
    assert transact(db, work) == first
    assert counts(db, run_id) == {"discovered": 3, "new": 2, "duplicate": 1}
    assert len(rows(db, "news_changes")) == 3
