"""A whole crawl (extract, dedupe, store in SQLite) beside a bare spider that only downloads.

Same replica, same URLs, same concurrency, politeness off, interleaved rounds. Each round is a
process of its own; its time runs from the spider's opening to its closing.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PAGES = 2000
ROUNDS = 5
CONCURRENCY = 8
GROWTH = 20_000


def main() -> None:
    """Print pages/s of both and their ratio, and how memory grows with ten times the articles."""
    with replica(PAGES) as origin:
        rates: dict[str, list[float]] = {"bare": [], "full": []}
        for _ in range(ROUNDS):
            for kind, seen in rates.items():
                seen.append(PAGES / child(kind, origin, PAGES)["seconds"])
    bare, full = (statistics.median(rates[kind]) for kind in ("bare", "full"))
    ratio = statistics.median(f / b for f, b in zip(rates["full"], rates["bare"], strict=True))
    print(f"bare Scrapy spider, download only: {bare:7.0f} pages/s (median of {ROUNDS})")
    print(f"newscrawler crawl, stored:         {full:7.0f} pages/s")
    print(f"ratio: {ratio:.2f} (wanted: at least 0.55)")
    with replica(GROWTH) as origin:
        small = child("full", origin, PAGES)["peak_mb"]
        large = child("full", origin, GROWTH)["peak_mb"]
    print(f"peak memory: {small:.0f} MB for {PAGES}, {large:.0f} MB for {GROWTH} articles")
    print(f"growth: {large / small - 1:+.1%} (wanted: at most +15 %)")


@contextmanager
def replica(articles: int) -> Iterator[str]:
    """A replica with so many made-up articles and empty lists, in a process of its own."""
    command = [sys.executable, "-m", "bench.crawl_child", "replica", str(articles)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def child(kind: str, origin: str, pages: int) -> dict[str, float]:
    """One crawl in a process of its own: {"seconds", "peak_mb"}."""
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "bench.crawl_child", kind, origin, str(pages)]
        done = subprocess.run(
            [*command, str(CONCURRENCY), str(Path(scratch) / "news.db")],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


if __name__ == "__main__":
    main()
