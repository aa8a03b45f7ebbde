"""What an address says: safe to link, which article, whose advert."""

from __future__ import annotations

import re
from urllib.parse import quote

MAX_URL_CHARS = 2000

_ADVERT_HOST = re.compile(r"//(?:acttg|ai)\.eastmoney\.com(?![\w.-])")
_ADVERT_CLASSES = frozenset({"em_handle_adv_close", "toplink", "em_xuangu"})

_ARTICLE_ID = re.compile(
    r"(?:/a/|/news/\d{1,6},|/info/detail/|[?&]info[cC]ode=)(?:NW)?(20\d{15,16})(?!\d)", re.ASCII
)
_PLAIN_URL = re.compile(
    r"https?://(?:[a-z0-9-]+\.)+[a-z]+(?:[/?#][\w/.,?=&#~+:;@!$*()-]*)?", re.ASCII
)
_ORIGIN = re.compile(
    r"https?://(?:(?:[a-z0-9_-]+\.)*[a-z][a-z0-9-]*|(?:\d{1,3}\.){3}\d{1,3})(?::\d{1,4})?(?=[/?#]|$)",
    re.ASCII | re.IGNORECASE,
)
_DOTTED = re.compile(r"//(\d+)\.(\d+)\.(\d+)\.(\d+)(?=[:/?#]|$)", re.ASCII)


def safe_url(raw: str | None) -> str | None:
    """An absolute http(s) address in ASCII that any browser reads as we do, else None."""
    url = (raw or "").strip()
    if _PLAIN_URL.fullmatch(url) and len(url) <= MAX_URL_CHARS and "xn--" not in url:
        return url
    if url.startswith("//"):
        url = "https:" + url
    origin = _ORIGIN.match(url)
    if not origin or not _plain_host(origin[0]):
        return None
    if len(url) > MAX_URL_CHARS or not url.isprintable():
        return None
    rest = quote(url[origin.end() :], safe="/?#[]@!$&'()*+,;=:%~-._|")
    return origin[0] + rest


def article_id(href: str) -> str | None:
    """The article an address leads to, as digits without `NW`; notices and reports are none.

    Upstream forms: `/a/<id>.html`, `/news/<column>,<id>.html`, `…/info/detail/<id>`,
    `…?infoCode=NW<id>`.

    >>> article_id("http://finance.eastmoney.com/news/1345,202609183878840472.html")
    '202609183878840472'
    >>> article_id("https://data.eastmoney.com/notices/detail/600519/AN202205301568891234.html")
    """
    found = _ARTICLE_ID.search(href)
    return found[1] if found else None


def is_advert(classes: str, href: str) -> bool:
    """Whether an element's classes or its address mark it as upstream's own advertising."""
    if classes and not _ADVERT_CLASSES.isdisjoint(classes.split()):
        return True
    return "eastmoney" in href and _ADVERT_HOST.search(href) is not None


def _plain_host(origin: str) -> bool:
    dotted = _DOTTED.search(origin)
    if dotted:
        return all(str(int(part)) == part and int(part) < 256 for part in dotted.groups())
    return "xn--" not in origin.lower()
