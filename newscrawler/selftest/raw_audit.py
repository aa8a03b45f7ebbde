"""Compares the raw archive with what is stored: every revision has the answer it was read from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from newscrawler import upkeep
from newscrawler.archive.archive import RawError, Reader
from newscrawler.archive.files import OPEN
from newscrawler.captures import TEXT, Capture
from newscrawler.selftest.upstream import article_of
from newscrawler.selftest.verdict import CrashReport
from newscrawler.store import raw
from newscrawler.store.engine import Database
from newscrawler.store.snapshot import Snapshot


def audit_raw(report: CrashReport, root: Path, database: Database, stored: Snapshot) -> None:
    """Write into the report whatever is missing from the archive, or damaged in it."""
    codes = {row["article_id"]: row["external_id"] for row in stored["news"]}
    with database.read() as conn:
        captures = raw.of_ids(conn, "eastmoney", codes.values())
        originals = {
            each: raw.original(conn, each) for group in captures.values() for each in group
        }
    reader = Reader(root)
    for row in stored["news_revisions"]:
        code = codes.get(row["article_id"], "")
        report.lost += _missing(row, code, captures.get(code, []), originals, reader)
    report.torn += [
        f"{one.file} at {one.start}: {one.problem}" for one in upkeep.verify(root, database)
    ]
    report.torn += [f"{path.name} was left open" for path in root.glob(f"*/*{OPEN}")]


def _missing(
    row: dict[str, Any],
    code: str,
    captures: list[Capture],
    originals: dict[Capture, Capture | None],
    reader: Reader,
) -> Iterator[str]:
    name = f"the answer of {code} revision {row['revision']}"
    kept = [
        one for one in captures if one.fetched_at == row["seen_at"] and one.subject.name == TEXT
    ]
    source = originals[kept[0]] if kept else None
    if source is None:
        yield f"{name} is not in the raw archive"
        return
    try:
        body = reader.read(source).body
    except RawError as error:
        yield f"{name}: {error}"
        return
    if article_of(code, body).content_hash != row["content_hash"]:
        yield f"{name} is another one in the raw archive"
