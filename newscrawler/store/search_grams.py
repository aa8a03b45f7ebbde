"""Texts to grams, grams to postings and back; pure.

A gram is two characters that follow each other in a folded text, or three if all are ASCII and none
is a space: figures have so few pairs that pairs alone would hardly tell them apart. Titles have
grams of their own beside those of the whole text.

Postings are text, so that every database can join and read them. Each character up to U+0400
stands for one of the 1024 entries of a batch (its number plus one); one from U+0800 on says which
of the 64 batches of the segment the characters behind it are about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy import uint16, uint64
    from numpy.typing import NDArray

    Units = NDArray[uint16]
    Keys = NDArray[uint64]

BATCH = 1024
"""Entries of a batch."""
SPAN = 64
"""Batches of a segment that is full."""
TITLE = "\x01"
"""Stands before a gram of a title."""
END = "\n"
"""The last character of a text makes a gram with this one."""
_BATCH_SIGN = 0x800
_PIECE = re.compile(f"([{chr(_BATCH_SIGN)}-{chr(_BATCH_SIGN + SPAN - 1)}])([\x01-{chr(BATCH)}]+)")
_RUN = re.compile(r"[!-~]{3,}")
_HALVES = range(0xD800, 0xE000)
"""UTF-16 writes a character beyond U+FFFF as two of these."""
_ENTRY_BITS = 10
_ENTRY_MASK = (1 << _ENTRY_BITS) - 1


def grams(text: str) -> set[str]:
    """The pairs of a text, and the threes of its ASCII runs."""
    units = memoryview(text.encode("utf-16-le", "surrogatepass")).cast("H")
    found = {_joined(one, other) for one, other in pairwise(units)}
    for run in _RUN.findall(text):
        found |= {run[at : at + 3] for at in range(len(run) - 2)}
    return found - {""}


def asked(word: str) -> list[str]:
    """The grams that every folded text with this word has; none for a single character."""
    found = grams(word)
    for run in _RUN.findall(word):
        found -= {run[at : at + 2] for at in range(len(run) - 1)}
    return sorted(found)


def _joined(one: int, other: int) -> str:
    """Two UTF-16 units as text; "" if they cut a character in two."""
    if one in _HALVES or other in _HALVES:
        whole = one in _HALVES and other in _HALVES and one < 0xDC00 <= other
        return chr(0x10000 + ((one - 0xD800) << 10) + other - 0xDC00) if whole else ""
    return chr(one) + chr(other)


def postings(batch: int, texts: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """(gram, its entries) of a batch of (folded title, folded whole text), sorted by gram."""
    titles, whole = zip(*texts, strict=True)
    sign = chr(_BATCH_SIGN + batch % SPAN)
    rows = [(TITLE + gram, sign + docs) for gram, docs in _posted(titles)]
    rows += [(gram, sign + docs) for gram, docs in _posted(whole)]
    rows.sort()
    return rows


def _posted(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each gram with the entries whose text has it, in their order."""
    import numpy as np  # takes a tenth of a second, and most commands index nothing

    encoded = [(text + END).encode("utf-16-le", "surrogatepass") for text in texts]
    units = np.frombuffer(b"".join(encoded), np.dtype("<u2"))
    lengths = np.array([len(each) // 2 for each in encoded])
    entry = np.repeat(np.arange(len(texts), dtype=np.uint16), lengths)
    same = entry[1:] == entry[:-1]
    one, other = units[:-1][same], units[1:][same]
    yield from _grouped(np, _by_pair(np, one, other, entry[1:][same]), (16, 0))
    ascii_only = (units > 0x20) & (units < 0x7F)
    run = ascii_only[:-2] & ascii_only[1:-1] & ascii_only[2:] & (entry[2:] == entry[:-2])
    first, second, third = (
        part[run].astype(np.uint64) for part in (units[:-2], units[1:-1], units[2:])
    )
    three = (first << 14 | second << 7 | third) << _ENTRY_BITS | entry[2:][run]
    yield from _grouped(np, _once(np, np.sort(three)), (14, 7, 0))


def _by_pair(np: Any, one: Units, other: Units, entry: Units) -> Keys:
    """Sorted keys of pair and entry: two stable sorts of 16 bits, which are sorted by counting."""
    order = np.argsort(other, kind="stable")
    order = order[np.argsort(one[order], kind="stable")]
    pair = one[order].astype(np.uint64) << 16 | other[order]
    return _once(np, pair << _ENTRY_BITS | entry[order])


def _once(np: Any, keys: Keys) -> Keys:
    fresh = np.ones(len(keys), np.bool_)
    fresh[1:] = keys[1:] != keys[:-1]
    once: Keys = keys[fresh]
    return once


def _grouped(np: Any, keys: Keys, shifts: Sequence[int]) -> Iterator[tuple[str, str]]:
    """One gram after the other: its name and the signs of its entries.

    `shifts`: where in a gram's number its characters are; the lowest has what is left.
    """
    if not len(keys):
        return
    gram = keys >> _ENTRY_BITS
    starts = np.concatenate(([0], np.flatnonzero(gram[1:] != gram[:-1]) + 1))
    signs = _text(np, (keys & _ENTRY_MASK) + 1)
    names = _names(np, gram[starts], shifts)
    bounds = [*starts.tolist(), len(signs)]
    for name, begin, end in zip(names, bounds, bounds[1:], strict=False):
        if name:
            yield name, signs[begin:end]


def _names(np: Any, gram: Keys, shifts: Sequence[int]) -> list[str]:
    size, mask = len(shifts), 0xFFFF if len(shifts) == 2 else 0x7F
    units = np.stack([gram >> shift & mask for shift in shifts], axis=1)
    halves = ((units >= _HALVES.start) & (units < _HALVES.stop)).any(axis=1)
    cut = {at: _joined(*units[at].tolist()) for at in np.flatnonzero(halves).tolist()}
    units[halves] = 0
    text = _text(np, units)
    names = [text[at : at + size] for at in range(0, len(text), size)]
    for at, name in cut.items():
        names[at] = name
    return names


def _text(np: Any, units: Any) -> str:
    """Numbers below the halves as the characters of these numbers."""
    return str(units.astype("<u2").tobytes().decode("utf-16-le"))


def entries(docs: Sequence[str]) -> dict[int, set[str]]:
    """What all these postings of one segment share: entries by the batch's place in its segment."""
    first, *others = sorted(docs, key=len)
    shared = {sign: set(found) for sign, found in _PIECE.findall(first)}
    for each in others:
        pieces = dict(_PIECE.findall(each))
        shared = {
            sign: found.intersection(pieces[sign])
            for sign, found in shared.items()
            if sign in pieces
        }
    return {ord(sign) - _BATCH_SIGN: found for sign, found in shared.items() if found}


def numbers(batch: int, found: Iterable[str]) -> list[int]:
    """The doc_ids of the entries of a batch, the newest first."""
    return sorted((batch * BATCH + ord(entry) - 1 for entry in found), reverse=True)
