"""Articles per second through the store, beside the same rows written with plain sqlite3."""

from __future__ import annotations

import hashlib
import sqlite3
import statistics
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from newscrawler.items import Article, Block, BlockKind, Body, Security, SecurityKind
from newscrawler.store import articles, runs
from newscrawler.store.engine import open_database
from newscrawler.store.migrate import prepare

ARTICLES = 2000
BATCH = 20
ROUNDS = 5
NOW = datetime(2026, 1, 1, tzinfo=UTC)
TABLES = (
    "tasks", "run_tasks", "articles", "texts", "revisions", "paragraphs", "securities", "changes",
)  # fmt: skip


def main() -> None:
    """Print articles/s of both (median of the rounds) and what the store costs beside sqlite3."""
    ours, raws = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as directory:
            ours.append(through_the_store(Path(directory) / "ours.db"))
            raws.append(plain(Path(directory) / "ours.db", Path(directory) / "raw.db"))
    our, raw = statistics.median(ours), statistics.median(raws)
    print(f"articles.save, batches of {BATCH}:   {our:7.0f} articles/s (median of {ROUNDS})")
    print(f"plain sqlite3, the same rows:  {raw:7.0f} articles/s")
    print(f"ratio: {our / raw:.2f}")


def through_the_store(path: Path) -> float:
    """Articles/s of articles.save, one commit a batch."""
    observed = [article(number) for number in range(ARTICLES)]
    with closing(open_database(f"sqlite:///{path}")) as database:
        prepare(database)
        with database.write() as conn:
            run_id = runs.start(conn, "bench", "crawl", NOW, None, None)
        began = time.perf_counter()
        for first in range(0, ARTICLES, BATCH):
            with database.write() as conn:
                batch = observed[first : first + BATCH]
                articles.save(conn, run_id, batch, NOW, [timedelta(hours=1)])
        return ARTICLES / (time.perf_counter() - began)


def plain(filled: Path, path: Path) -> float:
    """Articles/s when the rows of a filled database are copied with executemany."""
    with closing(open_database(f"sqlite:///{path}")) as database:
        prepare(database)
    with closing(sqlite3.connect(filled)) as source, closing(sqlite3.connect(path)) as target:
        target.isolation_level = None
        target.execute("PRAGMA synchronous = FULL")
        rows = {table: source.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}  # noqa: S608
        began = time.perf_counter()
        for batch in range(ARTICLES // BATCH):
            target.execute("BEGIN IMMEDIATE")
            for table, every in rows.items():
                many = len(every) // (ARTICLES // BATCH)
                part = every[batch * many : (batch + 1) * many]
                marks = ", ".join("?" * len(part[0]))
                target.executemany(f"INSERT INTO {table} VALUES ({marks})", part)  # noqa: S608
            target.execute("COMMIT")
        return ARTICLES / (time.perf_counter() - began)


def article(number: int) -> Article:
    """An article of ten paragraphs, about 2.5 KB of text, and one security."""
    lines = [f"第{number}篇第{place}段：" + "中文新闻正文内容" * 10 for place in range(10)]
    text = "\n".join(lines)
    return Article(
        site="bench",
        external_id=str(number),
        url=f"https://news.example/{number}",
        title=f"标题 {number}",
        published_at=NOW,
        published_local="2026-01-01T08:00:00+08:00",
        published_from="bench",
        source=f"来源 {number % 50}",
        body=Body(
            blocks=tuple(Block(kind=BlockKind.PARAGRAPH, text=line) for line in lines),
            securities=(
                Security(
                    market="1", code="600160", name="巨化股份", kind=SecurityKind.STOCK,
                    mentions=1, evidence=lines[0],
                ),
            ),
            html="".join(f"<p>{line}</p>" for line in lines),
        ),
        fetched_at=NOW,
        fetched_url=f"https://api.example/{number}",
        parser_version=1,
        content_hash=hashlib.sha256(text.encode()).hexdigest(),
        text_hash=hashlib.sha256(text.encode()).hexdigest(),
    )  # fmt: skip
