"""Checks files of the archive: structure by our own strict reader, digests by warcio."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from newscrawler.archive import members
from newscrawler.archive.files import OPEN, is_held, name_of
from newscrawler.captures import Capture

_warcio: Any = import_module("warcio.archiveiterator")  # without types


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be."""

    file: str
    start: int
    problem: str


def verify_file(root: Path, path: Path, indexed: Sequence[Capture]) -> Iterator[Finding]:
    """Everything wrong with one file, and with what the index says of it.

    Raises:
        OSError: it cannot be read.
    """
    name = name_of(root, path)
    open_now = path.name.endswith(OPEN) and is_held(path)
    found: list[Capture] = []
    damaged = False
    for member in members.scan(path):
        if member.record is None:
            if not (member.torn and open_now):  # its writer is in the middle of it
                damaged = True
                what = "torn last record" if member.torn else "damaged"
                yield Finding(name, member.start, f"{what}: {member.size} bytes are no record")
            continue
        capture = members.capture_of(member, name)
        found += [capture] if capture else []
    if not damaged and not open_now:
        yield from _digests(path, name)
    if not open_now:  # what it holds is entered when it is closed
        yield from _against_index(name, found, indexed)


def _digests(path: Path, name: str) -> Iterator[Finding]:
    with path.open("rb") as file:
        records = _warcio.ArchiveIterator(file, check_digests=True)
        try:
            for record in records:
                while record.raw_stream.read(65_536):
                    pass
                if record.digest_checker.passed is False:
                    problem = "; ".join(record.digest_checker.problems)
                    yield Finding(name, records.get_record_offset(), problem)
        except _warcio.ArchiveLoadFailed as error:
            yield Finding(name, 0, f"warcio cannot read it: {' '.join(str(error).split())[:120]}")


def _against_index(
    name: str, found: Sequence[Capture], indexed: Sequence[Capture]
) -> Iterator[Finding]:
    there = {each.start: each for each in found}
    known = {each.start: each for each in indexed}
    for start in sorted(there.keys() | known.keys()):
        if start not in known:
            yield Finding(name, start, "not in the index")
        elif start not in there:
            yield Finding(name, start, "in the index, but not in the file")
        elif there[start] != known[start]:
            yield Finding(name, start, "the index says something else")
