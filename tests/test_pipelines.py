"""The pipeline's pure steps: what cannot be right, and how content is known again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from newscrawler.items import Article, Block, BlockKind, Body, Image, Miss, Outcome
from pipelines.dedupe import DedupePipeline, content_hash
from pipelines.validate import ValidatePipeline
from tests.test_loaders import ANSWER, read

ARTICLE = read(ANSWER)


def hashed(article: Article) -> Article:
    item = DedupePipeline().process_item(article)
    assert isinstance(item, Article)
    return item


def test_a_good_article_passes_unchanged() -> None:
    assert ValidatePipeline().process_item(ARTICLE) is ARTICLE


@pytest.mark.parametrize(
    ("article", "outcome", "reason"),
    [
        (
            replace(ARTICLE, published_at=ARTICLE.fetched_at + timedelta(hours=25)),
            Outcome.PENDING,
            "implausible_date",
        ),
        (replace(ARTICLE, title="坏\ufffd字"), Outcome.FAILED, "charset"),
        (
            replace(
                ARTICLE,
                body=Body(blocks=(Block(kind=BlockKind.PARAGRAPH, text="字" * 2_000_001),)),
            ),
            Outcome.REJECTED,
            "implausible",
        ),
    ],
)
def test_what_cannot_be_right_is_not_stored(
    article: Article, outcome: Outcome, reason: str
) -> None:
    item = ValidatePipeline().process_item(article)
    assert isinstance(item, Miss)
    assert (item.outcome, item.reason) == (outcome, reason)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "另一个标题"},
        {"source": "另一个来源"},
        {"published_at": ARTICLE.published_at + timedelta(seconds=1)},
        {"body": Body(blocks=(Block(kind=BlockKind.HEADING, text="正文。"),))},
        {"body": Body(blocks=(Block(kind=BlockKind.PARAGRAPH, text="正文，"),))},
    ],
)
def test_a_change_that_readers_see_changes_the_content_hash(change: dict[str, Any]) -> None:
    assert content_hash(replace(ARTICLE, **change)) != content_hash(ARTICLE)


@pytest.mark.parametrize("field", ["summary", "url", "fetched_url", "published_from"])
def test_volatile_parts_leave_the_content_hash_alone(field: str) -> None:
    change: dict[str, Any] = {field: "anders"}
    changed = replace(ARTICLE, **change)
    assert content_hash(changed) == content_hash(ARTICLE)


def test_the_same_picture_from_another_host_is_no_revision() -> None:
    def pictured(url: str) -> Article:
        return replace(ARTICLE, body=replace(ARTICLE.body, images=(Image(url=url),)))

    first = pictured("https://dfscdn.dfcfw.com/download/D1_w1h1.jpg")
    moved = pictured("https://np-newspic.dfcfw.com/download/D1_w1h1.jpg?v=2")
    other = pictured("https://dfscdn.dfcfw.com/download/D2_w1h1.jpg")
    assert content_hash(first) == content_hash(moved)
    assert content_hash(first) != content_hash(other)


def test_equal_text_has_an_equal_text_hash_whatever_the_headline() -> None:
    one, other = hashed(ARTICLE), hashed(replace(ARTICLE, title="另一个标题"))
    assert one.text_hash == other.text_hash != ""
    assert one.content_hash != other.content_hash


def test_an_article_of_pictures_alone_is_nobodys_duplicate() -> None:
    body = Body(images=(Image(url="https://dfscdn.dfcfw.com/download/D1_w1h1.jpg"),))
    assert hashed(replace(ARTICLE, body=body)).text_hash == ""
