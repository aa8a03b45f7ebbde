"""From what was said to one article: who is believed first, and what is not ready."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from newscrawler.items import Announcement, Article, Task
from newscrawler.loaders import IncompleteError
from newscrawler.sites.eastmoney.answers import Answer
from newscrawler.sites.eastmoney.article import read_article

NOW = datetime(2022, 2, 24, 6, 0, tzinfo=UTC)
ID = "202202242287513337"
LISTED = Announcement(
    site="eastmoney",
    list="flash",
    external_id=ID,
    announced_as=f"NW{ID}",
    title="列表标题",
    published_at=datetime(2022, 2, 24, 5, 0, tzinfo=UTC),
    published_raw="2022-02-24 13:00:00",
    source="列表来源",
    digest="列表摘要",
    url="http://finance.eastmoney.com/news/1351,202202242287513337.html",
)
ANSWER = Answer(
    title="标题",
    published="2022-02-24 13:00:32",
    source="来源",
    digest="摘要",
    url="https://finance.eastmoney.com/a/202202242287513337.html",
    text="<p>正文。</p>",
)
API = Answer(title="接口标题", published="2022/02/24 12:00:00", source="接口来源")


def task(*said: Announcement) -> Task:
    return Task(task_id=1, site="eastmoney", external_id=ID, announced_as=ID, announcements=said)


def read(answer: Answer, *said: Announcement, api: Answer | None = None) -> Article:
    return read_article(answer, task(*said), url="http://h/x", now=NOW, api=api)


def test_the_article_is_believed_before_the_lists() -> None:
    article = read(ANSWER, LISTED)
    assert (article.title, article.source, article.summary) == ("标题", "来源", "摘要")
    assert article.published_local == "2022-02-24T13:00:32+08:00"
    assert article.published_at == datetime(2022, 2, 24, 5, 0, 32, tzinfo=UTC)
    assert article.published_from == "article.date"
    assert article.url == ANSWER.url


def test_a_list_fills_what_the_article_does_not_say() -> None:
    article = read(Answer(text="<p>正文。</p>"), LISTED)
    assert (article.title, article.source, article.summary) == ("列表标题", "列表来源", "列表摘要")
    assert article.published_from == "list.flash"
    assert article.url == LISTED.url


def test_an_empty_list_record_gives_way_to_the_next() -> None:
    empty = replace(LISTED, list="headlines", title="", published_at=None, published_raw="")
    article = read(Answer(text="<p>正文。</p>"), empty, LISTED)
    assert (article.title, article.published_from) == ("列表标题", "list.flash")


def test_the_article_api_comes_last() -> None:
    article = read(Answer(text="<p>正文。</p>"), api=API)
    assert (article.title, article.source) == ("接口标题", "接口来源")
    assert article.published_from == "article_api.art_showtime"
    assert read(ANSWER, LISTED, api=API).title == "标题"


def test_the_source_line_is_believed_before_any_field() -> None:
    text = '<p>正文。</p><p class="em_media">（文章来源：中国邮政快递报）</p>'
    article = read(replace(ANSWER, text=text), LISTED)
    assert article.source == "中国邮政快递报"
    assert article.source_slug == "zhongguoyouzhengkuaidibao"
    assert article.body.text == "正文。"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (replace(ANSWER, title=""), "missing_title"),
        (replace(ANSWER, title=" \u200b"), "missing_title"),
        (replace(ANSWER, published=""), "missing_time"),
        (replace(ANSWER, published="0000-00-00 00:00:00"), "implausible_date"),
        (replace(ANSWER, published="1970-01-01 00:00:00"), "implausible_date"),
        (replace(ANSWER, published="2022-02-27 00:00:00"), "implausible_date"),
        (replace(ANSWER, text="", content=""), "missing_body"),
        (replace(ANSWER, text="<p> </p>"), "missing_body"),
    ],
)
def test_a_record_that_is_not_complete_is_no_article(answer: Answer, reason: str) -> None:
    with pytest.raises(IncompleteError) as caught:
        read(answer)
    assert caught.value.reason == reason


def test_a_date_nobody_can_read_gives_way_to_one_that_can_be_read() -> None:
    article = read(replace(ANSWER, published="30 Feb"), LISTED)
    assert article.published_from == "list.flash"


def test_a_headline_before_the_digest_is_left_out() -> None:
    article = read(replace(ANSWER, digest="【标题】正文开头。"))
    assert article.summary == "正文开头。"


def test_securities_come_from_content_and_prose_from_text() -> None:
    content = (
        '<p>正文 <span id="stock_1.600160"><a href="http://quote.eastmoney.com/unify/r/1.600160"'
        ' class="keytip" data-code="1,600160">巨化股份</a></span>。</p>'
    )
    article = read(replace(ANSWER, text="<p>正文巨化股份。</p>", content=content))
    assert article.body.text == "正文巨化股份。"
    assert [one.security for one in article.body.securities] == ["1.600160"]
