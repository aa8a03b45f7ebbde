"""Which paragraph became which, and what changed in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from newscrawler.diff.words import Op, Segment, compare

_ALIKE = 0.4
"""Paragraphs with fewer pairs of characters in common are not the same one, changed."""
_MAX_PAIRS = 2_500


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph, before and after."""

    before: int | None
    """Its place in the old text, from 1; None if it is new."""
    after: int | None
    """Its place in the new text, from 1; None if it was taken out."""
    segments: tuple[Segment, ...]

    @property
    def is_changed(self) -> bool:
        """Whether it differs at all."""
        return any(segment.op is not Op.EQUAL for segment in self.segments)


def align(old: Sequence[str], new: Sequence[str]) -> list[Passage]:
    """Every paragraph of both texts, in the order of reading; what was taken out stands first."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    found: list[Passage] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            found += (
                Passage(a + at + 1, c + at + 1, (Segment(Op.EQUAL, text),) if text else ())
                for at, text in enumerate(old[a:b])
            )
        else:
            found += _stretch(old, new, (a, b), (c, d))
    return found


def _stretch(
    old: Sequence[str], new: Sequence[str], before: tuple[int, int], after: tuple[int, int]
) -> Iterator[Passage]:
    a, c = before[0], after[0]
    pairs = _pairs(old[slice(*before)], new[slice(*after)])
    for left, right in [*pairs, (before[1] - a, after[1] - c)]:
        yield from (_passage(old, at, None) for at in range(a, before[0] + left))
        yield from (_passage(new, None, at) for at in range(c, after[0] + right))
        a, c = before[0] + left, after[0] + right
        if (a, c) != (before[1], after[1]):
            segments = compare(old[a], new[c])
            yield Passage(a + 1, c + 1, tuple(segments))
        a, c = a + 1, c + 1


def _passage(texts: Sequence[str], before: int | None, after: int | None) -> Passage:
    if before is not None:
        return Passage(before + 1, None, (Segment(Op.REMOVED, texts[before]),))
    at = after or 0
    return Passage(None, at + 1, (Segment(Op.ADDED, texts[at]),))


def _pairs(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Which of them are the same paragraph, rising in both: most likeness in all."""
    if len(old) * len(new) > _MAX_PAIRS:
        same = (_likeness(a, b) >= _ALIKE for a, b in zip(old, new, strict=False))
        return [(at, at) for at, is_same in enumerate(same) if is_same]
    likeness = [[_likeness(a, b) for b in new] for a in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for a in range(len(old) - 1, -1, -1):
        for b in range(len(new) - 1, -1, -1):
            paired = best[a + 1][b + 1] + likeness[a][b] if likeness[a][b] >= _ALIKE else 0.0
            best[a][b] = max(paired, best[a + 1][b], best[a][b + 1])
    found, a, b = [], 0, 0
    while best[a][b]:
        if best[a][b] == best[a + 1][b]:
            a += 1
        elif best[a][b] == best[a][b + 1]:
            b += 1
        else:
            found.append((a, b))
            a, b = a + 1, b + 1
    return found


def _likeness(one: str, other: str) -> float:
    """Pairs of neighbouring characters that both have, of all: from 0 to 1."""
    a, b = Counter(pairwise(one)), Counter(pairwise(other))
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else float(one == other)
