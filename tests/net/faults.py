"""Ways to answer an HTTP request wrongly, named after the rows of docs/security.md."""

from __future__ import annotations

import asyncio

from tests.net import coded_faults, contents
from tests.net.exchange import CRLF, FAULTS, OK, Exchange, Fault, fault

__all__ = ["FAULTS", "Exchange", "Fault", "coded_faults", "contents"]


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


def leads_to(url: bytes) -> Fault:
    async def answer(ask: Exchange) -> None:
        await ask.whole(b"", b"Location: " + url, status=b"302 Found")

    return answer


FAULTS["n04_to_a_private_address"] = leads_to(b"http://10.9.8.7/")
FAULTS["n04_to_an_odd_form"] = leads_to(b"http://[::ffff:a9fe:a9fe]/latest/meta-data")
FAULTS["n05_to_data"] = leads_to(b"data:text/html,x")
FAULTS["n05_to_ftp"] = leads_to(b"ftp://news.example/")


@fault
async def n05_meta_refresh(ask: Exchange) -> None:
    page = "<html><meta http-equiv=refresh content='0;url=/refreshed'><p>正文"
    await ask.whole(page.encode())
