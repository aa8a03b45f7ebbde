"""`python -m tests.fuzz SECONDS [TARGET…]`: fuzz each target for its share of the time.

FUZZ_SEED makes the inputs the same every time: CI judges a change, not the luck of the day.

What breaks a promise is left in tests/fuzz/found/ (fix it, then keep the input in corpus/TARGET/).
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

HERE = Path(__file__).resolve().parent
FOUND = HERE / "found"
NAMES = ("decoding", "cleaning", "dates", "body", "payload")
NO_FUZZER = 5
"""The exit code where there is no atheris for this machine."""
_ONE = "--one"


def main(arguments: list[str]) -> int:
    """Fuzz the named targets, else all; 1 if anything was found."""
    if arguments[:1] == [_ONE]:
        fuzz(arguments[1], arguments[2:])
    if find_spec("atheris") is None:
        sys.stdout.write("NOT FUZZED: atheris has wheels for Linux on x86-64 only\n")
        return NO_FUZZER
    seconds = int(arguments[0]) if arguments else 60
    names = arguments[1:] or list(NAMES)
    FOUND.mkdir(exist_ok=True)
    share = max(seconds // len(names), 5)
    failed = [name for name in names if not passes(name, share)]
    for name in failed:
        sys.stdout.write(f"{name}: a promise is broken; the input is in {FOUND}\n")
    return 1 if failed else 0


def passes(name: str, seconds: int) -> bool:
    """Fuzz one target in a process of its own; whether nothing was found."""
    with TemporaryDirectory() as grown:
        options = [
            f"-max_total_time={seconds}",
            f"-seed={os.environ.get('FUZZ_SEED', '0')}",
            f"-artifact_prefix={FOUND}/{name}-",
            *("-timeout=10", "-rss_limit_mb=1024", "-max_len=4096", "-print_final_stats=1"),
        ]
        command = [sys.executable, "-m", "tests.fuzz", _ONE, name, *options, grown]
        done = subprocess.run(
            [*command, str(HERE / "corpus" / name)], check=False, capture_output=True, text=True
        )
    stats = dict(
        line.removeprefix("stat::").split(": ")[:2]
        for line in (done.stdout + done.stderr).splitlines()
        if line.startswith("stat::") and ": " in line
    )
    runs = stats.get("number_of_executed_units", "?").strip()
    sys.stdout.write(f"{name}: {runs} inputs in {seconds} s, exit {done.returncode}\n")
    if done.returncode:
        sys.stdout.write((done.stdout + done.stderr)[-3000:])
    return done.returncode == 0


def fuzz(name: str, options: list[str]) -> None:
    """Fuzz in this process until libFuzzer ends it."""
    atheris: Any = import_module("atheris")
    with atheris.instrument_imports(include=["newscrawler", "tests.fuzz.targets"]):
        targets = import_module("tests.fuzz.targets").TARGETS
    atheris.Setup([sys.argv[0], *options], targets[name])
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
