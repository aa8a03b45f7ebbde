"""One request in the hands of a fault, and the register of faults."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

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
