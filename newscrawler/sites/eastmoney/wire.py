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
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,300})", re.IGNORECASE)
_BLOCK_PAGE = re.compile(
    r"登[录陆]|验证|维护|升级中|人机|滑块|访问(?:受限|频繁|过于|被拒|异常)|安全检查|禁止访问"
    r"|log ?in|sign ?in|captcha|verif|maintenance|denied|forbidden|blocked|unusual traffic",
    re.IGNORECASE,
)
"""Titles of pages that stand before the content: to log in, to prove something, to wait."""


def decode_text(raw: bytes) -> str:
    """Decode an answer: UTF-8 if it is valid UTF-8, else GB18030.

    Raises:
        PageError: `charset` if it is neither, or GB18030 only with private-use characters, which
            is what other encodings look like under it.
    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            return raw[: error.start].decode("utf-8-sig")  # cut short: UTF-8 all the same
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError as error:
        raise PageError("charset", "neither UTF-8 nor GB18030") from error
    if _PRIVATE.search(text):
        raise PageError("charset", "as GB18030 it holds private-use characters")
    return text


def read_json(raw: bytes) -> object:
    """Parse JSON, or JSON wrapped as `var x={…};` or `callback({…})`.

    Raises:
        PageError: `empty_answer`, `not_json`, `charset`, and for a page where JSON should be
            `blocked` (login, captcha, maintenance) or `html_page`.
    """
    text = decode_text(raw).strip()
    if not text:
        raise PageError("empty_answer", "the answer has no bytes")
    if text[0] == "<":
        raise _page_trouble(text)
    wrapped = _CALLBACK.match(text)
    if wrapped:
        text = _TAIL.sub("", text[wrapped.end() :])
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PageError("not_json", f"{str(error)[:80]}; it begins {text[:40]!r}") from error
    return value


def _page_trouble(text: str) -> PageError:
    """What an HTML page is that came in place of JSON."""
    found = _TITLE.search(text[:20_000])
    title = " ".join(found[1].split()) if found else ""
    if _BLOCK_PAGE.search(title):
        return PageError("blocked", f"a page came instead of JSON: {title[:60]!r}")
    return PageError("html_page", f"HTML where JSON should be: {text[:60]!r}")


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
