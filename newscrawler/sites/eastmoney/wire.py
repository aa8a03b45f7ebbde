"""Reading eastmoney's JSON answers: bytes in, plain mappings out, whatever the key case.

Upstream formats: the "Choice" family answers UTF-8 JSON without callback; key case differs from
call to call (`infoCode`/`infocode`, `Title`/`title`), so mappings are folded to lower case.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from newscrawler.errors import PageError

_CALLBACK = re.compile(r"^\s*(?:var\s+\w+\s*=|[\w$.]+\s*\()\s*(?=[\[{])")
_TAIL = re.compile(r"[)\s;]+$")


def decode_text(raw: bytes) -> str:
    """Decode an answer: UTF-8 if it is valid UTF-8, else GB18030.

    Raises:
        PageError: `charset` if it is neither.
    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            return raw[: error.start].decode("utf-8-sig")  # cut short: UTF-8 all the same
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError as error:
        raise PageError("charset", "neither UTF-8 nor GB18030") from error


def read_json(raw: bytes) -> object:
    """Parse JSON, or JSON wrapped as `var x={…};` or `callback({…})`.

    Raises:
        PageError: `empty_answer`, `html_page` (a page where JSON should be) or `not_json`.
    """
    text = decode_text(raw).strip()
    if not text:
        raise PageError("empty_answer", "the answer has no bytes")
    if text[0] == "<":
        raise PageError("html_page", f"HTML where JSON should be: {text[:60]!r}")
    wrapped = _CALLBACK.match(text)
    if wrapped:
        text = _TAIL.sub("", text[wrapped.end() :])
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PageError("not_json", f"{str(error)[:80]}; it begins {text[:40]!r}") from error
    return value


def fold(record: Mapping[str, object]) -> dict[str, object]:
    """The same mapping with lower-case keys; of two spellings the first non-empty one wins."""
    folded: dict[str, object] = {}
    for key, value in record.items():
        name = key.lower()
        if not folded.get(name):
            folded[name] = value
    return folded


def first_text(record: Mapping[str, object], *keys: str) -> str:
    """The first non-empty scalar under `keys` as text; "" if there is none."""
    for key in keys:
        value = record.get(key)
        if isinstance(value, bool):
            continue
        if isinstance(value, (int, float)):
            return str(value)
        if isinstance(value, str) and value.strip() and value != "[Null]":
            return value
    return ""
