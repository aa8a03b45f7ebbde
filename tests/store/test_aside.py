"""The second process changes who does the work, never what is stored."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from newscrawler.errors import StoreError
from newscrawler.items import Article
from newscrawler.store import articles
from newscrawler.store.aside import Aside, read_sketch, sketches
from newscrawler.store.check import check
from newscrawler.store.engine import Database
from newscrawler.store.filters import Filters
from newscrawler.store.search import search
from newscrawler.store.search_grams import BATCH
from newscrawler.store.writer import Writer
from tests.store.conftest import until_ready
from tests.store.make import T0, article, scalar
from tests.store.test_near import CUT, EXTENDED, LEAD, STORY, links

WAITING = "SELECT count(*) FROM search_pending"


def expects_new(process: Aside) -> bool:
    return process.expects_new


def store(db: Database, run_id: int, made: Sequence[Article], process: Aside | None) -> None:
    with db.write() as conn:
        articles.save(conn, run_id, made, T0, aside=process)


def found(db: Database, query: str) -> int:
    with db.read() as conn:
        return len(search(conn, query, Filters(), 50).rows)


def begun(aside: Aside) -> bool:
    return aside.indexing is not None


def few(first: int, many: int) -> list[Article]:
    return [article(str(each), f"第{each}篇快讯") for each in range(first, first + many)]


def test_it_links_what_is_linked_without_it(db: Database, run_id: int, aside: Aside) -> None:
    made = [article(str(at), said) for at, said in enumerate([STORY, "别的", LEAD, CUT, STORY])]
    store(db, run_id, made, aside)
    store(db, run_id, [article("9", EXTENDED)], aside)
    assert links(db) == {"2": "0", "3": "0", "4": "0", "9": "0"}
    assert all(each["ok"] for each in check(db))


def test_a_sketch_comes_back_as_it_is(aside: Aside) -> None:
    bodies = [STORY, "", "\ud800 \x00", LEAD * 50, "12.50亿，１２"]
    ticket = aside.ask("sketches", bodies)
    assert list(map(read_sketch, aside.take(ticket))) == list(map(read_sketch, sketches(bodies)))


def test_without_it_the_work_is_done_here(
    db: Database, run_id: int, aside: Aside, caplog: pytest.LogCaptureFixture
) -> None:
    store(db, run_id, [article("a", STORY), *few(0, BATCH)], aside)
    store(db, run_id, few(BATCH, 1), aside)
    assert begun(aside)
    os.kill(aside.pid, signal.SIGKILL)
    store(db, run_id, [article("b", LEAD), *few(BATCH + 1, BATCH)], aside)
    store(db, run_id, few(3 * BATCH, 1), aside)
    assert scalar(db, "SELECT duplicate_of FROM articles WHERE external_id = 'b'") == 1
    assert scalar(db, WAITING) < BATCH
    assert (found(db, "第1023篇"), found(db, "第1030篇")) == (1, 1)
    assert "the process that sketches and indexes is gone" in caplog.text
    assert all(each["ok"] for each in check(db))


def test_one_that_does_not_answer_is_given_up(
    aside: Aside, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("newscrawler.store.aside._PATIENCE_S", 0.05)
    os.kill(aside.pid, signal.SIGSTOP)
    assert aside.take(aside.ask("sketches", [STORY])) == sketches([STORY])
    assert "no answer" in caplog.text
    assert not aside.is_ready


def test_one_that_does_not_listen_is_given_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("newscrawler.store.aside._PATIENCE_S", 0.05)
    with closing(Aside()) as process:
        until_ready(process)
        os.kill(process.pid, signal.SIGSTOP)
        many = [f"{STORY}{at}" for at in range(3_000)]  # more than a socket takes
        ticket = process.ask("sketches", many)
        assert not process.is_ready
        assert len(process.take(ticket)) == len(many)
    assert "is gone" in caplog.text


def test_sketches_are_asked_for_at_once_where_new_articles_are_expected(
    db: Database, run_id: int, aside: Aside
) -> None:
    store(db, run_id, [article("0", "别的")], aside)
    assert expects_new(aside)
    before = aside._last
    store(db, run_id, [article("1", STORY), article("2", LEAD), article("3", STORY)], aside)
    assert aside._last == before + 1  # all in one, each text once
    assert links(db) == {"2": "1", "3": "1"}
    store(db, run_id, [article("1", STORY), article("2", LEAD)], aside)
    assert not expects_new(aside)
    before = aside._last
    store(db, run_id, [article("3", STORY)], aside)
    assert aside._last == before


def test_what_a_failed_transaction_has_asked_for_is_forgotten(
    db: Database, run_id: int, aside: Aside
) -> None:
    def fail() -> None:
        with db.write() as conn:
            articles.save(conn, 99, [article("a", STORY)], T0, aside=aside)

    store(db, run_id, [article("0", "别的")], aside)
    with pytest.raises(StoreError):
        fail()
    assert aside._open
    store(db, run_id, [article("b", STORY), article("c", LEAD)], aside)
    assert aside._open == set()
    assert aside._done == {}
    assert links(db) == {"c": "b"}


def test_a_run_that_is_long_enough_gets_one(db: Database, run_id: int) -> None:
    async def crawl() -> list[int]:
        writing = Writer(db, run_id, now=lambda: T0, aside_after=10)
        for first in (0, 20):
            await asyncio.gather(*(writing.save(each) for each in few(first, 20)))
        process = writing._aside
        assert process is not None
        await asyncio.to_thread(until_ready, process)
        await writing.save(article("a", STORY))
        await writing.save(article("b", LEAD))
        await writing.close()
        return [process.pid]

    (pid,) = asyncio.run(crawl())
    assert links(db) == {"b": "a"}
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


KILLED = """
import os, signal, time
from newscrawler.store.aside import Aside
process = Aside()
print(process.pid, flush=True)
while not process.is_ready:
    time.sleep(0.01)
process.ask("sketches", ["一"] * 1000)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_it_ends_with_the_process_that_it_is_beside() -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED], stdout=subprocess.PIPE, check=False, text=True
    )
    assert killed.returncode == -signal.SIGKILL
    for _ in range(1000):
        if not Path(f"/proc/{killed.stdout.strip()}").exists():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it goes on")
