"""What the full-text index says of a query: which entries may hold it, the newest first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from functools import reduce
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from newscrawler.store.search_blocks import (
    SPAN,
    Directory,
    Range,
    between,
    block_id,
    entries_of,
    first_batch,
    joined,
    opened,
)
from newscrawler.store.search_grams import BATCH, asked, beginning_with
from newscrawler.store.search_index import read_blocks, read_directories
from newscrawler.store.types import moment

if TYPE_CHECKING:
    from newscrawler.store.search_grams import Units

Group = tuple[list[int], datetime | None]
"""doc_ids of one batch, the newest first; the newest time in any batch that is still to come."""
_FIRST_SEGMENTS = 4
_GROWTH = 3
"""If those read so far have too few hits, so many times as many are read next: each step costs
round trips."""
_ENTRIES_A_MISS = 16_384
"""Of so many entries one may be a candidate in vain: to read its text takes less time than to read
where one more gram stands."""
_BATCHES = "SELECT newest_at, batch_id FROM search_batches ORDER BY newest_at DESC"


class Candidates:
    """Entries that hold the rarest grams of these folded words: every hit is among them."""

    def __init__(self, conn: Connection, words: Sequence[str]) -> None:
        self._conn = conn
        grams = sorted({key for word in words for key in asked(word)})
        signs = sorted({word[0] for word in words if not asked(word)})
        wanted = [(key, key) for key in grams] + [beginning_with(sign) for sign in signs]
        self._wanted: dict[bool, list[Range]] = {True: wanted, False: wanted}
        """What is looked for in titles, and in texts."""
        self._narrowed: set[bool] = set()
        self._batches = conn.exec_driver_sql(_BATCHES).all()
        full = len(self._batches) // SPAN
        self._segments = [
            joined(batch // SPAN) if batch // SPAN < full else batch for _, batch in self._batches
        ]
        self._directories: dict[int, Directory] = {}
        self._places: dict[tuple[int, bool], list[list[int]]] = {}
        self._data: dict[int, bytes] = {}

    def of_titles(self, is_done: Callable[[], bool]) -> Iterator[Group]:
        """Those whose title holds the grams; `is_done` is asked before more than some are read."""
        return self._walk(in_title=True, is_done=is_done)

    def of_texts(self) -> Iterator[Group]:
        """Those whose title, summary and body together hold them."""
        return self._walk(in_title=False, is_done=lambda: False)

    def few(self, most: int) -> list[int] | None:
        """All of `of_texts`, if there are no more than `most`."""
        found: list[int] = []
        for doc_ids, _ in self.of_texts():
            found += doc_ids
            if len(found) > most:
                return None
        return found

    def _walk(self, *, in_title: bool, is_done: Callable[[], bool]) -> Iterator[Group]:
        """Batches that have any, the newest first."""
        to_load = iter(dict.fromkeys(self._segments))
        loaded: set[int] = set()
        known: dict[int, list[int]] = {}
        for place, (_, batch) in enumerate(self._batches):
            while self._segments[place] not in loaded:
                if loaded and is_done():
                    return
                size = max(_FIRST_SEGMENTS, _GROWTH * len(loaded))
                segments = list(islice(to_load, size))
                known |= self._load(segments, in_title=in_title)
                loaded.update(segments)
            if batch in known:
                yield known[batch], self._newest(place + 1)

    def _newest(self, place: int) -> datetime | None:
        if place == len(self._batches):
            return None
        return moment(self._batches[place][0], self._conn.dialect)

    def _load(self, segments: Sequence[int], *, in_title: bool) -> dict[int, list[int]]:
        """By batch, the doc_ids of those that hold everything that is asked for."""
        missing = [segment for segment in segments if segment not in self._directories]
        self._directories |= read_directories(self._conn, missing)
        every = (self._parts(segment, in_title=in_title) for segment in segments)
        ids = {block for parts in every for some in parts for block in some}
        self._data |= read_blocks(self._conn, sorted(ids - self._data.keys()))
        self._narrow(segments, in_title=in_title)
        found: dict[int, list[int]] = {}
        for segment in segments:
            for doc in self._docs(segment, in_title=in_title)[::-1].tolist():
                batch = first_batch(segment) + doc // BATCH
                found.setdefault(batch, []).append(batch * BATCH + doc % BATCH)
        return found

    def _narrow(self, segments: Collection[int], *, in_title: bool) -> None:
        """Look from now on for those grams only that here make nearly the whole difference."""
        wanted = self._wanted[in_title]
        if in_title in self._narrowed:
            return
        self._narrowed.add(in_title)
        found = [self._each(segment, in_title=in_title) for segment in segments]
        rarest = sorted(range(len(wanted)), key=lambda at: sum(len(each[at]) for each in found))
        entries = BATCH * sum(SPAN if segment < 0 else 1 for segment in segments)
        enough = sum(len(_shared(each)) for each in found) + entries // _ENTRIES_A_MISS
        for many in range(1, len(wanted)):
            chosen = sorted(rarest[:many])
            if sum(len(_shared([each[at] for at in chosen])) for each in found) <= enough:
                self._wanted[in_title] = [wanted[at] for at in chosen]
                self._places.clear()
                return

    def _parts(self, segment: int, *, in_title: bool) -> list[list[int]]:
        """The blocks that may have the keys of each range that is looked for."""
        here = (segment, in_title)
        if here not in self._places:
            directory, wanted = self._directories.get(segment), self._wanted[in_title]
            if directory is None:
                return [[] for _ in wanted]
            parts = directory.parts_of(wanted, in_title=in_title)
            self._places[here] = [[block_id(segment, part) for part in some] for some in parts]
        return self._places[here]

    def _each(self, segment: int, *, in_title: bool) -> list[Units]:
        """The entries that have a gram of each range, rising."""
        import numpy as np

        found: list[Units] = []
        parts = self._parts(segment, in_title=in_title)
        for (first, last), some in zip(self._wanted[in_title], parts, strict=True):
            data = [opened(self._data[each]) for each in some if each in self._data]
            if first == last:
                docs = [entries_of(each, first) for each in data]
            else:
                docs = [between(each, first, last).docs for each in data]
            docs = [each for each in docs if len(each)]
            if len(docs) == 1 and first == last:
                found.append(docs[0])
            else:
                found.append(np.unique(np.concatenate(docs)) if docs else np.array([], np.uint16))
        return found

    def _docs(self, segment: int, *, in_title: bool) -> Units:
        return _shared(self._each(segment, in_title=in_title))


def _shared(found: Sequence[Units]) -> Units:
    """What all have."""
    return reduce(_common, sorted(found, key=len))


def _common(few: Units, many: Units) -> Units:
    """What two rising sequences share."""
    if not len(few):
        return few
    at = many.searchsorted(few)
    at[at == len(many)] = 0
    shared: Units = few[many[at] == few]
    return shared
