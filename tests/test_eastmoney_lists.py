"""Each list in its own shape and spelling."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from newscrawler.errors import PageError
from newscrawler.sites.eastmoney.lists import LISTS, ListPage, NewsList

NOW = datetime(2022, 2, 24, 6, 0, tzinfo=UTC)
BY_NAME = {one.name: one for one in LISTS}
ID = "202202242287513337"
TIME = "2022-02-24 13:00:32"
SHOWN = {"title": "甲", "showtime": TIME}


def read(name: str, *rows: Any) -> ListPage:
    one = BY_NAME[name]
    return one.read(json.dumps({one.rows_key: rows}).encode(), now=NOW)


@pytest.mark.parametrize(
    ("name", "row"),
    [
        (
            "flash",
            {"infoCode": f"NW{ID}", "id": "9", "digest": "乙", "url_w": "http://a/b"} | SHOWN,
        ),
        ("headlines", {"infocode": f"NW{ID}", "simdigest": "乙", "from": "丙"} | SHOWN),
        ("market37", {"infoCode": f"NW{ID}", "title": "甲", "datetime": TIME, "medianame": "丙"}),
    ],
)
def test_a_list_is_read_in_its_own_spelling(name: str, row: dict[str, str]) -> None:
    [one] = read(name, row).announcements
    assert (one.list, one.external_id, one.announced_as) == (name, ID, f"NW{ID}")
    assert one.title == "甲"
    assert one.published_at == datetime(2022, 2, 24, 5, 0, 32, tzinfo=UTC)
    assert one.published_raw == "2022-02-24 13:00:32"
    assert one.digest == ("" if name == "market37" else "乙")
    assert one.source == ("" if name == "flash" else "丙")
    assert one.url == ("http://a/b" if name == "flash" else "")


def test_the_rows_key_of_one_list_is_not_that_of_another() -> None:
    raw = json.dumps({"records": []}).encode()
    assert BY_NAME["flash"].read(raw, now=NOW).announcements == []
    for name in ("headlines", "market38"):
        with pytest.raises(PageError, match="unexpected_shape"):
            BY_NAME[name].read(raw, now=NOW)


def test_relative_times_count_from_the_fetch() -> None:
    [one] = read("flash", {"infoCode": ID, "title": "甲", "showtime": "今天 13:00"}).announcements
    assert one.published_at == datetime(2022, 2, 24, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize("raw", ["", "0000-00-00 00:00:00", "1970-01-01 00:00:00", "2022-13-01"])
def test_an_impossible_time_is_none_and_kept_as_it_was(raw: str) -> None:
    [one] = read("flash", {"infoCode": ID, "title": "甲", "showtime": raw}).announcements
    assert one.published_at is None
    assert one.published_raw == raw


@pytest.mark.parametrize(
    "row", [{"infoCode": "../../etc/passwd"}, {"infoCode": ""}, {}, "text", None, 7, []]
)
def test_a_row_without_usable_id_is_told_apart_and_stops_nothing(row: object) -> None:
    page = read("flash", row, {"infoCode": ID, "title": "甲"})
    assert len(page.bad_ids) == 1
    assert [one.external_id for one in page.announcements] == [ID]


def test_a_link_that_is_no_web_page_is_left_out() -> None:
    [one] = read("flash", {"infoCode": ID, "url_w": "javascript:alert(1)"}).announcements
    assert one.url == ""


def test_a_base_url_replaces_the_origin_and_keeps_the_path() -> None:
    one: NewsList = BY_NAME["flash"]
    assert one.url("http://127.0.0.1:1") == "http://127.0.0.1:1" + one.path
    assert one.url() == one.origin + one.path
