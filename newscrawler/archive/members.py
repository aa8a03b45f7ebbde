"""Reads files of the archive: member by member, strict about each."""

from __future__ import annotations

import mmap
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from newscrawler.archive.records import SUBJECT, public_url
from newscrawler.captures import RESPONSE, REVISIT, Capture, Header, Subject
from newscrawler.errors import NewscrawlerError

_MAGIC = b"\x1f\x8b\x08"
_VERSION = b"WARC/1.1\r\n"
_END = b"\r\n\r\n"
_LENGTH = b"Content-Length:"


class DamagedError(NewscrawlerError):
    """Bytes that are no whole record."""


@dataclass(frozen=True)
class Record:
    """One WARC record."""

    about: bytes
    """What stands before its block: the version, and a field a line."""
    block: bytes

    @cached_property
    def fields(self) -> dict[str, str]:
        """Its named fields; who only wants the block need not have them read."""
        lines = self.about.decode("utf-8", "replace").split("\r\n")[1:]
        pairs = (line.partition(":") for line in lines)
        return {name: value.strip() for name, _, value in pairs}

    @property
    def kind(self) -> str:
        """Its WARC-Type."""
        return self.fields.get("WARC-Type", "")

    @property
    def head(self) -> bytes:
        """Of an HTTP message: first line and headers."""
        return self.block.partition(_END)[0]

    @property
    def body(self) -> bytes:
        """Of an HTTP message: what follows the headers."""
        return self.block.partition(_END)[2]

    @property
    def status(self) -> int:
        """Of an HTTP response; 0 if it names none."""
        parts = self.block[:40].split(None, 2)
        return int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0

    @property
    def headers(self) -> list[Header]:
        """Of an HTTP message."""
        lines = self.head.split(b"\r\n")[1:]
        return [(name, value.strip()) for name, _, value in (x.partition(b":") for x in lines)]


@dataclass(frozen=True, slots=True)
class Member:
    """One record with its place in the file; without record, bytes that are none."""

    start: int
    size: int
    record: Record | None
    torn: bool = False
    """Whether nothing readable follows: the tail of a file whose writer was killed."""


def scan(path: Path) -> Iterator[Member]:
    """Every record of a file and, between them, whatever is damaged.

    Raises:
        OSError: the file cannot be read.
    """
    if not path.stat().st_size:
        return
    with (
        path.open("rb") as file,
        closing(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)) as data,
    ):
        at = 0
        while at < len(data):
            found = _member_at(data, at)
            if found is None:
                after = _next(data, at + 1)
                yield Member(at, (after or len(data)) - at, None, torn=after is None)
                at = after or len(data)
            else:
                yield found
                at += found.size


def read(path: Path, start: int, size: int) -> Record:
    """One record of a file.

    Raises:
        DamagedError: there is none at this place.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        file.seek(start)
        return unpack(file.read(size))


def unpack(data: bytes) -> Record:
    """The record of one whole member.

    Raises:
        DamagedError: it is none.
    """
    unpacker = zlib.decompressobj(31)
    try:
        raw = unpacker.decompress(data)
    except zlib.error as error:
        raise DamagedError(str(error)) from error
    if not unpacker.eof or unpacker.unused_data:
        raise DamagedError("no single gzip member")
    return parse(raw)


def parse(raw: bytes) -> Record:
    """A record from its bytes.

    Raises:
        DamagedError: it is none.
    """
    if not raw.startswith(_VERSION):
        raise DamagedError("no WARC/1.1 record")
    about, _, rest = raw.partition(_END)
    _, *lines = about.split(b"\r\n")
    if not all(b":" in line for line in lines):
        raise DamagedError("a line of its head is no field")
    lengths = [line[len(_LENGTH) :].strip() for line in lines if line.startswith(_LENGTH)]
    length = lengths[-1] if lengths else b""
    if not length.isdigit() or len(rest) != int(length) + len(_END) or not rest.endswith(_END):
        raise DamagedError("its length is not what it says")
    return Record(about, rest[: -len(_END)])


def capture_of(member: Member, file: str) -> Capture | None:
    """The index row of an answer; None for every other record."""
    record = member.record
    if record is None or record.kind not in (RESPONSE, REVISIT):
        return None
    subject = record.fields.get(SUBJECT, "").split(" ")
    if len(subject) != 3:
        return None
    site, name, external_id = subject
    return Capture(
        subject=Subject(site, "" if external_id == "-" else external_id, name),
        kind=record.kind,
        url=public_url(record.fields.get("WARC-Target-URI", "")),
        fetched_at=datetime.fromisoformat(record.fields["WARC-Date"]),
        status=record.status,
        digest=record.fields.get("WARC-Payload-Digest", "").removeprefix("sha1:"),
        file=file,
        start=member.start,
        size=member.size,
    )


def _member_at(data: mmap.mmap, start: int) -> Member | None:
    if data[start : start + 3] != _MAGIC:
        return None
    unpacker = zlib.decompressobj(31)
    parts, at = [], start
    try:
        while not unpacker.eof:
            chunk = data[at : at + 65_536]
            if not chunk:
                return None
            parts.append(unpacker.decompress(chunk))
            at += len(chunk)
        size = at - start - len(unpacker.unused_data)
        return Member(start, size, parse(b"".join(parts)))
    except (zlib.error, DamagedError):
        return None


def _next(data: mmap.mmap, start: int) -> int | None:
    """Where the next whole record begins."""
    at = data.find(_MAGIC, start)
    while at >= 0:
        if _member_at(data, at) is not None:
            return at
        at = data.find(_MAGIC, at + 1)
    return None
