"""Starting and stopping the replica: in the foreground, or in a thread beside a test."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_address
from types import TracebackType
from typing import Self

from aiohttp import web

from newscrawler.errors import ConfigError
from newscrawler.replica.server import Handler
from newscrawler.replica.world import World

if sys.platform != "win32":
    from uvloop import new_event_loop
else:
    from asyncio import new_event_loop

_START_SECONDS = 10.0
_SHUTDOWN_SECONDS = 0.2


def serve(
    world: World,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve a world until interrupted (Ctrl-C); `on_ready` gets the origin once it listens.

    Raises ConfigError if the host is not loopback or the port is taken.
    """
    with suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_serve(world, host, port, on_ready or (lambda _: None), asyncio.Event()))


class Replica:
    """Runs the server in a thread for the length of a `with` block."""

    def __init__(
        self, world: World | None = None, *, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        self.world = World.recorded() if world is None else world
        self.origin = ""
        """"http://127.0.0.1:PORT" while it runs."""
        self._address = (host, port)
        self._stop: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._run, name="replica", daemon=True)
        self._origin: Future[str] = Future()

    def __enter__(self) -> Self:
        self._thread.start()
        self.origin = self._origin.result(_START_SECONDS)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()
        self._thread.join()

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=new_event_loop) as runner:
                runner.run(self._serve())
        except (ConfigError, OSError) as error:
            self._origin.set_exception(error)

    async def _serve(self) -> None:
        stopped, loop = asyncio.Event(), asyncio.get_running_loop()
        self._stop = lambda: _call(loop, stopped.set)
        await _serve(self.world, *self._address, self._origin.set_result, stopped)


def _call(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(callback)


async def _serve(
    world: World, host: str, port: int, ready: Callable[[str], None], stopped: asyncio.Event
) -> None:
    async with _listening(world, host, port) as origin:
        ready(origin)
        await stopped.wait()


@asynccontextmanager
async def _listening(world: World, host: str, port: int) -> AsyncIterator[str]:
    _check_loopback(host)
    server = web.Server(Handler(world), access_log=None)
    runner = web.ServerRunner(server, handle_signals=False, shutdown_timeout=_SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        yield await _bind(runner, host, port)
    finally:
        await runner.cleanup()


async def _bind(runner: web.ServerRunner, host: str, port: int) -> str:
    try:
        await web.TCPSite(runner, host, port, backlog=1024).start()
    except OSError as error:
        raise ConfigError(f"cannot listen on {host}:{port}: {error.strerror}") from error
    name, bound = runner.addresses[0][:2]
    return f"http://[{name}]:{bound}" if ":" in name else f"http://{name}:{bound}"


def _check_loopback(host: str) -> None:
    with suppress(ValueError):
        if host == "localhost" or ip_address(host).is_loopback:
            return
    raise ConfigError(f"the replica listens on loopback only, not on {host!r}: use 127.0.0.1")
