"""JSON Lines: one object a line, UTF-8, with all that is known of an article."""

from __future__ import annotations

from collections.abc import Iterator

from newscrawler.exports.formats import About, Format, Record, Sink
from newscrawler.exports.values import decoded, to_json


def write(records: Iterator[Record], sink: Sink, _: About) -> None:
    """One line a record; keys are the columns of the views, parts are lists of objects."""
    for record in records:
        sink.write(f"{to_json(decoded(record))}\n".encode())


JSONL = Format(name="jsonl", write=write, parts=("paragraphs", "images", "securities", "related"))
REVISIONS = Format(name="jsonl", write=write)
