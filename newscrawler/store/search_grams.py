"""Texts to grams and to postings: which entries of a batch have which gram; pure.

A gram is two characters that follow each other in a folded text, or three if all are ASCII and none
is a space: figures have so few pairs that pairs alone would hardly tell them apart. Here it is a
number of 32 bits, its key: two UTF-16 units, or for three ASCII characters one from `_THREES` on,
where no pair of characters can be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from newscrawler.store.search_text import fold

if TYPE_CHECKING:
    from numpy import bool_, int64, uint16, uint32
    from numpy.typing import NDArray

    Flags = NDArray[bool_]
    Places = NDArray[int64]
    Units = NDArray[uint16]
    Keys = NDArray[uint32]

BATCH = 1024
"""Entries of a batch."""
END = "\n"
"""The first and the last character of a text make a gram with this one."""
_ENTRY_BITS = 10
_ENTRY_MASK = (1 << _ENTRY_BITS) - 1
_HALVES = range(0xD800, 0xE000)
"""UTF-16 writes a character beyond U+FFFF as two of these, the first one below U+DC00."""
_THREES = 0xDC00 << 16
LAST_KEY = 0xFFFF_FFFF
_ASCII = range(0x21, 0x7F)
"""Of these are the grams of three characters."""


@dataclass(frozen=True, slots=True)
class Postings:
    """Which entries have which grams."""

    keys: Keys
    """Of the grams, rising."""
    counts: Places
    """How many entries have each."""
    docs: Units
    """The numbers of these entries, rising for each gram; gram after gram."""


def keys_of(text: str) -> set[int]:
    """The keys of a folded text: of its pairs, and of the threes of its ASCII runs."""
    units = memoryview(text.encode("utf-16-le", "surrogatepass")).cast("H")
    pairs = {one << 16 | other for one, other in pairwise(units) if _whole(one, other)}
    return pairs | {_three(*units[at : at + 3]) for at in _runs(units)}


def asked(word: str) -> list[int]:
    """The keys that every folded text with this word has; none for a single character.

    Which line of an article is before which, the index does not say.
    """
    found = {key for line in word.split("\n") for key in keys_of(line)}
    units = memoryview(word.encode("utf-16-le", "surrogatepass")).cast("H")
    for at in _runs(units):
        found -= {units[at] << 16 | units[at + 1], units[at + 1] << 16 | units[at + 2]}
    return sorted(found)


def beginning_with(sign: str) -> tuple[int, int]:
    """The first and the last key of pairs that begin with this character of 16 bits."""
    return ord(sign) << 16, ord(sign) << 16 | 0xFFFF


def _runs(units: Sequence[int]) -> list[int]:
    """Where three ASCII characters follow each other."""
    return [
        at
        for at in range(len(units) - 2)
        if units[at] in _ASCII and units[at + 1] in _ASCII and units[at + 2] in _ASCII
    ]


def _three(first: int, second: int, third: int) -> int:
    return _THREES | first << 14 | second << 7 | third


def _whole(one: int, other: int) -> bool:
    """Whether a pair cuts no character in two."""
    if one in _HALVES or other in _HALVES:
        return one in _HALVES and other in _HALVES and one < 0xDC00 <= other
    return True


def indexed(texts: Iterable[tuple[str, str, str]]) -> tuple[Postings, Postings]:
    """What is indexed of articles' title, summary and body: their titles, and all their text."""
    said = [
        (title, f"{title}\n{body}" if summary in body else f"{title}\n{summary}\n{body}")
        for title, summary, body in texts
    ]
    return postings([title for title, _ in said]), postings([whole for _, whole in said])


def postings(texts: Sequence[str]) -> Postings:
    """The grams of at most `BATCH` texts, which are folded here; entry 0 is the first."""
    import numpy as np  # takes a tenth of a second, and most commands index nothing

    encoded = [(text + END).encode("utf-16-le", "surrogatepass") for text in texts]
    end = END.encode("utf-16-le")
    units = _folding()[np.frombuffer(end + b"".join(encoded), np.dtype("<u2"))]
    lengths = np.array([len(each) // 2 for each in encoded], np.int64)
    entry = np.repeat(np.arange(len(texts), dtype=np.uint16), lengths)
    entry = np.concatenate((entry[:1], entry))
    pairs, threes = _pairs(np, units, entry), _threes(np, units, entry)
    at = int(np.searchsorted(pairs, _THREES << _ENTRY_BITS))
    found = np.concatenate((pairs[:at], threes, pairs[at:]))
    keys = (found >> _ENTRY_BITS).astype(np.uint32)
    starts = np.flatnonzero(_changes(np, keys))
    counts = np.diff(starts, append=len(keys))
    return Postings(keys[starts], counts, (found & _ENTRY_MASK).astype(np.uint16))


@cache
def _folding() -> Units:
    """What each UTF-16 unit is folded to."""
    import numpy as np

    every = "".join(map(chr, range(0x10000)))
    return np.frombuffer(fold(every).encode("utf-16-le", "surrogatepass"), np.dtype("<u2"))


def _pairs(np: Any, units: Units, entry: Units) -> Any:
    """Key and entry of every pair as one number, rising, each once."""
    one, other, of = units[:-1], units[1:], entry[1:]
    halves = (units >= _HALVES.start) & (units < _HALVES.stop)
    if halves.any():
        high, low = halves & (units < 0xDC00), halves & (units >= 0xDC00)
        kept = ~(halves[:-1] | halves[1:]) | high[:-1] & low[1:]
        one, other, of = one[kept], other[kept], of[kept]
    key = (one.astype(np.uint32) << 16 | other).astype(np.uint64) << _ENTRY_BITS | of
    key.sort()  # numpy sorts whole numbers by vector instructions, several times as fast as places
    return key[_changes(np, key)]


def _threes(np: Any, units: Units, entry: Units) -> Any:
    """The same of every three ASCII characters."""
    plain = (units >= _ASCII.start) & (units < _ASCII.stop)
    at = np.flatnonzero(plain[:-2] & plain[1:-1] & plain[2:] & (entry[2:] == entry[:-2]))
    first, second, third = (units[at + step].astype(np.uint32) for step in range(3))
    key = (first << 14 | second << 7 | third) << _ENTRY_BITS | entry[at]
    key.sort()
    return key[_changes(np, key)].astype(np.uint64) | _THREES << _ENTRY_BITS


def _changes(np: Any, rising: Any) -> Flags:
    """Where another number begins."""
    fresh: Flags = np.ones(len(rising), np.bool_)
    fresh[1:] = rising[1:] != rising[:-1]
    return fresh
