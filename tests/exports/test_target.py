"""The file of an export: there as a whole, or as it was before."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from newscrawler import failpoints
from newscrawler.errors import ExportError
from newscrawler.exports.target import replacing

WRITE = """
import sys
from pathlib import Path
from newscrawler.exports.target import replacing
with replacing(Path(sys.argv[1])) as sink:
    for _ in range(3):
        sink.write(b"new" * 500_000)
"""
OLD, NEW = b"old", b"new" * 1_500_000


def killed_at(point: str, path: Path) -> int:
    return subprocess.run(
        [sys.executable, "-c", WRITE, path],
        env=os.environ | {failpoints.VARIABLE: point},
        check=False,
    ).returncode


@pytest.mark.parametrize(
    ("point", "left"),
    [
        ("export_write:1", OLD),
        ("export_write:3", OLD),
        ("export_sync", OLD),
        ("export_rename", OLD),
        ("export_renamed", NEW),
    ],
)
def test_a_kill_at_any_step_leaves_the_old_file_or_the_new_one(
    tmp_path: Path, point: str, left: bytes
) -> None:
    path = tmp_path / "news.jsonl"
    path.write_bytes(OLD)
    assert killed_at(point, path) == -signal.SIGKILL
    assert path.read_bytes() == left
    with replacing(path) as sink:
        sink.write(b"next")
    assert path.read_bytes() == b"next"
    assert [each.name for each in tmp_path.iterdir()] == ["news.jsonl"]


def interrupted(path: Path, error: BaseException) -> None:
    with replacing(path) as sink:
        sink.write(b"half")
        raise error


def test_an_interruption_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_bytes(OLD)
    with pytest.raises(KeyboardInterrupt):
        interrupted(path, KeyboardInterrupt())
    assert path.read_bytes() == OLD
    assert [each.name for each in tmp_path.iterdir()] == ["news.jsonl"]


def test_a_full_disk_names_the_file_and_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_bytes(OLD)
    with pytest.raises(ExportError, match=r"news\.jsonl: No space left.* as it was"):
        interrupted(path, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    assert path.read_bytes() == OLD


def test_a_write_that_the_system_refuses_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_bytes(OLD)
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))"
    done = subprocess.run(
        [sys.executable, "-c", limited + WRITE, path], capture_output=True, text=True, check=False
    )
    assert f"ExportError: cannot write {path}: File too large" in done.stderr
    assert path.read_bytes() == OLD
    assert [each.name for each in tmp_path.iterdir()] == ["news.jsonl"]


def test_a_second_writer_of_the_same_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    with replacing(path) as first:
        first.write(b"first")
        with pytest.raises(ExportError, match="another process is writing"), replacing(path):
            pass
    assert path.read_bytes() == b"first"


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o640), (0o077, 0o600), (0, 0o640)])
def test_a_file_is_not_for_everyone(tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        with replacing(tmp_path / "news.jsonl") as sink:
            sink.write(b"new")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "news.jsonl").stat().st_mode) == mode


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "news.jsonl"
    link.symlink_to(tmp_path / "real" / "news.jsonl")
    with replacing(link) as sink:
        sink.write(NEW)
    assert link.is_symlink()
    assert (tmp_path / "real" / "news.jsonl").read_bytes() == NEW


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(ExportError, match="nowhere does not exist"),
        replacing(tmp_path / "nowhere" / "news.jsonl"),
    ):
        pass
