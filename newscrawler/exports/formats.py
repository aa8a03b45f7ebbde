"""What a format is, and what it is told about an export."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

Record = dict[str, Any]
"""One article (the columns of `news` and its parts) or one revision; see store/stream.py."""


class Sink(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> int:
        """Take all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a file can say of itself."""

    version: str
    """Of newscrawler."""
    created_at: datetime
    """Aware, UTC."""
    filters: Mapping[str, str]
    """Those that are set, as text."""


Write = Callable[[Iterator[Record], Sink, About], None]
"""Writes all records; raises ExportError for what the format cannot hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format of files."""

    name: str
    write: Write
    parts: tuple[str, ...] = ()
    """The parts of an article that it needs (store/stream.py)."""
    is_stream: bool = True
    """Whether it can go to standard output."""
