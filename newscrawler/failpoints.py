"""Named points at which a test lets this process die as if the power had gone.

`FAILPOINT_NEWSCRAWLER=name` (or `name:n`) in the environment of a new process: the n-th hit of that
point kills it with SIGKILL. Without the variable a hit costs one comparison.
"""

from __future__ import annotations

import os
import signal

VARIABLE = "FAILPOINT_NEWSCRAWLER"

_armed = os.environ.get(VARIABLE)
_hits = 0


def is_armed() -> bool:
    """Whether this process is to die at some point."""
    return _armed is not None


def hit(name: str) -> None:
    """Die here if this point is armed and it is its turn."""
    if _armed is not None:
        _count(name, _armed)


def _count(name: str, armed: str) -> None:
    global _hits
    wanted, _, turn = armed.partition(":")
    if name == wanted:
        _hits += 1
        if _hits >= int(turn or 1):
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
