"""Looks after the raw archive and its index: lists, verifies, mends, prunes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from newscrawler.archive import files, pruning
from newscrawler.archive.files import OPEN, captures_in, is_held, name_of
from newscrawler.archive.pruning import Pruned
from newscrawler.archive.verify import Finding, verify_file
from newscrawler.captures import Capture
from newscrawler.errors import ConfigError, StoreError
from newscrawler.store import Connection, raw
from newscrawler.store.engine import Database
from newscrawler.store.retry import transact

Row = dict[str, Any]


def require(directory: Path | None) -> Path:
    """The archive's directory.

    Raises:
        ConfigError: there is none: switched off, or nothing was kept yet.
    """
    if directory is None:
        raise ConfigError("there is no raw archive: RAW_ARCHIVE is off")
    if not directory.is_dir():
        raise ConfigError(f"there is no raw archive at {directory} (RAW_ARCHIVE); a crawl makes it")
    return directory


def list_files(root: Path, database: Database) -> list[Row]:
    """Every file, oldest first: file, state, bytes, responses, revisits, first_at, last_at."""
    with database.read() as conn:
        known = raw.summary(conn)
    rows = []
    for path in files.files(root):
        name = name_of(root, path)
        row = known.pop(name, {"responses": 0, "revisits": 0, "first_at": None, "last_at": None})
        state = _state(path)
        rows.append({**row, "file": name, "state": state, "bytes": path.stat().st_size})
    rows += [{**row, "file": name, "state": "missing", "bytes": 0} for name, row in known.items()]
    columns = ("file", "state", "bytes", "responses", "revisits", "first_at", "last_at")
    return [{column: row[column] for column in columns} for row in rows]


def _state(path: Path) -> str:
    """`closed`, `open` (a run writes it) or `left open` (its run died; the next one closes it)."""
    if not path.name.endswith(OPEN):
        return "closed"
    return "open" if is_held(path) else "left open"


def verify(root: Path, database: Database) -> Iterator[Finding]:
    """Everything that is wrong with the files and with the index.

    Raises:
        StoreError: a file cannot be read, or the database.
    """
    with database.read() as conn:
        names = set(raw.file_names(conn))
    for path in files.files(root):
        name = name_of(root, path)
        with database.read() as conn:
            indexed = raw.of_file(conn, name)
        try:
            yield from verify_file(root, path, indexed)
        except OSError as error:
            raise StoreError(f"cannot read {path}: {error.strerror or error}") from error
        names.discard(name)
    for name in sorted(names):
        if not files.locate(root, name).exists():
            yield Finding(name, 0, "in the index, but there is no such file")


def reindex(root: Path, database: Database) -> int:
    """Make the index say what the files hold; return how many answers it then names.

    Raises:
        StoreError: a file cannot be read, or the database.
    """
    total = 0
    with database.read() as conn:
        names = set(raw.file_names(conn))
    for path in files.files(root):
        name = name_of(root, path)
        names.discard(name)
        if _state(path) == "open":
            continue
        try:
            captures = list(captures_in(root, path))
        except OSError as error:
            raise StoreError(f"cannot read {path}: {error.strerror or error}") from error
        _renew(database, name, captures)
        total += len(captures)
    for name in sorted(names):
        if not files.locate(root, name).exists():
            _renew(database, name, [])
    return total


def _renew(database: Database, name: str, captures: Sequence[Capture]) -> None:
    def write(conn: Connection) -> None:
        if raw.of_file(conn, name) != list(captures):
            raw.forget_file(conn, name)
            raw.add(conn, captures)

    transact(database, write)


def prune(
    root: Path,
    database: Database,
    *,
    before: datetime | None,
    max_bytes: int | None,
    everything: bool = False,
    dry_run: bool = False,
) -> Iterator[Pruned]:
    """Shorten old files to what reading articles again needs (`everything`: remove them whole).

    Raises:
        StoreError: a file cannot be read or written, or the database.
    """
    chosen = pruning.candidates(root, files.files(root), before=before, max_bytes=max_bytes)
    for path in chosen:
        try:
            done = _prune_one(root, path, database, everything=everything, dry_run=dry_run)
        except OSError as error:
            raise StoreError(f"cannot prune {path}: {error.strerror or error}") from error
        if done is not None:
            yield done


def _prune_one(
    root: Path, path: Path, database: Database, *, everything: bool, dry_run: bool
) -> Pruned | None:
    captures = list(captures_in(root, path))
    keep = [] if everything else _needed(database, captures)
    if len(keep) == len(captures) and captures:
        return None
    dropped = len(captures) - len(keep)
    if dry_run:
        gone = {each.start for each in captures} - {each.start for each in keep}
        freed = path.stat().st_size if not keep else sum(
            each.size for each in captures if each.start in gone
        )  # fmt: skip
    else:

        def index(old: str, new: str, starts: Mapping[int, int]) -> None:
            transact(database, lambda conn: raw.move(conn, old, new, starts))

        freed = pruning.rewrite(root, path, keep, index)
    return Pruned(file=name_of(root, path), freed=freed, dropped=dropped, kept=len(keep))


def _needed(database: Database, captures: Sequence[Capture]) -> list[Capture]:
    by_site: dict[str, set[str]] = {}
    for each in captures:
        if each.subject.external_id:
            by_site.setdefault(each.subject.site, set()).add(each.subject.external_id)
    keep: list[Capture] = []
    for site, external_ids in by_site.items():
        with database.read() as conn:
            seen_at = raw.current_seen_at(conn, site, external_ids)
            relevant = raw.of_ids(conn, site, external_ids)
        ours = [each for each in captures if each.subject.site == site]
        keep += pruning.needed(ours, seen_at, relevant)
    return keep
