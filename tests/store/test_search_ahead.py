"""A batch of the full-text index that a second process makes: once, of what was committed."""

from __future__ import annotations

import threading
from pathlib import Path
from unittest.mock import patch

import pytest

from newscrawler.errors import StoreError
from newscrawler.store import articles, search_ahead, search_index
from newscrawler.store.aside import Aside
from newscrawler.store.check import check
from newscrawler.store.engine import Database
from newscrawler.store.search_grams import BATCH
from tests.store.make import T0, article, save, scalar, start
from tests.store.test_aside import WAITING, begun, few, found, store
from tests.store.test_near import STORY


def until_done(process: Aside) -> None:
    """Wait for the blocks that it is at."""
    indexing = process.indexing
    assert indexing is not None
    for _ in range(3000):
        if process.is_done(indexing.ticket):
            return
        threading.Event().wait(0.01)
    raise AssertionError("the second process makes no blocks")


def test_a_batch_is_indexed_while_others_are_written(
    db: Database, run_id: int, aside: Aside
) -> None:
    store(db, run_id, few(0, BATCH), aside)
    assert not begun(aside)  # these are nobody's until they are committed
    store(db, run_id, few(BATCH, 1), aside)
    assert begun(aside)
    assert scalar(db, WAITING) == BATCH + 1
    assert found(db, "第1023篇") == 1
    until_done(aside)
    store(db, run_id, few(BATCH + 1, 1), aside)
    assert scalar(db, WAITING) == 2
    assert (found(db, "第1023篇"), found(db, "第1025篇"), found(db, "快讯")) == (1, 1, 50)
    assert all(each["ok"] for each in check(db))


def test_a_text_that_changed_meanwhile_waits_on(db: Database, run_id: int, aside: Aside) -> None:
    store(db, run_id, few(0, BATCH), aside)
    store(db, run_id, few(BATCH, 1), aside)
    with patch.object(search_index, "many_waiting", return_value=0):
        save(db, run_id, article("7", "第七篇改了", at=T0))
    store(db, run_id, few(BATCH + 1, BATCH), aside)  # so many that it waits for the blocks
    assert not begun(aside)
    assert scalar(db, WAITING) == 2 * BATCH + 1
    assert (found(db, "第七篇改了"), found(db, "第7篇快讯")) == (1, 0)
    store(db, run_id, few(3 * BATCH, 1), aside)
    store(db, run_id, few(3 * BATCH + 1, 1), aside)
    assert scalar(db, WAITING) == BATCH + 3
    assert (found(db, "第七篇改了"), found(db, "第7篇快讯")) == (1, 0)
    assert all(each["ok"] for each in check(db))


def test_what_another_writer_has_indexed_meanwhile_is_not_indexed_twice(
    db: Database, run_id: int, aside: Aside
) -> None:
    store(db, run_id, few(0, BATCH), aside)
    store(db, run_id, few(BATCH, 1), aside)
    assert begun(aside)
    store(db, run_id, few(BATCH + 1, 1), None)
    store(db, run_id, few(BATCH + 2, BATCH), aside)
    assert not begun(aside)
    assert scalar(db, "SELECT count(*) FROM search_batches") == 1
    assert scalar(db, WAITING) == BATCH + 2
    assert all(each["ok"] for each in check(db))


def test_a_transaction_that_failed_leaves_nothing_with_it(
    sqlite_db: Database, aside: Aside
) -> None:
    """SQLite gives the numbers of articles that were rolled back to others."""
    run_id = start(sqlite_db)

    def fail() -> None:
        with sqlite_db.write() as conn:
            articles.save(conn, run_id, few(0, BATCH + 5), T0, aside=aside)
            raise StoreError("no")

    with pytest.raises(StoreError):
        fail()
    assert not begun(aside)
    other = [article(str(each), f"另外{each}篇") for each in range(BATCH + 5)]
    store(sqlite_db, run_id, other, aside)
    store(sqlite_db, run_id, few(5000, BATCH), aside)
    store(sqlite_db, run_id, few(9000, BATCH), aside)
    assert scalar(sqlite_db, "SELECT count(*) FROM search_batches") == 1
    assert (found(sqlite_db, "另外7篇"), found(sqlite_db, "第7篇")) == (1, 0)
    assert all(each["ok"] for each in check(sqlite_db))


def test_a_file_that_it_cannot_read_is_indexed_here(
    sqlite_db: Database, aside: Aside, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    run_id = start(sqlite_db)
    store(sqlite_db, run_id, few(0, BATCH), aside)
    with patch.object(search_ahead, "_file", return_value=f"{tmp_path}/none.db"):
        store(sqlite_db, run_id, few(BATCH, 1), aside)
    assert begun(aside)
    until_done(aside)
    store(sqlite_db, run_id, few(BATCH + 1, 1), aside)
    assert "cannot read the database (unable to open database file)" in caplog.text
    assert aside.is_ready
    assert scalar(sqlite_db, WAITING) == 2
    assert (found(sqlite_db, "第1023篇"), found(sqlite_db, "第1025篇")) == (1, 1)
    assert all(each["ok"] for each in check(sqlite_db))


def test_articles_that_are_not_there_are_no_batch(sqlite_db: Database, aside: Aside) -> None:
    save(sqlite_db, start(sqlite_db), article("1", STORY))
    asked = (str(sqlite_db.path), [1, 2])
    assert aside.take(aside.ask("blocks_of", asked)) == "1 of 2 articles are there"
