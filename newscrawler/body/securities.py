"""How upstream writes securities, and what kind of thing each of them is."""

from __future__ import annotations

import re
from functools import lru_cache

from newscrawler.body.parse import Attributes
from newscrawler.items import SecurityKind

Key = tuple[str, str]
"""Market number and code, both as text: ("1", "600160")."""

KEYTIP, INFOKEY, COMMON = "keytip", "infokey", "em_stock_key_common"
"""Classes of keyword links: first mention, glossary or index, every further occurrence."""

_FORMS = frozenset({KEYTIP, INFOKEY, COMMON})

# Market numbers and codes: the article pages of 2021-2026 (0, 1, 90, 100, 105, 106, 116, 133); 107,
# 119, 120, 150, CSI indices under 2, funds and bonds by code are inferred from exchange numbering.
_KIND_OF_MARKET = {
    "0": SecurityKind.STOCK,
    "1": SecurityKind.STOCK,
    "90": SecurityKind.BOARD,
    "100": SecurityKind.INDEX,
    "105": SecurityKind.STOCK,
    "106": SecurityKind.STOCK,
    "107": SecurityKind.STOCK,
    "116": SecurityKind.STOCK,
    "119": SecurityKind.FX,
    "120": SecurityKind.FX,
    "133": SecurityKind.FX,
    "150": SecurityKind.FUND,
}
_KIND_OF_CODE = (
    (re.compile(r"1\.000\d{3}|0\.399\d{3}|2\.(?:93|H\d)\w*", re.ASCII), SecurityKind.INDEX),
    (re.compile(r"1\.5[01268]\d{4}|0\.1[568]\d{4}", re.ASCII), SecurityKind.FUND),
    (re.compile(r"1\.11\d{4}|0\.12\d{4}", re.ASCII), SecurityKind.OTHER),  # convertible bonds
)
_MARKET_OF_PLACE = {"sh": "1", "sz": "0", "bj": "0", "hk": "116"}
_MARKET_OF_EXCHANGE = {"NASDAQ": "105", "NYSE": "106", "AMEX": "107"}
_MARKET_OF_DIGIT = {"1": "1", "2": "0"}

_COMMA = re.compile(r"\s*(\d{1,3}),([\w.-]{1,20})\s*", re.ASCII)
_PIPES = re.compile(r"\s*(?:[A-Z] )?([\w.-]{1,20})\|(\d{1,3})(?:\|.*)?", re.ASCII)
_HREF = re.compile(r"/(?:unify/r|bk)/(\d{1,3})\.([\w-]{1,20})", re.ASCII)
_OLD_HREF = re.compile(
    r"//quote\.eastmoney\.com/(?:hk/(\d{5})|(?:concept/)?(sh|sz|bj)(\d{6}))\.html",
    re.IGNORECASE | re.ASCII,
)
_NID = re.compile(r"[?&]nid=(\d{1,3})\.([\w-]{1,20})", re.ASCII)
_ID = re.compile(r"(?:stock_|bk_|Info\.)(\d{1,3})\.([\w-]{1,20})", re.ASCII)
_OLD_STOCK_ID = re.compile(r"stock_(?:(\d{6})([12])|(\d{5})5|([A-Z]+)_([A-Z._]{1,10})7)", re.ASCII)
_OLD_BOARD_ID = re.compile(r"bk_(\d{3,4})", re.ASCII)


@lru_cache(maxsize=4096)
def kind_of(market: str, code: str) -> SecurityKind:
    """
    >>> kind_of("0", "399006"), kind_of("90", "BK0493")
    (<SecurityKind.INDEX: 'index'>, <SecurityKind.BOARD: 'board'>)
    """
    if market in "012":
        security = f"{market}.{code}"
        for form, kind in _KIND_OF_CODE:
            if form.fullmatch(security):
                return kind
    return _KIND_OF_MARKET.get(market, SecurityKind.OTHER)


def key_of(attrs: Attributes) -> Key | None:
    """The security an element links: by its data-code, else by its address."""
    if "data-code" in attrs:
        key = _from_data_code(attrs["data-code"])
        if key:
            return key
    return _from_href(attrs["href"]) if "href" in attrs else None


def key_of_picture(attrs: Attributes) -> Key | None:
    """The security a quote picture shows: data-code `K code|market|type`, else `nid=` in src."""
    found = _NID.search(attrs.get("src", ""))
    return _from_data_code(attrs.get("data-code", "")) or (found and (found[1], found[2]))


def form_of(classes: str) -> str | None:
    """Which sort of keyword link an element is by its class; None if it is none."""
    if not classes or classes in _FORMS:
        return classes or None
    return next((form for form in classes.split() if form in _FORMS), None)


def key_of_id(element_id: str) -> Key | None:
    """The security an element's id names; old forms end in a market digit (1 SH, 2 SZ, 5 HK, 7 US).

    >>> key_of_id("stock_3001042"), key_of_id("bk_474"), key_of_id("Info.3259")
    (('0', '300104'), ('90', 'BK0474'), None)
    """
    found = _ID.fullmatch(element_id)
    if found:
        return found[1], found[2]
    board = _OLD_BOARD_ID.fullmatch(element_id)
    if board:
        return "90", "BK" + board[1].zfill(4)
    return _from_old_stock_id(element_id)


def _from_old_stock_id(element_id: str) -> Key | None:
    found = _OLD_STOCK_ID.fullmatch(element_id)
    if not found:
        return None
    mainland, digit, hong_kong, exchange, ticker = found.groups()
    if mainland:
        return _MARKET_OF_DIGIT[digit], mainland
    if hong_kong:
        return "116", hong_kong
    return (_MARKET_OF_EXCHANGE[exchange], ticker) if exchange in _MARKET_OF_EXCHANGE else None


def _from_data_code(data_code: str) -> Key | None:
    found = _COMMA.fullmatch(data_code)
    if found:
        return found[1], found[2]
    found = _PIPES.fullmatch(data_code)
    return (found[2], found[1]) if found else None


def _from_href(href: str) -> Key | None:
    if "quote.eastmoney.com/" not in href:
        return None
    found = _HREF.search(href)
    if found:
        return found[1], found[2]
    found = _OLD_HREF.search(href)
    if not found:
        return None
    return ("116", found[1]) if found[1] else (_MARKET_OF_PLACE[found[2].lower()], found[3])
