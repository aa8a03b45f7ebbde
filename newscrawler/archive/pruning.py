"""Makes the archive smaller: which files are old, and what of them is still needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from newscrawler.archive import members
from newscrawler.archive.files import OPEN, OpenFile, name_of
from newscrawler.captures import RESPONSE, REVISIT, Capture

Digest = tuple[str, str, str, str]
"""Site, external id, name and digest: what a revisit stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What became of one file."""

    file: str
    freed: int
    """Bytes."""
    dropped: int
    """Answers."""
    kept: int


def candidates(
    root: Path, paths: Iterable[Path], *, before: datetime | None, max_bytes: int | None
) -> list[Path]:
    """Closed files of days before `before`, and the oldest ones beyond `max_bytes` altogether."""
    closed = sorted(path for path in paths if not path.name.endswith(OPEN))
    left = sum(path.stat().st_size for path in closed)
    chosen = []
    for path in closed:
        is_old = before is not None and path.parent.name < f"{before:%Y-%m-%d}"
        if is_old or (max_bytes is not None and left > max_bytes):
            chosen.append(path)
            left -= path.stat().st_size
    return chosen


def needed(
    captures: Sequence[Capture],
    seen_at: Mapping[str, datetime],
    relevant: Mapping[str, Sequence[Capture]],
) -> list[Capture]:
    """Those answers of a file that a later reading of articles needs.

    `seen_at`: of each stored article, when its current revision was fetched. `relevant`: all
    answers about the ids of the file. Answers of lists are never needed: what they said is stored.
    """
    stands_for = {
        _digest(each)
        for group in relevant.values()
        for each in group
        if each.kind == REVISIT and _is_current(each, seen_at)
    }
    return [
        each
        for each in captures
        if _is_current(each, seen_at) or (each.kind == RESPONSE and _digest(each) in stands_for)
    ]


def _is_current(capture: Capture, seen_at: Mapping[str, datetime]) -> bool:
    external_id = capture.subject.external_id
    if not external_id:
        return False
    first = seen_at.get(external_id)
    return first is None or capture.fetched_at >= first


def _digest(capture: Capture) -> Digest:
    subject = capture.subject
    return subject.site, subject.external_id, subject.name, capture.digest


def rewrite(
    root: Path,
    path: Path,
    keep: Sequence[Capture],
    index: Callable[[str, str, Mapping[int, int]], None],
) -> int:
    """Put what is kept into a new file in place of the old one; return the bytes it freed.

    Records are copied as they are, each with the request before the next. `index` gets both names
    and old → new offsets, between the new file's closing and the old one's removal: a kill leaves
    both, or one.

    Raises:
        OSError: the disk cannot take it; the old file is still there.
    """
    old, before = name_of(root, path), path.stat().st_size
    if not keep:
        index(old, "", {})
        path.unlink()
        return before
    new = _new_name(root, old)
    file = OpenFile(root, new)
    moved: dict[int, int] = {}
    try:
        _copy(path, file, {each.start for each in keep}, moved)
    except OSError:
        file.drop()
        raise
    size = file.size
    file.close()
    index(old, new, moved)
    path.unlink()
    return before - size


def _copy(path: Path, file: OpenFile, starts: set[int], moved: dict[int, int]) -> None:
    data = path.read_bytes()
    keeps = True
    for member in members.scan(path):
        record = member.record
        if record is None:
            continue
        if record.kind in (RESPONSE, REVISIT):
            keeps = member.start in starts
        elif record.kind == "warcinfo":
            keeps = True
        if keeps:
            at = file.append(data[member.start : member.start + member.size])
            file.flush()
            if record.kind in (RESPONSE, REVISIT):
                moved[member.start] = at


def _new_name(root: Path, old: str) -> str:
    stem = old.removesuffix(".warc.gz").partition("-pruned")[0]
    number = 1
    while (root / f"{stem}-pruned{number}.warc.gz").exists():
        number += 1
    return f"{stem}-pruned{number}.warc.gz"
