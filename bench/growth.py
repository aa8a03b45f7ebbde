"""How fast a large database takes further articles, beside a small one, all features on.

`python -m bench growth` makes both, of few articles. `python -m bench.growth SMALL LARGE` measures
two SQLite databases that are there, and adds articles to them: `python -m bench.search --articles
1000000 --directory DIR` fills one, `newscrawler duplicates relink --all` fills its near-duplicates.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from bench.corpus import Corpus
from newscrawler.items import Article
from newscrawler.store import articles, runs
from newscrawler.store.engine import Database, open_database
from newscrawler.store.migrate import prepare
from newscrawler.store.schema import articles as stored

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SIZES = (3_000, 30_000)
BATCH = 20
ADDED = 1_000
"""Articles a round, less than an index takes in one step: each round has its share of steps."""
ROUNDS = 9
CORPUS = Corpus(1_000_000)


def main() -> None:
    """A small and a larger database, made for this."""
    with tempfile.TemporaryDirectory() as directory:
        paths = [Path(directory) / f"{size}.db" for size in SIZES]
        for path, size in zip(paths, SIZES, strict=True):
            with closing(open_database(f"sqlite:///{path}")) as database:
                prepare(database)
                for first in range(0, size, 1_000):
                    add(database, [CORPUS.article(first + each) for each in range(1_000)], 500)
        compare(*paths)


def compare(small: Path, large: Path) -> None:
    """Rounds in turn; print articles/s of each, by the clock and of CPU, and the ratios."""
    clock: dict[Path, list[float]] = {small: [], large: []}
    cpu: dict[Path, list[float]] = {small: [], large: []}
    sizes: dict[Path, int] = {}
    for _ in range(ROUNDS):
        for path in (small, large):
            with closing(open_database(f"sqlite:///{path}", create=False)) as database:
                with database.read() as conn:
                    first = conn.scalar(select(func.count()).select_from(stored)) or 0
                sizes.setdefault(path, first)
                made = [CORPUS.article(first + number) for number in range(ADDED)]
                seconds, spent = add(database, made, BATCH)
            clock[path].append(ADDED / seconds)
            cpu[path].append(ADDED / spent)
    for path, size in sizes.items():
        print(
            f"{size:9,} articles, then batches of {BATCH}: {statistics.mean(clock[path]):6.0f}/s"
            f" by the clock, {statistics.mean(cpu[path]):6.0f}/s of CPU"
        )
    ratios = [statistics.mean(each[large]) / statistics.mean(each[small]) for each in (clock, cpu)]
    print(f"ratio: {ratios[0]:.2f} by the clock, {ratios[1]:.2f} of CPU (wanted: at least 0.5)")


def add(database: Database, made: Sequence[Article], size: int) -> tuple[float, float]:
    """Save these; seconds by the clock and of CPU."""
    with database.write() as conn:
        run_id = runs.start(conn, "eastmoney", "crawl", NOW, None, None)
    clock, cpu = time.monotonic(), time.process_time()
    for first in range(0, len(made), size):
        with database.write() as conn:
            part = made[first : first + size]
            articles.save(conn, run_id, part, NOW, [timedelta(hours=1)], near_duplicates=True)
    return time.monotonic() - clock, time.process_time() - cpu


if __name__ == "__main__":
    compare(*map(Path, sys.argv[1:3]))
