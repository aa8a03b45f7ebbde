"""Made-up articles are many, different, and of the wire's shape."""

from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from newscrawler.replica import World
from newscrawler.replica.records import LISTS, load_records
from newscrawler.replica.synthetic import Synthesis, company, without_keywords

SYNTHESIS = Synthesis(load_records())
NUMBERS = st.integers(min_value=0, max_value=10**6)


def body(n: int) -> str:
    answer = json.loads(SYNTHESIS.answer(n))
    return str(answer.get("text") or answer["content"])


def test_20000_ids_titles_and_texts_are_all_different() -> None:
    world = World.recorded()
    codes = world.grow(20_000)
    answers = [json.loads(world.encoded_answer(code) or b"") for code in codes]
    assert len(set(codes)) == 20_000
    assert len({answer.get("Title") or answer["title"] for answer in answers}) == 20_000
    texts = [re.sub("<[^>]*>", "", answer.get("text") or answer["content"]) for answer in answers]
    assert len(set(texts)) == 20_000


@given(NUMBERS, NUMBERS)
def test_two_numbers_are_two_articles(one: int, other: int) -> None:
    different = one != other
    assert (SYNTHESIS.external_id(one) != SYNTHESIS.external_id(other)) is different
    assert (company(one) != company(other)) is different
    assert (body(one) != body(other)) is different


@given(NUMBERS)
def test_the_answer_and_the_row_say_the_same(n: int) -> None:
    answer, row = json.loads(SYNTHESIS.answer(n)), SYNTHESIS.row(n, "headlines")
    assert (answer.get("Title") or answer["title"]) == row["title"]
    assert (answer.get("Date") or answer["date"]) == row["showtime"]
    assert row["infocode"] == f"NW{SYNTHESIS.external_id(n)}"


@given(NUMBERS.map(lambda n: n * 4))
def test_text_is_content_without_keyword_links(n: int) -> None:
    answer = json.loads(SYNTHESIS.answer(n))
    assert answer["text"] == without_keywords(answer["content"])
    assert "keytip" in answer["content"]


def test_a_made_up_article_is_always_the_same() -> None:
    assert Synthesis(load_records()).answer(17) == SYNTHESIS.answer(17)


def test_figures_differ_from_the_recorded_ones() -> None:
    titles = {SYNTHESIS.row(n, "flash")["title"].partition("：")[2] for n in range(430)}
    assert len(titles) > 43


def test_articles_are_dealt_to_the_lists_by_turns() -> None:
    world = World()
    for record in load_records()[:5]:
        world.add(record)
    before = {name: len(world.encoded_list(name, 10**6)) for name in LISTS}
    world.grow(50)
    grown = [len(world.encoded_list(name, 10**6)) > before[name] for name in LISTS]
    assert grown == [True] * 5
