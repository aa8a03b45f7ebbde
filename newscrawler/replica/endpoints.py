"""What each path answers when nothing is wrong. Upstream formats: docs of the eastmoney site.

| path | answers |
| --- | --- |
| `/web/webapi?type=102\\|45&count=` | flash list, headlines |
| `/information/newmarket/web/webapi?marketType=37\\|38\\|39&count=` | market lists |
| `/NewsData/GetNewsText.do?id=` | one article |
| `/kuaixun/v2/api/article/<id>` | one article as the article API has it |
| `/html_News/NewsShare.html`, `/html_News/DetailOnly.html` | script shells, no text |
| `/info/information/detail.html` | the same |
| `/robots.txt`, `/` | robots, a page for people |
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from newscrawler.replica import pages
from newscrawler.replica.records import external_id
from newscrawler.replica.world import World

JSON = "application/json;charset=utf-8"
HTML = "text/html;charset=utf-8"

_ARTICLE_API = "/kuaixun/v2/api/article/"
_NO_ARTICLE = b'{"data":null,"errorcode":1,"id":"0","message":"","success":0}'
_CMS_LISTS = {"102": "flash", "45": "headlines"}
_MARKET_LISTS = {"37": "market37", "38": "market38", "39": "market39"}
_DEFAULT_COUNT = 100
"""Rows of a list whose count is missing or no number."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer."""

    body: bytes
    content_type: str = JSON
    status: int = 200


@dataclass(frozen=True, slots=True)
class Ask:
    """What a request asks for."""

    subject: str
    """An article's external id, a list's name, or ""."""
    make: Callable[[World, str], Reply]
    """Makes the reply for a world and a subject."""
    is_article: bool = False


def read(target: str) -> Ask:
    """Say what a path with its query asks for."""
    path, _, query = target.partition("?")
    if path.startswith(_ARTICLE_API):
        return Ask(external_id(path.removeprefix(_ARTICLE_API)), _article, is_article=True)
    ask = _PATHS.get(path)
    return ask(dict(parse_qsl(query))) if ask else Ask("", _not_found)


def _ask_text(query: dict[str, str]) -> Ask:
    return Ask(external_id(query.get("id", "")), _text, is_article=True)


def _ask_cms_list(query: dict[str, str]) -> Ask:
    return _ask_list(_CMS_LISTS.get(query.get("type", ""), ""), query)


def _ask_market_list(query: dict[str, str]) -> Ask:
    return _ask_list(_MARKET_LISTS.get(query.get("marketType", ""), ""), query)


def _ask_list(name: str, query: dict[str, str]) -> Ask:
    if not name:
        return Ask("", _null)
    count = query.get("count", "")
    rows = int(count) if count.isdecimal() else _DEFAULT_COUNT
    return Ask(name, lambda world, subject: Reply(world.encoded_list(subject, rows)))


def _text(world: World, code: str) -> Reply:
    body = world.encoded_answer(code)
    if world.is_withdrawn(code):
        return _not_found(world, code)
    if body is None:
        status, body = world.unknown
        return Reply(body, status=status)
    return Reply(body)


def _article(world: World, code: str) -> Reply:
    if world.is_withdrawn(code):
        return _not_found(world, code)
    return Reply(world.encoded_article(code) or _NO_ARTICLE)


def _robots(world: World, _: str) -> Reply:
    if world.robots is None:
        return _not_found(world, "")
    return Reply(world.robots.encode(), "text/plain;charset=utf-8")


def _front(world: World, _: str) -> Reply:
    return Reply(pages.front_page(world).encode(), HTML)


def _shell(_: World, __: str) -> Reply:
    return Reply(pages.SHARE_SHELL.encode(), HTML)


def _null(_: World, __: str) -> Reply:
    return Reply(b"null")


def _not_found(_: World, __: str) -> Reply:
    return Reply(pages.ERROR_PAGE.format("404 Not Found").encode(), HTML, 404)


_PATHS: dict[str, Callable[[dict[str, str]], Ask]] = {
    "/web/webapi": _ask_cms_list,
    "/information/newmarket/web/webapi": _ask_market_list,
    "/NewsData/GetNewsText.do": _ask_text,
    "/html_News/NewsShare.html": lambda _: Ask("", _shell),
    "/html_News/DetailOnly.html": lambda _: Ask("", _shell),
    "/info/information/detail.html": lambda _: Ask("", _shell),
    "/robots.txt": lambda _: Ask("", _robots),
    "/": lambda _: Ask("", _front),
}
