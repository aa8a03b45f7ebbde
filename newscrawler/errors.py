"""Every exception raised on purpose, and the exit codes they lead to."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process says to its caller (the contract's table)."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    REFUSED = 4
    INTERRUPTED = 130


class NewscrawlerError(Exception):
    """Root of all errors raised on purpose; the message names thing, reason and remedy."""

    exit_code = ExitCode.FAILED


class ConfigError(NewscrawlerError):
    """A setting or argument that cannot be used; nothing was started."""

    exit_code = ExitCode.USAGE


class BadIdError(ConfigError):
    """Text that is no article id or URL of any form known to us."""


class AddressRefusedError(NewscrawlerError):
    """An address that policy forbids (private, loopback, other scheme); no packet was sent."""

    exit_code = ExitCode.REFUSED


class PageError(NewscrawlerError):
    """An answer that cannot be read as what was asked for.

    `reason` is a short stable word (docs/outcomes.md); the rest is for people.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason}: {detail}" if detail else reason)


class StoreError(NewscrawlerError):
    """The database cannot do what it must: an operator has to act. The cause is chained."""


class SchemaError(StoreError):
    """The database schema is not the one this code needs."""

    exit_code = ExitCode.USAGE


class SiteBusyError(StoreError):
    """Another run holds the site's lock."""


class ExportError(NewscrawlerError):
    """A file cannot be written; what was there before is as it was."""
