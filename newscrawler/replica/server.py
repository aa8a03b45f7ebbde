"""The HTTP side: reads requests, notes them, lets faults strike, sends replies."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus

from aiohttp import web

from newscrawler.replica import pages
from newscrawler.replica.endpoints import HTML, Ask, Reply, read
from newscrawler.replica.faults import Fault
from newscrawler.replica.world import World


class Handler:
    """Answers every request of one server from one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        target = request.raw_path
        ask = read(target)
        self._world.log(
            request.method, target, target.partition("?")[0], ask.subject if ask.is_article else ""
        )
        if request.method not in {"GET", "HEAD"}:
            return _response(Reply(b"", HTML, HTTPStatus.METHOD_NOT_ALLOWED))
        fault = self._world.faults.strike(target, ask.subject)
        if fault is None:
            return _response(ask.make(self._world, ask.subject))
        return await self._faulty(request, ask, fault)

    async def _faulty(self, request: web.BaseRequest, ask: Ask, fault: Fault) -> web.StreamResponse:
        if fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        subject = ask.subject
        if fault.kind == "wrong" and ask.is_article:
            subject = self._world.neighbour(subject)
        reply = ask.make(self._world, subject)
        if fault.kind == "truncated":
            return await _cut_short(request, reply)
        if fault.kind == "reset" and request.transport is not None:
            request.transport.abort()
        spoil = _SPOIL.get(fault.kind)
        return _response(spoil(reply, fault) if spoil else reply)


def _error(_: Reply, fault: Fault) -> Reply:
    reason = HTTPStatus(fault.status).phrase if fault.status in set(HTTPStatus) else "Error"
    page = pages.ERROR_PAGE.format(f"{fault.status} {reason}")
    return Reply(page.encode(), HTML, fault.status)


def _broken_json(reply: Reply, _: Fault) -> Reply:
    return replace(reply, body=reply.body[: len(reply.body) // 2])


def _page(_: Reply, __: Fault) -> Reply:
    return Reply(pages.ERROR_PAGE.format("系统繁忙，请稍后再试").encode(), HTML)


_SPOIL: dict[str, Callable[[Reply, Fault], Reply]] = {
    "http": _error,
    "json": _broken_json,
    "html": _page,
    "empty": lambda reply, _: replace(reply, body=b""),
    "null": lambda reply, _: replace(reply, body=b"null"),
}


def _response(reply: Reply) -> web.Response:
    headers = {"Content-Type": reply.content_type}
    return web.Response(body=reply.body, status=reply.status, headers=headers)


async def _cut_short(request: web.BaseRequest, reply: Reply) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": reply.content_type})
    response.content_length = len(reply.body) + 1
    response.force_close()
    await response.prepare(request)
    await response.write(reply.body[: len(reply.body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response
