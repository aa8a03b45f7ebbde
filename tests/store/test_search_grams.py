"""Grams and postings: what is written is read again, whatever the texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from newscrawler.store.search_grams import (
    BATCH,
    END,
    SPAN,
    TITLE,
    asked,
    entries,
    grams,
    numbers,
    postings,
)

text = st.text(
    st.one_of(st.sampled_from("茅台股份ET7 0.5%"), st.characters(exclude_categories=["Cs"])),
    max_size=20,
)
texts = st.lists(st.tuples(text, text), min_size=1, max_size=5)


@given(texts, st.integers(0, 2 * SPAN))
def test_postings_say_which_text_has_which_gram(made: list[tuple[str, str]], batch: int) -> None:
    expected: dict[str, list[int]] = {}
    for number, (title, whole) in enumerate(made):
        for gram in grams(whole + END):
            expected.setdefault(gram, []).insert(0, batch * BATCH + number)
        for gram in grams(title + END):
            expected.setdefault(TITLE + gram, []).insert(0, batch * BATCH + number)
    rows = postings(batch, made)
    assert rows == sorted(rows)
    assert expected == {gram: numbers(batch, entries([docs])[batch % SPAN]) for gram, docs in rows}


@given(text, st.integers(0, 20), st.integers(1, 8))
def test_a_text_has_every_gram_that_is_asked_for_its_pieces(
    whole: str, begin: int, length: int
) -> None:
    piece = whole[begin : begin + length]
    assert set(asked(piece)) <= grams(whole)


def test_figures_are_asked_for_by_three_signs_and_characters_by_two() -> None:
    assert asked("贵州茅台") == ["州茅", "茅台", "贵州"]
    assert asked("600519") == ["005", "051", "519", "600"]
    assert asked("涨5.2%") == [".2%", "5.2", "涨5"]
    assert asked("ET") == ["ET"]
    assert asked("茅") == []
    assert asked("𠮷野") == ["𠮷"]


def test_postings_that_are_joined_share_what_they_have_in_common() -> None:
    one = dict(postings(1, [("", "茅台"), ("", "茅"), ("", "台股茅台")]))
    two = dict(postings(2, [("", "五粮液"), ("", "茅台")]))
    joined = two["茅台"] + one["茅台"]
    assert {batch: numbers(batch, found) for batch, found in entries([joined]).items()} == {
        1: [BATCH + 2, BATCH],
        2: [2 * BATCH + 1],
    }
    assert entries([joined, one["台股"]]) == {1: {chr(3)}}
