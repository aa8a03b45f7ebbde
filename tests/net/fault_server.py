"""A server that misbehaves: raw sockets in a thread; its log says who asked what, and when."""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

from newscrawler.replica import World
from newscrawler.replica.endpoints import read
from tests.net.faults import Exchange, Fault

CLOSING = ("s14", "s16", "s17", "s18_closed", "s29_http", "s29_closed")
"""Faults whose answer ends with the connection."""


@dataclass(frozen=True)
class Asked:
    """One request, as the server saw it."""

    at: float
    """time.monotonic()"""
    target: str
    headers: Mapping[str, str]


class FaultServer:
    """Answers as the replica of `world` does, except for ids and paths that have a fault.

    `plan` names a fault by the `id` that a target asks for, or by its path.
    """

    def __init__(
        self,
        plan: Mapping[str, Fault],
        world: World | None = None,
        *,
        host: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.log: list[Asked] = []
        self._plan = plan
        self._world = world or World.recorded()
        self._address = (host, 0)
        self._tls = tls
        self._nth: Counter[str] = Counter()
        self._origin: Future[str] = Future()
        self._stop: Callable[[], object] = lambda: None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    @property
    def origin(self) -> str:
        """Such as http://127.0.0.1:1234."""
        return self._origin.result(10)

    def times(self, part: str) -> list[float]:
        """When targets that contain `part` were asked for."""
        return [asked.at for asked in self.log if part in asked.target]

    def __enter__(self) -> Self:
        self._thread.start()
        self._origin.result(10)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._stop()
        self._thread.join(10)

    async def _serve(self) -> None:
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        self._stop = lambda: loop.call_soon_threadsafe(stopped.set)
        host, port = self._address
        server = await asyncio.start_server(self._connected, host, port, ssl=self._tls)
        port = server.sockets[0].getsockname()[1]
        self._origin.set_result(f"http{'s' if self._tls else ''}://{host}:{port}")
        await stopped.wait()
        server.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            while await self._answer(await reader.readuntil(b"\r\n\r\n"), writer):
                pass
        writer.close()

    async def _answer(self, head: bytes, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; say whether the connection stays."""
        lines = head.decode("latin-1").split("\r\n")
        target = lines[0].split(" ")[1]
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        self.log.append(Asked(time.monotonic(), target, headers))
        self._nth[target] += 1
        asked = read(target)
        reply = asked.make(self._world, asked.subject)
        ask = Exchange(writer, reply.body, self._nth[target], self._origin.result(), target)
        fault = self._fault(target)
        if fault is None:
            await ask.whole(reply.body, status=f"{reply.status} As-Is".encode())
            return True
        await fault(ask)
        return not getattr(fault, "__name__", "").startswith(CLOSING)

    def _fault(self, target: str) -> Fault | None:
        parts = urlsplit(target)
        asked = parse_qs(parts.query).get("id", [""])[0].removeprefix("NW")
        return self._plan.get(asked) or self._plan.get(parts.path)
