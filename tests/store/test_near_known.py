"""The index of near-duplicates: what was stored is found, whoever stored it, and nothing else."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.errors import StoreError
from newscrawler.near.sketch import in_period
from newscrawler.store import near_known
from newscrawler.store.engine import Database, open_database
from newscrawler.store.near_known import MANY, known
from newscrawler.store.near_segments import Entry, Places, Seen, Segment, merged
from tests.store.make import scalar

DAY = 86_400
PERIOD = 56 * DAY
WHOLE = st.integers(-(2**63), 2**63 - 1)
KEY = st.integers(0, 2**48 - 1)
ENTRIES = st.lists(st.tuples(st.builds(Seen, WHOLE, WHOLE, WHOLE), st.lists(KEY, max_size=7)))


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes thousands of articles, with some dozens."""
    monkeypatch.setattr(near_known, "SEGMENTS", 3)
    monkeypatch.setattr(near_known, "LARGE", 100)


@pytest.fixture
def other(db: Database, url: str) -> Iterator[Database]:
    """Another process's view of the same database."""
    with closing(open_database(url)) as another:
        yield another


def entry(article_id: int, at: int, keys: Iterable[int] = ()) -> Entry:
    """An article with one key of its own and these."""
    return Seen(article_id, -article_id, at), in_period([article_id, *keys], at // PERIOD)


def add(db: Database, *found: Entry) -> None:
    with db.write() as conn:
        known(conn).add(conn, found)


def find(
    db: Database, keys: Sequence[int], first_s: int = 0, last_s: int = 99 * PERIOD
) -> set[tuple[int, Seen]]:
    with db.write() as conn:
        return set(known(conn).find(conn, sorted(keys), first_s, last_s))


def expected(entries: Iterable[Entry], keys: Sequence[int]) -> set[tuple[int, Seen]]:
    return {(key, seen) for seen, its in entries for key in its if key in keys}


def test_all_is_found_however_much_there_is(db: Database, other: Database) -> None:
    dice = random.Random(7)  # noqa: S311 (no secret)
    stored: list[Entry] = []
    for number in range(120):
        many = dice.choice([1, 1, 2, 9])
        more = [
            entry(number * 10 + each, dice.choice([0, PERIOD, PERIOD + DAY]), [dice.randrange(9)])
            for each in range(many)
        ]
        add(dice.choice([db, other]), *more)
        stored += more
        keys = [key for _, its in dice.sample(stored, min(len(stored), 20)) for key in its]
        assert find(db, keys) == find(other, keys) == expected(stored, keys)
    every = sorted({key for _, its in stored for key in its})
    assert len(every) > MANY
    assert find(db, every) == expected(stored, every)
    assert scalar(db, "SELECT count(*) FROM near_segments") < 40
    assert scalar(db, "SELECT sum(articles) FROM near_segments") == len(stored)


def test_only_what_is_of_the_time_is_read(db: Database) -> None:
    old, new = entry(1, 0), entry(2, 3 * PERIOD)
    for each in (old, new, entry(3, 3 * PERIOD)):
        add(db, each)
    keys = [*old[1], *new[1]]
    assert find(db, keys, 0, DAY) == expected([old], keys)
    assert find(db, keys, 2 * PERIOD, 3 * PERIOD) == expected([new], keys)


def test_what_was_rolled_back_is_not_there(db: Database, other: Database) -> None:
    stored = [entry(number, 0) for number in range(5)]
    for each in stored:
        add(db, each)

    def fail(*found: Entry) -> None:
        with db.write() as conn:
            known(conn).add(conn, found)
            assert set(known(conn).find(conn, found[0][1], 0, DAY)) == expected(found, found[0][1])
            raise StoreError("no")

    for at in range(4):  # with segments of all sizes under way
        gone = entry(100 + at, 0)
        with pytest.raises(StoreError):
            fail(gone)
        assert find(db, gone[1]) == set()
        stored.append(entry(10 + at, 0))
        add(other if at % 2 else db, stored[-1])
        keys = [key for _, its in stored for key in its]
        assert find(db, keys) == find(other, keys) == expected(stored, keys)


def test_what_was_dropped_from_memory_is_read_again(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near_known, "HELD", 3)
    stored = [entry(number, number * PERIOD) for number in range(12)]
    for each in stored:
        add(db, each)
    for _ in range(2):
        for seen, keys in stored:
            at = seen.published_s
            assert find(db, keys, at, at) == expected(stored, keys)


def test_an_index_that_was_emptied_is_empty_for_all(db: Database, other: Database) -> None:
    first = entry(1, 0)
    add(db, first)
    assert find(other, first[1])
    with db.write() as conn:
        known(conn).clear(conn)
    assert find(db, first[1]) == find(other, first[1]) == set()
    add(other, first)
    assert find(db, first[1]) == expected([first], first[1])


@given(ENTRIES, st.lists(KEY))
def test_what_is_in_memory_is_found_under_its_keys(found: list[Entry], more: list[int]) -> None:
    places = Places()
    for seen, keys in found:
        places.add(seen, keys)
    asked = {*more, *(key for _, keys in found for key in keys)}
    listed = list(places.find(asked))
    assert set(listed) == expected(found, sorted(asked))
    assert places.has(asked) == bool(listed)
    places.clear()
    assert not places.has(asked)


@given(ENTRIES)
def test_a_segment_is_read_as_it_was_written(found: list[Entry]) -> None:
    segment = Segment.read(Segment.of(found).data())
    assert [(seen, sorted(keys)) for seen, keys in segment.each()] == [
        (seen, sorted(keys)) for seen, keys in found
    ]


@given(ENTRIES)
def test_one_that_is_not_sorted_says_the_same_of_each_article(found: list[Entry]) -> None:
    segment = Segment.read(Segment.unsorted(found).data())
    assert list(segment.each()) == [(seen, list(keys)) for seen, keys in found]


def test_what_was_written_last_is_known_after_a_vacuum(sqlite_db: Database) -> None:
    with closing(open_database(f"sqlite:///{sqlite_db.path}")) as other:
        stored = [entry(at, 0) for at in range(1, 8)]
        for place, each in enumerate(stored):
            add((sqlite_db, other)[place % 2], each)
            with closing(sqlite3.connect(str(sqlite_db.path))) as conn:
                conn.execute("VACUUM")
            keys = sorted(key for _, its in stored for key in its)
            for looking in (sqlite_db, other):
                assert find(looking, keys) == expected(stored[: place + 1], keys)


@given(st.lists(ENTRIES, min_size=1, max_size=4), st.lists(KEY))
def test_several_segments_as_one_hold_the_same(parts: list[list[Entry]], more: list[int]) -> None:
    whole = merged([Segment.read(Segment.of(part).data()) for part in parts])
    every = [entry for part in parts for entry in part]
    assert [(seen, sorted(keys)) for seen, keys in whole.each()] == [
        (seen, sorted(keys)) for seen, keys in every
    ]
    stored = Segment.read(whole.data())
    asked = sorted({*more, *(key for _, keys in every for key in keys)})
    wanted = expected(every, asked)
    assert set(stored.find(asked)) == wanted
    assert set(stored.find(np.array(asked, np.int64))) == wanted
