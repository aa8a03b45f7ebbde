"""Redirects: where they may lead, and what goes with them."""

from __future__ import annotations

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from newscrawler.errors import PageError
from newscrawler.redirects import PlainRedirectMiddleware

HERE = "https://news.example/a/1"


@pytest.fixture
def middleware() -> PlainRedirectMiddleware:
    settings = {"REDIRECT_MAX_TIMES": 5, "ALLOWED_PRIVATE_HOSTS": "mirror.lan"}
    return PlainRedirectMiddleware.from_crawler(get_crawler(settings_dict=settings))


def answer(location: str, status: int = 302) -> Response:
    return Response(HERE, status=status, headers={"Location": location})


def follow(middleware: PlainRedirectMiddleware, request: Request, location: str) -> Request:
    following = middleware.process_response(request, answer(location))
    assert isinstance(following, Request)
    return following


def reason_of(middleware: PlainRedirectMiddleware, location: str) -> str:
    with pytest.raises(PageError) as caught:
        middleware.process_response(Request(HERE), answer(location))
    return caught.value.reason


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/b", "https://news.example/b"),
        ("//other.example/b", "https://other.example/b"),
        ("?p=新", "https://news.example/a/1?p=%E6%96%B0"),
        (" https://news.example/b ", "https://news.example/b"),
        ("http://mirror.lan/b", "http://mirror.lan/b"),
    ],
)
def test_a_redirect_is_followed(
    middleware: PlainRedirectMiddleware, location: str, url: str
) -> None:
    assert follow(middleware, Request(HERE), location).url == url


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "data:text/html,x", "ftp://news.example/", "javascript:alert(1)",
     "http://news.example/a/1", "http://[::1", "about:blank"],
)  # fmt: skip
def test_only_web_addresses_and_no_way_back_from_https(
    middleware: PlainRedirectMiddleware, location: str
) -> None:
    assert reason_of(middleware, location) == "redirect_scheme"


@pytest.mark.parametrize("location", ["", "/a/1", "#top", HERE])
def test_a_way_back_to_itself_is_a_loop(middleware: PlainRedirectMiddleware, location: str) -> None:
    assert reason_of(middleware, location) == "redirect_loop"


def test_five_hops_and_no_more(middleware: PlainRedirectMiddleware) -> None:
    request = Request(HERE)
    for hop in range(5):
        request = follow(middleware, request, f"/hop/{hop}")
    with pytest.raises(PageError, match="more than 5"):
        middleware.process_response(request, answer("/hop/5"))


SECRETS = {"X-Api-Key": "k", "Cookie": "c", "Authorization": "a", "Accept": "*/*"}


def test_headers_of_one_site_stay_with_it(middleware: PlainRedirectMiddleware) -> None:
    request = Request(HERE, headers=SECRETS, meta={"download_slot": "news.example"})
    for elsewhere in ("https://other.example/", "https://news.example:8443/"):
        following = follow(middleware, request, elsewhere)
        assert list(following.headers) == [b"Accept"]
        assert "download_slot" not in following.meta
    assert len(follow(middleware, request, "/b").headers) == len(SECRETS)


def test_what_is_no_redirect_passes(middleware: PlainRedirectMiddleware) -> None:
    for response in (Response(HERE), answer("/b", 200), answer("/b", 304), Response(HERE, 301)):
        assert middleware.process_response(Request(HERE), response) is response
