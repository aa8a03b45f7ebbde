"""Files of the archive: written, rotated, torn, closed by whoever comes next, verified, pruned."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from newscrawler.archive import files, members, pruning
from newscrawler.archive.archive import RawArchive, RawError, Reader
from newscrawler.archive.verify import verify_file
from newscrawler.captures import Capture
from newscrawler.failpoints import VARIABLE
from tests.archive.exchange import AT, exchange

DAY = timedelta(days=1)


def filled(root: Path, many: int = 3) -> list[Capture]:
    """An archive of one closed file; its answers."""
    archive = RawArchive(root)
    kept = [archive.keep(exchange(n, b"%d" % n * 50), AT, None) for n in range(many)]
    archive.close()
    return [each for each in kept if each]


def only(root: Path) -> Path:
    [path] = files.files(root)
    return path


def close_left(root: Path) -> list[Capture]:
    found: list[Capture] = []
    files.close_left(root, found.extend)
    return found


def test_a_file_is_open_until_it_is_closed(tmp_path: Path) -> None:
    archive = RawArchive(tmp_path)
    archive.keep(exchange(), AT, None)
    assert only(tmp_path).name.endswith(".warc.gz.open")
    archive.close()
    assert only(tmp_path).name.endswith(".warc.gz")
    assert only(tmp_path).parent.name == "2026-01-02"


def test_every_record_is_a_gzip_member_of_its_own(tmp_path: Path) -> None:
    kept = filled(tmp_path)
    data = only(tmp_path).read_bytes()
    for capture in kept:
        record = gzip.decompress(data[capture.start : capture.start + capture.size])
        assert record.startswith(b"WARC/1.1\r\nWARC-Type: response\r\n")
    kinds = [each.record.kind for each in members.scan(only(tmp_path)) if each.record]
    assert kinds == ["warcinfo", *["response", "request"] * 3]


def test_an_answer_is_found_by_its_index_row(tmp_path: Path) -> None:
    kept = filled(tmp_path)
    assert [Reader(tmp_path).read(each).body for each in kept] == [b"0" * 50, b"1" * 50, b"2" * 50]


def test_the_same_answer_again_is_a_revisit(tmp_path: Path) -> None:
    archive = RawArchive(tmp_path)
    first = archive.keep(exchange(), AT, None)
    second = archive.keep(exchange(), AT + DAY, first)
    third = archive.keep(exchange(), AT + DAY, second)
    changed = archive.keep(exchange(body=b"new"), AT + DAY, third)
    archive.close()
    assert first
    assert second
    assert third
    assert changed
    assert [each.kind for each in (first, second, third, changed)] == [
        "response", "revisit", "revisit", "response",
    ]  # fmt: skip
    reader = Reader(tmp_path)
    original = reader.read(first).fields["WARC-Record-ID"]
    assert {reader.read(each).fields["WARC-Refers-To"] for each in (second, third)} == {original}


def test_what_is_no_longer_there_is_not_referred_to(tmp_path: Path) -> None:
    [first] = filled(tmp_path, 1)
    only(tmp_path).unlink()
    archive = RawArchive(tmp_path)
    again = archive.keep(exchange(0, b"0" * 50), AT, first)
    archive.close()
    assert again
    assert again.kind == "response"


def test_a_new_day_and_a_full_file_begin_a_new_file(tmp_path: Path) -> None:
    archive = RawArchive(tmp_path, max_file_bytes=600)
    for day in (0, 0, 1):
        archive.keep(exchange(body=os.urandom(500)), AT + day * DAY, None)
    archive.close()
    days = [path.parent.name for path in files.files(tmp_path)]
    assert days == ["2026-01-02", "2026-01-02", "2026-01-03"]


def test_two_archives_write_two_files(tmp_path: Path) -> None:
    first, second = RawArchive(tmp_path), RawArchive(tmp_path)
    for archive in (first, second):
        archive.keep(exchange(), AT, None)
    assert len(files.files(tmp_path)) == 2
    assert close_left(tmp_path) == []  # both are alive
    first.close()
    second.close()
    assert [path.suffix for path in files.files(tmp_path)] == [".gz", ".gz"]


def test_a_directory_that_is_missing_costs_answers_and_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    archive = RawArchive(tmp_path / "not" / "mounted")
    assert archive.keep(exchange(), AT, None) is None
    assert archive.keep(exchange(), AT, None) is None
    assert archive.lost == 2
    assert "No such file" in archive.reason
    assert len(caplog.records) == 1
    (tmp_path / "not").mkdir()
    assert archive.keep(exchange(), AT, None)  # mounted at last
    archive.close()


def test_a_record_that_does_not_fit_leaves_the_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = RawArchive(tmp_path)
    first = archive.keep(exchange(1), AT, None)
    write = os.write

    def full(file: int, data: bytes) -> int:
        monkeypatch.setattr(os, "write", _no_space)
        return write(file, data[:10])

    monkeypatch.setattr(os, "write", full)
    assert archive.keep(exchange(2), AT, None) is None
    monkeypatch.setattr(os, "write", write)
    third = archive.keep(exchange(3), AT, None)
    archive.close()
    assert archive.lost == 1
    assert list(files.captures_in(tmp_path, only(tmp_path))) == [first, third]
    assert (
        list(verify_file(tmp_path, only(tmp_path), [each for each in (first, third) if each])) == []
    )


def test_answers_that_are_written_together_are_kept_or_lost_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = RawArchive(tmp_path)
    first = archive.keep_all([(exchange(n), AT, None) for n in range(3)])
    assert len(first) == 3
    write = os.write
    written: list[int] = []

    def full(file: int, data: bytes) -> int:
        written.append(len(data))
        monkeypatch.setattr(os, "write", _no_space)
        return write(file, data[:400])

    monkeypatch.setattr(os, "write", full)
    assert archive.keep_all([(exchange(n), AT, None) for n in range(3, 7)]) == []
    monkeypatch.setattr(os, "write", write)
    last = archive.keep_all([(exchange(7), AT, None)])
    archive.close()
    assert (archive.lost, len(written)) == (4, 1)
    assert list(files.captures_in(tmp_path, only(tmp_path))) == [*first, *last]
    assert list(verify_file(tmp_path, only(tmp_path), [*first, *last])) == []


def test_answers_of_two_days_that_come_together_are_in_two_files(tmp_path: Path) -> None:
    archive = RawArchive(tmp_path)
    times = [AT, AT, AT + DAY, AT + DAY]
    kept = archive.keep_all([(exchange(n), at, None) for n, at in enumerate(times)])
    archive.close()
    found = [files.captures_in(tmp_path, path) for path in files.files(tmp_path)]
    assert [each for captures in found for each in captures] == kept
    assert [each.fetched_at for each in kept] == times
    assert len({each.file for each in kept}) == 2


def test_a_full_file_takes_no_more_than_what_came_with_its_last_answer(tmp_path: Path) -> None:
    archive = RawArchive(tmp_path, max_file_bytes=1500)
    kept = archive.keep_all([(exchange(n, os.urandom(500)), AT, None) for n in range(9)])
    archive.close()
    found = [list(files.captures_in(tmp_path, path)) for path in files.files(tmp_path)]
    assert sorted((each for captures in found for each in captures), key=kept.index) == kept
    assert len(found) > 3


def _no_space(file: int, data: bytes) -> int:
    raise OSError(28, "No space left on device")


WRITE = """
import sys
from pathlib import Path
from newscrawler.archive.archive import RawArchive
from tests.archive.exchange import AT, exchange
archive = RawArchive(Path(sys.argv[1]))
for number in range(9):
    archive.keep(exchange(number, b"%d" % number * 500), AT, None)
archive.close()
"""


@pytest.mark.parametrize(
    ("point", "left"), [("raw_torn:2", 0), ("raw_torn:5", 3), ("raw_written:4", 4)]
)
def test_a_killed_writer_costs_the_record_at_hand(tmp_path: Path, point: str, left: int) -> None:
    environment = os.environ | {VARIABLE: point}
    done = subprocess.run(
        [sys.executable, "-c", WRITE, str(tmp_path)], env=environment, check=False
    )
    assert done.returncode == -9
    assert len(close_left(tmp_path)) == left
    for path in files.files(tmp_path):
        captures = list(files.captures_in(tmp_path, path))
        assert list(verify_file(tmp_path, path, captures)) == []
        assert not path.name.endswith(".open")


def test_a_file_cut_anywhere_keeps_every_record_before_the_cut(tmp_path: Path) -> None:
    kept = filled(tmp_path)
    path = only(tmp_path)
    whole = path.read_bytes()
    left = path.with_name(path.name + ".open")
    path.unlink()
    for cut in range(0, len(whole), 7):
        left.write_bytes(whole[:cut])
        assert close_left(tmp_path) == [one for one in kept if one.start + one.size <= cut]
        path.unlink(missing_ok=True)


def test_damage_in_the_middle_takes_nothing_else_with_it(tmp_path: Path) -> None:
    kept = filled(tmp_path)
    path = only(tmp_path)
    data = bytearray(path.read_bytes())
    data[kept[1].start + 40] ^= 0xFF
    path.rename(left := path.with_name(path.name + ".open"))
    left.write_bytes(data)
    assert close_left(tmp_path) == [kept[0], kept[2]]
    findings = list(verify_file(tmp_path, path, kept))
    assert {each.start for each in findings} == {kept[1].start}
    with pytest.raises(RawError, match="raw verify"):
        Reader(tmp_path).read(kept[1])


def test_warcio_finds_a_body_that_was_changed(tmp_path: Path) -> None:
    kept = filled(tmp_path)
    path = only(tmp_path)
    data = path.read_bytes()
    start, end = kept[1].start, kept[1].start + kept[1].size
    forged = gzip.compress(gzip.decompress(data[start:end]).replace(b"1" * 50, b"2" * 50))
    path.write_bytes(data[:start] + forged + data[end:])
    findings = list(verify_file(tmp_path, path, list(files.captures_in(tmp_path, path))))
    assert [each.start for each in findings] == [start]
    assert "digest failed" in findings[0].problem


def test_the_index_is_compared_with_the_file(tmp_path: Path) -> None:
    kept = filled(tmp_path)
    problems = [each.problem for each in verify_file(tmp_path, only(tmp_path), kept[:2])]
    assert problems == ["not in the index"]


def prune(root: Path, keep: Sequence[Capture]) -> list[tuple[str | None, dict[int, int]]]:
    """What the index is told: the new file, and the old places with the new ones."""
    called: list[tuple[str | None, dict[int, int]]] = []
    pruning.rewrite(
        root, only(root), keep, lambda _, new, starts: called.append((new, dict(starts)))
    )
    return called


def test_pruning_copies_what_is_kept_byte_by_byte(tmp_path: Path) -> None:
    kept = filled(tmp_path)
    before = only(tmp_path).read_bytes()
    [(_, starts)] = prune(tmp_path, [kept[1]])
    after = only(tmp_path).read_bytes()
    [start] = starts.values()
    member = before[kept[1].start : kept[1].start + kept[1].size]
    assert after[start : start + len(member)] == member
    kinds = [each.record.kind for each in members.scan(only(tmp_path)) if each.record]
    assert kinds == ["warcinfo", "response", "request"]


def test_pruning_everything_removes_the_file(tmp_path: Path) -> None:
    filled(tmp_path)
    prune(tmp_path, [])
    assert files.files(tmp_path) == []
