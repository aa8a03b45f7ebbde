"""What is fuzzed: each target takes any bytes and raises if a promise is broken. No test runner."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import newscrawler.body
from newscrawler.body import allowlist, read_body
from newscrawler.dates import SHANGHAI, parse_time, plausible
from newscrawler.errors import PageError
from newscrawler.items import Task
from newscrawler.net.decoding import decode
from newscrawler.processors import http_url
from newscrawler.redaction import redact
from newscrawler.sites.eastmoney.answers import read_article_api, read_news_text
from newscrawler.sites.eastmoney.article import read_article
from newscrawler.sites.eastmoney.lists import LISTS
from newscrawler.sites.eastmoney.wire import decode_text
from newscrawler.text import clean_block, clean_line, mend_surrogates

Target = Callable[[bytes], None]

NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)
CODE = "202202242287513337"
LIMIT = 1 << 16
_CODINGS = (b"gzip", b"deflate", b"br", b"zstd", b"x-gzip", b"compress")
_REASONS = frozenset({"truncated", "corrupt", "too_large", "encoding"})


class BrokenPromiseError(AssertionError):
    """What a target found."""


def promise(holds: object, what: str) -> None:
    """Raise unless it holds."""
    if not holds:
        raise BrokenPromiseError(what)


def text_of(raw: bytes) -> str:
    """Any text, lone surrogates among it."""
    return raw.decode("utf-8", "surrogatepass" if raw[:1] == b"\x00" else "surrogateescape")


def fuzz_decoding(raw: bytes) -> None:
    """A body comes out whole and within the limit, or not at all; text is text."""
    codings = [_CODINGS[each % len(_CODINGS)] for each in raw[:1]] * (1 + (raw[:1] > b"\x80"))
    try:
        promise(len(decode(raw[1:], codings, LIMIT)) <= LIMIT or raw[1:], "too much came out")
    except PageError as error:
        promise(error.reason in _REASONS, f"reason {error.reason}")
    try:
        decode_text(raw).encode()
    except PageError as error:
        promise(error.reason == "charset", f"reason {error.reason}")


def fuzz_cleaning(raw: bytes) -> None:
    """Clean text is NFC, can be encoded, has no control characters, and stays as it is."""
    try:
        text = text_of(raw)
    except UnicodeDecodeError:
        return
    mend_surrogates(text).encode()
    redact(text)
    for clean in (clean_line, clean_block):
        once = clean(text)
        promise(clean(once) == once, "not idempotent")
        check_text(once)
    url = http_url(text)
    promise(url is None or url.startswith(("http://", "https://")), "no web address")


def fuzz_dates(raw: bytes) -> None:
    """A time is aware, in UTC, and the same twice; numbers are plausible ones."""
    text = raw.decode("utf-8", "replace")
    found = parse_time(text, zone=SHANGHAI, now=NOW)
    if found is not None:
        promise(found.utcoffset() == timedelta(0), "not in UTC")
        promise(parse_time(text, zone=SHANGHAI, now=NOW) == found, "not the same twice")
        digits = text.strip().isascii() and text.strip().isdigit() and len(text.strip()) >= 10
        promise(not digits or plausible(found, now=NOW), "an epoch that cannot be")


def fuzz_body(raw: bytes) -> None:
    """Whatever the markup: valid text, and HTML in which a sanitiser finds nothing to change."""
    try:
        html = text_of(raw)
        with patch.object(newscrawler.body, "sanitised", lambda html: html):
            body = read_body(html, securities_html=html[1:] if raw[:1] == b"\x01" else None)
    except UnicodeDecodeError:
        return
    except PageError as error:
        promise(error.reason == "too_deep", f"reason {error.reason}")
        return
    check_text(body.text)
    for block in body.blocks:
        promise(block.text == block.text.strip() != "", "an empty block")
    promise(allowlist.sanitised(body.html) == body.html, "a sanitiser would change the HTML")


def fuzz_payload(raw: bytes) -> None:
    """Any answer is an article, a list, or a reason why it is neither."""
    task = Task(task_id=1, site="eastmoney", external_id=CODE, announced_as=CODE)
    try:
        answer = read_news_text(raw, CODE)
        if answer is not None:
            article = read_article(answer, task, url="http://x.cn/", now=NOW)
            check_text(article.title)
            check_text(article.source)
    except PageError as error:
        promise(error.reason, "no reason")
    for read in (lambda: read_article_api(raw, CODE), lambda: LISTS[0].read(raw, now=NOW)):
        try:
            read()
        except PageError as error:
            promise(error.reason, "no reason")


def check_text(text: str) -> None:
    """Text as the store promises it."""
    text.encode()
    promise(unicodedata.is_normalized("NFC", text), "not NFC")
    controls = [each for each in text if each != "\n" and unicodedata.category(each) == "Cc"]
    promise(not controls, f"control characters {controls[:3]!r}")


TARGETS: dict[str, Target] = {
    "decoding": fuzz_decoding,
    "cleaning": fuzz_cleaning,
    "dates": fuzz_dates,
    "body": fuzz_body,
    "payload": fuzz_payload,
}
