"""Full-text search over synthetic articles: how fast, how complete, and what the index costs.

`python -m bench search` measures both databases with few articles. With many:
`python -m bench.search --database sqlite --articles 1000000 --directory DIR --seconds 300` fills a
database as far as it gets in that time, goes on with it when it is called again, and measures it.
"""

from __future__ import annotations

import argparse
import heapq
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select, text

from bench._postgres import postgres
from bench.corpus import Corpus, code, company
from newscrawler.items import Article
from newscrawler.store import articles, runs
from newscrawler.store.engine import Database, open_database
from newscrawler.store.migrate import prepare
from newscrawler.store.schema import articles as stored
from newscrawler.store.search import search
from newscrawler.store.search_text import Words, fold
from newscrawler.store.views import news

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FEW = 3000
LARGE, SMALL = 500, 20
"""Articles a transaction: while a database is filled, and as in a crawl, when that is timed."""
TIMED = 2000
COMMON = [
    *("公司", "投资", "中国", "能源", "市场", "产品", "增长", "ET", "2025", "绿色", "新能源"),
    *("制冷剂", "人工智能", "资管"),
]
ROUNDS = 3
COMPARED = 200
"""So many of the best hits of each query are compared with those of reading every article."""


@dataclass(frozen=True)
class Options:
    """What is measured."""

    articles: int = FEW
    seconds: float = float("inf")
    sampled: int = 60


def main() -> None:
    """Both databases with few articles, in a scratch directory."""
    for kind in ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as directory:
            run(kind, Path(directory), Options())


def run(kind: str, directory: Path, options: Options) -> None:
    """Fill the database of that kind as far as the time goes, and measure it."""
    with _database(kind, directory) as database:
        prepare(database)
        rate = fill(database, options)
        with database.read() as conn:
            print(f"\n-- {kind}, {_count(conn):,} articles", flush=True)
            if rate:
                print(f"articles.save, the last {TIMED:,}, batches of {SMALL}: {rate:,.0f}/s CPU")
            measure(conn, options.sampled)
        print(_sizes(database))


@contextmanager
def _database(kind: str, directory: Path) -> Iterator[Database]:
    if kind == "sqlite":
        with closing(open_database(f"sqlite:///{directory / 'news.db'}")) as database:
            yield database
        return
    with postgres(directory / "postgresql") as url, closing(open_database(url)) as database:
        yield database


def _count(conn: Connection) -> int:
    return conn.scalar(select(func.count()).select_from(stored)) or 0


def fill(database: Database, options: Options) -> float:
    """Store what is missing, without a look for near-duplicates; articles per second of this
    process's CPU time while the last ones were stored, in batches as small as a crawl's; 0 if none
    were missing."""
    corpus, rate = Corpus(1_000_000), 0.0
    deadline = time.monotonic() + options.seconds
    with database.write() as conn:
        first = _count(conn)
        run_id = runs.start(conn, "eastmoney", "crawl", NOW, None, None)
    while first < options.articles and time.monotonic() < deadline:
        size = min(TIMED, options.articles - first)
        made = [corpus.article(number) for number in range(first, first + size)]
        first += size
        last = first >= options.articles or time.monotonic() > deadline
        rate = _save(database, run_id, made, SMALL if last else LARGE)
    return rate


def _save(database: Database, run_id: int, made: Sequence[Article], size: int) -> float:
    began = time.process_time()
    for first in range(0, len(made), size):
        with database.write() as conn:
            part = made[first : first + size]
            articles.save(conn, run_id, part, NOW, near_duplicates=False)
    return len(made) / (time.process_time() - began)


def measure(conn: Connection, sampled: int) -> None:
    """Times of common and rare words, beside reading everything; recall of sampled pieces."""
    dice = random.Random(1)
    rare = [f"{company(dice.randrange(15_000, 20_000))}" for _ in range(10)]
    rare += [f"{code(dice.randrange(15_000, 20_000))}" for _ in range(10)]
    pieces = _pieces(conn, dice, sampled)
    for name, queries in (("common", COMMON), ("rare", rare), ("sampled", pieces)):
        print(_timed(f"{name} words", queries, lambda query: search(conn, query)), flush=True)
    print(_timed("baseline: LIKE over all, rare words", rare[:2], lambda query: _scan(conn, query)))
    print(_timed("baseline: LIKE, newest first, common words", COMMON[:5],
                 lambda query: _scan(conn, query)), flush=True)  # fmt: skip
    print(_recall(conn, [*COMMON, *rare, *pieces]), flush=True)


def _timed(name: str, queries: Sequence[str], ask: Callable[[str], object]) -> str:
    times = []
    for query in list(queries) * ROUNDS:
        began = time.perf_counter()
        ask(query)
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    high = times[min(len(times) - 1, int(len(times) * 0.95))]
    return f"{name}: median {statistics.median(times):.1f} ms, 95 % {high:.1f} ms"


def _scan(conn: Connection, query: str) -> Sequence[Any]:
    c = news.c
    hit = c.title.contains(query) | c.summary.contains(query) | c.body.contains(query)
    newest = (c.published_at.desc(), c.article_id.desc())
    return conn.execute(select(news).where(hit).order_by(*newest).limit(20)).all()


def _pieces(conn: Connection, dice: random.Random, count: int) -> list[str]:
    """Pieces of two to eight characters of random articles, cut anywhere within a line."""
    ids = list(conn.scalars(select(stored.c.article_id)))
    found: list[str] = []
    while len(found) < count:
        body = conn.scalar(select(news.c.body).where(news.c.article_id == dice.choice(ids))) or ""
        line, length = dice.choice(body.split("\n")), dice.randint(2, 8)
        piece = line[(at := dice.randrange(max(1, len(line) - length))) : at + length]
        if len(piece) == length and not set(piece) & set(' "“”'):
            found.append(piece)
    return found


def _recall(conn: Connection, queries: Sequence[str]) -> str:
    """The best hits of each query beside those of reading every article."""
    hits: dict[str, list[tuple[bool, datetime, int]]] = {query: [] for query in queries}
    asked = [(Words.parse(query).words[0], found) for query, found in hits.items()]
    c = news.c
    rows = select(c.published_at, c.article_id, c.title, c.summary, c.body)
    for row in conn.execution_options(yield_per=500).execute(rows):
        whole, title = fold(f"{row.title}\n{row.summary}\n{row.body}"), fold(row.title)
        for word, found in asked:
            if word in whole:
                found.append((word in title, row.published_at, row.article_id))
    wanted = got = ordered = 0
    for query, every in hits.items():
        expected = [hit[2] for hit in heapq.nlargest(COMPARED, every)]
        answer = [row["article_id"] for row in search(conn, query, limit=COMPARED).rows]
        wanted, got = wanted + len(expected), got + len(set(expected) & set(answer))
        ordered += answer == expected
    return (
        f"recall over {len(hits)} queries, {wanted:,} hits: {got / wanted:.2%};"
        f" in the order of brute force: {ordered} of {len(hits)}"
    )


def _sizes(database: Database) -> str:
    """Bytes of the whole database, and of the index, for a byte of title and body."""
    length = "octet_length" if database.kind == "postgresql" else "length"
    cast = "{}" if database.kind == "postgresql" else "CAST({} AS BLOB)"
    parts = " + ".join(f"{length}({cast.format(name)})" for name in ("title", "body"))
    with database.write() as conn:
        said = int(conn.scalar(text(f"SELECT sum({parts}) FROM revisions")) or 1)  # noqa: S608
        if database.kind == "postgresql":
            whole = int(conn.scalar(text("SELECT pg_database_size(current_database())")) or 0)
            index = int(conn.scalar(text("SELECT pg_total_relation_size('search_blocks')")) or 0)
        else:
            pages = [int(conn.scalar(text(f"PRAGMA {name}")) or 0) for name in
                     ("page_count", "freelist_count", "page_size")]  # fmt: skip
            whole = pages[0] * pages[2]
            blocks = "SELECT sum(length(data)) FROM search_blocks"
            index = int(conn.scalar(text(blocks)) or 0)
    return f"database: {whole / said:.2f} bytes a byte of text, postings {index / said:.2f} of them"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--sampled", type=int, default=500)
    return parser.parse_args()


if __name__ == "__main__":
    given = _arguments()
    run(given.database, given.directory, Options(given.articles, given.seconds, given.sampled))
