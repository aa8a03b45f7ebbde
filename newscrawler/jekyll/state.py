"""What an export leaves in its directory for the next one: how far it came, and what it wrote."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from newscrawler.errors import ExportError
from newscrawler.exports.target import replacing, sync_directory

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

NAME = ".newscrawler-site.json"
LOCK = ".newscrawler-site.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The last export that came to its end; the first one has none."""

    order: str = ""
    """What was asked for: options, filters, version. Another order means to begin anew."""
    feed_seq: int = 0
    run_id: int = 0
    """The latest run when it began: this one and later ones may have written since."""
    categories: dict[str, list[str]] = field(default_factory=dict)
    """Slug → outlets, of every category page."""
    files: dict[str, str] = field(default_factory=dict)
    """Path → SHA-256 of the site's own files as they were written: any other is the user's."""
    complete: bool = False


def load(directory: Path) -> State | None:
    """The state in a directory; None if no export of ours has begun there.

    Raises ExportError if it cannot be read.
    """
    path = directory / NAME
    try:
        known: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return State(**{one.name: known[one.name] for one in fields(State) if one.name in known})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ExportError(f"cannot read {path}: {error}; remove it to export anew") from error


def save(directory: Path, state: State, places: Iterable[str] = ()) -> None:
    """Write the state, whole or not at all, after the files of these directories in it are there
    to stay."""
    for place in sorted(set(places)):
        with suppress(FileNotFoundError):
            sync_directory(directory / place)
    with replacing(directory / NAME) as sink:
        sink.write(json.dumps(asdict(state), ensure_ascii=False, indent=1).encode() + b"\n")


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Keep other exports out of the directory for the block.

    Raises ExportError if another one is writing there, or if it cannot be made or written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        file = (directory / LOCK).open("a+b")
    except OSError as error:
        raise ExportError(f"cannot write to {directory}: {error.strerror}") from error
    with file:
        try:
            if sys.platform == "win32":
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ExportError(f"another export is writing to {directory}; wait for it") from error
        yield
        with suppress(OSError):
            (directory / LOCK).unlink()
