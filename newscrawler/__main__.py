"""`python -m newscrawler` is the same as `newscrawler`."""

from __future__ import annotations

import signal
from types import FrameType

from newscrawler.errors import ExitCode


def main() -> None:
    """Run the command line; a signal during the imports ends the process without a traceback."""
    numbers = [signal.SIGTERM]
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        numbers.append(signal.SIGINT)
    for number in numbers:
        signal.signal(number, _leave)
    from newscrawler.cli import main as run

    for number in numbers:
        signal.signal(number, signal.default_int_handler)
    run()


def _leave(_: int, __: FrameType | None) -> None:
    raise SystemExit(ExitCode.INTERRUPTED)


if __name__ == "__main__":
    main()
