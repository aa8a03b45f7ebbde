"""The synthetic articles that benchmarks measure with."""

from __future__ import annotations

import statistics
from datetime import timedelta

import pytest

from bench.corpus import SOURCES, START, YEAR, Corpus
from newscrawler.items import Article


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    """Five hundred, spread over the whole."""
    corpus = Corpus()
    return [corpus.article(n) for n in range(0, 1_000_000, 2000)]


def test_a_number_always_makes_the_same_article() -> None:
    assert Corpus(seed=7).article(123_456) == Corpus(seed=7).article(123_456)
    assert Corpus(seed=8).article(123_456) != Corpus(seed=7).article(123_456)


def test_no_two_articles_share_an_id_and_few_a_text(articles: list[Article]) -> None:
    assert len({each.external_id for each in articles}) == 500
    assert len({each.text_hash for each in articles}) > 490


def test_texts_are_as_long_as_news_is(articles: list[Article]) -> None:
    sizes = [len(each.body.text.encode()) for each in articles]
    assert 2000 < statistics.mean(sizes) < 3000
    assert min(sizes) < 400
    assert max(sizes) > 8000


def test_some_words_are_common_and_some_are_rare(articles: list[Article]) -> None:
    def share(word: str) -> float:
        return sum(word in each.body.text for each in articles) / len(articles)

    assert share("公司") > 0.3
    assert share("能源") > 0.1
    names = {each.body.securities[0].name or "" for each in articles}
    assert min(map(share, names)) <= 0.004


def test_they_are_spread_over_a_year_and_many_outlets(articles: list[Article]) -> None:
    times = [each.published_at for each in articles]
    assert times == sorted(times)
    assert times[0] >= START - timedelta(hours=1)
    assert times[-1] - times[0] > YEAR * 0.99
    assert len({each.source for each in articles}) > SOURCES * 0.7


def test_repeats_have_the_text_of_an_earlier_article_or_nearly() -> None:
    corpus = Corpus()
    origins = {n: origin for n in range(2000) if (origin := corpus.origin(n)) is not None}
    assert 50 < len(origins) < 110
    same = 0
    for n, origin in origins.items():
        one, other = corpus.article(n).body.text, corpus.article(origin).body.text
        same += one == other
        shorter, longer = sorted((one, other), key=len)
        assert longer.startswith(shorter)
        assert len(shorter) > 0.5 * len(longer)
    assert 0.3 < same / len(origins) < 0.7
