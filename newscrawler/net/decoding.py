"""Content codings (RFC 9110 §8.4.1), decoded to their end or not at all.

A body comes out whole, or not: what is cut is `truncated`, what fails a check is `corrupt`, what
grows beyond the limit is `too_large`, and what is not coded as it says, nor plain text, is
`encoding`. Brotli and raw deflate carry no checksum: of these only what breaks the stream shows.
"""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from newscrawler.errors import PageError

# Both come with Scrapy, under names that depend on the interpreter.
_brotli = import_module("brotli" if sys.implementation.name != "pypy" else "brotlicffi")
_zstd = import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")

ACCEPTED = b"gzip, deflate, br, zstd"
"""The Accept-Encoding that we send."""

_ZSTD_WINDOW = {_zstd.DecompressionParameter.window_log_max: 23}
"""8 MiB: as much as RFC 9659 allows a server to ask of its readers."""
_ZSTD_MAGIC = (b"\x28\xb5\x2f\xfd", *(bytes([low]) + b"\x2a\x4d\x18" for low in range(0x50, 0x60)))
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*[\[{<\w]")
_SHORTEST_TEXT = 32


def decode(body: bytes, codings: Sequence[bytes], limit: int) -> bytes:
    """Undo `codings` (as Content-Encoding names them, in the order they were applied).

    Raises:
        PageError: `truncated`, `corrupt`, `too_large` (more than `limit` bytes) or `encoding`.
    """
    for coding in reversed(codings):
        body = _undo(body, coding, limit)
    return body


def codings_of(headers: Sequence[bytes]) -> list[bytes]:
    """The codings that Content-Encoding headers name, without those that change nothing."""
    named = [part.strip().lower() for header in headers for part in header.split(b",")]
    return [name for name in named if name not in (b"", b"identity", b"none")]


def is_plain_text(body: bytes) -> bool:
    """Whether this can be nothing but text: UTF-8 or GB18030, without control characters."""
    if not body or _CONTROL.search(body):
        return False
    return _decodes(body, "utf-8") or _decodes(body, "gb18030")


def _undo(body: bytes, coding: bytes, limit: int) -> bytes:
    known = _CODINGS.get(coding)
    if known is None:
        if is_plain_text(body):
            return body
        raise PageError("encoding", f"content coding {coding[:20]!r} is unknown")
    begins, inflate = known
    if not body:
        raise PageError("truncated", f"no bytes where {coding.decode()} should be")
    if begins(body):
        return inflate(body, limit)
    if is_plain_text(body):
        return body
    raise PageError("encoding", f"says {coding.decode()}, and is neither that nor text")


def _gunzip(body: bytes, limit: int) -> bytes:
    """All members of a gzip file, each with its length and CRC checked; zeros may pad the end."""
    parts: list[bytes] = []
    left = limit
    while body:
        part, body = _inflate(zlib.decompressobj(31), body, left, "gzip")
        parts.append(part)
        left -= len(part)
        if not body.strip(b"\0"):
            break
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _undeflate(body: bytes, limit: int) -> bytes:
    """A zlib stream, or the raw deflate that some servers send under this name."""
    is_zlib = _is_zlib(body)
    wbits = zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS
    try:
        whole, rest = _inflate(zlib.decompressobj(wbits), body, limit, "deflate")
        if rest:
            raise PageError("corrupt", "deflate: bytes follow the end")
    except PageError:
        if not is_zlib and _is_markup(body):
            return body
        raise
    return whole


def _inflate(inflater: Any, body: bytes, limit: int, coding: str) -> tuple[bytes, bytes]:
    """(what comes out of one stream, what follows it)."""
    try:
        whole: bytes = inflater.decompress(body, limit + 1)
        if len(whole) <= limit and not inflater.eof:
            whole += inflater.flush()
    except zlib.error as error:
        raise PageError("corrupt", f"{coding}: {error}") from error
    _check_size(len(whole), limit, coding)
    if not inflater.eof:
        raise PageError("truncated", f"{coding} stream breaks off after {len(whole)} bytes")
    rest: bytes = inflater.unused_data
    return whole, rest


def _unbrotli(body: bytes, limit: int) -> bytes:
    inflater = _brotli.Decompressor()
    parts: list[bytes] = []
    size = 0
    chunk = body
    try:
        while True:
            part: bytes = inflater.process(chunk, output_buffer_limit=limit + 1)
            parts.append(part)
            size += len(part)
            _check_size(size, limit, "br")
            if inflater.is_finished() or not part:
                break
            chunk = b""
    except _brotli.error as error:
        if _is_markup(body):
            return body
        raise PageError("corrupt", f"br: {error}") from error
    if inflater.is_finished():
        return b"".join(parts)
    if _is_markup(body):
        return body
    raise PageError("truncated", f"br stream breaks off after {size} bytes")


def _unzstd(body: bytes, limit: int) -> bytes:
    parts: list[bytes] = []
    left = limit
    while body:
        inflater = _zstd.ZstdDecompressor(options=_ZSTD_WINDOW)
        try:
            part: bytes = inflater.decompress(body, max_length=left + 1)
        except _zstd.ZstdError as error:
            raise PageError("corrupt", f"zstd: {error}") from error
        left -= len(part)
        _check_size(len(part), len(part) + left, "zstd")
        if not inflater.eof:
            raise PageError("truncated", f"zstd stream breaks off after {limit - left} bytes")
        parts.append(part)
        body = inflater.unused_data
    return b"".join(parts)


def _check_size(size: int, limit: int, coding: str) -> None:
    if size > limit:
        raise PageError("too_large", f"more than the allowed bytes once {coding} is undone")


def _is_zlib(body: bytes) -> bool:
    """Whether two bytes are a zlib header; raw deflate as encoders write it never looks so."""
    return body[0] & 0x0F == 8 and body[0] >> 4 <= 7 and int.from_bytes(body[:2], "big") % 31 == 0


def _is_markup(body: bytes) -> bool:
    """A stricter plain text, for codings that have no mark to know them by."""
    if len(body) < _SHORTEST_TEXT or not _MARKUP.match(body) or _CONTROL.search(body):
        return False
    return _decodes(body, "utf-8")


def _decodes(body: bytes, charset: str) -> bool:
    try:
        body.decode(charset)
    except UnicodeDecodeError:
        return False
    return True


def _is_gzip(body: bytes) -> bool:
    return body[:2] == b"\x1f\x8b"[: len(body)]


def _is_zstd(body: bytes) -> bool:
    return any(body[:4] == magic[: len(body)] for magic in _ZSTD_MAGIC)


def _may_be(_: bytes) -> bool:
    return True


_GZIP = (_is_gzip, _gunzip)
_CODINGS: dict[bytes, tuple[Callable[[bytes], bool], Callable[[bytes, int], bytes]]] = {
    b"gzip": _GZIP,
    b"x-gzip": _GZIP,
    b"deflate": (_may_be, _undeflate),
    b"br": (_may_be, _unbrotli),
    b"zstd": (_is_zstd, _unzstd),
}
