"""Articles per second in the store, beside the same rows by plain sqlite3; size.

Both by the clock (which a commit's wait for the disk belongs to) and by CPU time.
"""

from __future__ import annotations

import gc
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bench.corpus import Corpus
from newscrawler.items import Article
from newscrawler.store import articles, runs, search_ahead, search_index
from newscrawler.store.aside import Aside
from newscrawler.store.engine import open_database
from newscrawler.store.migrate import prepare

ARTICLES = 2000
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
    "sources": "source_id", "tasks": "task_id", "run_tasks": "task_id", "articles": "article_id",
    "texts": "article_id", "revisions": "article_id", "images": "article_id",
    "securities": "article_id", "related": "article_id", "changes": "article_id",
}  # fmt: skip
"""What a batch fills, and by which column its rows belong to it."""


@dataclass(frozen=True)
class Rate:
    """Articles a second."""

    clock: float
    cpu: float


class Clock:
    """Runs from when it is made."""

    def __init__(self) -> None:
        self._began = time.monotonic(), time.process_time()

    def rate(self, articles: int) -> Rate:
        """So many articles since then."""
        clock, cpu = self._began
        return Rate(articles / (time.monotonic() - clock), articles / (time.process_time() - cpu))


@dataclass(frozen=True)
class Raw:
    """The rows of one filled database, batch by batch: what plain sqlite3 has to insert."""

    statements: Sequence[str]
    batches: Sequence[Sequence[Sequence[tuple[Any, ...]]]]


def main() -> None:
    """Print articles/s of each (median of the rounds) and their ratios to sqlite3."""
    corpus = Corpus(ARTICLES)
    observed = [corpus.article(number) for number in range(ARTICLES)]
    gc.freeze()  # as a crawl does: what is made here beforehand is no part of what is measured
    text = sum(len(one.title.encode()) + len(one.body.text.encode()) for one in observed)
    with closing(Aside()) as aside:
        while not aside.is_ready:
            time.sleep(0.01)
        measure(observed, text, aside)


def measure(observed: Sequence[Article], text: int, aside: Aside) -> None:
    """Every kind, in batches of each size; `text`: bytes of title and body."""
    for size in BATCHES:
        rounds: list[dict[str, Rate]] = []
        for _ in range(ROUNDS):
            with tempfile.TemporaryDirectory() as scratch:
                files = {kind: Path(scratch) / f"{kind}.db" for kind in KINDS}
                rounds.append(one_round(files, observed, size, aside))
                stored = {kind: file.stat().st_size / text for kind, file in files.items()}
        print(f"batches of {size}, articles/s by the clock and of CPU (median of {ROUNDS}):")
        for kind, name in KINDS.items():
            print(f"  {name:45}{told(rounds, kind, 'clock')}{told(rounds, kind, 'cpu')}")
    print(f"bytes for a byte of title and body: {stored['bare']:.2f}")
    print(f"with search and near-duplicates: {stored['all']:.2f}")
    print(f"({text / ARTICLES:.0f} bytes of text an article)")


def told(rounds: Sequence[Mapping[str, Rate]], kind: str, by: str) -> str:
    """A rate, and its ratio to plain sqlite3's in the same round."""
    rate = statistics.median(getattr(each[kind], by) for each in rounds)
    ratio = statistics.median(getattr(each[kind], by) / getattr(each["raw"], by) for each in rounds)
    return f"{rate:8.0f} = {ratio:4.2f}"


def one_round(
    files: Mapping[str, Path], observed: Sequence[Article], size: int, aside: Aside
) -> dict[str, Rate]:
    """Each kind once, into databases of their own."""
    with (
        patch.object(search_index, "note", lambda *_: None),
        patch.object(search_index, "many_waiting", lambda _: 0),
    ):
        bare = through_the_store(files["bare"], observed, size, near=False)
        near = through_the_store(files["near"], observed, size, near=True)
    return {
        "raw": plain(files["raw"], read(files["bare"], size)),
        "bare": bare,
        "near": near,
        "all": through_the_store(files["all"], observed, size, near=True),
        "aside": through_the_store(files["aside"], observed, size, near=True, aside=aside),
    }


def through_the_store(
    path: Path, observed: Sequence[Article], size: int, *, near: bool, aside: Aside | None = None
) -> Rate:
    """Articles/s of articles.save, one commit a batch; `near`: near-duplicates are linked.

    With `aside`, whose CPU time is not counted, the time ends when nothing is left in its hands.
    """
    with closing(open_database(f"sqlite:///{path}")) as database:
        prepare(database)
        with database.write() as conn:
            run_id = runs.start(conn, "bench", "crawl", NOW, None, None)
        clock = Clock()
        for first in range(0, len(observed), size):
            with database.write() as conn:
                batch = observed[first : first + size]
                articles.save(
                    conn, run_id, batch, NOW, [timedelta(hours=1)], near_duplicates=near,
                    aside=aside,
                )  # fmt: skip
        if aside is not None and aside.indexing is not None:
            with database.write() as conn:
                search_ahead.advance(conn, aside, (), wait=True)
        return clock.rate(len(observed))


def read(filled: Path, size: int) -> Raw:
    """The rows that the batches wrote; numbers of articles and tasks rise with the batches."""
    statements: list[str] = []
    batches: list[list[list[tuple[Any, ...]]]] = [
        [[] for _ in TABLES] for _ in range(-(-ARTICLES // size))
    ]
    with closing(sqlite3.connect(filled)) as source:
        for place, (table, key) in enumerate(TABLES.items()):
            cursor = source.execute(f"SELECT * FROM {table} ORDER BY {key}")  # noqa: S608
            columns = [column[0] for column in cursor.description]
            at = columns.index(key)
            statements.append(f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})")  # noqa: S608
            for row in cursor:
                number = 0 if table == "sources" else (row[at] - 1) // size
                batches[number][place].append(row)
    return Raw(statements, batches)


def plain(path: Path, rows: Raw) -> Rate:
    """Articles/s when these rows are inserted with executemany, one commit a batch."""
    with closing(open_database(f"sqlite:///{path}")) as database:
        prepare(database)
    with closing(sqlite3.connect(path)) as target:
        target.isolation_level = None
        target.execute("PRAGMA synchronous = FULL")
        clock = Clock()
        for batch in rows.batches:
            target.execute("BEGIN IMMEDIATE")
            for statement, part in zip(rows.statements, batch, strict=True):
                target.executemany(statement, part)
            target.execute("COMMIT")
        return clock.rate(ARTICLES)
