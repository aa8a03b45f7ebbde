"""An outlet's name → the ASCII slug that it goes by in paths and queries; pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache, lru_cache

from newscrawler.slugs_known import KNOWN

_DROPPED = re.compile(r"[^a-z0-9]+")
_MAX_CHARS = 100
_HASH_CHARS = 10
_remembered = dict(KNOWN)


def remember(slugs: Mapping[str, str]) -> None:
    """Take these slugs (by name) as made: the pinyin tables then need not be loaded for them."""
    _remembered.update(slugs)


def source_slug(name: str) -> str:
    """Return toneless pinyin, Latin letters and digits of `name`, lower case, without separators.

    Two spellings that differ in width, case, spaces or punctuation share one slug; so may two
    outlets whose names sound alike. A name without any letter gets a short hash, a very long one
    is cut and ends in one; only a blank name gives "".

    >>> source_slug("中国邮政快递报"), source_slug("21财经")
    ('zhongguoyouzhengkuaidibao', '21caijing')
    """
    return _remembered.get(name) or made(name)


@lru_cache(maxsize=4096)
def made(name: str) -> str:
    """The slug of a name, whatever is remembered: costs half a second the first time."""
    plain = unicodedata.normalize("NFKC", name).strip()
    spoken = "".join(_pinyin()(plain))
    letters = unicodedata.normalize("NFKD", spoken).lower()
    slug = _DROPPED.sub("", letters)
    if len(slug) > _MAX_CHARS:
        return slug[: _MAX_CHARS - _HASH_CHARS] + _short_hash(plain)
    return slug or (_short_hash(plain) if plain else "")


def reading(character: str) -> str:
    """The first reading of one character, without tone; the character itself if it has none."""
    return "".join(_pinyin()(character))


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_CHARS]


@cache
def _pinyin() -> Callable[[str], list[str]]:
    """Imported when the first name comes: its dictionaries take half a second to load."""
    from pypinyin import lazy_pinyin

    return lazy_pinyin
