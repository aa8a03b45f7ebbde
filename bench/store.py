"""Articles per second of CPU time in the store, beside the same rows by plain sqlite3; size."""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bench.corpus import Corpus
from newscrawler.items import Article
from newscrawler.store import articles, runs, search_index
from newscrawler.store.engine import open_database
from newscrawler.store.migrate import prepare

ARTICLES = 2000
BATCHES = (20, 500)
ROUNDS = 3
KINDS = ("raw", "bare", "near", "all")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
TABLES = {
    "sources": "source_id", "tasks": "task_id", "run_tasks": "task_id", "articles": "article_id",
    "texts": "article_id", "revisions": "article_id", "images": "article_id",
    "securities": "article_id", "related": "article_id", "changes": "article_id",
}  # fmt: skip
"""What a batch fills, and by which column its rows belong to it."""


@dataclass(frozen=True)
class Raw:
    """The rows of one filled database, batch by batch: what plain sqlite3 has to insert."""

    statements: Sequence[str]
    batches: Sequence[Sequence[Sequence[tuple[Any, ...]]]]


def main() -> None:
    """Print articles/s of both (median of the rounds) and what the store costs beside sqlite3."""
    corpus = Corpus(ARTICLES)
    observed = [corpus.article(number) for number in range(ARTICLES)]
    text = sum(len(one.title.encode()) + len(one.body.text.encode()) for one in observed)
    for size in BATCHES:
        rates: dict[str, list[float]] = {"raw": [], "bare": [], "near": [], "all": []}
        for _ in range(ROUNDS):
            with tempfile.TemporaryDirectory() as scratch:
                files = {kind: Path(scratch) / f"{kind}.db" for kind in rates}
                with patch.object(search_index, "note"):
                    bare = through_the_store(files["bare"], observed, size, near=False)
                    near = through_the_store(files["near"], observed, size, near=True)
                rates["bare"].append(bare)
                rates["near"].append(near)
                rates["all"].append(through_the_store(files["all"], observed, size, near=True))
                rates["raw"].append(plain(files["raw"], read(files["bare"], size)))
                stored = {kind: file.stat().st_size / text for kind, file in files.items()}
        raw, bare, near, full = map(statistics.median, (rates[kind] for kind in KINDS))
        print(f"batches of {size}, articles/s of CPU time (median of {ROUNDS}):")
        print(f"  plain sqlite3, executemany of the same rows: {raw:6.0f}")
        print(f"  articles.save, no search, no near text:      {bare:6.0f} = {bare / raw:.2f}")
        print(f"  articles.save, no search:                    {near:6.0f} = {near / raw:.2f}")
        print(f"  articles.save:                               {full:6.0f} = {full / raw:.2f}")
    print(f"bytes for a byte of title and body: {stored['bare']:.2f}")
    print(f"with search and near-duplicates: {stored['all']:.2f}")
    print(f"({text / ARTICLES:.0f} bytes of text an article)")


def through_the_store(path: Path, observed: Sequence[Article], size: int, *, near: bool) -> float:
    """Articles/s of articles.save, one commit a batch; `near`: near-duplicates are linked."""
    with closing(open_database(f"sqlite:///{path}")) as database:
        prepare(database)
        with database.write() as conn:
            run_id = runs.start(conn, "bench", "crawl", NOW, None, None)
        began = time.process_time()
        for first in range(0, len(observed), size):
            with database.write() as conn:
                batch = observed[first : first + size]
                articles.save(conn, run_id, batch, NOW, [timedelta(hours=1)], near_duplicates=near)
        return len(observed) / (time.process_time() - began)


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


def plain(path: Path, rows: Raw) -> float:
    """Articles/s when these rows are inserted with executemany, one commit a batch."""
    with closing(open_database(f"sqlite:///{path}")) as database:
        prepare(database)
    with closing(sqlite3.connect(path)) as target:
        target.isolation_level = None
        target.execute("PRAGMA synchronous = FULL")
        began = time.process_time()
        for batch in rows.batches:
            target.execute("BEGIN IMMEDIATE")
            for statement, part in zip(rows.statements, batch, strict=True):
                target.executemany(statement, part)
            target.execute("COMMIT")
        return ARTICLES / (time.process_time() - began)
