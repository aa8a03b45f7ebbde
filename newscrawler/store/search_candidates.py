"""What the full-text index says of a query: which entries may hold it, the newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import reduce
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from newscrawler.store.search_blocks import (
    SPAN,
    Directory,
    between,
    block_id,
    first_batch,
    joined,
    opened,
)
from newscrawler.store.search_grams import BATCH, asked, beginning_with
from newscrawler.store.search_index import read_blocks, read_directories
from newscrawler.store.search_schema import search_batches

if TYPE_CHECKING:
    from newscrawler.store.search_grams import Units

Group = tuple[list[int], datetime | None]
"""doc_ids of one batch, the newest first; the newest time in any batch that is still to come."""
_FIRST_SEGMENTS = 4
_GROWTH = 3
"""If those read so far have too few hits, so many times as many are read next: each step costs
round trips."""


class Candidates:
    """Entries that hold every gram of these folded words: every hit is among them."""

    def __init__(self, conn: Connection, words: Sequence[str]) -> None:
        self._conn = conn
        grams = sorted({key for word in words for key in asked(word)})
        signs = sorted({word[0] for word in words if not asked(word)})
        self._wanted = [(key, key) for key in grams] + [beginning_with(sign) for sign in signs]
        newest = search_batches.c.newest_at
        rows = conn.execute(select(newest, search_batches.c.batch_id).order_by(newest.desc()))
        self._batches = [(time, batch) for time, batch in rows.all()]
        self._directories: dict[int, Directory] = {}
        self._data: dict[int, bytes] = {}

    def of_titles(self) -> Iterator[Group]:
        """Those whose title holds the grams."""
        return self._walk(in_title=True)

    def of_texts(self) -> Iterator[Group]:
        """Those whose title, summary and body together hold them."""
        return self._walk(in_title=False)

    def _walk(self, *, in_title: bool) -> Iterator[Group]:
        """Batches that have any, the newest first."""
        to_load = iter(dict.fromkeys(self._segment(batch) for _, batch in self._batches))
        loaded: set[int] = set()
        known: dict[int, list[int]] = {}
        times = [time for time, _ in self._batches[1:]]
        for (_, batch), later in zip(self._batches, [*times, None], strict=False):
            while self._segment(batch) not in loaded:
                size = max(_FIRST_SEGMENTS, _GROWTH * len(loaded))
                segments = list(islice(to_load, size))
                known |= self._load(segments, in_title=in_title)
                loaded.update(segments)
            if batch in known:
                yield known[batch], later

    def _segment(self, batch: int) -> int:
        full = len(self._batches) // SPAN
        return joined(batch // SPAN) if batch // SPAN < full else batch

    def _load(self, segments: Sequence[int], *, in_title: bool) -> dict[int, list[int]]:
        """By batch, the doc_ids of those that hold everything that is asked for."""
        missing = [segment for segment in segments if segment not in self._directories]
        self._directories |= read_directories(self._conn, missing)
        blocks = self._places(segments, in_title=in_title)
        ids = _all(blocks)
        if in_title and len(self._directories) > _FIRST_SEGMENTS:
            # A rare word: its texts will be asked for as well.
            ids |= _all(self._places(segments, in_title=False))
        self._data |= read_blocks(self._conn, sorted(ids - self._data.keys()))
        data = self._data
        found: dict[int, list[int]] = {}
        for segment, wanted in blocks.items():
            docs = self._shared([[data[each] for each in some if each in data] for some in wanted])
            for doc in docs[::-1].tolist():
                batch = first_batch(segment) + doc // BATCH
                found.setdefault(batch, []).append(batch * BATCH + doc % BATCH)
        return found

    def _places(self, segments: Sequence[int], *, in_title: bool) -> dict[int, list[list[int]]]:
        """By segment, the blocks that may have the keys of each range that is asked for."""
        return {
            segment: [
                [block_id(segment, part) for part in directory.parts(*keys, in_title=in_title)]
                for keys in self._wanted
            ]
            for segment in segments
            if (directory := self._directories.get(segment))
        }

    def _shared(self, blocks: Sequence[Sequence[bytes]]) -> Units:
        """The entries that have a gram of each range that is asked for, rising."""
        import numpy as np

        found: list[Units] = []
        for (first, last), some in zip(self._wanted, blocks, strict=True):
            docs = [between(opened(each), first, last).docs for each in some]
            docs = [each for each in docs if len(each)]
            if not docs:
                return np.array([], np.uint16)
            found.append(docs[0] if first == last else np.unique(np.concatenate(docs)))
        found.sort(key=len)
        return reduce(_common, found)


def _all(blocks: Mapping[int, Sequence[Sequence[int]]]) -> set[int]:
    return {each for wanted in blocks.values() for some in wanted for each in some}


def _common(few: Units, many: Units) -> Units:
    """What two rising sequences share."""
    at = many.searchsorted(few)
    at[at == len(many)] = 0
    shared: Units = few[many[at] == few]
    return shared
