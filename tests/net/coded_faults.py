"""Bodies that are not coded as they say, and answers without end; rows of docs/security.md."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from functools import cache

from newscrawler.net.decoding import _brotli, _zstd
from tests.net.exchange import CRLF, FAULTS, OK, Exchange, Fault, fault


def cut(coding: bytes, pack: Callable[[bytes], bytes]) -> Fault:
    async def answer(ask: Exchange) -> None:
        packed = pack(ask.good)
        await ask.whole(packed[: len(packed) * 6 // 10], b"Content-Encoding: " + coding)

    return answer


FAULTS["s05_cut_gzip"] = cut(b"gzip", gzip.compress)
FAULTS["s05_cut_deflate"] = cut(b"deflate", zlib.compress)
FAULTS["s05_cut_br"] = cut(b"br", _brotli.compress)
FAULTS["s05_cut_zstd"] = cut(b"zstd", _zstd.compress)


@fault
async def s05_cut_gzip_once(ask: Exchange) -> None:
    packed = gzip.compress(ask.good)
    await ask.whole(
        packed[: len(packed) // 2] if ask.nth == 1 else packed, b"Content-Encoding: gzip"
    )


@fault
async def s06_flipped_bits(ask: Exchange) -> None:
    packed = bytearray(gzip.compress(ask.good, compresslevel=0))
    for at in range(60, 80):
        packed[at] ^= 0x55
    await ask.whole(bytes(packed), b"Content-Encoding: gzip")


@fault
async def s07_says_gzip_is_plain(ask: Exchange) -> None:
    await ask.whole(ask.good, b"Content-Encoding: gzip")


@fault
async def s07_says_gzip_is_noise(ask: Exchange) -> None:
    await ask.whole(bytes(range(256)) * 9, b"Content-Encoding: gzip")


@cache
def _bomb(coding: bytes) -> bytes:
    """A GiB of zeros; of gzip as many members, which costs less to make."""
    part = bytes(64 << 20)
    if coding == b"br":
        packer = _brotli.Compressor(quality=1)
        return b"".join([*(packer.process(part) for _ in range(16)), packer.finish()])
    pack = gzip.compress if coding == b"gzip" else _zstd.compress
    return bytes(pack(part)) * 16


def bomb(coding: bytes) -> Fault:
    async def answer(ask: Exchange) -> None:
        await ask.whole(_bomb(coding), b"Content-Encoding: " + coding)

    return answer


FAULTS["s08_bomb_gzip"] = bomb(b"gzip")
FAULTS["s08_bomb_br"] = bomb(b"br")
FAULTS["s08_bomb_zstd"] = bomb(b"zstd")


@fault
async def s09_endless_chunks(ask: Exchange) -> None:
    await ask.send(OK, b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        await ask.send(b"10000\r\n", bytes(0x10000), CRLF)


@fault
async def s10_endless_headers(ask: Exchange) -> None:
    await ask.send(OK)
    while True:
        await ask.send(b"X-Filler: " + b"x" * 1000 + CRLF)


@fault
async def s10_endless_continues(ask: Exchange) -> None:
    while True:
        await ask.send(b"HTTP/1.1 100 Continue\r\nX-Filler: " + b"x" * 1000 + b"\r\n\r\n")


@fault
async def s11_long_header(ask: Exchange) -> None:
    await ask.whole(ask.good, b"X-Long: " + b"x" * (10 << 20))


@fault
async def s12_many_headers(ask: Exchange) -> None:
    await ask.whole(ask.good, *(b"X-%d: x" % number for number in range(100_000)))


@fault
async def s13_cookies(ask: Exchange) -> None:
    await ask.whole(ask.good, *(b"Set-Cookie: c%d=%s" % (n, b"x" * 20) for n in range(2_000)))
