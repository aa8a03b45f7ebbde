"""Parquet: typed columns, times in UTC, lists of structs; compressed with zstd. Needs pyarrow."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from importlib import import_module
from itertools import islice
from typing import Any

from newscrawler.errors import ConfigError
from newscrawler.exports.formats import About, Format, Record, Sink
from newscrawler.exports.values import decoded
from newscrawler.store.stream import PARTS
from newscrawler.store.views import VIEWS

_BATCH = 500
_GROUP_BYTES = 64 << 20
"""A row group is written when it has so many bytes before compression: they are in memory."""

_REVISION_OWN = ("site", "external_id", "url")


def write(records: Iterator[Record], sink: Sink, about: About, *, revisions: bool) -> None:
    """All records; raises ConfigError, saying what to install, without pyarrow."""
    arrow = _arrow("pyarrow")
    schema = arrow.schema(list(_fields(arrow, revisions=revisions)), metadata=_metadata(about))
    writer = _arrow("pyarrow.parquet").ParquetWriter(_File(sink), schema, compression="zstd")
    waiting: list[Any] = []
    try:
        while some := [*map(decoded, islice(records, _BATCH))]:
            waiting.append(arrow.RecordBatch.from_pylist(some, schema))
            if sum(batch.nbytes for batch in waiting) >= _GROUP_BYTES:
                writer.write_table(arrow.Table.from_batches(waiting))
                waiting = []
        writer.write_table(arrow.Table.from_batches(waiting, schema))
    finally:
        writer.close()


class _File:
    """A sink as pyarrow wants its files."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.closed = False

    def write(self, data: Any) -> int:
        return self._sink.write(bytes(data))

    def flush(self) -> None:
        """The sink's owner does that."""

    def close(self) -> None:
        self.closed = True


def _arrow(module: str) -> Any:
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise ConfigError(
            "export parquet needs pyarrow: pip install 'newscrawler[parquet]'"
            " (or: pip install pyarrow)"
        ) from error


def _metadata(about: About) -> Mapping[str, str]:
    return {
        "newscrawler.version": about.version,
        "newscrawler.created_at": about.created_at.isoformat(),
        "newscrawler.filters": json.dumps(about.filters, ensure_ascii=False),
    }


def _fields(arrow: Any, *, revisions: bool) -> Iterator[Any]:
    if revisions:
        yield from (arrow.field(name, arrow.string()) for name in _REVISION_OWN)
        yield from _columns(arrow, "news_revisions", {"notes": arrow.list_(arrow.string())})
        return
    yield from _columns(arrow, "news", {})
    table = arrow.list_(arrow.list_(arrow.string()))
    for part in PARTS:
        if part == "related":
            yield arrow.field(part, arrow.list_(arrow.string()))
        else:
            fields = _columns(arrow, f"news_{part}", {"cells": table})
            rows = [field for field in fields if field.name != "article_id"]
            yield arrow.field(part, arrow.list_(arrow.struct(rows)))


def _columns(arrow: Any, view: str, special: Mapping[str, Any]) -> Iterable[Any]:
    kinds = {int: arrow.int64(), str: arrow.string(), datetime: arrow.timestamp("us", tz="UTC")}
    for column in VIEWS[view].c:
        python: Any = column.type.python_type
        yield arrow.field(column.name, special.get(column.name, kinds.get(python, kinds[datetime])))


def parquet(*, revisions: bool = False) -> Format:
    """The format."""

    def write_them(records: Iterator[Record], sink: Sink, about: About) -> None:
        write(records, sink, about, revisions=revisions)

    return Format(
        name="parquet", write=write_them, parts=() if revisions else PARTS, is_stream=False
    )
