"""Our command lines as real processes that start fast: forked from a server with the imports.

A child has its own process, directory, environment, signals and exit code, as if a shell had
started it; only the second that importing Scrapy takes is paid once.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.preloaded"])


@dataclass(frozen=True, slots=True)
class Result:
    """What a command left behind."""

    returncode: int
    """As subprocess has it: negative for a signal."""
    stdout: str
    stderr: str


class Running:
    """A command that is running."""

    def __init__(self, module: str, arguments: Sequence[str], folder: Path, env: Mapping[str, str]):
        self._scratch = TemporaryDirectory()
        self._out, self._err = (Path(self._scratch.name, name) for name in ("out", "err"))
        self._process = _CONTEXT.Process(
            target=_become,
            args=(module, tuple(arguments), str(folder), dict(env), str(self._out), str(self._err)),
        )
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def stdout(self) -> str:
        return self._out.read_text("utf-8", "replace") if self._out.exists() else ""

    @property
    def stderr(self) -> str:
        return self._err.read_text("utf-8", "replace") if self._err.exists() else ""

    def wait(self, timeout: float = 100) -> Result:
        """The result; kills the command and raises TimeoutError if it takes longer."""
        self._process.join(timeout)
        try:
            if self._process.exitcode is None:
                self._process.kill()
                self._process.join()
                raise TimeoutError(f"still running after {timeout} s: {self.stderr[-2000:]}")
            return Result(self._process.exitcode, self.stdout, self.stderr)
        finally:
            self._process.close()
            self._scratch.cleanup()


def run(
    module: str,
    arguments: Sequence[str],
    folder: Path,
    env: Mapping[str, str],
    timeout: float = 100,
) -> Result:
    """Run `python -m module …` to its end."""
    return Running(module, arguments, folder, env).wait(timeout)


def _become(
    module: str, arguments: tuple[str, ...], folder: str, env: dict[str, str], out: str, err: str
) -> None:
    """In the child: take on everything that a shell would give, then run the command."""
    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    for target, path in ((1, out), (2, err)):
        file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        os.dup2(file, target)
        os.close(file)
    os.close(0)
    os.open(os.devnull, os.O_RDONLY)
    sys.stdin = os.fdopen(0, "r", encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)
    sys.argv = [module, *arguments]
    with _flushed():
        if module == "scrapy":
            from scrapy.cmdline import execute

            execute(sys.argv)
        else:
            from newscrawler.cli import main

            main(list(arguments), prog_name="newscrawler")


@contextmanager
def _flushed() -> Iterator[None]:
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
