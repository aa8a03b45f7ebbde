"""eastmoney's answers as they come over the wire, good and bad."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.errors import PageError
from newscrawler.sites.eastmoney.answers import (
    Answer,
    check_title,
    read_article_api,
    read_news_text,
)
from newscrawler.sites.eastmoney.wire import decode_text, first_text, fold, read_json

ID = "202202242287513337"


def wire(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a": 1}',
        b'\xef\xbb\xbf{"a": 1}',
        b'var ajaxResult={"a": 1}',
        b'var ajaxResult={"a": 1};',
        b'jQuery_123({"a": 1});',
        b' \r\n{"a": 1}\n',
    ],
)
def test_json_is_read_with_and_without_its_wrapping(raw: bytes) -> None:
    assert read_json(raw) == {"a": 1}


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty_answer"),
        (b"  \n", "empty_answer"),
        (b"<html><title>500</title>", "html_page"),
        (b'{"a": ', "not_json"),
        ('{"a": "中'.encode()[:-1], "not_json"),
        (b"[" * 100_000, "not_json"),
        (b"\xff\xff\xff", "charset"),
    ],
)
def test_what_is_no_json_is_named(raw: bytes, reason: str) -> None:
    with pytest.raises(PageError) as caught:
        read_json(raw)
    assert caught.value.reason == reason


@given(st.text(st.characters(codec="gb18030", exclude_categories=["Co"])))
def test_gb18030_is_read_where_utf8_cannot_be(text: str) -> None:
    raw = text.encode("gb18030")
    try:
        raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason != "unexpected end of data":
            assert decode_text(raw) == text


def test_what_is_gb18030_by_chance_only_is_no_text() -> None:
    with pytest.raises(PageError, match="charset"):
        decode_text("\ue5e5\ue000".encode("gb18030"))


@given(st.binary())
def test_any_bytes_are_read_or_refused_with_a_reason(raw: bytes) -> None:
    reason = ""
    try:
        read_json(raw)
    except PageError as error:
        reason = error.reason
    assert reason in {"", "empty_answer", "html_page", "blocked", "not_json", "charset"}


def test_keys_are_read_without_regard_to_case_and_the_filled_one_wins() -> None:
    assert fold({"Title": "", "title": "甲"}) == {"title": "甲"}
    assert fold({"Title": "甲", "TITLE": "乙"}) == {"title": "甲"}


@pytest.mark.parametrize("nothing", ["", " ", None, [], {}, True, "[Null]"])
def test_what_says_nothing_is_passed_over(nothing: object) -> None:
    assert first_text({"a": nothing, "b": 7}, "a", "b") == "7"


@pytest.mark.parametrize(
    "keys", [("Title", "Date", "From", "text"), ("title", "date", "from", "Text")]
)
def test_an_article_is_read_in_either_spelling(keys: tuple[str, ...]) -> None:
    values = ("标题", "2022-02-24 13:00:32", "中国邮政快递报", "<p>正文</p>")
    answer = read_news_text(wire(dict(zip(keys, values, strict=True))), ID)
    assert answer == Answer(
        title="标题",
        published="2022-02-24 13:00:32",
        source="中国邮政快递报",
        text="<p>正文</p>",
    )


def test_the_outlet_is_medianame_before_from() -> None:
    answer = read_news_text(wire({"text": "x", "From": "东方财富", "medianame": "财联社"}), ID)
    assert answer is not None
    assert answer.source == "财联社"


def test_prose_is_text_and_content_only_without_it() -> None:
    assert Answer(text="<p>a</p>", content="<p>b</p>").prose == "<p>a</p>"
    assert Answer(text=" \r\n", content="<p>b</p>").prose == "<p>b</p>"


@pytest.mark.parametrize("raw", [b"", b"null", b"{}", b"[]", b'""'])
def test_upstream_has_no_such_article(raw: bytes) -> None:
    assert read_news_text(raw, ID) is None


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"code": 500, "message": "系统繁忙"}, "upstream_error"),
        ({"success": False}, "upstream_error"),
        ([1], "unexpected_shape"),
        ("text", "unexpected_shape"),
        ({"newsid": "202202242287513338", "text": "x"}, "wrong_article"),
        ({"infoCode": "NW202202242287513338", "text": "x"}, "wrong_article"),
    ],
)
def test_an_answer_to_something_else_is_refused(value: object, reason: str) -> None:
    with pytest.raises(PageError) as caught:
        read_news_text(wire(value), ID)
    assert caught.value.reason == reason


def test_an_id_of_another_kind_does_not_make_it_another_article() -> None:
    answer = read_news_text(wire({"Id": "17", "newsid": ID, "text": "x"}), ID)
    assert answer is not None
    assert answer.names_itself


def test_a_title_nothing_like_the_announced_one_is_another_article() -> None:
    with pytest.raises(PageError, match="wrong_article"):
        check_title(Answer(title="郑商所纯碱期货主力合约跌停"), ["中国邮政亮出年度成绩单"])


@pytest.mark.parametrize(
    "answer",
    [
        Answer(title="中国邮政亮出服务乡村振兴年度成绩单（更正）"),
        Answer(title=""),
        Answer(title="完全不同", names_itself=True),
    ],
)
def test_a_corrected_title_is_not_another_article(answer: Answer) -> None:
    check_title(answer, ["", "中国邮政亮出年度成绩单"])


def test_the_article_api_is_read() -> None:
    record = {
        "Art_Code": ID,
        "Art_Title": "标题",
        "Art_ShowTime": "2022/02/24 13:00:32",
        "Art_Media_Name": "财联社",
        "Art_Content": "<p>正文</p>",
        "Art_SimTitle": "[Null]",
    }
    answer = read_article_api(wire({"data": record, "errorcode": 0, "success": 1}), ID)
    assert answer == Answer(
        title="标题", published="2022/02/24 13:00:32", source="财联社", content="<p>正文</p>"
    )


@pytest.mark.parametrize("value", [[], {"data": None}, {"data": {}}, {"success": 0}])
def test_the_article_api_may_know_nothing(value: object) -> None:
    assert read_article_api(wire(value), ID) is None
