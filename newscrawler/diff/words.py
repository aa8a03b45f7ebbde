"""What changed within one passage, in pieces that a reader takes in: words, numbers, clauses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import pairwise


class Op(StrEnum):
    """What became of a piece of text."""

    EQUAL = "equal"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text and what became of it."""

    op: Op
    text: str


_TOKEN = re.compile(r"[0-9A-Za-z]+(?:[.,:/-][0-9A-Za-z]+)*%?|\s+|.", re.DOTALL)
"""A number or Latin word as a whole, everything else character by character."""
_CLAUSE = re.compile(r"[^，。；！？、,;!?\n]*[，。；！？、,;!?\n]?", re.DOTALL)
_STOPS = frozenset("，。；！？、：,;!?:\n“”‘’（）()《》")
_MAX_WORK = 2_000_000
"""Pairs of tokens beyond which clauses are compared instead of characters."""
_SHORT = 4
"""An unchanged stretch of so many tokens between two changes is no help to a reader."""


@dataclass(slots=True)
class _Change:
    """Tokens taken out, tokens put in, and those that stay behind them."""

    removed: list[str]
    added: list[str]
    kept: list[str]

    @property
    def size(self) -> int:
        return max(len(self.removed), len(self.added))


def compare(before: str, after: str) -> list[Segment]:
    """The way from one text to the other; the pieces that are not ADDED join to `before`.

    A removed piece stands before the added one that replaces it.

    >>> [segment.text for segment in compare("收跌1.45%，报3000点", "收跌1.54%，报3000点")]
    ['收跌', '1.45%', '1.54%', '，报3000点']
    """
    changes = _joined(_changes(_TOKEN.findall(before), _TOKEN.findall(after)))
    for left, right in pairwise(changes):
        _slide(left, right)
    return list(_segments(changes))


def _segments(changes: Sequence[_Change]) -> Iterator[Segment]:
    for each in changes:
        parts = (Op.REMOVED, each.removed), (Op.ADDED, each.added), (Op.EQUAL, each.kept)
        yield from (Segment(op, "".join(tokens)) for op, tokens in parts if tokens)


def _changes(old: list[str], new: list[str]) -> list[_Change]:
    """The first has only what both begin with."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    found = [_Change([], [], old[:head])]
    rest = old[len(old) - tail :]
    old, new = old[head : len(old) - tail], new[head : len(new) - tail]
    if len(old) * len(new) > _MAX_WORK:
        _extend(found, _by_clauses(_clauses(old), _clauses(new)))
    else:
        _extend(found, _edits(old, new))
    found[-1].kept += rest
    return found


def _edits(old: list[str], new: list[str]) -> list[_Change]:
    """The first has only what both begin with, which may be nothing."""
    found = [_Change([], [], [])]
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found[-1].kept += old[a:b]
        else:
            found.append(_Change(old[a:b], new[c:d], []))
    return found


def _by_clauses(old: list[str], new: list[str]) -> list[_Change]:
    """First whole clauses, then within those that were replaced, unless they are too long."""
    found = [_Change([], [], [])]
    for each in _edits(old, new):
        removed, added = (_TOKEN.findall("".join(side)) for side in (each.removed, each.added))
        if len(removed) * len(added) <= _MAX_WORK:
            _extend(found, _edits(removed, added))
        else:
            found.append(_Change(removed, added, []))
        found[-1].kept += each.kept
    return found


def _extend(found: list[_Change], more: Sequence[_Change]) -> None:
    found[-1].kept += more[0].kept
    found += more[1:]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many tokens both begin with."""
    for at, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return at
    return min(len(one), len(other))


def _clauses(tokens: list[str]) -> list[str]:
    return [clause for clause in _CLAUSE.findall("".join(tokens)) if clause]


def _joined(changes: Sequence[_Change]) -> list[_Change]:
    """Short stretches that stay between two changes become part of them."""
    found: list[_Change] = []
    for each in changes:
        if found and _is_noise(found[-1], each):
            before = found[-1]
            before.removed += before.kept + each.removed
            before.added += before.kept + each.added
            before.kept = each.kept
        else:
            found.append(each)
    return found


def _is_noise(left: _Change, right: _Change) -> bool:
    kept = left.kept
    return len(kept) <= min(_SHORT, left.size, right.size) and _STOPS.isdisjoint(kept)


def _slide(left: _Change, change: _Change) -> None:
    """Move a mere insertion or removal to where a clause begins or ends, if it can stand there."""
    edit = change.added or change.removed
    if change.added and change.removed:
        return
    back = 0
    while back < len(left.kept) and left.kept[-1 - back] == _cyclic(edit, -1 - back):
        back += 1
    ahead = 0
    while ahead < len(change.kept) and change.kept[ahead] == _cyclic(edit, ahead):
        ahead += 1
    text = left.kept[len(left.kept) - back :] + edit + change.kept[:ahead]
    best = max(range(back + ahead + 1), key=lambda at: (_fits(text, at, len(edit)), at == back))
    moved = text[best : best + len(edit)]
    left.kept[len(left.kept) - back :] = text[:best]
    change.kept[:ahead] = text[best + len(edit) :]
    edit[:] = moved


def _cyclic(edit: list[str], at: int) -> str:
    return edit[at % len(edit)]


def _fits(text: list[str], start: int, length: int) -> int:
    """How well a stretch stands there: behind a stop, and with one at its end."""
    end = start + length
    return (start > 0 and text[start - 1] in _STOPS) + (text[end - 1] in _STOPS)
