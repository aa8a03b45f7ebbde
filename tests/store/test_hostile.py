"""Hostile articles (rows C of docs/security.md) give the same rows on every database."""

from __future__ import annotations

import pytest

from newscrawler.items import Article, Task
from newscrawler.sites.eastmoney.answers import read_news_text
from newscrawler.sites.eastmoney.article import read_article
from newscrawler.store.engine import Database
from pipelines.dedupe import DedupePipeline
from tests.net.contents import CONTENTS, ENDS
from tests.store.make import T0, news, rows, save, start

STORED = [
    name
    for name, (outcome, _, _) in ENDS.items()
    if outcome == "new" and not name.startswith("c16_date")  # their times come from lists
]
CODE = "202202242287513337"


def read(name: str) -> Article:
    """The article that a row's answer makes."""
    answer = read_news_text(CONTENTS[name](CODE), CODE)
    assert answer is not None
    task = Task(task_id=1, site="site", external_id=CODE, announced_as=CODE)
    item = DedupePipeline().process_item(read_article(answer, task, url="http://x.cn/", now=T0))
    assert isinstance(item, Article)
    return item


@pytest.mark.parametrize("name", STORED)
def test_hostile_text_gives_the_same_row_on_every_database(db: Database, name: str) -> None:
    """Each database against what was read, so that all are alike."""
    article = read(name)
    save(db, start(db), article)
    row = news(db)[CODE]
    said = {"title": article.title, "source": article.source, "summary": article.summary,
            "body": article.body.text, "body_html": article.body.html,
            "published_local": article.published_local}  # fmt: skip
    assert {column: row[column] for column in said} == said
    paragraphs = [each["text"] for each in rows(db, "news_paragraphs")]
    assert paragraphs == [block.text for block in article.body.blocks]
