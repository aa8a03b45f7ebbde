"""Gaps and silences of rolling lists: what a look says, and that it is remembered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.items import Announcement, Listing
from newscrawler.store import ledger, lists
from newscrawler.store.engine import Database
from newscrawler.store.rhythm import Alarm, Found, alarm_of, say_gap, say_silence, say_span
from newscrawler.store.rhythm import look as judge
from tests.store.make import HOUR, T0, announcement, rows, start

ALARM = Alarm(6 * HOUR)
MINUTE = timedelta(minutes=1)


def row(number: int, **more: Any) -> Announcement:
    """The row of an article that was published `number` minutes after T0."""
    return announcement(str(number), **({"published_at": T0 + number * MINUTE} | more))


def page(*numbers: int) -> list[Announcement]:
    """Rows of a list, newest first."""
    return [row(number) for number in sorted(numbers, reverse=True)]


class Looks:
    """Looks at one list, an hour apart unless told otherwise."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._run_id = start(db)
        self.now = T0

    def __call__(
        self, offered: Sequence[Announcement], *, after: timedelta = HOUR, new: int | None = None
    ) -> Found:
        self.now += after
        listing = Listing(name="flash", url="http://list.example/", rows=offered)
        wanted = offered if new is None else offered[:new]
        with self._db.write() as conn:
            found = lists.watch(conn, "site", listing, wanted, self.now, ALARM)
            ledger.announce(conn, self._run_id, wanted, self.now)
        return found


@pytest.fixture
def look(db: Database) -> Looks:
    return Looks(db)


def gaps(db: Database) -> list[tuple[Any, ...]]:
    columns = ("site", "list", "from_at", "to_at", "found_at", "closed_at")
    return [tuple(gap[name] for name in columns) for gap in rows(db, "news_gaps")]


def test_windows_that_overlap_leave_no_gap(db: Database, look: Looks) -> None:
    for first in range(0, 30, 5):
        look(page(*range(first, first + 6)))
    assert gaps(db) == []


def test_a_window_that_rolled_past_all_that_was_known_is_a_gap(db: Database, look: Looks) -> None:
    look(page(1, 2, 3))
    found = look(page(10, 11, 12))
    assert found.gap == (T0 + 3 * MINUTE, T0 + 10 * MINUTE)
    assert gaps(db) == [("site", "flash", *found.gap, T0 + 2 * HOUR, None)]
    look(page(11, 12, 13))
    assert len(gaps(db)) == 1


def test_a_look_that_reaches_back_across_a_gap_closes_it(db: Database, look: Looks) -> None:
    look(page(1, 2, 3))
    look(page(10, 11))
    look(page(20, 21))
    look(page(11, 20, 21))
    assert [gap[-1] for gap in gaps(db)] == [None, look.now]
    look(page(*range(3, 21)))
    assert [gap[-1] for gap in gaps(db)] == [look.now, look.now - HOUR]


def test_a_pinned_old_row_does_not_hide_a_gap(db: Database, look: Looks) -> None:
    look([row(1), *page(2, 3, 4)])
    assert look([row(1), *page(10, 11)]).gap == (T0 + 4 * MINUTE, T0 + 10 * MINUTE)


def test_a_row_dated_ahead_makes_no_gap(db: Database, look: Looks) -> None:
    look(page(1, 2, 3))
    assert look([row(4), row(999_999), row(3), row(2)]).gap is None


def test_rows_without_times_and_empty_lists_make_no_gap(db: Database, look: Looks) -> None:
    look([row(1, published_at=None)])
    assert look([row(9, published_at=None)]).gap is None
    assert look([]).gap is None


def test_what_was_left_out_by_a_wish_is_no_gap_and_not_new_for_ever(look: Looks) -> None:
    look(page(1, 2, 3), new=1)
    assert look(page(1, 2, 3), new=1, after=7 * HOUR).silence == 7 * HOUR


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8), st.integers(1, 6))
def test_a_gap_is_found_exactly_where_rows_were_never_offered(
    steps: Sequence[int], width: int
) -> None:
    """Pure: windows of `width` rows over one endless list, seen after so many new rows each."""
    before, known, end = None, set[str](), width
    for step in [0, *steps]:
        end += step
        offered = page(*range(end - width, end))
        found = judge(before, offered, known, T0, is_new=step > 0, alarm=None)
        missed = before is not None and step > width
        touching = before is not None and step == width  # nothing came between; nobody can know
        assert (found.gap is not None) is (missed or touching)
        before, known = found.rhythm, known | {each.external_id for each in offered}


def test_a_silence_is_an_alarm_only_when_it_lasts_longer_than_usual(look: Looks) -> None:
    look(page(1, 2))
    assert look(page(1, 2), after=6 * HOUR).silence is None
    found = look(page(1, 2), after=HOUR)
    assert found.silence == 7 * HOUR
    assert look(page(1, 2, 3)).silence is None


def test_silences_that_passed_are_learnt_up_to_a_limit(look: Looks) -> None:
    look(page(1))
    look(page(1), after=5 * HOUR)
    look(page(1, 2))  # five hours of silence were seen, and passed
    assert look(page(1, 2), after=10 * HOUR).silence is None
    assert look(page(1, 2), after=90 * HOUR).silence == 100 * HOUR
    look(page(1, 2, 3))
    assert look(page(1, 2, 3), after=24 * HOUR).silence is None
    assert look(page(1, 2, 3)).silence == 25 * HOUR


def test_time_in_which_nobody_looked_is_no_silence_that_was_seen(look: Looks) -> None:
    look(page(1))
    look(page(2), after=1000 * HOUR)
    assert look(page(2), after=7 * HOUR).silence == 7 * HOUR


def test_a_clock_set_back_is_no_alarm(look: Looks) -> None:
    look(page(1), after=1000 * HOUR)
    assert look(page(1), after=-900 * HOUR).silence is None


def test_the_setting_switches_the_alarm_off_or_fixes_it() -> None:
    assert alarm_of(HOUR, None) is None
    assert alarm_of(None, timedelta(0)) is None
    learnt, fixed = alarm_of(HOUR, timedelta(0)), alarm_of(HOUR, 2 * HOUR)
    assert learnt
    assert learnt.after(3 * HOUR) == 4 * HOUR
    assert fixed
    assert fixed.after(30 * HOUR) == 2 * HOUR


def test_what_people_read_names_times_and_setting(look: Looks) -> None:
    look(page(1))
    said = say_silence(look(page(1), after=100 * HOUR), ALARM)
    assert said.startswith("nothing new since 2026-01-02 04:04 UTC (4 d; up to 6 h is usual")
    assert "newscrawler gaps" in say_gap("flash", (T0, T0 + HOUR))
    assert say_span(timedelta(seconds=9)) == "9 s"
