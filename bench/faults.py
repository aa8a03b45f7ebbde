"""A crawl in which one request in ten is faulty, beside the same crawl without a fault.

What counts is the articles that meet no fault: when the last of them is stored, in either crawl.
Interleaved rounds, each with other articles hit; every crawl is a process of its own. Faults are
drawn per request, so that a further try may meet another; waits before it are those of real life.
"""

from __future__ import annotations

import json
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from newscrawler.replica import Replica, World

FAULTS = ("http500", "http429", "http503", "truncated", "reset", "empty", "null", "json",
          "html", "wrong", "delay0.5")  # fmt: skip
SHARE = 0.1
ROUNDS = 3
CONCURRENCY = 8
PAGES = {"timed": 1000, "paced": 600}
"""As fast as it goes, which waiting hurts most; and at a pace, AutoThrottle on, as a real host."""


@dataclass(frozen=True)
class Crawled:
    """One crawl: when each id had its outcome, and which ids met a fault."""

    ended: dict[str, float]
    hit: frozenset[str]
    requests: int
    struck: int
    outcomes: Counter[str]

    def until(self, ids: Iterable[str]) -> float:
        """Seconds until the last of these was stored."""
        return max(self.ended[one] for one in ids)


def main() -> None:
    """Print how much of its speed the rest of a crawl keeps."""
    for kind, pages in PAGES.items():
        ratios = []
        for number in range(ROUNDS):
            healthy = crawl(kind, pages, number, 0.0)
            faulty = crawl(kind, pages, number, SHARE)
            rest = healthy.ended.keys() - faulty.hit
            ratios.append(healthy.until(rest) / faulty.until(rest))
            print(
                f"{kind}: {len(rest)} articles without a fault stored in {faulty.until(rest):.2f} s"
                f" (in a healthy crawl {healthy.until(rest):.2f} s); "
                f"{faulty.struck / faulty.requests:.1%} of {faulty.requests} requests faulty; "
                f"all {pages} ended in {faulty.until(faulty.ended):.2f} s: {dict(faulty.outcomes)}",
                flush=True,
            )
        print(
            f"{kind}: the rest keeps {statistics.median(ratios):.2f} of its speed "
            f"(median of {ROUNDS}; {min(ratios):.2f} to {max(ratios):.2f}; wanted: at least 0.90)"
        )


def crawl(kind: str, pages: int, seed: int, share: float) -> Crawled:
    """One crawl of so many articles, this share of its requests faulty.

    Raises:
        SystemExit: an id without exactly one outcome, or a healthy article that is not stored.
    """
    world = World.recorded(seed=seed)
    ids = world.grow(pages)
    world.window = 0
    if share:
        world.faults.add(",".join(faults(share)))
    with tempfile.TemporaryDirectory() as scratch, Replica(world) as replica:
        path = Path(scratch) / "news.db"
        command = [sys.executable, "-m", "bench.crawl_child", kind, replica.origin, str(pages)]
        subprocess.run(
            [*command, str(CONCURRENCY), str(path)], stdout=subprocess.DEVNULL, check=True
        )
        ended = json.loads(Path(f"{path}.json").read_text())
        hit = frozenset(world.faults.subjects)
        outcomes = account(path, ids, hit)
        requests = sum(world.fetched.values())
    return Crawled(ended, hit, requests, sum(world.faults.struck.values()), outcomes)


def faults(share: float) -> list[str]:
    """Each fault with the same share of the requests; the replica asks one after the other."""
    each, found = share / len(FAULTS), []
    for number, kind in enumerate(FAULTS):
        found.append(f"{kind}:{each / (1 - number * each):.5f}@/NewsData")
    return found


def account(path: Path, ids: list[str], hit: frozenset[str]) -> Counter[str]:
    """How many ids ended in which outcome."""
    query = (
        "SELECT t.external_id, r.outcome, n.article_id IS NOT NULL FROM tasks t"
        " JOIN run_tasks r USING (task_id) LEFT JOIN news n USING (external_id)"
        " WHERE r.run_id = 2"
    )
    with sqlite3.connect(path) as connection:
        rows = list(connection.execute(query))
    outcomes = {external_id: outcome for external_id, outcome, _ in rows}
    if len(rows) != len(ids) or outcomes.keys() != set(ids) or None in outcomes.values():
        sys.exit(f"{len(ids)} ids, {len(outcomes)} accounted for")
    lost = [one for one, _, is_stored in rows if not is_stored and one not in hit]
    if lost:
        sys.exit(f"not stored though nothing was wrong with them: {lost[:5]}")
    return Counter(outcomes.values())


if __name__ == "__main__":
    main()
