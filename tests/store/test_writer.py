"""The writer: results after the commit, off the event loop; trouble replayed or told."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text

from newscrawler.errors import StoreError
from newscrawler.items import Article, Outcome, Saved
from newscrawler.store import runs
from newscrawler.store.engine import Database, open_database
from newscrawler.store.writer import Writer
from tests.store.make import HOUR, T0, article, counts, miss, news, rows, save, scalar, start


def writer(db: Database, run_id: int, **options: Any) -> Writer:
    return Writer(db, run_id, now=lambda: T0, **options)


@pytest.fixture
def lone_run(sqlite_db: Database) -> int:
    return start(sqlite_db)


@contextmanager
def locked(db: Database) -> Iterator[sqlite3.Connection]:
    """Another process's transaction, open until it is rolled back."""
    with closing(sqlite3.connect(str(db.path), check_same_thread=False)) as other:
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        yield other


def test_a_caller_gets_its_result_after_the_commit(db: Database, run_id: int) -> None:
    async def crawl() -> Saved:
        writing = writer(db, run_id)
        saved = await writing.save(article("1"))
        assert list(news(db)) == ["1"]
        await writing.close()
        return saved

    assert asyncio.run(crawl()).outcome is Outcome.NEW


def test_what_is_queued_becomes_few_transactions(db: Database, run_id: int) -> None:
    commits: list[object] = []

    def note(conn: object) -> None:
        commits.append(conn)

    async def crawl() -> list[Saved]:
        writing = writer(db, run_id)
        event.listen(db.engine, "commit", note)
        saved = await asyncio.gather(*(writing.save(article(str(each))) for each in range(50)))
        event.remove(db.engine, "commit", note)
        await writing.close()
        return saved

    saved = asyncio.run(crawl())
    assert [each.external_id for each in saved] == [str(each) for each in range(50)]
    assert len(commits) == 3
    assert counts(db, run_id) == {"discovered": 50, "new": 50}


def test_calls_and_saves_keep_their_order(db: Database, run_id: int) -> None:
    async def crawl() -> list[object]:
        writing = writer(db, run_id)
        count = "SELECT count(*) FROM news"
        steps = [
            writing.call(lambda conn: conn.scalar(text(count))),
            writing.save(article("1")),
            writing.call(lambda conn: conn.scalar(text(count))),
        ]
        results = await asyncio.gather(*steps)
        await writing.close()
        return [results[0], results[2]]

    assert asyncio.run(crawl()) == [0, 1]


def test_close_writes_what_is_queued(db: Database, run_id: int) -> None:
    async def crawl() -> None:
        writing = writer(db, run_id)
        saves = [asyncio.ensure_future(writing.save(article(str(each)))) for each in range(30)]
        await asyncio.sleep(0)
        await writing.close()
        await asyncio.gather(*saves)

    asyncio.run(crawl())
    assert len(news(db)) == 30


def test_a_locked_database_is_waited_for_off_the_event_loop(
    sqlite_db: Database, lone_run: int
) -> None:
    waits: list[float] = []
    heartbeats = 0

    with locked(sqlite_db) as other:

        def wait(seconds: float) -> None:
            waits.append(seconds)
            if len(waits) == 2:
                other.rollback()

        async def beat() -> None:
            nonlocal heartbeats
            while True:
                await asyncio.sleep(0.01)
                heartbeats += 1

        async def crawl() -> None:
            writing = writer(sqlite_db, lone_run, wait=wait)
            heart = asyncio.ensure_future(beat())
            await asyncio.gather(*(writing.save(article(str(each))) for each in range(5)))
            heart.cancel()
            await writing.close()

        asyncio.run(crawl())
    assert len(waits) == 2
    assert heartbeats > 20
    assert counts(sqlite_db, lone_run) == {"discovered": 5, "new": 5}


def test_patience_has_an_end_and_then_nothing_is_tried_any_more(
    sqlite_db: Database, lone_run: int
) -> None:
    clock = [0.0]
    told: list[StoreError] = []

    def wait(seconds: float) -> None:
        clock[0] += 25

    async def crawl() -> None:
        writing = writer(
            sqlite_db, lone_run, wait=wait, monotonic=lambda: clock[0], on_fatal=told.append
        )
        saves = [writing.save(article(str(each))) for each in range(30)]
        errors = await asyncio.gather(*saves, return_exceptions=True)
        assert {type(error) for error in errors} == {StoreError}
        clock[0] = -1e9
        with pytest.raises(StoreError, match="locked"):
            await writing.save(article("later"))
        with pytest.raises(StoreError, match="locked"):
            await writing.close()

    with locked(sqlite_db):
        asyncio.run(crawl())
    (error,) = told
    assert "only.db" in str(error)
    assert "the database is locked" in str(error)
    assert "30 wait to be stored" in str(error)
    assert clock[0] < 0
    assert rows(sqlite_db, "news") == []


def test_a_hurried_writer_gives_up_early(sqlite_db: Database, lone_run: int) -> None:
    async def crawl() -> None:
        writing = writer(sqlite_db, lone_run)
        saving = asyncio.ensure_future(writing.save(article("1")))
        await asyncio.sleep(0)
        writing.hurry(0.0)
        with pytest.raises(StoreError, match="locked"):
            await saving
        with pytest.raises(StoreError):
            await writing.close()

    with locked(sqlite_db):
        asyncio.run(crawl())


BAD = "\ud83d"
"""Half of a character: no database takes it."""


def test_one_that_no_database_takes_does_not_take_others_with_it(db: Database, run_id: int) -> None:
    async def crawl() -> list[Saved | BaseException]:
        writing = writer(db, run_id)
        observed: list[Article] = [article("1"), article("2", summary=BAD), article("3")]
        results = await asyncio.gather(
            *(writing.save(each) for each in observed), return_exceptions=True
        )
        assert (await writing.save(article("4"))).outcome is Outcome.NEW
        with pytest.raises(UnicodeEncodeError):
            await writing.close()
        return results

    results = asyncio.run(crawl())
    assert isinstance(results[1], UnicodeEncodeError)
    assert sorted(news(db)) == ["1", "3", "4"]
    assert counts(db, run_id) == {"discovered": 3, "new": 3}


def test_the_error_of_a_call_is_its_callers_alone(db: Database, run_id: int) -> None:
    async def crawl() -> None:
        writing = writer(db, run_id)
        with pytest.raises(KeyError):
            await writing.call(lambda conn: runs.report(conn, 99))
        await writing.save(article("1"))
        await writing.close()

    asyncio.run(crawl())
    assert list(news(db)) == ["1"]


def test_rechecks_are_planned_with_the_ages_given(db: Database, run_id: int) -> None:
    async def crawl() -> None:
        writing = writer(db, run_id, recheck_ages=[HOUR])
        await writing.save(article("1"))
        await writing.close()

    asyncio.run(crawl())
    assert scalar(db, "SELECT count(*) FROM tasks WHERE recheck_at IS NOT NULL") == 1


def test_a_schema_that_is_gone_stops_the_writer(db: Database, run_id: int) -> None:
    async def crawl() -> None:
        writing = writer(db, run_id)
        await writing.call(lambda conn: conn.execute(text("ALTER TABLE runs RENAME TO lost")))
        with pytest.raises(StoreError, match="runs"):
            await writing.save(article("1"))
        with pytest.raises(StoreError):
            await writing.close()

    asyncio.run(crawl())


def test_a_full_disk_is_named_and_loses_only_what_was_not_stored(
    sqlite_db: Database, lone_run: int
) -> None:
    save(sqlite_db, lone_run, article("1"))
    limits = ["PRAGMA max_page_count = 1"]
    event.listen(sqlite_db.engine, "begin", lambda conn: conn.exec_driver_sql(limits[0]))

    async def crawl() -> None:
        writing = writer(sqlite_db, lone_run)
        with pytest.raises(StoreError, match=r"only\.db: disk full.*1 wait"):
            await writing.save(article("2", "长" * 500_000))
        with pytest.raises(StoreError, match="disk full"):
            await writing.save(miss("3", Outcome.FAILED))
        with pytest.raises(StoreError):
            await writing.close()

    asyncio.run(crawl())
    limits[0] = "PRAGMA max_page_count = 1000000"
    assert list(news(sqlite_db)) == ["1"]
    save(sqlite_db, lone_run, article("2", "长" * 500_000))
    assert counts(sqlite_db, lone_run) == {"discovered": 2, "new": 2}


def test_a_read_only_database_stops_the_writer(sqlite_db: Database, lone_run: int) -> None:
    async def crawl(readonly: Database) -> None:
        writing = writer(readonly, lone_run)
        with pytest.raises(StoreError, match="read-only"):
            await writing.save(article("1"))
        with pytest.raises(StoreError):
            await writing.close()

    with closing(open_database(f"sqlite:///file:{sqlite_db.path}?mode=ro&uri=true")) as readonly:
        asyncio.run(crawl(readonly))
