"""Under which keys a text can be found again, when it was edited, cut or extended since.

Two kinds of pieces are hashed: whole clauses, and runs of eight signs from the beginning. Of each
kind the smallest hashes are taken, so that two versions of a text choose the same ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from zlib import crc32

from newscrawler.near.normal import clauses_of, figures_of, fold, trimmed

WINDOW = timedelta(days=14)
"""How far apart two articles may be published to be one copy."""
RULES = 1
"""Version of the rules; texts are judged anew when it changes."""

_WINDOW_S = WINDOW.total_seconds()
_PERIOD_S = 4 * _WINDOW_S
_RUN = 8
_BEGINNING = 48
_FIRST_CLAUSES = 12
_LONG_ENOUGH = 6
_LOOKED_AT = 600
_RUNS, _SAID, _BEGUN = 3, 3, 1
"""Keys of each kind under which a text is stored."""
_ASKED = (5, 6, 3)


class Sketch(NamedTuple):
    """What is kept of a text to find it again."""

    kinds: tuple[tuple[int, ...], ...]
    """Keys of 32 bits to look for; of each kind the most telling first."""
    asked: tuple[int, ...]
    """The same keys, each once."""
    figures: int
    """64 bits, signed: one for each number in the text (several may share one)."""

    def choose(self, crowded: Collection[int] = ()) -> tuple[int, ...]:
        """The keys to store the text under: of each kind the first few that are not crowded."""
        runs, said, begun = self.kinds
        if crowded:
            runs, said, begun = (
                tuple([key for key in kind if key not in crowded]) for kind in self.kinds
            )
        return tuple(dict.fromkeys((*runs[:_RUNS], *said[:_SAID], *begun[:_BEGUN])))


def sketch(body: str) -> Sketch:
    """Make the sketch of a body's plain text."""
    text = trimmed(body)
    clauses = clauses_of(fold(text[:_LOOKED_AT]))
    long = [each for each in clauses if len(each) >= _LONG_ENOUGH]
    hashes = list(map(crc32, "\n".join(long).encode().split(b"\n"))) if long else []
    runs, said, begun = _ASKED
    kinds = (
        tuple(sorted(set(_runs("".join(clauses[:40])[:_BEGINNING])))[:runs]),
        tuple(sorted(set(hashes))[:said]),
        tuple(sorted(set(hashes[:_FIRST_CLAUSES]))[:begun]),
    )
    asked = tuple({*kinds[0], *kinds[1], *kinds[2]})
    return Sketch(kinds, asked, _bits(figures_of(text)))


def _runs(beginning: str) -> list[int]:
    data = beginning.encode("utf-16-le", "surrogatepass")
    if not data:
        return []
    last = max(1, len(data) - 2 * _RUN + 1)
    return [crc32(data[at : at + 2 * _RUN]) for at in range(0, last, 2)]


def _bits(figures: Iterable[str]) -> int:
    bits = 0
    for number in map(crc32, map(str.encode, figures)):
        bits |= 1 << (number & 63)
    return bits - (1 << 64) if bits >> 63 else bits


def may_be_same(one: int, other: int) -> bool:
    """Whether the figures of one text may all stand in the other: False is certain."""
    both = one & other
    return both in (one, other)


def periods(published_at: datetime) -> tuple[int, ...]:
    """The stretches of time in which an article's copies are looked for, its own first."""
    at = published_at.timestamp()
    own = int(at // _PERIOD_S)
    into = at - own * _PERIOD_S
    if into < _WINDOW_S:
        return own, own - 1
    return (own, own + 1) if into >= _PERIOD_S - _WINDOW_S else (own,)


def in_period(keys: Iterable[int], period: int) -> list[int]:
    """Keys as they are stored: 48 bits, those of one period side by side."""
    base = (period & 0xFFFF) << 32
    return [base | key for key in keys]
