"""The archive of one run: keeps answers, says what it could not keep, never fails its caller."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from newscrawler import __version__
from newscrawler.archive import members, records
from newscrawler.archive.files import SUFFIX, OpenFile, locate
from newscrawler.captures import RESPONSE, REVISIT, Capture, Exchange
from newscrawler.errors import NewscrawlerError
from newscrawler.failpoints import hit

logger = logging.getLogger(__name__)

Answer = tuple[Exchange, datetime, Capture | None]
"""An answer, when it was read, and the last one about the same subject: if that has the same body,
only this is noted."""
MAX_FILE_BYTES = 256 * 2**20
_OPEN_FILES = 8


class RawArchive:
    """Writes the files of one run; all methods belong to one thread at a time."""

    def __init__(self, root: Path, max_file_bytes: int = MAX_FILE_BYTES) -> None:
        self.root = root
        self.lost = 0
        """Answers that could not be kept."""
        self.reason = ""
        """Why the last of them could not."""
        self._max_file_bytes = max_file_bytes
        self._file: OpenFile | None = None
        self._full: list[OpenFile] = []
        self._token = f"{os.getpid()}-{secrets.token_hex(3)}"
        self._made = 0

    def keep(self, exchange: Exchange, at: datetime, earlier: Capture | None) -> Capture | None:
        """Write one answer with its request; None if it could not be kept."""
        kept = self.keep_all([(exchange, at, earlier)])
        return kept[0] if kept else None

    def keep_all(self, answers: Iterable[Answer]) -> list[Capture]:
        """Write answers with their requests, at once; those that could not be kept are left out."""
        kept: list[Capture] = []
        taken: list[Capture] = []
        for exchange, at, earlier in answers:
            try:
                if self._is_over(at):
                    kept += self._flushed(taken)
                    taken = []
                taken.append(self._take(exchange, at, earlier))
            except OSError as error:
                self._complain(error)
        return kept + self._flushed(taken)

    def take_full(self) -> list[OpenFile]:
        """The files that are full, to be closed once their answers are in the index."""
        full, self._full = self._full, []
        return full

    def close_files(self, full: Sequence[OpenFile]) -> None:
        """Close these files; their answers are in the index by now."""
        for file in full:
            try:
                file.close()
                hit("raw_closed")
            except OSError as error:
                self._complain(error, lost=file.answers)

    def close(self) -> None:
        """Close every file; all answers are in the index by now."""
        self.close_files([*self.take_full(), *([self._file] if self._file else [])])
        self._file = None

    def abandon(self) -> None:
        """Leave every file to the next run, which closes and indexes it."""
        for file in [*self.take_full(), *([self._file] if self._file else [])]:
            file.abandon()
        self._file = None

    def _flushed(self, taken: list[Capture]) -> list[Capture]:
        """Write what was taken for the current file; what of it is kept."""
        if not taken or self._file is None:
            return []
        try:
            self._file.flush()
        except OSError as error:
            self._complain(error, lost=len(taken))
            return []
        self._file.answers += len(taken)
        for _ in taken:
            hit("raw_written")
        return taken

    def _take(self, exchange: Exchange, at: datetime, earlier: Capture | None) -> Capture:
        digest = records.sha1(exchange.body)
        original = self._original(earlier, digest)
        record_id = _new_id()
        if original is None:
            answer = records.response(exchange, record_id, at, digest)
        else:
            answer = records.revisit(exchange, record_id, at, digest, original)
        packed = records.member(answer)
        asked = records.member(records.request(exchange, _new_id(), at, record_id))
        file = self._current(at)
        start = file.append(packed + asked)
        return Capture(
            subject=exchange.subject,
            kind=RESPONSE if original is None else REVISIT,
            url=records.public_url(exchange.url),
            fetched_at=at,
            status=exchange.status,
            digest=digest,
            file=file.name,
            start=start,
            size=len(packed),
        )

    def _original(self, earlier: Capture | None, digest: str) -> tuple[str, str, str] | None:
        """Id, URL and date of the record that has this body, if it is there to be read."""
        if earlier is None or earlier.digest != digest:
            return None
        try:
            path = locate(self.root, earlier.file)
            fields = members.read(path, earlier.start, earlier.size).fields
        except (OSError, members.DamagedError):
            return None  # then it is kept once more
        prefix = "WARC-Refers-To" if earlier.kind == REVISIT else "WARC-Record-ID"
        url, date = ("WARC-Target-URI", "WARC-Date")
        if earlier.kind == REVISIT:
            url, date = f"{prefix}-Target-URI", f"{prefix}-Date"
        return fields.get(prefix, ""), fields.get(url, ""), fields.get(date, "")

    def _current(self, at: datetime) -> OpenFile:
        """The file to write to: a new one every day, and when the last is full."""
        file = self._file
        if file is not None and self._is_over(at):
            self._full.append(file)
            self._file = file = None
        if file is None:
            file = self._file = self._new(f"{at:%Y-%m-%d}", at)
        return file

    def _is_over(self, at: datetime) -> bool:
        """Whether the current file is full or of another day."""
        file = self._file
        return file is not None and (
            file.size >= self._max_file_bytes or not file.name.startswith(at.date().isoformat())
        )

    def _new(self, day: str, at: datetime) -> OpenFile:
        self._made += 1
        name = f"{day}/newscrawler-{at:%Y%m%dT%H%M%S}Z-{self._token}-{self._made:05}{SUFFIX}"
        file = OpenFile(self.root, name)
        facts = [
            ("software", f"newscrawler/{__version__}"),
            ("format", "WARC File Format 1.1"),
            ("hostname", socket.gethostname()),
        ]
        filename = name.rpartition("/")[2]
        try:
            file.append(records.member(records.warcinfo(_new_id(), filename, at, facts)))
            file.flush()
        except OSError:
            file.drop()
            raise
        return file

    def _complain(self, error: OSError, lost: int = 1) -> None:
        reason = f"{error.strerror or error}: {error.filename or self.root}"
        if not self.reason:
            logger.error("raw archive: cannot write (%s); articles are stored all the same", reason)
        self.reason = reason
        self.lost += lost


def _new_id() -> str:
    return f"<urn:uuid:{uuid.uuid4()}>"


class Reader:
    """Reads answers by their index rows; keeps a few files open until it is closed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._open: dict[str, int] = {}

    def read(self, capture: Capture) -> members.Record:
        """The record that an index row names.

        Raises:
            RawError: the file is missing, unreadable or damaged.
        """
        try:
            data = os.pread(self._file(capture.file), capture.size, capture.start)
            return members.unpack(data)
        except OSError as error:
            path = locate(self._root, capture.file)
            raise RawError(f"{path}: {error.strerror or error}") from error
        except members.DamagedError as error:
            where = f"{locate(self._root, capture.file)} at {capture.start}"
            raise RawError(f"{where}: {error}; newscrawler raw verify finds all damage") from error

    def close(self) -> None:
        """Close the files."""
        while self._open:
            os.close(self._open.popitem()[1])

    def _file(self, name: str) -> int:
        file = self._open.get(name)
        if file is None:
            if len(self._open) >= _OPEN_FILES:
                self.close()
            file = self._open[name] = os.open(locate(self._root, name), os.O_RDONLY)
        return file


class RawError(NewscrawlerError):
    """The archive does not have what its index says."""
