"""CSV as RFC 4180 has it: for spreadsheets, and for databases that load files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial

from newscrawler.exports.formats import About, Format, Record, Sink
from newscrawler.store.views import VIEWS

_GUARD = "'"
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", _GUARD)
"""How a cell begins that a spreadsheet may run; the guard too, so that it can be taken off."""

NEWS = (*VIEWS["news"].c.keys(), "securities")
REVISIONS = ("site", "external_id", "url", *VIEWS["news_revisions"].c.keys())


def guarded(text: str) -> str:
    """Text that no spreadsheet takes for a formula.

    >>> guarded("=1+1"), guarded("'quoted'"), guarded("涨停")
    ("'=1+1", "''quoted'", '涨停')
    """
    return _GUARD + text if text.startswith(_RISKY) else text


def unguarded(cell: str) -> str:
    """The text that a cell stands for: the opposite of `guarded`."""
    return cell.removeprefix(_GUARD)


def write(
    records: Iterator[Record], sink: Sink, _: About, *, columns: tuple[str, ...], bom: bool
) -> None:
    """A line of names, then a line a record; text in quotes, NULL as nothing at all."""
    sink.write(("\ufeff" if bom else "").encode() + _line(columns))
    for record in records:
        sink.write(_line(_value(record[column]) for column in columns))


def _value(value: object) -> object:
    """Rows of securities as their codes, separated by spaces."""
    if isinstance(value, list):
        return " ".join(row["security"] for row in value)
    return value


def _line(values: Iterable[object]) -> bytes:
    return (",".join(map(_cell, values)) + "\r\n").encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    escaped = guarded(text).replace('"', '""')
    return f'"{escaped}"'


def csv(*, bom: bool = False, revisions: bool = False) -> Format:
    """The format, with a byte order mark if Excel is to read it as UTF-8."""
    columns = REVISIONS if revisions else NEWS
    return Format(
        name="csv",
        write=partial(write, columns=columns, bom=bom),
        parts=() if revisions else ("securities",),
    )
