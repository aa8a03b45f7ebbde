"""A second process beside one that writes: it works out what needs no transaction.

Sketches of new texts (near/sketch.py) and blocks of the full-text index (search_blocks.py) are half
of what an article costs; they are made while the writer is at its rows. All of it can be done
without: as long as the process is not there yet, and when it is gone, the writer does the same
itself.
"""

from __future__ import annotations

import gc
import logging
import marshal
import os
import select
import socket
import sqlite3
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any

from newscrawler.near.sketch import Sketch, sketch
from newscrawler.store import search_file
from newscrawler.store.search_blocks import Blocks, cut
from newscrawler.store.search_grams import BATCH, indexed

logger = logging.getLogger(__name__)

_READY = 0
_PATIENCE_S = 30.0
"""Seconds after which a process that does not listen or answer is given up: it needs about one."""
_SWITCH_S = 0.0001
"""Seconds that one thread there may keep another waiting."""
_PRIORITY = 10
"""Of the threads there that nobody waits for: those with sketches and the writer come first."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What was asked for, and not taken yet."""

    number: int
    task: str
    asked: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Indexing:
    """A batch of the full-text index whose blocks were asked for (search_ahead.py)."""

    touched: Mapping[int, int]
    """Of each article how often its text had been written when it was read."""
    entries: Sequence[tuple[Any, int]] | None
    """published_at (as the driver has it) and article_id, in the batch's order; None: the process
    reads them itself."""
    ticket: Ticket


class Aside:
    """The process; belongs to one thread at a time, and to `close` in the end."""

    indexing: Indexing | None = None
    waiting: int = BATCH
    """About how many articles wait to be indexed; counted when that matters."""
    expects_new: bool = False
    """Whether most of what was saved last was new: what comes next is worth asking for at once."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            path = os.pathsep.join(filter(None, sys.path))
            self._process = subprocess.Popen(  # noqa: S603 (this module, in this Python)
                [sys.executable, "-m", __name__, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=os.environ | {"PYTHONPATH": path},
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for us: it ends when we do
            )
        patience = struct.pack("@ll", int(_PATIENCE_S), int(_PATIENCE_S % 1 * 1e6))
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, patience)
        self._line = Connection(ours.detach())
        self._answers = select.poll()
        self._answers.register(self._line.fileno(), select.POLLIN)
        self._last = 0
        self._is_ready = self._is_gone = False
        self._open: set[int] = set()
        """Numbers of what was asked for and is still to be taken."""
        self._done: dict[int, Any] = {}

    @property
    def is_ready(self) -> bool:
        """Whether it is worth asking now."""
        if not self._is_ready and not self._is_gone:
            self._read(wait=False)
        return self._is_ready and not self._is_gone

    def ask(self, task: str, asked: Sequence[Any]) -> Ticket:
        """Begin with one of `TASKS`."""
        self._last += 1
        ticket = Ticket(self._last, task, asked)
        self._open.add(ticket.number)
        order: Any = (ticket.number, task, asked)
        try:
            self._line.send_bytes(marshal.dumps(order))
        except OSError as error:
            self._lost(error)
        return ticket

    def is_done(self, ticket: Ticket) -> bool:
        """Whether `take` will not wait."""
        while ticket.number not in self._done and not self._is_gone and self._read(wait=False):
            pass
        return self._is_gone or ticket.number in self._done

    def take(self, ticket: Ticket) -> Any:
        """The result, once; worked out here if the process is gone."""
        while ticket.number not in self._done and not self._is_gone:
            self._read(wait=True)
        self._open.discard(ticket.number)
        if ticket.number in self._done:
            return self._done.pop(ticket.number)
        return TASKS[ticket.task](ticket.asked)

    def _read(self, *, wait: bool) -> bool:
        try:
            if not self._answers.poll(_PATIENCE_S * 1000 if wait else 0):
                if wait:
                    raise TimeoutError(f"no answer for {_PATIENCE_S:.0f} s")
                return False
            number, result = marshal.loads(self._line.recv_bytes())  # noqa: S302 (our own process)
        except (EOFError, OSError) as error:
            self._lost(error)
            return False
        self._is_ready = True
        if number in self._open:
            self._done[number] = result
        return True

    def forget_sketches(self) -> None:
        """Nobody will take those that were asked for: what they were for has failed, or is done."""
        self._open = set() if self.indexing is None else self._open & {self.indexing.ticket.number}
        self._done = {number: each for number, each in self._done.items() if number in self._open}

    def _lost(self, error: Exception) -> None:
        self._is_gone = True
        logger.warning(
            "the process that sketches and indexes is gone (%s); its work is done here",
            error or type(error).__name__,
        )

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def close(self) -> None:
        """End it; what it has not answered is not waited for."""
        self._is_gone = True
        self._line.close()
        self._process.kill()
        self._process.wait()


def sketches(bodies: Sequence[str]) -> list[tuple[Any, ...]]:
    """The parts of each body's Sketch."""
    made = map(sketch, bodies)
    return [(each.kinds, each.asked, each.figures) for each in made]


def blocks(texts: Sequence[tuple[str, str, str]]) -> tuple[Blocks, Blocks]:
    """Of title, summary and body: the blocks about titles, and those about whole texts."""
    titles, whole = indexed(texts)
    return cut(titles), cut(whole)


def blocks_of(asked: Sequence[Any]) -> tuple[Any, Blocks, Blocks] | str:
    """Of an SQLite file and articles: their entries and blocks; or why they cannot be read."""
    path, article_ids = asked
    try:
        texts = search_file.read(path, article_ids)
    except sqlite3.Error as error:
        return str(error)
    return [row[:2] for row in texts], *blocks([row[2:] for row in texts])


TASKS: Mapping[str, Callable[[Sequence[Any]], Any]] = {
    "sketches": sketches,
    "blocks": blocks,
    "blocks_of": blocks_of,
}
"""What it can be asked for; from and to what marshal takes."""


def read_sketch(parts: Sequence[Any]) -> Sketch:
    """A Sketch of what `sketches` says of it."""
    return Sketch(*parts)


def serve(line: Connection) -> None:
    """Answer until the other side is gone; a thread a task: no quick one waits for a slow one."""
    sys.setswitchinterval(_SWITCH_S)
    queues: dict[str, SimpleQueue[tuple[int, Sequence[Any]]]] = {}
    turn = threading.Lock()

    def work(task: str) -> None:
        if task != "sketches" and sys.platform == "linux":  # where a thread has one of its own
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _PRIORITY)
        try:
            while True:
                number, asked = queues[task].get()
                answer = marshal.dumps((number, TASKS[task](asked)))
                with turn:
                    line.send_bytes(answer)
        finally:  # the writer does the same itself, and has the error if it is in that
            os._exit(1)

    for task in TASKS:
        queues[task] = SimpleQueue()
        threading.Thread(target=work, args=(task,), daemon=True).start()
    with turn:
        line.send_bytes(marshal.dumps((_READY, None)))
    while True:
        number, task, asked = marshal.loads(line.recv_bytes())  # noqa: S302 (our own process)
        queues[task].put((number, asked))


def main() -> None:
    """`python -m newscrawler.store.aside FD`: serve on this socket."""
    blocks([("", "", "")])  # what has to be loaded and made once, before it says that it is ready
    gc.freeze()  # to look through all that was loaded would keep the writer waiting for 40 ms
    try:
        serve(Connection(int(sys.argv[1])))
    except (EOFError, OSError):  # nobody is there any more
        os._exit(0)


if __name__ == "__main__":
    main()
