"""Pictures: which are content, where they come from, how large they are."""

from __future__ import annotations

import re
from collections.abc import Mapping

from newscrawler.body.drafts import Picture
from newscrawler.body.links import safe_url
from newscrawler.text import clean_line

MAX_SIDE_PX = 20_000

_LAZY_SOURCES = ("src", "data-src", "data-original")
_PLACEHOLDER_ALTS = frozenset({"", "image", "图片", "img"})
_SIZE_IN_NAME = re.compile(r"_w(\d{1,5})h(\d{1,5})(?=[._?]|$)", re.ASCII)
_DIGITS = re.compile(r"\s*(\d{1,5})(?:px)?\s*", re.ASCII)


def is_chart(attrs: Mapping[str, str]) -> bool:
    """Whether an img is a live quote picture, which is no content."""
    return "GetPic.aspx" in attrs.get("src", "") or attrs.get("alt", "").startswith(("K图", "R图"))


def read_picture(attrs: Mapping[str, object]) -> Picture | None:
    """An img element, or a mobile placeholder's entry, with an absolute address.

    The size is the one in the file's name (`_w800h555`), else that of the attributes if both are
    given and plausible: a width alone is only the width it is shown at.
    """
    url = _address(attrs)
    if url is None:
        return None
    alt = str(attrs.get("alt") or "")
    if alt.lower() in _PLACEHOLDER_ALTS:
        alt = ""
    width, height = _size(url, attrs)
    return Picture(url, clean_line(alt), width, height)


def _address(attrs: Mapping[str, object]) -> str | None:
    for name in _LAZY_SOURCES:
        source = attrs.get(name)
        url = safe_url(source) if isinstance(source, str) else None
        if url:
            return url
    return None


def _size(url: str, attrs: Mapping[str, object]) -> tuple[int | None, int | None]:
    named = _SIZE_IN_NAME.search(url)
    if named:
        width, height = int(named[1]), int(named[2])
    else:
        width, height = _side(attrs.get("width")), _side(attrs.get("height"))
    plausible = 0 < width <= MAX_SIDE_PX and 0 < height <= MAX_SIDE_PX
    return (width, height) if plausible else (None, None)


def _side(raw: object) -> int:
    found = _DIGITS.fullmatch(str(raw))
    return int(found[1]) if found else 0
