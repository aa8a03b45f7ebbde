"""Grams, postings and blocks: what is written is read again, whatever the texts."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.store import search_blocks
from newscrawler.store.search_blocks import (
    SPAN,
    Directory,
    between,
    block_id,
    bounds,
    cut,
    first_batch,
    joined,
    merged,
    opened,
    segment_of,
    segments,
)
from newscrawler.store.search_grams import (
    BATCH,
    END,
    LAST_KEY,
    Postings,
    asked,
    beginning_with,
    keys_of,
    postings,
)
from newscrawler.store.search_text import fold

text = st.text(
    st.one_of(
        st.sampled_from("茅台股份ET7ｅＴ 0.5%\n𠮷"), st.characters(exclude_categories=["Cs"])
    ),
    max_size=20,
)
texts = st.lists(text, min_size=1, max_size=5)


def said(found: Postings) -> dict[int, list[int]]:
    """The entries of each key."""
    docs = iter(found.docs.tolist())
    counts = zip(found.keys.tolist(), found.counts.tolist(), strict=True)
    return {key: [next(docs) for _ in range(count)] for key, count in counts}


def key(gram: str) -> int:
    (found,) = asked(gram)
    return found


@given(texts)
def test_postings_say_which_text_has_which_gram(made: list[str]) -> None:
    expected: dict[int, list[int]] = {}
    for number, each in enumerate(made):
        for gram in keys_of(END + fold(each) + END):
            expected.setdefault(gram, []).append(number)
    found = said(postings(made))
    assert found == expected
    assert list(found) == sorted(found)


@given(text, st.integers(0, 20), st.integers(1, 8))
def test_a_text_has_every_gram_that_is_asked_for_its_pieces(
    whole: str, begin: int, length: int
) -> None:
    piece = fold(whole)[begin : begin + length]
    assert set(asked(piece)) <= keys_of(fold(whole))


def test_figures_are_asked_for_by_three_signs_and_characters_by_two() -> None:
    def names(word: str) -> list[int]:
        return sorted(map(key, word.split()))

    assert asked("贵州茅台") == names("贵州 州茅 茅台")
    assert asked("600519") == names("600 005 051 519")
    assert asked("涨5.2%") == names("涨5 5.2 .2%")
    assert len(asked("ET")) == len(asked("𠮷野")) == 1
    assert asked("茅") == asked("a\nb") == []
    first, last = beginning_with("茅")
    assert first <= key("茅台") <= last
    assert not first <= key("台茅") <= last


@pytest.mark.parametrize("size", [1, 3, 1000])
@given(made=st.lists(texts, min_size=1, max_size=3))
def test_blocks_of_batches_that_are_joined_say_the_same(made: list[list[str]], size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search_blocks, "_SIZE", size)
        batches = [cut(postings(each)) for each in made]
        whole = merged(
            [
                (place, between(opened(data), 0, LAST_KEY))
                for place, (_, blocks) in enumerate(batches)
                for data in blocks
            ]
        )
        keys, blocks = cut(whole)
    expected: dict[int, list[int]] = {}
    for place, each in enumerate(made):
        for gram, docs in said(postings(each)).items():
            expected.setdefault(gram, []).extend(place * BATCH + doc for doc in docs)
    assert said(whole) == expected
    directory = Directory.read(Directory.data([1, 2], keys))
    for gram, docs in expected.items():
        (part,) = directory.parts(gram, gram, in_title=False)
        assert said(between(opened(blocks[part - 3]), gram, gram)) == {gram: docs}
    read: Mapping[int, list[int]] = {}
    for data in blocks:
        read = {**read, **said(opened(data))}
    assert read == expected
    every = directory.parts(0, LAST_KEY, in_title=False)
    assert list(every) == [3 + at for at in range(len(blocks))]


def test_nothing_has_no_blocks() -> None:
    assert cut(postings([])) == cut(merged([])) == ([], [])
    assert list(Directory.read(Directory.data([], [])).parts(5, 5, in_title=False)) == []


def test_segments_have_blocks_of_their_own() -> None:
    every = segments(2 * SPAN + 2)
    assert every == [2 * SPAN + 1, 2 * SPAN, joined(1), joined(0)]
    assert [first_batch(each) for each in every] == [2 * SPAN + 1, 2 * SPAN, SPAN, 0]
    for segment in every:
        first, last = bounds(segment)
        assert {segment_of(each) for each in (first, block_id(segment, 9), last)} == {segment}
        assert segment_of(first - 1) != segment != segment_of(last + 1)
