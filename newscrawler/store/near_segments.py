"""Keys of texts: how the index of near-duplicates lies in memory and, as bytes, in a database.

A segment holds the keys of some articles, rising, each with the article it leads to. Segments are
written once and read whole: keys are hashes, so those of any text are scattered over all of it.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from numpy import int64
    from numpy.typing import NDArray

    Keys = list[int] | NDArray[int64]


class Seen(NamedTuple):
    """What is known of an article that may be found."""

    article_id: int
    figures: int
    published_s: int


_PLACE_BITS = 32
_PLACE = (1 << _PLACE_BITS) - 1
Entry = tuple[Seen, Sequence[int]]
"""An article and its keys."""


class Places:
    """Articles in memory by key; hardly any key is shared, and so to add one costs little."""

    def __init__(self) -> None:
        self._first: dict[int, Seen] = {}
        self._more: dict[int, list[Seen]] = {}

    def add(self, seen: Seen, keys: Sequence[int]) -> None:
        """Let this article be found under these keys, each of them once."""
        first = self._first
        if shared := first.keys() & keys:
            for key in shared:
                self._more.setdefault(key, []).append(seen)
            keys = [key for key in keys if key not in shared]
        first.update(dict.fromkeys(keys, seen))

    def find(self, keys: Iterable[int]) -> Iterator[tuple[int, Seen]]:
        """The articles under these keys, with the key."""
        for key in self._first.keys() & keys:
            yield key, self._first[key]
            for seen in self._more.get(key, ()):
                yield key, seen

    def has(self, keys: Iterable[int]) -> bool:
        """Whether there is an article under one of them."""
        return not self._first.keys().isdisjoint(keys)

    def clear(self) -> None:
        """Forget all."""
        self._first.clear()
        self._more.clear()


@dataclass(slots=True)
class Segment:
    """Articles, and the keys under which they are found."""

    ids: Sequence[int]
    figures: Sequence[int]
    times: Sequence[int]
    """The three columns of `Seen`, article by article."""
    keys: Sequence[int]
    """Rising (but see `unsorted`); one may stand several times."""
    places: Sequence[int]
    """Of each key the place of its article."""

    @classmethod
    def of(cls, found: Iterable[Entry]) -> Segment:
        """Of articles and their keys."""
        segment = cls.unsorted([*found])
        pairs = sorted(
            key << _PLACE_BITS | place
            for key, place in zip(segment.keys, segment.places, strict=True)
        )
        segment.keys = [pair >> _PLACE_BITS for pair in pairs]
        segment.places = [pair & _PLACE for pair in pairs]
        return segment

    @classmethod
    def unsorted(cls, entries: Sequence[Entry]) -> Segment:
        """The same with its keys as they come: enough for `each`, not for `find`."""
        return cls(
            [seen.article_id for seen, _ in entries],
            [seen.figures for seen, _ in entries],
            [seen.published_s for seen, _ in entries],
            [key for _, keys in entries for key in keys],
            [place for place, (_, keys) in enumerate(entries) for _ in keys],
        )

    @classmethod
    def read(cls, data: bytes) -> Segment:
        """From what `data` has made."""
        many, keys = _read("q", data[:16])
        at = 16
        columns = []
        for kind, length in (("q", many), ("q", many), ("q", many), ("q", keys), ("I", keys)):
            end = at + length * (8 if kind == "q" else 4)
            columns.append(_read(kind, data[at:end]))
            at = end
        return cls(*columns)

    def data(self) -> bytes:
        """As it is stored: two counts, the columns of articles, keys, places; little-endian."""
        wide = ((len(self.ids), len(self.keys)), self.ids, self.figures, self.times, self.keys)
        parts = [*(array("q", column) for column in wide), array("I", self.places)]
        if sys.byteorder == "big":
            for part in parts:
                part.byteswap()
        return b"".join(part.tobytes() for part in parts)

    def find(self, asked: Keys) -> Iterator[tuple[int, Seen]]:
        """The articles under these keys, with the key; numbers of numpy if they are many."""
        keys, last = self.keys, len(self.keys)
        for key, at in self._begins(asked):
            here = at
            while here < last and keys[here] == key:
                place = self.places[here]
                yield key, Seen(self.ids[place], self.figures[place], self.times[place])
                here += 1

    def _begins(self, asked: Keys) -> Iterable[tuple[int, int]]:
        """The keys that are there, and where they begin; if they are few, others among them."""
        keys = self.keys
        if isinstance(asked, list) or not isinstance(keys, array) or not keys:
            return ((int(key), bisect_left(keys, key)) for key in asked)
        import numpy as np

        numbers = np.frombuffer(keys, np.int64)
        at = numbers.searchsorted(asked)
        there = np.flatnonzero(numbers[np.minimum(at, len(keys) - 1)] == asked)
        return zip(asked[there].tolist(), at[there].tolist(), strict=True)

    def each(self) -> Iterator[Entry]:
        """The articles and the keys of each."""
        keys: list[list[int]] = [[] for _ in self.ids]
        for key, place in zip(self.keys, self.places, strict=True):
            keys[place].append(key)
        return zip(map(Seen, self.ids, self.figures, self.times), keys, strict=True)


def merged(parts: Sequence[Segment]) -> Segment:
    """Several segments as one."""
    import numpy as np

    starts = np.cumsum([0, *(len(part.ids) for part in parts)])
    keys = np.concatenate([np.array(part.keys, np.int64) for part in parts])
    places = np.concatenate(
        [
            np.array(part.places, np.int64) + start
            for part, start in zip(parts, starts[:-1], strict=True)
        ]
    )
    order = np.argsort(keys, kind="stable")
    return Segment(
        [each for part in parts for each in part.ids],
        [each for part in parts for each in part.figures],
        [each for part in parts for each in part.times],
        keys[order].tolist(),
        places[order].tolist(),
    )


def _read(kind: str, data: bytes) -> array[int]:
    found = array(kind, data)
    if sys.byteorder == "big":
        found.byteswap()
    return found
