"""Ways to answer an HTTP request wrongly, named after the rows of docs/security.md."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache

from newscrawler.net.decoding import _brotli, _zstd

CRLF = b"\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json;charset=utf-8\r\n"


@dataclass
class Exchange:
    """One request that is being answered."""

    writer: asyncio.StreamWriter
    good: bytes
    """The body that would be right."""
    nth: int
    """How often this target has been asked for, from 1."""
    origin: str
    target: str

    async def send(self, *parts: bytes) -> None:
        self.writer.write(b"".join(parts))
        await self.writer.drain()

    async def whole(self, body: bytes, *headers: bytes, status: bytes = b"200 OK") -> None:
        """A correct answer."""
        head = OK.replace(b"200 OK", status) + b"".join(header + CRLF for header in headers)
        await self.send(head, b"Content-Length: %d\r\n\r\n" % len(body), body)

    def reset(self) -> None:
        """Tear the connection down so that the other side notices."""
        sock: socket.socket = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Fault = Callable[[Exchange], Awaitable[None]]
FAULTS: dict[str, Fault] = {}


def fault(function: Fault) -> Fault:
    FAULTS[getattr(function, "__name__", "")] = function
    return function


async def drip(ask: Exchange, text: bytes) -> None:
    for at in range(len(text)):
        await ask.send(text[at : at + 1])
        await asyncio.sleep(0.1)


@fault
async def s01_header_drip(ask: Exchange) -> None:
    await drip(ask, OK + b"Content-Length: 2\r\n\r\n{}")


@fault
async def s02_body_drip(ask: Exchange) -> None:
    await ask.send(OK, b"Content-Length: %d\r\n\r\n" % len(ask.good))
    await drip(ask, ask.good)


@fault
async def s03_silence(ask: Exchange) -> None:
    await asyncio.sleep(60)


@fault
async def s04_hang_mid_body(ask: Exchange) -> None:
    await ask.send(
        OK, b"Content-Length: %d\r\n\r\n" % len(ask.good), ask.good[: len(ask.good) // 2]
    )
    await asyncio.sleep(60)


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


@fault
async def s14_length_too_long(ask: Exchange) -> None:
    await ask.send(OK, b"Content-Length: %d\r\n\r\n" % (len(ask.good) + 9), ask.good)


@fault
async def s14_cut_chunks(ask: Exchange) -> None:
    size = b"%x\r\n" % len(ask.good)
    await ask.send(OK, b"Transfer-Encoding: chunked\r\n\r\n", size, ask.good, CRLF)


@fault
async def s14_bad_chunk(ask: Exchange) -> None:
    await ask.send(OK, b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", ask.good, CRLF)


@fault
async def s15_length_too_short(ask: Exchange) -> None:
    await ask.send(OK, b"Content-Length: %d\r\n\r\n" % (len(ask.good) - 50), ask.good)


@fault
async def s16_cut_without_length(ask: Exchange) -> None:
    await ask.send(OK, CRLF, ask.good[: len(ask.good) // 2])


@fault
async def s16_reset_without_length(ask: Exchange) -> None:
    await ask.send(OK, CRLF, ask.good)
    await asyncio.sleep(0.05)
    ask.reset()


@fault
async def s16_whole_without_length(ask: Exchange) -> None:
    await ask.send(OK, CRLF, ask.good)


@fault
async def s17_bad_length(ask: Exchange) -> None:
    await ask.send(OK, b"Content-Length: many\r\n\r\n", ask.good)


@fault
async def s17_negative_length(ask: Exchange) -> None:
    await ask.send(OK, b"Content-Length: -5\r\n\r\n", ask.good)


@fault
async def s17_http_0_9(ask: Exchange) -> None:
    await ask.send(ask.good, CRLF)


@fault
async def s17_bad_status(ask: Exchange) -> None:
    await ask.send(b"HTTP/1.1 okay fine\r\n\r\n", ask.good)


@fault
async def s18_reset_before(ask: Exchange) -> None:
    ask.reset()


@fault
async def s18_reset_mid_body(ask: Exchange) -> None:
    await ask.send(
        OK, b"Content-Length: %d\r\n\r\n" % len(ask.good), ask.good[: len(ask.good) // 2]
    )
    await asyncio.sleep(0.05)
    ask.reset()


@fault
async def s18_reset_twice(ask: Exchange) -> None:
    if ask.nth <= 2:
        ask.reset()
    else:
        await ask.whole(ask.good)


@fault
async def s18_closed_before(ask: Exchange) -> None:
    """An end without an answer."""


@fault
async def s20_503_twice(ask: Exchange) -> None:
    await ask.whole(ask.good, status=b"503 Busy" if ask.nth <= 2 else b"200 OK")


@fault
async def s20_503(ask: Exchange) -> None:
    await ask.whole(b"", status=b"503 Busy")


@fault
async def s21_loop(ask: Exchange) -> None:
    there, back = ask.target + "&there=1", ask.target.removesuffix("&there=1")
    step = f"Location: {there if back == ask.target else back}"
    await ask.whole(b"", step.encode(), status=b"302 Found")


@fault
async def s21_endless_chain(ask: Exchange) -> None:
    step = f"Location: {ask.origin}/chain/0"
    await ask.whole(b"", step.encode(), status=b"301 Moved")


@fault
async def s21_to_a_file(ask: Exchange) -> None:
    await ask.whole(b"", b"Location: file:///etc/passwd", status=b"302 Found")


@fault
async def s22_error_json(ask: Exchange) -> None:
    await ask.whole('{"code":500,"message":"系统错误"}'.encode())


@fault
async def s22_login_page(ask: Exchange) -> None:
    await ask.whole("<html><title>用户登录</title><p>请先登录".encode())


@fault
async def s22_captcha_page(ask: Exchange) -> None:
    await ask.whole("<html><title>安全验证</title><p>滑动滑块".encode())


@fault
async def s22_maintenance_page(ask: Exchange) -> None:
    await ask.whole("<html><title>系统维护中</title>".encode())


@fault
async def s22_empty(ask: Exchange) -> None:
    await ask.whole(b"")


@fault
async def s29_http_1_0(ask: Exchange) -> None:
    await ask.send(OK.replace(b"HTTP/1.1", b"HTTP/1.0"), CRLF, ask.good)


@fault
async def s29_garbage_after(ask: Exchange) -> None:
    await ask.whole(ask.good + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull")


@fault
async def s29_half_close(ask: Exchange) -> None:
    await ask.whole(ask.good)
    ask.writer.write_eof()


@fault
async def s29_closed_after(ask: Exchange) -> None:
    await ask.whole(ask.good)


@fault
async def c10_deep_json(ask: Exchange) -> None:
    await ask.whole(b"[" * 1_000_000)


@fault
async def c10_huge_integer(ask: Exchange) -> None:
    await ask.whole(b'{"title":' + b"9" * 100_000 + b"}")


@fault
async def c01_gbk_declared_utf8(ask: Exchange) -> None:
    await ask.whole(ask.good.decode().encode("gb18030"))


@fault
async def c02_utf8_declared_gbk(ask: Exchange) -> None:
    await ask.whole(ask.good, b"Content-Type: application/json;charset=gbk")


@fault
async def c01_neither(ask: Exchange) -> None:
    await ask.whole(ask.good.replace(b'"', b'"\xff\xfe', 1))


@fault
async def c01_damaged_upstream(ask: Exchange) -> None:
    await ask.whole(ask.good.replace("。".encode(), "\ufffd".encode()))
