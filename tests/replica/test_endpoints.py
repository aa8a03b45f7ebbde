"""Every endpoint answers in upstream's shape."""

from __future__ import annotations

import pytest

from newscrawler.replica import Replica
from tests.replica.client import get

FLASH = "/web/webapi?type=102&count={}&newsid=1"
MARKET = "/information/newmarket/web/webapi?marketType={}&count=100"
TEXT = "/NewsData/GetNewsText.do?id={}"
ARTICLE = "/kuaixun/v2/api/article/{}?guid=1"
JSON = "application/json;charset=utf-8"


def test_the_flash_list_has_upstreams_envelope_and_keys(replica: Replica) -> None:
    answer = get(replica.origin, FLASH.format(500))
    assert (answer.status, answer.content_type) == (200, JSON)
    assert list(answer.json) == ["records"]
    keys = {frozenset(row) for row in answer.json["records"]}
    assert keys == {frozenset({"digest", "id", "infoCode", "showtime", "title", "url_w"})}


def test_the_headlines_spell_infocode_in_lower_case(replica: Replica) -> None:
    answer = get(replica.origin, "/web/webapi?type=45&count=100&newsid=1").json
    assert list(answer) == ["nodeList"]
    assert all(row["infocode"].startswith("NW") for row in answer["nodeList"])
    assert set(answer["nodeList"][0]) == {
        *("from", "infocode", "showtime", "simdigest", "simtitle", "title")
    }


@pytest.mark.parametrize("market", [37, 38, 39])
def test_a_market_list_is_called_record_and_its_time_datetime(
    replica: Replica, market: int
) -> None:
    answer = get(replica.origin, MARKET.format(market)).json
    assert list(answer) == ["record"]
    keys = {frozenset(row) for row in answer["record"]}
    assert keys == {frozenset({"datetime", "infoCode", "medianame", "title"})}


def test_lists_are_newest_first(replica: Replica) -> None:
    rows = get(replica.origin, FLASH.format(500)).json["records"]
    shown = [row["showtime"] for row in rows if row["showtime"]]
    assert shown == sorted(shown, reverse=True)


@pytest.mark.parametrize(("count", "rows"), [("3", 3), ("0", 0), ("500", 41), ("many", 41)])
def test_a_list_honours_count(replica: Replica, count: str, rows: int) -> None:
    assert len(get(replica.origin, FLASH.format(count)).json["records"]) == rows


def test_a_window_limits_what_count_may_ask_for(replica: Replica) -> None:
    replica.world.window = 5
    assert len(get(replica.origin, FLASH.format(500)).json["records"]) == 5


@pytest.mark.parametrize("target", ["/web/webapi?type=7", "/web/webapi", MARKET.format(36)])
def test_a_list_that_is_not_there_is_null(replica: Replica, target: str) -> None:
    assert get(replica.origin, target).body == b"null"


@pytest.mark.parametrize("code", ["NW202202242287513337", "202202242287513337"])
def test_an_article_is_found_by_either_form_of_its_id(replica: Replica, code: str) -> None:
    answer = get(replica.origin, TEXT.format(code))
    assert (answer.status, answer.content_type) == (200, JSON)
    assert answer.json["Title"] == "中国邮政亮出服务乡村振兴战略年度成绩单"
    assert "</p>\n <p>" in answer.json["text"]


def test_other_parameters_do_not_matter(replica: Replica) -> None:
    answer = get(replica.origin, "/NewsData/GetNewsText.do?cid=Admin&id=NW202202242287513337")
    assert answer.json["newsid"] == "202202242287513337"


def test_chinese_is_sent_as_utf_8(replica: Replica) -> None:
    answer = get(replica.origin, TEXT.format("NW202202242287513337"))
    assert "中国邮政".encode() in answer.body


@pytest.mark.parametrize("code", ["NW202201010000000000", "nonsense", ""])
def test_an_unknown_id_is_null_with_status_200(replica: Replica, code: str) -> None:
    answer = get(replica.origin, TEXT.format(code))
    assert (answer.status, answer.body) == (200, b"null")


def test_what_an_unknown_id_answers_can_be_set(replica: Replica) -> None:
    replica.world.unknown = (500, b'{"error":1}')
    answer = get(replica.origin, TEXT.format("NW202201010000000000"))
    assert (answer.status, answer.body) == (500, b'{"error":1}')


def test_the_article_api_answers_as_captured(replica: Replica) -> None:
    answer = get(replica.origin, ARTICLE.format("202609183878840472")).json
    assert (answer["success"], answer["errorcode"]) == (1, 0)
    assert answer["data"]["Art_ShowTime"] == "2026/09/19 01:09:08"
    assert len(answer["data"]) > 100


def test_the_article_api_says_so_when_it_does_not_know_an_article(replica: Replica) -> None:
    answer = get(replica.origin, ARTICLE.format("202112082206672930")).json
    assert (answer["success"], answer["data"]) == (0, None)


@pytest.mark.parametrize(
    "target",
    [
        "/html_News/NewsShare.html?infoCode=NW202202242287513337",
        "/html_News/DetailOnly.html?infoCode=NW202202242287513337",
        "/info/information/detail.html?infocode=NW202202242287513337",
    ],
)
def test_a_share_page_is_a_shell_without_the_article(replica: Replica, target: str) -> None:
    answer = get(replica.origin, target)
    assert answer.content_type.startswith("text/html")
    assert b"<script" in answer.body
    assert "邮政".encode() not in answer.body


def test_robots_allow_everything_by_default(replica: Replica) -> None:
    answer = get(replica.origin, "/robots.txt")
    assert (answer.status, answer.body) == (200, b"User-agent: *\nAllow: /\n")


def test_robots_can_be_changed_and_taken_away(replica: Replica) -> None:
    replica.world.robots = "User-agent: *\nDisallow: /\n"
    assert b"Disallow" in get(replica.origin, "/robots.txt").body
    replica.world.robots = None
    assert get(replica.origin, "/robots.txt").status == 404


def test_the_front_page_says_what_this_is_and_links_articles(replica: Replica) -> None:
    page = get(replica.origin, "/").body.decode()
    assert "newscrawler replica" in page
    assert "/NewsData/GetNewsText.do?id=NW" in page


def test_any_other_path_is_404(replica: Replica) -> None:
    assert get(replica.origin, "/favicon.ico").status == 404


def test_head_answers_without_a_body(replica: Replica) -> None:
    answer = get(replica.origin, FLASH.format(5), method="HEAD")
    assert (answer.status, answer.body) == (200, b"")


def test_nothing_can_be_posted(replica: Replica) -> None:
    assert get(replica.origin, FLASH.format(5), method="POST").status == 405


def test_requests_are_noted_in_order(replica: Replica) -> None:
    for target in ("/robots.txt", TEXT.format("NW202202242287513337"), FLASH.format(5)):
        get(replica.origin, target)
    requests = list(replica.world.requests)
    assert [request.target for request in requests] == [
        *("/robots.txt", TEXT.format("NW202202242287513337"), FLASH.format(5))
    ]
    assert [request.at for request in requests] == sorted(request.at for request in requests)


def test_requests_are_counted_by_path_and_by_article(replica: Replica) -> None:
    get(replica.origin, TEXT.format("NW202202242287513337"))
    get(replica.origin, TEXT.format("202202242287513337"))
    get(replica.origin, ARTICLE.format("202202242287513337"))
    assert replica.world.counts["/NewsData/GetNewsText.do"] == 2
    assert replica.world.fetched == {"202202242287513337": 3}
