"""Articles per second in the store, beside the same rows by plain sqlite3; size.

Both by the clock (which a commit's wait for the disk belongs to) and by CPU time. All kinds take
the same articles in turn, a slice at a time, just after these were made, as those of a crawl are:
so the machine is as fast for one as for the other, and none pays for fetching them from memory.
"""

from __future__ import annotations

import gc
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bench.corpus import Corpus
from newscrawler.items import Article
from newscrawler.store import articles, runs, search_ahead, search_index
from newscrawler.store.aside import Aside
from newscrawler.store.engine import Database, open_database
from newscrawler.store.migrate import prepare

ARTICLES = 2000
SLICE = 500
BATCHES = (20, 500)
ROUNDS = 5
KINDS = {
    "raw": "plain sqlite3, executemany of the same rows:",
    "bare": "articles.save, no search, no near text:",
    "near": "articles.save, no search:",
    "all": "articles.save:",
    "aside": "articles.save beside a second process:",
}
NOW = datetime(2026, 1, 1, tzinfo=UTC)
TABLES = {
    "tasks": "task_id", "run_tasks": "task_id", "articles": "article_id", "texts": "article_id",
    "revisions": "article_id", "images": "article_id", "securities": "article_id",
    "related": "article_id", "changes": "article_id",
}  # fmt: skip
"""What a batch fills, and by which column its rows belong to it; and `sources`."""

Rows = Mapping[str, Sequence[tuple[Any, ...]]]
"""Of each table the rows of one batch."""


@dataclass(frozen=True)
class Rate:
    """Articles a second."""

    clock: float
    cpu: float


@dataclass
class Clock:
    """Adds up what is done while it runs; before each time the collector has nothing to do."""

    clock: float = 0.0
    cpu: float = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run."""
        gc.collect()
        gc.freeze()  # as a crawl does: what was made beforehand is no part of what is measured
        clock, cpu = time.perf_counter(), time.process_time()
        yield
        self.clock += time.perf_counter() - clock
        self.cpu += time.process_time() - cpu

    def rate(self, articles: int) -> Rate:
        """So many articles in that time."""
        return Rate(articles / self.clock, articles / self.cpu)


def main() -> None:
    """Print articles/s of each (median of the rounds) and their ratios to sqlite3."""
    with closing(Aside()) as aside:
        while not aside.is_ready:
            time.sleep(0.01)
        for size in BATCHES:
            measure(size, aside)


def measure(size: int, aside: Aside) -> None:
    """Every kind, in batches of this size."""
    rounds: list[Mapping[str, Rate]] = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as scratch:
            files = {kind: Path(scratch) / f"{kind}.db" for kind in KINDS}
            rates, text = one_round(files, size, aside)
            rounds.append(rates)
            stored = {kind: file.stat().st_size / text for kind, file in files.items()}
    print(f"batches of {size}, articles/s by the clock and of CPU (median of {ROUNDS}):")
    for kind, name in KINDS.items():
        print(f"  {name:45}{told(rounds, kind, 'clock')}{told(rounds, kind, 'cpu')}")
    print(f"  bytes for a byte of title and body: {stored['bare']:.2f}")
    print(f"  with search and near-duplicates: {stored['all']:.2f}")
    print(f"  ({text / ARTICLES:.0f} bytes of text an article)")


def told(rounds: Sequence[Mapping[str, Rate]], kind: str, by: str) -> str:
    """A rate, and its ratio to plain sqlite3's in the same round."""
    rate = statistics.median(getattr(each[kind], by) for each in rounds)
    ratio = statistics.median(getattr(each[kind], by) / getattr(each["raw"], by) for each in rounds)
    return f"{rate:8.0f} = {ratio:4.2f}"


def one_round(files: Mapping[str, Path], size: int, aside: Aside) -> tuple[Mapping[str, Rate], int]:
    """Each kind once, into databases of their own; and the bytes of title and body."""
    clocks = {kind: Clock() for kind in KINDS}
    corpus, text = Corpus(ARTICLES), 0
    with ExitStack() as stack:
        opened = {kind: stack.enter_context(Store.open(path)) for kind, path in files.items()}
        raw = stack.enter_context(plain(files["raw"]))
        for first in range(0, ARTICLES, SLICE):
            observed = [corpus.article(first + number) for number in range(SLICE)]
            text += sum(len(f"{each.title}{each.body.text}".encode()) for each in observed)
            batches = [observed[at : at + size] for at in range(0, SLICE, size)]
            with without_search():
                opened["bare"].save(batches, clocks["bare"], near=False)
                opened["near"].save(batches, clocks["near"])
            opened["all"].save(batches, clocks["all"])
            opened["aside"].save(batches, clocks["aside"], aside=aside)
            insert(raw, read(files["bare"], first, size), clocks["raw"])
        opened["aside"].finish(clocks["aside"], aside)
    return {kind: clock.rate(ARTICLES) for kind, clock in clocks.items()}, text


@contextmanager
def without_search() -> Iterator[None]:
    """Nothing is indexed, nor waits to be."""
    with (
        patch.object(search_index, "note", lambda *_: None),
        patch.object(search_index, "many_waiting", lambda _: 0),
    ):
        yield


@dataclass
class Store:
    """A database that is filled by articles.save."""

    database: Database
    run_id: int

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[Store]:
        """A new one."""
        with closing(open_database(f"sqlite:///{path}")) as database:
            prepare(database)
            with database.write() as conn:
                run_id = runs.start(conn, "bench", "crawl", NOW, None, None)
            yield cls(database, run_id)

    def save(
        self, batches: Sequence[Sequence[Article]], clock: Clock, *, near: bool = True,
        aside: Aside | None = None,
    ) -> None:  # fmt: skip
        """Save, one commit a batch; `near`: near-duplicates are linked."""
        with clock.running():
            for batch in batches:
                with self.database.write() as conn:
                    articles.save(
                        conn, self.run_id, batch, NOW, [timedelta(hours=1)],
                        near_duplicates=near, aside=aside,
                    )  # fmt: skip

    def finish(self, clock: Clock, aside: Aside) -> None:
        """Leave nothing in the second process's hands; its CPU time is not counted."""
        with clock.running():
            if aside.indexing is not None:
                with self.database.write() as conn:
                    search_ahead.advance(conn, aside, (), wait=True)


def read(filled: Path, after: int, size: int) -> Sequence[Rows]:
    """The rows of the slice after this article, batch by batch, its new sources with the first.

    Numbers of articles and tasks are equal, and rise as they are saved.
    """
    batches: list[dict[str, list[tuple[Any, ...]]]] = []
    with closing(sqlite3.connect(filled)) as source:
        for first in range(after, after + SLICE, size):
            batches.append({})
            for table, key in TABLES.items():
                query = f"SELECT * FROM {table} WHERE {key} > ? AND {key} <= ? ORDER BY {key}"  # noqa: S608
                batches[-1][table] = source.execute(query, (first, first + size)).fetchall()
        new = (
            "SELECT * FROM sources WHERE source_id IN (SELECT source_id FROM articles"
            " GROUP BY source_id HAVING min(article_id) > ?)"
        )
        batches[0]["sources"] = source.execute(new, (after,)).fetchall()
    return batches


@contextmanager
def plain(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection as anyone would open it to lose nothing."""
    with closing(sqlite3.connect(path, isolation_level=None)) as target:
        target.execute("PRAGMA synchronous = FULL")
        yield target


def insert(target: sqlite3.Connection, batches: Sequence[Rows], clock: Clock) -> None:
    """Insert the rows with executemany, one commit a batch."""
    with clock.running():
        for batch in batches:
            target.execute("BEGIN IMMEDIATE")
            for table, rows in batch.items():
                if rows:
                    marks = ", ".join("?" * len(rows[0]))
                    target.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608
            target.execute("COMMIT")
