"""What one exchange with a server was, and where the raw archive keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from newscrawler.errors import PageError

TEXT, API = "text", "api"
"""Names of an article's answers: the article itself, and what another call adds to it."""

RESPONSE, REVISIT = "response", "revisit"
"""Kinds of records: the answer itself, or that it was the same as one kept before."""

Header = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Subject:
    """What an answer is about."""

    site: str
    external_id: str
    """"" for a list."""
    name: str
    """A list's name; for an article `text` or `api`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request with its whole answer, as they went over the wire.

    Transfer codings are undone, content codings are not.
    """

    subject: Subject
    method: str
    url: str
    request_headers: Sequence[Header]
    status: int
    headers: Sequence[Header]
    body: bytes
    ip: str = ""
    """The address that answered; "" if it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One answer in the archive: a row of its index."""

    subject: Subject
    kind: str
    """`response` or `revisit`."""
    url: str
    fetched_at: datetime
    """When it was read; all answers that one reading used have the same."""
    status: int
    digest: str
    """SHA-1 of the body as it came, in base 32."""
    file: str
    """Path below the archive's directory, with `/`, without `.open`."""
    start: int
    """Offset of the record's gzip member."""
    size: int
    """Bytes of the member."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One answer, decoded, to be read."""

    url: str
    status: int
    body: bytes


def check_status(status: int) -> None:
    """Let pass an answer with HTTP 200.

    Raises:
        PageError: `not_found` for 404 and 410, else `http_<status>`.
    """
    if status in (404, 410):
        raise PageError("not_found", f"HTTP {status}")
    if status != 200:
        raise PageError(f"http_{status}", f"HTTP {status}")
