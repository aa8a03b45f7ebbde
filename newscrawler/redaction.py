"""What no log, report, stored row or message may show, and the one place that takes it out."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Iterable
from types import TracebackType
from typing import Any
from urllib.parse import quote, quote_plus, unquote, unquote_plus

HIDDEN = "***"
_SHORTEST = 4
"""Hiding every "ab" in a log would hide the log."""
_USER = re.compile(r"(?<=://)[^\s/?#'\"<>@]+@")
"""User and password in any URL, whoever wrote it."""
_PIECES = re.compile(r"[\s'\"\\@:/?#&=,;]+")

_hidden: set[str] = set()
_pattern: re.Pattern[str] | None = None


def hide(secrets: Iterable[str]) -> None:
    """From now on, take these texts out of every log record of this process, and of what goes
    through `redact`: as they are, percent-encoded, decoded, and in the pieces in which a driver
    that misreads them quotes them. Texts of less than four characters stay."""
    global _pattern
    found = {form for secret in secrets for form in forms(secret)}
    if found <= _hidden:
        return
    _hidden.update(found)
    longest_first = sorted(_hidden, key=lambda text: (-len(text), text))
    _pattern = re.compile("|".join(map(re.escape, longest_first)))
    logging.setLogRecordFactory(SafeRecord)
    sys.excepthook = _show_exception


def forms(secret: str) -> set[str]:
    """Every spelling of a secret that may turn up."""
    plain = {secret, unquote(secret), unquote_plus(secret)}
    whole = plain | {code(text) for text in plain for code in (_quote, quote, quote_plus, _repr)}
    pieces = {piece for text in plain for piece in _PIECES.split(text)}
    return {form for form in whole | pieces if len(form) >= _SHORTEST}


def redact(text: str) -> str:
    """The text without any secret, and without user and password in any URL.

    >>> redact("GET http://user:password@news.example/a")
    'GET http://***@news.example/a'
    """
    if "@" in text:
        text = _USER.sub(f"{HIDDEN}@", text)
    return _pattern.sub(HIDDEN, text) if _pattern else text


class SafeRecord(logging.LogRecord):
    """A log record that shows no secret, whoever logs it and whoever writes it down."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.exc_info:
            # What formatters would make of it later; with it here they leave it alone.
            self.exc_text = redact(logging.Formatter().formatException(self.exc_info))
        if self.stack_info:
            self.stack_info = redact(self.stack_info)

    def getMessage(self) -> str:  # noqa: N802 - logging's name
        """The message with its arguments, redacted."""
        return redact(super().getMessage())


def _show_exception(
    kind: type[BaseException], error: BaseException, at: TracebackType | None
) -> None:
    sys.stderr.write(redact("".join(traceback.format_exception(kind, error, at))))


def _quote(text: str) -> str:
    return quote(text, safe="")


def _repr(text: str) -> str:
    return repr(text)[1:-1]
