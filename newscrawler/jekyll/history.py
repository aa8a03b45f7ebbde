"""The posts of an archive that is a git repository: every state of every post, commit by commit."""

from __future__ import annotations

import subprocess
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from newscrawler.errors import ConfigError
from newscrawler.jekyll.articles import PostFile
from newscrawler.jekyll.files import MAX_BYTES, Group
from newscrawler.jekyll.folder import NEW, OLD
from newscrawler.jekyll.read import named_id

_REMEMBERED = 100_000
"""Posts whose last state is known, so that one which was only moved is not read again."""
_GIT = ("git", "-c", "core.quotePath=false", "-c", "log.showSignature=false")


@dataclass(frozen=True, slots=True)
class _Commit:
    sha: str
    at: datetime
    blobs: tuple[tuple[str, str], ...]
    """(path, blob) of each post that it wrote."""


def is_repository(directory: Path) -> bool:
    """Whether it is a git repository, and a bare one: without files to read."""
    try:
        asked = _ask(directory, "rev-parse", "--is-bare-repository")
    except ConfigError:
        return False
    return asked.strip() == "true"


def count_commits(directory: Path) -> int:
    """How many commits `states` goes through.

    Raises:
        ConfigError: git is missing, or it is no repository.
    """
    return int(_ask(directory, "rev-list", "--count", "HEAD"))


def states(directory: Path) -> Iterator[tuple[int, list[Group]]]:
    """For each commit, oldest first: its number, and the posts that it wrote, article by article.

    Raises:
        ConfigError: git is missing, or it is no repository.
    """
    blobs = _start(directory, "cat-file", "--batch")
    try:
        known: OrderedDict[str, str] = OrderedDict()
        for number, commit in enumerate(_commits(directory), 1):
            yield number, _groups(commit, blobs, known)
    finally:
        blobs.kill()
        blobs.communicate()


def _groups(
    commit: _Commit, blobs: subprocess.Popen[bytes], known: OrderedDict[str, str]
) -> list[Group]:
    found: dict[str, Group] = {}
    for path, blob in sorted(commit.blobs, key=lambda each: (each[0].startswith(NEW), each[0])):
        name = path.rpartition("/")[2]
        if known.pop(name, "") != blob:
            file = PostFile(path, _blob(blobs, blob), commit.at, commit.sha)
            found.setdefault(named_id(name) or path, []).append(file)
        known[name] = blob
        if len(known) > _REMEMBERED:
            known.popitem(last=False)
    return list(found.values())


def _blob(process: subprocess.Popen[bytes], name: str) -> bytes:
    asked, answers = _pipe(process.stdin), _pipe(process.stdout)
    asked.write(f"{name}\n".encode())
    asked.flush()
    head = answers.readline().split()
    if len(head) != 3:
        return b""
    size = int(head[2])
    data = answers.read(min(size, MAX_BYTES))
    rest = size - len(data)
    while rest > 0:
        rest -= len(answers.read(min(rest, MAX_BYTES)))
    answers.read(1)
    return data


def _commits(directory: Path) -> Iterator[_Commit]:
    """Read `git log` as it comes: a line a commit, then a line a file, all ended by NUL."""
    log = _start(
        directory, "log", "--reverse", "--topo-order", "--raw", "--no-renames", "--no-abbrev", "-z",
        "--diff-merges=first-parent", "--format=format:%x01%H %ct", "--", NEW, OLD,
    )  # fmt: skip
    try:
        yield from _parse(_fields(_pipe(log.stdout)))
    finally:
        log.kill()
        log.communicate()


def _fields(stream: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while part := stream.read(1 << 16):
        *whole, rest = (rest + part).split(b"\0")
        yield from whole
    if rest:
        yield rest


def _parse(fields: Iterator[bytes]) -> Iterator[_Commit]:
    sha, at, blobs = "", datetime.fromtimestamp(0, UTC), list[tuple[str, str]]()
    for field in fields:
        if b"\1" in field:
            if sha:
                yield _Commit(sha, at, tuple(blobs))
            head, _, raw = field.partition(b"\1")[2].partition(b"\n")
            sha, _, seconds = head.decode().partition(" ")
            at, blobs = datetime.fromtimestamp(int(seconds), UTC), []
        else:
            raw = field
        raw = raw.strip(b"\n")
        if raw.startswith(b":"):
            _, mode, _, blob, status = raw.split()
            path = next(fields, b"").decode("utf-8", "replace")
            if status != b"D" and mode.startswith(b"100") and path.endswith(".md"):
                blobs.append((path, blob.decode()))
    if sha:
        yield _Commit(sha, at, tuple(blobs))


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise RuntimeError("the process was started without this pipe")
    return stream


def _start(directory: Path, *arguments: str) -> subprocess.Popen[bytes]:
    command = [*_GIT, "-C", str(directory), *arguments]
    try:
        return subprocess.Popen(  # noqa: S603 - git, with arguments of our own
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError as error:
        raise ConfigError(f"git cannot be started ({error.strerror}); install it") from error


def _ask(directory: Path, *arguments: str) -> str:
    command = [*_GIT, "-C", str(directory), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603
    except OSError as error:
        raise ConfigError(f"git cannot be started ({error.strerror}); install it") from error
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["git says nothing"])[-1]
        raise ConfigError(f"{directory} is no git repository with a history: {reason}")
    return done.stdout
