"""Postings to blocks of bytes and back: how the full-text index lies in the database; pure.

A segment is about one batch, or about `SPAN` of them. Its blocks have keys, counts and entries of
grams that follow each other; block 0 is its directory: how many blocks are about titles, and the
first key of each block. So a gram is found by reading two rows, whatever the database, and writing
a batch takes some hundred rows instead of one for each gram.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from newscrawler.store.search_grams import BATCH, Postings, postings

if TYPE_CHECKING:
    from newscrawler.store.search_grams import Keys, Units

SPAN = 16
"""Batches of a segment that is full; `BATCH` times as many entries have to fit in 16 bits."""
_PART_BITS = 20
_SIZE = 4096
"""Entries of a block, about: a search reads a whole one for a gram."""
_KEY, _COUNT, _DOC = "<u4", "<u2", "<u2"


Range = tuple[int, int]
"""The first and the last key."""


def block_id(segment: int, part: int = 0) -> int:
    """The number of a block: those of a segment follow each other."""
    return (segment << _PART_BITS) + part


def segment_of(block: int) -> int:
    """The segment that the block belongs to."""
    return block >> _PART_BITS


def bounds(segment: int) -> tuple[int, int]:
    """The first and the last number that a block of the segment may have."""
    return block_id(segment), block_id(segment + 1) - 1


def joined(group: int) -> int:
    """The segment that `SPAN` batches have become; before, each has one of its own number."""
    return -group - 1


def segments(batches: int) -> list[int]:
    """The segments that so many batches make, the latest first."""
    full = batches // SPAN
    return [*range(batches - 1, full * SPAN - 1, -1), *(map(joined, range(full - 1, -1, -1)))]


def first_batch(segment: int) -> int:
    """The earliest batch of a segment."""
    return segment if segment >= 0 else joined(segment) * SPAN


@dataclass(frozen=True, slots=True)
class Directory:
    """Where a segment has which gram: the first key of each block, first those about titles."""

    titles: Keys
    texts: Keys

    @classmethod
    def read(cls, data: bytes) -> Directory:
        """From block 0."""
        import numpy as np

        numbers = np.frombuffer(data, _KEY)
        return cls(numbers[1 : 1 + numbers[0]], numbers[1 + numbers[0] :])

    @staticmethod
    def data(titles: Sequence[int], texts: Sequence[int]) -> bytes:
        """Block 0, of the first keys of the blocks."""
        import numpy as np

        return np.array([len(titles), *titles, *texts], _KEY).tobytes()

    def keys(self, *, in_title: bool) -> Keys:
        """The first keys of the blocks of titles, or of whole texts."""
        return self.titles if in_title else self.texts

    def parts(self, first: int, last: int, *, in_title: bool) -> range:
        """The blocks that may have keys from `first` to `last`."""
        keys = self.keys(in_title=in_title)
        before = 1 if in_title else 1 + len(self.titles)
        begin = max(0, int(keys.searchsorted(first, "right")) - 1)
        return range(before + begin, before + int(keys.searchsorted(last, "right")))

    def parts_of(self, ranges: Sequence[Range], *, in_title: bool) -> list[range]:
        """The same of several."""
        keys = self.keys(in_title=in_title)
        before = 1 if in_title else 1 + len(self.titles)
        begins = keys.searchsorted([first for first, _ in ranges], "right").tolist()
        ends = keys.searchsorted([last for _, last in ranges], "right").tolist()
        return [
            range(before + max(0, begin - 1), before + end)
            for begin, end in zip(begins, ends, strict=True)
        ]


Blocks = tuple[list[int], list[bytes]]
"""The first key of each block, and the blocks."""


def cut(found: Postings) -> Blocks:
    """Postings as blocks."""
    import numpy as np

    ends = np.cumsum(found.counts)
    block = (ends - found.counts) // _SIZE
    places = np.concatenate(([0], np.flatnonzero(np.diff(block)) + 1, [len(block)])).tolist()
    starts = np.concatenate(([0], ends))[places].tolist()
    keys, counts = found.keys.astype(_KEY), found.counts.astype(_COUNT)
    docs = found.docs.astype(_DOC)
    blocks = [
        b"".join((
            (end - begin).to_bytes(4, "little"),
            keys[begin:end].tobytes(), counts[begin:end].tobytes(), docs[first:last].tobytes(),
        ))
        for (begin, end), (first, last) in zip(pairwise(places), pairwise(starts), strict=True)
        if end > begin
    ]  # fmt: skip
    return found.keys[places[:-1]].tolist() if blocks else [], blocks


def opened(data: bytes) -> Postings:
    """The postings of a block."""
    import numpy as np

    size = int.from_bytes(data[:4], "little")
    keys = np.frombuffer(data, _KEY, size, 4)
    counts = np.frombuffer(data, _COUNT, size, 4 + 4 * size)
    return Postings(keys, counts, np.frombuffer(data, _DOC, -1, 4 + 6 * size))


def entries_of(found: Postings, key: int) -> Units:
    """Which entries have this gram."""
    at = int(found.keys.searchsorted(key))
    if at == len(found.keys) or found.keys[at] != key:
        return found.docs[:0]
    start = int(found.counts[:at].sum())
    return found.docs[start : start + int(found.counts[at])]


def between(found: Postings, first: int, last: int) -> Postings:
    """What is said of the keys from `first` to `last`."""
    begin = int(found.keys.searchsorted(first))
    end = int(found.keys.searchsorted(last, "right"))
    start = int(found.counts[:begin].sum())
    stop = start + int(found.counts[begin:end].sum())
    return Postings(found.keys[begin:end], found.counts[begin:end], found.docs[start:stop])


def merged(parts: Sequence[tuple[int, Postings]]) -> Postings:
    """Postings of several batches as those of a segment; with each the batch's place there."""
    import numpy as np

    if not parts:
        return postings([])
    keys = np.concatenate([part.keys for _, part in parts])
    counts = np.concatenate([part.counts for _, part in parts]).astype(np.int64)
    docs = np.concatenate([_moved(part.docs, place * BATCH) for place, part in parts])
    starts = np.cumsum(counts) - counts
    order = np.argsort(keys, kind="stable")
    keys, counts, starts = keys[order], counts[order], starts[order]
    begins = np.cumsum(counts) - counts
    docs = docs[np.repeat(starts - begins, counts) + np.arange(len(docs))]
    first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1]))[: len(keys)])
    counts = np.add.reduceat(counts, first) if len(first) else counts
    return Postings(keys[first], counts, docs)


def _moved(docs: Units, by: int) -> Any:
    return docs + docs.dtype.type(by)
