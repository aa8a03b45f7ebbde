"""Ids of eastmoney articles and the URLs they stand in."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.errors import BadIdError, ExitCode
from newscrawler.sites.eastmoney.ids import (
    Target,
    article_url,
    find_ids,
    id_date,
    parse_id,
    parse_target,
)

ID = "202202242287513337"
OLD_ID = "20160127589986793"
SHARE = "http://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW" + ID

SHARE_URLS = {
    SHARE: "http://finews.zning.xyz",
    f"http://127.0.0.1:8899/html_News/NewsShare.html?infoCode=NW{ID}": "http://127.0.0.1:8899",
    f"http://[::1]:8899/html_News/NewsShare.html?infoCode=NW{ID}": "http://[::1]:8899",
    f"http://app.jg.eastmoney.com/html_News/DetailOnly.html?infoCode=NW{ID}&x=1#top": (
        "http://app.jg.eastmoney.com"
    ),
    f"https://choicew2z.eastmoney.com/info/information/detail.html?infocode=NW{ID}": (
        "https://choicew2z.eastmoney.com"
    ),
    f"https://h.example/x/detail.html#/?INFOCODE=nw{ID}": "https://h.example",
    f"http://h.example:80/NewsData/GetNewsText.do?cid=Admin&id=NW{ID}": "http://h.example:80",
    f"HTTP://User:pw@H.Example/html_news/newsshare.html?infocode={ID}": "http://h.example",
    f"localhost:8899/html_News/NewsShare.html?infoCode=NW{ID}": "http://localhost:8899",
}
ARTICLE_URLS = {
    f"http://finance.eastmoney.com/a/{ID}.html": "",
    f"https://bond.eastmoney.com/a/{ID}.html?from=wap#comment": "",
    f"http://finance.eastmoney.com/news/1354,{ID}.html": "",
    f"http://hk.eastmoney.com/news/11382,{ID}.html": "",
    f"https://emwap.eastmoney.com/info/detail/{ID}": "",
    f"https://emwap.eastmoney.com/news/info/detail/{ID}/": "",
    f"finance.eastmoney.com/a/{ID}.html": "",
    f"http://127.0.0.1:8899/a/{ID}.html": "http://127.0.0.1:8899",
}
HOSTILE = [
    "",
    " ",
    "NW",
    "-rf",
    "../../etc/passwd",
    "%2e%2e%2f",
    ID + "\n",
    " " + ID,
    ID + "\0",
    "NWNW" + ID,
    "NW" + ID + "NW",
    "２０２２０２２４２２８７５１３３３７",
    "٢٠٢٢٠٢٢٤٢٢٨٧٥١٣٣٣٧",
    "9" * 5_000,
    "2" * 18,
    "202213242287513337",
    "202202302287513337",
    "2022022422875133",
    ID + "7",
    "AN202202242287513337",
    "183002242287513337",
    "\ud800",
    "'; DROP TABLE news; --",
    "1e400",
]
HOSTILE_URLS = [
    "http://",
    "http:///a/" + ID + ".html",
    "http://[::1/a/" + ID + ".html",
    "//h/a/" + ID + ".html",
    f"http://h:99999/html_News/NewsShare.html?infoCode=NW{ID}",
    SHARE + "\n",
    SHARE + "\0",
    SHARE + "&infoCode=1",
    "http://h.example/html_News/NewsShare.html",
    "http://h.example/html_News/NewsShare.html?infoCode=../../etc",
    f"http://h.example/html_News/NewsShare.html?infoCode=NWNW{ID}",
    f"http://h.example/a/{ID}.html",
    f"http://eastmoney.com.h.example/a/{ID}.html",
    f"http://finance.eastmoney.com/a/{ID}.html/../x",
    "http://finance.eastmoney.com/a/202213242287513337.html",
    "http://finance.eastmoney.com/",
    f"http://a b/html_News/NewsShare.html?infoCode=NW{ID}",
    "http://h.example/" + "a" * 5_000,
    f"http://a%2fb/html_News/NewsShare.html?infoCode=NW{ID}",
    f"?infoCode=NW{ID}/",
    "https://www.cls.cn/detail/1",
]
OTHER_SCHEMES = [
    "file:///etc/passwd",
    f"file://h/html_News/NewsShare.html?infoCode=NW{ID}",
    "javascript:alert(1)",
    f"ftp://finance.eastmoney.com/a/{ID}.html",
    "data:text/html,x",
    "s3://bucket/key",
    "FILE:/etc/passwd",
]


@pytest.mark.parametrize("text", [ID, "NW" + ID, "nw" + ID, OLD_ID, "NW20170401725887367"])
def test_ids_with_and_without_nw_are_one_id(text: str) -> None:
    article = parse_id(text)
    assert article.external_id == text.upper().removeprefix("NW")
    assert article.info_code == "NW" + article.external_id


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:30]))
def test_hostile_ids_are_refused(text: str) -> None:
    with pytest.raises(BadIdError):
        parse_id(text)
    with pytest.raises(BadIdError):
        parse_target(text)


@pytest.mark.parametrize(("url", "origin"), SHARE_URLS.items())
def test_share_pages_are_read_from_their_own_host(url: str, origin: str) -> None:
    assert parse_target(url) == Target(parse_id(ID), "share", origin)


@pytest.mark.parametrize(("url", "origin"), ARTICLE_URLS.items())
def test_article_pages_are_read_from_the_sites_host_or_a_replicas(url: str, origin: str) -> None:
    assert parse_target(url) == Target(parse_id(ID), "article", origin)


def test_a_bare_id_is_a_target() -> None:
    assert parse_target("NW" + ID) == Target(parse_id(ID), "id", "")


@pytest.mark.parametrize("url", HOSTILE_URLS, ids=lambda url: ascii(url[:60]))
def test_urls_of_no_known_form_are_refused(url: str) -> None:
    with pytest.raises(BadIdError):
        parse_target(url)


@pytest.mark.parametrize("url", OTHER_SCHEMES)
def test_other_schemes_are_refused_as_such(url: str) -> None:
    with pytest.raises(BadIdError, match="only http and https"):
        parse_target(url)


def test_the_refusal_is_short_safe_and_without_password() -> None:
    with pytest.raises(BadIdError) as caught:
        parse_target("http://user:hunter2@h.example/\u202e" + "x" * 1_500)
    message = str(caught.value)
    assert len(message) < 500
    assert "hunter2" not in message
    assert "\u202e" not in message
    assert caught.value.exit_code == ExitCode.USAGE


@pytest.mark.parametrize("url", [*SHARE_URLS, *ARTICLE_URLS, f"//stock.eastmoney.com/a/{ID}.html"])
def test_article_links_give_their_id(url: str) -> None:
    assert find_ids(url) == ID


@pytest.mark.parametrize(
    "url", [*HOSTILE, *OTHER_SCHEMES, ID, "http://quote.eastmoney.com/1.600519"]
)
def test_other_links_give_none(url: str) -> None:
    assert find_ids(url) is None


def test_the_page_for_people_leads_back_to_the_id() -> None:
    assert article_url(ID) == "https://finance.eastmoney.com/a/202202242287513337.html"
    assert find_ids(article_url(OLD_ID)) == OLD_ID


def test_the_day_in_an_id() -> None:
    assert id_date("NW" + ID) == date(2022, 2, 24)
    with pytest.raises(BadIdError):
        id_date("202202302287513337")


PIECES = st.sampled_from(
    [
        "http://",
        "https://",
        "//",
        "h.example",
        "finance.eastmoney.com",
        "[::1]",
        ":",
        "8899",
        "/a/",
        ID,
        "NW",
        ".html",
        "/html_News/NewsShare.html?infoCode=",
        "/detail/",
        "@",
        "#",
        "&",
        "%4e",
        "\n",
        "[",
    ]
)


@given(st.text() | st.lists(PIECES | st.text(max_size=2), max_size=8).map("".join))
def test_any_text_is_refused_or_gives_an_id_that_parses_to_itself(text: str) -> None:
    find_ids(text)
    try:
        target = parse_target(text)
    except BadIdError:
        return
    assert parse_id(target.external_id) == target.id
    assert parse_id(target.id.info_code) == target.id
    assert "@" not in target.origin
