"""eastmoney's article ids and the URLs they stand in; pure, standard library only.

Upstream format: an id is YYYYMMDD and a serial of nine (until about 2020) or ten digits; the
same number with `NW` before it is the infoCode of the same article.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, urlsplit

from newscrawler.errors import BadIdError

_ID = re.compile(r"(?:NW)?((?:19|20)[0-9]{15,16})", re.IGNORECASE | re.ASCII)
_SHARE_PAGE = re.compile(
    r".*/(?:html_News/(?:NewsShare|DetailOnly)|detail)\.html", re.IGNORECASE | re.ASCII
)
_TEXT_CALL = re.compile(r".*/GetNewsText\.do", re.IGNORECASE | re.ASCII)
_ARTICLE_PAGE = re.compile(
    r".*(?:/a/|/news/[0-9]{1,6},|/detail/)([0-9A-Za-z]{17,20})(?:\.html)?/?", re.ASCII
)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_BARE_HOST = re.compile(r"[A-Za-z0-9._-]+(?::[0-9]{1,5})?/", re.ASCII)
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+", re.ASCII)
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff]")
_CREDENTIALS = re.compile(r"//[^/@]*@")
_MAX_URL = 2_000
_MAX_SHOWN = 80

ID_FORMS = "20220224 and nine or ten more digits, with or without NW before them"
URL_FORMS = (
    "…/html_News/NewsShare.html?infoCode=NW…, …/html_News/DetailOnly.html?infoCode=NW…, "
    "…/detail.html?infocode=NW…, …/NewsData/GetNewsText.do?id=NW… on any host; "
    "…/a/<id>.html, …/news/<column>,<id>.html, …/detail/<id> on eastmoney.com"
)


@dataclass(frozen=True, slots=True)
class ArticleId:
    """The identity of one eastmoney article."""

    external_id: str
    """17 or 18 ASCII digits."""

    @property
    def info_code(self) -> str:
        """The share id, "NW" + external_id."""
        return f"NW{self.external_id}"


@dataclass(frozen=True, slots=True)
class Target:
    """What a person asked for."""

    id: ArticleId
    kind: str
    """"share" (a share page or its text call), "article" (a page for readers) or "id"."""
    origin: str = ""
    """Where to read it, "http://127.0.0.1:8899"; "" for the site's own host."""

    @property
    def external_id(self) -> str:
        """The article's id in canonical form."""
        return self.id.external_id


def parse_id(text: str) -> ArticleId:
    """Read an id with or without `NW`, in any case.

    Raises:
        BadIdError: it is none, or the day in it does not exist.
    """
    match = _ID.fullmatch(text)
    if match is None or _day(match[1]) is None:
        raise BadIdError(f"{_shown(text)} is no eastmoney article id; expected {ID_FORMS}")
    return ArticleId(match[1])


def parse_target(text: str) -> Target:
    """Read an id, or the URL of a share page or article page in any form we know.

    User and password in a URL are dropped. `http://` may be missing.

    Raises:
        BadIdError: it is none of these.
    """
    if "/" not in text and ":" not in text:
        return Target(parse_id(text), "id")
    parts = _split(text)
    origin = _origin(parts)
    named = _named_id(parts)
    if origin and named and (match := _ID.fullmatch(named[1])) and _day(match[1]):
        kind, host = named[0], parts.hostname or ""
        if kind == "share":
            return Target(ArticleId(match[1]), kind, origin)
        if _is_eastmoney(host) or _is_address(host):
            own = _is_eastmoney(host)
            return Target(ArticleId(match[1]), kind, "" if own else origin)
    raise BadIdError(f"{_shown(text)} is no eastmoney article URL of a known form: {URL_FORMS}")


def find_ids(url: str) -> str | None:
    """Return the external id of the eastmoney article that `url` leads to, else None."""
    try:
        target = parse_target(f"http:{url}" if url.startswith("//") else url)
    except BadIdError:
        return None
    return None if target.kind == "id" else target.external_id


def article_url(external_id: str) -> str:
    """Return the article's canonical page for people."""
    return f"https://finance.eastmoney.com/a/{external_id}.html"


def id_date(external_id: str) -> date:
    """Return the day the article was created upstream (Shanghai); not its publication date.

    Raises:
        BadIdError: not an id.
    """
    digits = parse_id(external_id).external_id
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))


def _day(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def _split(text: str) -> SplitResult:
    """Split a URL; one without scheme counts as http if it begins with a host."""
    if len(text) > _MAX_URL or _UNSAFE.search(text):
        raise BadIdError(f"{_shown(text)} is no URL: it is too long or has unprintable characters")
    scheme = _SCHEME.match(text)
    if _BARE_HOST.match(text):
        text = f"http://{text}"
    elif scheme and scheme[1].lower() not in ("http", "https"):
        raise BadIdError(f"{_shown(text)}: only http and https URLs are fetched")
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises if it is no number below 65,536
    except ValueError as error:
        raise BadIdError(f"{_shown(text)} is no URL: {error}") from error
    return parts


def _origin(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        return ""
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{parts.port}" if parts.port is not None else "")


def _named_id(parts: SplitResult) -> tuple[str, str] | None:
    """The kind of URL and the text that stands where its id should be."""
    if _SHARE_PAGE.fullmatch(parts.path):
        return "share", _parameter(parts, "infocode")
    if _TEXT_CALL.fullmatch(parts.path):
        return "share", _parameter(parts, "id")
    if match := _ARTICLE_PAGE.fullmatch(parts.path):
        return "article", match[1]
    return None


def _parameter(parts: SplitResult, name: str) -> str:
    """The parameter's one value, in the query or in a fragment such as `#/?infocode=…`."""
    for query in (parts.query, parts.fragment.partition("?")[2]):
        try:
            pairs = parse_qsl(query, max_num_fields=100)
        except ValueError:
            continue
        values = {value for key, value in pairs if key.lower() == name}
        if len(values) == 1:
            return values.pop()
    return ""


def _is_eastmoney(host: str) -> bool:
    return host == "eastmoney.com" or host.endswith(".eastmoney.com")


def _is_address(host: str) -> bool:
    """Whether it is a bare address or localhost: a replica or mirror, not another outlet."""
    try:
        ip_address(host)
    except ValueError:
        return host == "localhost"
    return True


def _shown(text: str) -> str:
    shown = _CREDENTIALS.sub("//", text[: _MAX_URL * 2])
    return repr(shown if len(shown) <= _MAX_SHOWN else shown[: _MAX_SHOWN - 1] + "…")
