"""Edited texts are found again by their keys; figures that cannot agree are told apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from newscrawler.near.sketch import WINDOW, in_period, may_be_same, periods, sketch
from tests.near.test_compare import FLASH, OTHER, SAME, STORY

moments = st.integers(660_000_000, 3_800_000_000).map(lambda at: datetime.fromtimestamp(at, UTC))


def test_an_edited_flash_shares_keys_and_figures() -> None:
    own = sketch(FLASH)
    for edited in SAME.values():
        assert not set(own.choose()).isdisjoint(sketch(edited).asked)
        assert may_be_same(own.figures, sketch(edited).figures)


def test_other_figures_are_told_without_the_text() -> None:
    assert not may_be_same(sketch(FLASH).figures, sketch(OTHER["another figure"]).figures)


def test_a_part_is_found_by_the_whole_and_the_whole_by_a_part() -> None:
    part, whole = sketch("\n".join(STORY.split("\n")[:2])), sketch(STORY)
    assert not set(part.choose()).isdisjoint(whole.asked)
    assert not set(whole.choose()).isdisjoint(part.asked)


@given(st.text(max_size=400))
def test_any_text_has_few_keys_of_32_bits(text: str) -> None:
    made = sketch(text)
    assert set(made.choose()) <= set(made.asked)
    assert len(made.choose()) <= 7
    assert all(0 <= key < 1 << 32 for key in made.asked)
    assert -(1 << 63) <= made.figures < 1 << 63


def test_keys_that_are_no_longer_rare_give_way_to_the_next() -> None:
    made = sketch(STORY)
    first = set(made.choose())
    assert set(made.choose(first)).isdisjoint(first)


@given(moments, st.timedeltas(-WINDOW, WINDOW))
def test_articles_within_the_window_look_in_each_others_period(
    at: datetime, apart: timedelta
) -> None:
    assert periods(at)[0] in periods(at + apart)
    assert periods(at + apart)[0] in periods(at)


@given(st.integers(0, (1 << 32) - 1), moments)
def test_keys_fit_into_64_bits_and_periods_keep_apart(key: int, at: datetime) -> None:
    own, following = in_period([key], periods(at)[0]), in_period([key], periods(at)[0] + 1)
    assert own != following
    assert 0 <= own[0] < 1 << 63
