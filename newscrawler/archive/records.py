"""WARC 1.1 records as bytes; pure.

Written here and not by warcio, whose writer takes several times as long a record; warcio reads them
back (verify.py), as every other tool does.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import urlsplit

from newscrawler.captures import RESPONSE, REVISIT, Exchange, Header

SUBJECT = "Newscrawler-Subject"
"""A field of ours: site, name and external id (`-` for a list), for an index made from files."""
PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"

_SECRET = frozenset(
    {b"authorization", b"proxy-authorization", b"cookie", b"set-cookie", b"set-cookie2"}
)
_USERINFO = re.compile(rb"//[^/@\s]*@")
_BREAKS = re.compile(rb"[\r\n]+")
_LEVEL = 6
"""As small as 9 for records of this size, in less time."""
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_PAIRS = [first + second for first in _BASE32 for second in _BASE32]
"""Ten bits at a time: Python's own base32 takes as long as a whole record may."""
_PHRASES = {int(each): each.phrase for each in HTTPStatus}

Fields = Iterable[tuple[str, str | int]]


def member(record: bytes) -> bytes:
    """One record as a gzip member of its own."""
    return zlib.compress(record, _LEVEL, 31)


def warcinfo(record_id: str, filename: str, at: datetime, facts: Fields) -> bytes:
    """The record that begins a file: who wrote it, with what."""
    block = "".join(f"{name}: {value}\r\n" for name, value in facts).encode()
    return _record(
        [
            ("WARC-Type", "warcinfo"),
            ("WARC-Record-ID", record_id),
            ("WARC-Date", moment(at)),
            ("WARC-Filename", filename),
            ("Content-Type", "application/warc-fields"),
        ],
        block,
    )


def response(exchange: Exchange, record_id: str, at: datetime, digest: str) -> bytes:
    """The answer, headers and body."""
    head = _response_head(exchange)
    block = head + exchange.body
    fields = [
        *_about(exchange, RESPONSE, record_id, at),
        ("WARC-Block-Digest", f"sha1:{sha1(block)}"),
        ("WARC-Payload-Digest", f"sha1:{digest}"),
        ("Content-Type", "application/http;msgtype=response"),
    ]
    return _record(fields, block)


def revisit(
    exchange: Exchange, record_id: str, at: datetime, digest: str, original: tuple[str, str, str]
) -> bytes:
    """The answer's headers; its body was kept before: `original` is that record's id, URL, date."""
    head = _response_head(exchange)
    refers_to, url, date = original
    fields = [
        *_about(exchange, REVISIT, record_id, at),
        ("WARC-Profile", PROFILE),
        ("WARC-Refers-To", refers_to),
        ("WARC-Refers-To-Target-URI", url),
        ("WARC-Refers-To-Date", date),
        ("WARC-Block-Digest", f"sha1:{sha1(head)}"),
        ("WARC-Payload-Digest", f"sha1:{digest}"),
        ("Content-Type", "application/http;msgtype=response"),
    ]
    return _record(fields, head)


def request(exchange: Exchange, record_id: str, at: datetime, answered_by: str) -> bytes:
    """What was asked."""
    url = public_url(exchange.url)
    host, _, target = url.partition("://")[2].partition("/")
    first = f"{exchange.method} /{target} HTTP/1.1\r\nHost: {host}\r\n".encode()
    block = first + _asked(tuple(exchange.request_headers)) + b"\r\n"
    fields = [
        ("WARC-Type", "request"),
        ("WARC-Record-ID", record_id),
        ("WARC-Date", moment(at)),
        ("WARC-Target-URI", url),
        ("WARC-Concurrent-To", answered_by),
        ("WARC-Block-Digest", f"sha1:{sha1(block)}"),
        ("Content-Type", "application/http;msgtype=request"),
    ]
    return _record(fields, block)


def sha1(data: bytes) -> str:
    """The digest that WARC tools agree on: SHA-1 in base 32."""
    number = int.from_bytes(hashlib.sha1(data, usedforsecurity=False).digest(), "big")
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(150, -1, -10)])


def moment(at: datetime) -> str:
    """A WARC-Date, to the microsecond."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def public_url(url: str) -> str:
    """The URL without user, password and fragment."""
    url = url.partition("#")[0]
    if "@" not in url:
        return url
    netloc = urlsplit(url).netloc
    return url.replace(netloc, netloc.rpartition("@")[2], 1) if "@" in netloc else url


def _about(exchange: Exchange, kind: str, record_id: str, at: datetime) -> list[tuple[str, str]]:
    subject = exchange.subject
    fields = [
        ("WARC-Type", kind),
        ("WARC-Record-ID", record_id),
        ("WARC-Date", moment(at)),
        ("WARC-Target-URI", public_url(exchange.url)),
        (SUBJECT, f"{subject.site} {subject.name} {subject.external_id or '-'}"),
    ]
    return [*fields, ("WARC-IP-Address", exchange.ip)] if exchange.ip else fields


def _response_head(exchange: Exchange) -> bytes:
    first = f"HTTP/1.1 {exchange.status} {_PHRASES.get(exchange.status, '')}\r\n".encode()
    return first + _lines(exchange.headers) + b"\r\n"


@lru_cache(maxsize=64)
def _asked(headers: tuple[Header, ...]) -> bytes:
    """The headers of a request, which hardly differ from those of the last."""
    return _lines([pair for pair in headers if pair[0].lower() != b"host"])


def _lines(headers: Iterable[Header]) -> bytes:
    """Headers without secrets: logins, cookies, and users in addresses."""
    lines = []
    for name, value in headers:
        if name.lower() not in _SECRET:
            line = name + b": " + (_USERINFO.sub(b"//", value) if b"@" in value else value)
            is_plain = b"\n" not in line and b"\r" not in line
            lines.append(line if is_plain else _BREAKS.sub(b" ", line))
    return b"".join([line + b"\r\n" for line in lines])


def _record(fields: Fields, block: bytes) -> bytes:
    lines = [f"{name}: {value}\r\n" for name, value in fields]
    head = "".join(["WARC/1.1\r\n", *lines, f"Content-Length: {len(block)}\r\n\r\n"])
    return b"".join([head.encode(), block, b"\r\n\r\n"])
