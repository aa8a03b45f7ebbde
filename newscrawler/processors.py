"""Text to value, one field at a time: pure functions for the loaders. None means nothing usable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from newscrawler.dates import SHANGHAI, parse_time, plausible
from newscrawler.errors import PageError
from newscrawler.text import clean_line

_PUNCTUATION = frozenset(" ，。：！？、；“”,.:!?;")
MAX_TITLE_CHARS = 1000
"""A longer title is no title (an upstream defect or an attack)."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A value together with the field that claims it."""

    raw: str
    field: str


@dataclass(frozen=True, slots=True)
class Published:
    """A publication time that could be read, and the field it came from."""

    moment: datetime
    field: str


def clean_title(raw: str) -> str | None:
    """
    >>> clean_title(" A股\\u3000 ")
    'A股'
    """
    title = clean_line(raw)
    return title if title and len(title) <= MAX_TITLE_CHARS else None


def require_plausible_title(raw: str) -> None:
    """Refuse a title that is longer than any.

    Raises:
        PageError: `implausible`.
    """
    if len(raw) > MAX_TITLE_CHARS and len(clean_line(raw)) > MAX_TITLE_CHARS:
        raise PageError("implausible", f"a title of {len(raw):,} characters")


def clean_text(raw: str) -> str | None:
    """
    >>> clean_text("\\r\\n") is None
    True
    """
    return clean_line(raw) or None


def http_url(raw: str) -> str | None:
    """
    >>> http_url("javascript:alert(1)") is None
    True
    """
    url = clean_line(raw)
    if not url.startswith(("http://", "https://")) or len(url) > 1000:
        return None
    return url if "@" not in url.partition("://")[2].partition("/")[0] else None


def read_published(claim: Claim, loader_context: Mapping[str, Any]) -> Published | None:
    """The time a claim states, if it is readable and plausible at `loader_context["now"]`."""
    now: datetime = loader_context["now"]
    moment = parse_time(claim.raw, zone=SHANGHAI, now=now)
    if moment is None or not plausible(moment, now=now):
        return None
    return Published(moment, claim.field)


def strip_headline(digest: str, title: str) -> str:
    """Drop a leading 【…】 from a digest if it says what the title says.

    >>> strip_headline("【甲公司中标】甲公司公告中标。", "甲公司中标")
    '甲公司公告中标。'
    >>> strip_headline("【提示】甲公司公告中标。", "甲公司中标")
    '【提示】甲公司公告中标。'
    """
    if not digest.startswith("【"):
        return digest
    headline, bracket, rest = digest[1:].partition("】")
    if not bracket or not rest.strip() or alike(headline, title) < 0.7:
        return digest
    return rest.strip()


def alike(one: str, other: str) -> float:
    """Share of the characters of the text with fewer of them that stand in the other, too; 0 to 1.

    >>> alike("甲公司中标", "乙公司中标")
    0.8
    """
    left, right = set(one) - _PUNCTUATION, set(other) - _PUNCTUATION
    if not left or not right:
        return 0.0
    return len(left & right) / min(len(left), len(right))
