"""What stands beside an exported file: how many records, of what, and the hash of its bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from newscrawler.exports.formats import About, Record
from newscrawler.exports.target import Sink, replacing

SUFFIX = ".manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One export, as PATH.manifest.json has it."""

    format: str
    filters: dict[str, str]
    count: int
    bytes: int
    sha256: str
    """Of the file, hex."""
    first_change_seq: int | None
    last_change_seq: int | None
    """The smallest and greatest `change_seq` of the articles in the file; null for revisions."""
    feed_seq: int
    """The newest change when the export began: `changes --after` it says what came later."""
    created_at: str
    version: str

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


class Tally:
    """Counts records as they pass."""

    def __init__(self) -> None:
        self.count = 0
        self.first: int | None = None
        self.last: int | None = None

    def watch(self, records: Iterator[Record]) -> Iterator[Record]:
        """Pass them on."""
        for record in records:
            self.count += 1
            seq = record.get("change_seq")
            if seq is not None:
                self.first = seq if self.first is None else min(seq, self.first)
                self.last = seq if self.last is None else max(seq, self.last)
            yield record

    def manifest(self, form: str, about: About, sink: Sink, feed_seq: int) -> Manifest:
        """What is to be said when all have passed."""
        return Manifest(
            format=form,
            filters=dict(about.filters),
            count=self.count,
            bytes=sink.bytes,
            sha256=sink.sha256,
            first_change_seq=self.first,
            last_change_seq=self.last,
            feed_seq=feed_seq,
            created_at=about.created_at.isoformat(),
            version=about.version,
        )


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Write PATH.manifest.json, as a whole or not at all; raises ExportError."""
    with replacing(path.with_name(path.name + SUFFIX)) as sink:
        text = json.dumps(manifest.as_dict(), ensure_ascii=False, indent=2)
        sink.write(f"{text}\n".encode())
