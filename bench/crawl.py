"""A whole crawl (extract, dedupe, store in SQLite) beside a bare spider that only downloads, and
beside the same crawl without durability.

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
MEMORY = (2_000, 20_000)


def main() -> None:
    """Print pages/s of each and their ratios, and how memory grows with ten times the articles."""
    with replica(PAGES) as origin:
        rates: dict[str, list[float]] = {"bare": [], "full": [], "unsafe": []}
        for _ in range(ROUNDS):
            for kind, seen in rates.items():
                seen.append(PAGES / child(kind, origin, PAGES)["seconds"])
    bare, full, unsafe = (statistics.median(seen) for seen in rates.values())
    print(f"bare Scrapy spider, download only: {bare:5.0f} pages/s (median of {ROUNDS} rounds)")
    print(f"newscrawler crawl, stored:         {full:5.0f} pages/s")
    print(f"the same with synchronous=OFF:     {unsafe:5.0f} pages/s")
    print(f"crawl / bare: {ratio(rates['full'], rates['bare']):.2f} (wanted: at least 0.55)")
    cost = 1 - ratio(rates["full"], rates["unsafe"])
    print(f"cost of durability: {cost:+.1%} (wanted: at most +10 %)")
    few, many = MEMORY
    with replica(many) as origin:
        small, large = (child("full", origin, pages)["peak_mb"] for pages in MEMORY)
    print(f"peak memory: {small:.0f} MB for {few}, {large:.0f} MB for {many} articles")
    print(f"growth: {large / small - 1:+.1%} (wanted: at most +15 %)")


def ratio(rates: list[float], baseline: list[float]) -> float:
    """Median of the ratios within each round."""
    return statistics.median(one / base for one, base in zip(rates, baseline, strict=True))


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
