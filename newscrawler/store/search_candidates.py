"""What the full-text index says of a query: which entries may hold it, the newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select

from newscrawler.store.search_grams import SPAN, TITLE, asked, entries, numbers
from newscrawler.store.search_index import joined
from newscrawler.store.search_schema import search_batches, search_postings

Group = tuple[list[int], datetime | None]
"""doc_ids of one batch, the newest first; the newest time in any batch that is still to come."""
_FIRST_SEGMENTS = 8


class Candidates:
    """Entries that hold every gram of these folded words: every hit is among them."""

    def __init__(self, conn: Connection, words: Sequence[str]) -> None:
        self._conn = conn
        self._grams = sorted({gram for word in words for gram in asked(word)})
        self._signs = sorted({word for word in words if not asked(word)})
        newest = search_batches.c.newest_at
        rows = conn.execute(select(newest, search_batches.c.batch_id).order_by(newest.desc()))
        self._batches = [(row[0], row[1]) for row in rows]

    def of_titles(self) -> Iterator[Group]:
        """Those whose title holds the grams."""
        return self._walk(TITLE)

    def of_texts(self) -> Iterator[Group]:
        """Those whose title, summary and body together hold them."""
        return self._walk("")

    def _walk(self, prefix: str) -> Iterator[Group]:
        segments = list(dict.fromkeys(self._segment(batch) for _, batch in self._batches))
        known: dict[int, dict[int, set[str]]] = {}
        for number, (_, batch) in enumerate(self._batches):
            segment = self._segment(batch)
            if segment not in known:
                size = max(_FIRST_SEGMENTS, len(known))
                known |= self._load(prefix, segments[len(known) : len(known) + size])
            later = self._batches[number + 1 : number + 2]
            found = known[segment].get(batch % SPAN, ())
            yield numbers(batch, found), later[0][0] if later else None

    def _segment(self, batch: int) -> int:
        full = len(self._batches) // SPAN
        return joined(batch // SPAN) if batch // SPAN < full else batch

    def _load(self, prefix: str, segments: Sequence[int]) -> dict[int, dict[int, set[str]]]:
        """By segment and batch, the entries that hold everything that is asked for."""
        wanted: list[tuple[ColumnElement[bool], int]] = []
        gram = search_postings.c.gram
        if self._grams:
            named = [prefix + each for each in self._grams]
            wanted.append((gram.in_(named), len(named)))
        wanted += [
            ((gram >= prefix + sign) & (gram < prefix + chr(ord(sign) + 1)), 0)
            for sign in self._signs
        ]
        found = [self._read(segments, condition, count) for condition, count in wanted]
        return {segment: _shared([each[segment] for each in found]) for segment in segments}

    def _read(
        self, segments: Sequence[int], condition: ColumnElement[bool], count: int
    ) -> dict[int, dict[int, set[str]]]:
        """The entries that hold `count` grams, all of them; any of the grams if it is 0."""
        docs: dict[int, list[str]] = {segment: [] for segment in segments}
        c = search_postings.c
        for segment, each in self._conn.execute(
            select(c.segment, c.docs).where(c.segment.in_(segments), condition)
        ):
            docs[segment].append(each)
        if count:
            return {
                segment: entries(each) if len(each) == count else {}
                for segment, each in docs.items()
            }
        return {segment: _either(each) for segment, each in docs.items()}


def _either(docs: Sequence[str]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for each in docs:
        for batch, some in entries([each]).items():
            found.setdefault(batch, set()).update(some)
    return found


def _shared(parts: Sequence[dict[int, set[str]]]) -> dict[int, set[str]]:
    first, *others = parts
    for other in others:
        first = {batch: each & other[batch] for batch, each in first.items() if batch in other}
    return first
