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
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import add

BATCH = 1024
"""Entries of a batch."""
SPAN = 64
"""Batches of a segment that is full."""
TITLE = "\x01"
"""Stands before a gram of a title."""
_BATCH_SIGN = 0x800
_ENTRY = [chr(number + 1) for number in range(BATCH)]
_RUN = re.compile(r"[!-~]{3,}")
_UTF16 = f"utf-16-{sys.byteorder[0]}e"
_PIECE = re.compile(f"([{chr(_BATCH_SIGN)}-{chr(_BATCH_SIGN + SPAN - 1)}])([\x01-{chr(BATCH)}]+)")
_END = "\n"

Gram = int | str
"""A pair as the number that its UTF-16 form is, three ASCII characters as text."""


def grams(text: str) -> set[Gram]:
    """The grams of a folded text; the last character makes one with the end."""
    found: set[Gram] = set()
    for pairs in _pairs(text + _END):
        found.update(pairs)
    for run in _RUN.findall(text):
        found.update(map(add, map(add, run, run[1:]), run[2:]))
    return found


def _pairs(text: str) -> tuple[memoryview, memoryview]:
    """Each two UTF-16 units that follow each other, as one number."""
    units = memoryview(text.encode(_UTF16, "surrogatepass"))
    even, odd = len(units) & ~3, (len(units) - 2) & ~3
    return units[:even].cast("I"), units[2 : 2 + odd].cast("I")


def name(gram: Gram) -> str:
    """A gram as it is stored; "" for a pair that cuts a character in two."""
    if isinstance(gram, str):
        return gram
    units = gram.to_bytes(4, sys.byteorder).decode(_UTF16, "surrogatepass")
    return "" if any("\ud800" <= unit <= "\udfff" for unit in units) else units


def asked(word: str) -> list[str]:
    """The grams, as stored, that every text with this word has; none for a single character."""
    found: set[Gram] = set()
    if len(word) > 1:
        found.update(*_pairs(word))
    for run in _RUN.findall(word):
        found.difference_update(*_pairs(run))
        found.update(map(add, map(add, run, run[1:]), run[2:]))
    return sorted(filter(None, map(name, found)))


def postings(batch: int, texts: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """(gram, its entries) of a batch of (folded title, folded whole text), sorted by gram."""
    whole: defaultdict[Gram, list[str]] = defaultdict(list)
    titles: defaultdict[Gram, list[str]] = defaultdict(list)
    for entry, (title, text) in zip(_ENTRY, texts, strict=False):
        for gram in grams(text):
            whole[gram].append(entry)
        for gram in grams(title):
            titles[gram].append(entry)
    sign = chr(_BATCH_SIGN + batch % SPAN)
    rows = [*_rows("", sign, whole), *_rows(TITLE, sign, titles)]
    rows.sort()
    return rows


def _rows(prefix: str, sign: str, entries: Mapping[Gram, list[str]]) -> Iterator[tuple[str, str]]:
    for gram, found in entries.items():
        if named := name(gram):
            yield prefix + named, sign + "".join(found)


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
