"""Near-duplicates: right and wrong links on labelled pairs, beside the usual ways; and the cost."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path

from bench._near_pairs import Pair, is_held_back, load
from bench.corpus import Corpus
from newscrawler.items import Article
from newscrawler.near.compare import compare
from newscrawler.near.normal import Text
from newscrawler.near.sketch import in_period, may_be_same, periods, sketch
from newscrawler.store import articles, near_known, runs
from newscrawler.store.engine import Database, open_database
from newscrawler.store.migrate import prepare
from newscrawler.store.near_segments import Entry, Seen
from tests import servers

SIZES = (10_000, 300_000)
KEYS = 6
STORED = 1_200
BATCH = 20
WARM_UP = 4
"""Batches that are not counted: what is loaded once is loaded with them."""
NOW = datetime(2026, 1, 1, tzinfo=UTC)
Says = Callable[[Pair], bool]


def main() -> None:
    """Print both."""
    quality()
    for name, opened in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
        with opened() as database:
            for size, added, base in cost(database):
                print(
                    f"{name}, {size:7,} articles in the index:"
                    f" {added * 1e6:5.0f} µs of CPU an article on top of {base * 1e6:5.0f} µs"
                )


def quality() -> None:
    """Precision and recall of each way, on the stories tuned on and on those held back."""
    pairs = load()
    held = [pair for pair in pairs if is_held_back(pair["story"])]
    tuned = [pair for pair in pairs if not is_held_back(pair["story"])]
    print(f"{len(pairs)} labelled pairs, {sum(pair['same'] for pair in pairs)} of them copies")
    for name, says in WAYS.items():
        shown = " · ".join(
            f"{half}: precision {figures[0]:.3f}, recall {figures[1]:.3f}"
            for half, some in (("tuned on", tuned), ("held back", held))
            for figures in [score(some, says)]
        )
        print(f"{name:34} {shown}")


def score(pairs: list[Pair], says: Says) -> tuple[float, float]:
    """Precision and recall."""
    found = Counter((pair["same"], says(pair)) for pair in pairs)
    right = found[True, True]
    return right / max(1, right + found[False, True]), right / max(1, right + found[True, False])


def is_linked(pair: Pair) -> bool:
    """What the store does: found by its keys, and judged to be one copy."""
    one, other = (sketch(pair[side]["body"]) for side in "ab")
    shares = not set(one.choose()).isdisjoint(other.asked)
    return shares and may_be_same(one.figures, other.figures) and is_copy(pair)


def is_copy(pair: Pair) -> bool:
    """The judgement alone."""
    one, other = (Text(pair[side]["title"], pair[side]["body"]) for side in "ab")
    return compare(one, other).is_same


def _plain(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())


def _grams(text: str, size: int) -> set[str]:
    plain = _plain(text)
    return {plain[at : at + size] for at in range(max(1, len(plain) - size + 1))}


def _jaccard(size: int, least: float) -> Says:
    def says(pair: Pair) -> bool:
        one, other = (_grams(pair[side]["body"], size) for side in "ab")
        return len(one & other) >= least * len(one | other)

    return says


def _simhash(text: str) -> int:
    sums = [0] * 64
    for gram in _grams(text, 4):
        bits = int.from_bytes(blake2b(gram.encode(), digest_size=8).digest(), "big")
        for place in range(64):
            sums[place] += 1 if bits >> place & 1 else -1
    return sum(1 << place for place, value in enumerate(sums) if value > 0)


def _is_simhash_near(pair: Pair) -> bool:
    one, other = (_simhash(pair[side]["body"]) for side in "ab")
    return (one ^ other).bit_count() <= 3


WAYS: dict[str, Says] = {
    "newscrawler": is_linked,
    "its judgement alone": is_copy,
    "same text without signs": lambda pair: _plain(pair["a"]["body"]) == _plain(pair["b"]["body"]),
    "SimHash, 4 signs, distance 3": _is_simhash_near,
    "Jaccard, 5 signs, 0.8 (MinHash)": _jaccard(5, 0.8),
    "Jaccard, 3 signs, 0.5 (MinHash)": _jaccard(3, 0.5),
}


def cost(database: Database) -> Iterator[tuple[int, float, float]]:
    """CPU seconds an article that near-duplicates add here, and that storing it costs without.

    Of the batch in the middle; what a server spends is not in it. By the size of the index.
    """
    corpus = Corpus()
    made = iter(corpus)
    with database.write() as conn:
        run_id = runs.start(conn, "bench", "crawl", NOW, None, None)
    filled = 0
    for size in SIZES:
        _fill(database, filled, size, corpus)
        filled = size
        times: dict[bool, list[float]] = {True: [], False: []}
        for number in range(WARM_UP + STORED // BATCH):
            observed = [next(made) for _ in range(BATCH)]
            taken = _save(database, run_id, observed, near=number % 2 == 0)
            if number >= WARM_UP:
                times[number % 2 == 0].append(taken)
        base = statistics.median(times[False])
        yield size, statistics.median(times[True]) - base, base


def _save(database: Database, run_id: int, observed: list[Article], *, near: bool) -> float:
    began = time.process_time()
    with database.write() as conn:
        articles.save(conn, run_id, observed, NOW, [timedelta(hours=1)], near_duplicates=near)
    return (time.process_time() - began) / len(observed)


def _fill(database: Database, first: int, last: int, corpus: Corpus) -> None:
    """Keys of articles that are not there, spread over time as those of the corpus are."""
    dice = random.Random(first)
    for start in range(first, last, 1_000):
        found: list[Entry] = []
        for number in range(start, min(last, start + 1_000)):
            at = corpus.published_at(number * (corpus.count // last))
            keys = in_period([dice.getrandbits(32) for _ in range(KEYS)], periods(at)[0])
            found.append((Seen(1_000_000_000 + number, 0, int(at.timestamp())), keys))
        with database.write() as conn:
            near_known.known(conn).add(conn, found)


@contextmanager
def _sqlite() -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as directory:
        url = f"sqlite:///{Path(directory) / 'news.db'}"
        with closing(open_database(url)) as database:
            prepare(database)
            yield database


@contextmanager
def _postgresql() -> Iterator[Database]:
    with servers.postgres() as server, closing(open_database(server.url())) as database:
        prepare(database)
        yield database
