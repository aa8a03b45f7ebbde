"""The recorded articles are complete, and in every variety of the wire."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from newscrawler.errors import ConfigError
from newscrawler.replica.records import Record, external_id, load_records, row_id
from newscrawler.replica.synthetic import without_keywords

RECORDS = {record.external_id: record for record in load_records()}
SAMPLES = [
    ("202112082206672930", "离岸人民币兑美元升至2018年以来最高水平", "2021-12-08 10:46:18"),
    ("202112082207168450", "“入世”20年 广东外贸成绩斐然 进出口增长超3倍", "2021-12-08 15:46:00"),
    (
        "202112082207162298",
        "美股强劲反弹早有先兆：上市公司回购金额创下半年来新高",
        "2021-12-08 15:35:15",
    ),
    ("202202242287513337", "中国邮政亮出服务乡村振兴战略年度成绩单", "2022-02-24 13:00:32"),
    (
        "202205262391921712",
        "国内首次！蔚来汽车启用这款“绿色”制冷液 哪些A股公司早有布局？",
        "2022-05-26 00:19:55",
    ),
    (
        "202609183878840472",
        "美股三大指数小幅走低 欧股三大指数均跌超1% 比特币回升至8万美元",
        "2026-09-19 01:09:08",
    ),
]


def bodies(record: Record) -> list[str]:
    return [record.answer[key] for key in ("text", "content") if key in record.answer]


def test_there_are_43_articles() -> None:
    assert len(RECORDS) == 43


def test_every_list_announces_articles() -> None:
    rows = Counter(
        name for record in RECORDS.values() for name, rows in record.announced.items() for _ in rows
    )
    assert rows == {"flash": 41, "headlines": 3, "market37": 2, "market38": 3, "market39": 2}


@pytest.mark.parametrize(("code", "title", "showtime"), SAMPLES)
def test_a_sample_has_its_title_and_time(code: str, title: str, showtime: str) -> None:
    assert (RECORDS[code].title, RECORDS[code].showtime) == (title, showtime)


@pytest.mark.parametrize("code", RECORDS)
def test_an_article_has_title_time_and_body(code: str) -> None:
    record = RECORDS[code]
    assert record.title
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", record.showtime)
    assert all(body.startswith("<p") and body.endswith("</p>") for body in bodies(record))
    assert bodies(record)


@pytest.mark.parametrize("code", RECORDS)
def test_every_row_names_the_article_it_stands_with(code: str) -> None:
    rows = [row for rows in RECORDS[code].announced.values() for row in rows]
    assert {row_id(row) for row in rows} == {code}


def test_one_flash_stood_in_its_list_twice_and_was_incomplete_first() -> None:
    first, second = RECORDS["202205262391921712"].announced["flash"]
    assert [first["title"], first["showtime"], first["url_w"]] == ["", "", ""]
    assert first["digest"] == second["digest"] != ""
    assert second["showtime"] == "2022-05-26 00:19:55"


def test_one_article_stands_in_flash_and_news_lists() -> None:
    assert set(RECORDS["202204212352227421"].announced) == {"flash", "headlines", "market39"}


@pytest.mark.parametrize(
    "spelling", ["Title", "title", "Date", "date", "From", "from", "medianame"]
)
def test_answers_vary_in_their_keys(spelling: str) -> None:
    having = sum(spelling in record.answer for record in RECORDS.values())
    assert 0 < having < len(RECORDS)


def test_answers_have_text_or_content_or_both() -> None:
    kinds = Counter(
        ("text" in record.answer, "content" in record.answer) for record in RECORDS.values()
    )
    assert set(kinds) == {(True, True), (True, False), (False, True)}


def test_text_has_no_keyword_links() -> None:
    texts = [record.answer.get("text", "") for record in RECORDS.values()]
    assert not [text for text in texts if "keytip" in text or "em_stock_key_common" in text]


def test_text_is_content_without_keyword_links_and_with_carriage_returns() -> None:
    for record in RECORDS.values():
        if len(bodies(record)) == 2:
            text, content = bodies(record)
            assert text.replace("\r\n", "\n") == without_keywords(content)


def test_three_answers_leave_title_and_time_to_other_endpoints() -> None:
    bare = {
        code
        for code, record in RECORDS.items()
        if not {"Title", "title", "Date", "date"} & record.answer.keys()
    }
    assert bare == {"202205262391921712", "202112082206765596", "202112082207162298"}


def test_one_title_is_known_to_the_article_api_alone() -> None:
    record = RECORDS["202112082207162298"]
    assert record.announced["flash"][0]["title"] == ""
    assert record.article_api is not None
    assert record.article_api["data"]["Art_Title"] == record.title
    assert record.article_api["data"]["Art_ShowTime"] == "2021/12/08 15:35:15"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NW202205302396671645", "202205302396671645"),
        ("202205302396671645", "202205302396671645"),
        ("20160127589986793", "20160127589986793"),
        ("", ""),
        ("AN202205302396671645", ""),
        ("NW2022", ""),
    ],
)
def test_ids_are_read_in_both_forms(text: str, expected: str) -> None:
    assert external_id(text) == expected


def test_a_folder_without_articles_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no recorded articles"):
        load_records(tmp_path)


@pytest.mark.parametrize("content", ["{", "[]", json.dumps({"info_code": "NW202205302396671645"})])
def test_a_file_that_is_no_article_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "broken.json").write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"broken\.json"):
        load_records(tmp_path)
