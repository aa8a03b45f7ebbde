"""Under which keys a text can be found again, when it was edited, cut or extended since.

Two kinds of pieces are hashed: whole clauses, and runs of eight signs from the beginning. Of each
kind the smallest hashes are taken, so that two versions of a text choose the same ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from newscrawler.near.normal import clauses_of, figures_of

WINDOW = timedelta(days=14)
"""How far apart two articles may be published to be one copy."""
RULES = 1
"""Version of the rules; texts are judged anew when it changes."""

_PERIOD_S = 2 * WINDOW.total_seconds()
_RUN = 8
_BEGINNING = 64
_FIRST_CLAUSES = 12
_LONG_ENOUGH = 6
_LOOKED_AT = 6_000
_STORED = (3, 3, 2)
_ASKED = (8, 8, 6)


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is kept of a text to find it again."""

    stored: tuple[int, ...]
    """Keys to write, 32 bits each, the most telling first."""
    asked: tuple[int, ...]
    """Keys to look for; those stored are among them."""
    figures: int
    """64 bits, signed: one for each number in the text (several may share one); -1, which is all of
    them, for a text too long to look at."""
    chars: int


def sketch(body: str) -> Sketch:
    """Make the sketch of a body's plain text."""
    clauses = clauses_of(body, _LOOKED_AT)
    hashes = [crc32(each.encode()) for each in clauses if len(each) >= _LONG_ENOUGH]
    kinds = (
        sorted(_runs("".join(clauses[:40])[:_BEGINNING])),
        sorted(set(hashes)),
        sorted(set(hashes[:_FIRST_CLAUSES])),
    )
    return Sketch(
        stored=_smallest(kinds, _STORED),
        asked=_smallest(kinds, _ASKED),
        figures=_bits(figures_of(clauses)) if len(body) <= _LOOKED_AT else -1,
        chars=sum(map(len, clauses)),
    )


def _runs(beginning: str) -> set[int]:
    data = beginning.encode("utf-16-le", "surrogatepass")
    if not data:
        return set()
    last = max(1, len(data) - 2 * _RUN + 1)
    return {crc32(data[at : at + 2 * _RUN]) for at in range(0, last, 2)}


def _smallest(kinds: Iterable[list[int]], many: Iterable[int]) -> tuple[int, ...]:
    chosen = (kind[:number] for kind, number in zip(kinds, many, strict=True))
    return tuple(dict.fromkeys(key for keys in chosen for key in keys))


def _bits(figures: Iterable[str]) -> int:
    bits = 0
    for figure in figures:
        bits |= 1 << (crc32(figure.encode()) & 63)
    return bits - (1 << 64) if bits >> 63 else bits


def may_be_same(one: int, other: int) -> bool:
    """Whether the figures of one text may all stand in the other: False is certain."""
    both = one & other
    return both in (one, other)


def periods(published_at: datetime) -> tuple[int, int]:
    """The stretches of time that an article may share with its copies, its own first."""
    position = published_at.timestamp() / _PERIOD_S
    own = int(position // 1)
    return own, own + (1 if position - own >= 0.5 else -1)


def in_period(key: int, period: int) -> int:
    """A key as it is stored: 48 bits, those of one period side by side."""
    return (period & 0xFFFF) << 32 | key
