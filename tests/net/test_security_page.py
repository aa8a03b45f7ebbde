"""docs/security.md names tests that exist, and every fault of the server has its row."""

from __future__ import annotations

import re
from pathlib import Path

from tests.net.faults import FAULTS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
ROW = re.compile(r"^\| ([SCN]\d\d)(?:([–,]) ?([SCN]\d\d))? \|", re.MULTILINE)


def rows() -> set[str]:
    found = set()
    for first, joint, last in ROW.findall(PAGE):
        numbers = range(int(first[1:]), int(last[1:]) + 1) if joint else [int(first[1:])]
        found |= {f"{first[0]}{number:02}" for number in numbers}
    return found


def test_tests_that_it_names_exist() -> None:
    named = re.findall(r"\[`(test_\w+)`\]\(\.\./(tests/\S+?)\)", PAGE)
    assert len(named) > 30
    missing = [
        name for name, file in named if f"def {name}(" not in (ROOT / file).read_text("utf-8")
    ]
    assert missing == []


def test_every_fault_of_the_server_has_its_row() -> None:
    assert {name[:3].upper() for name in FAULTS} - rows() == set()


PROMISED = {"S": 30, "C": 21, "N": 11}


def test_every_row_of_the_matrix_has_a_line_with_a_test() -> None:
    wanted = {f"{kind}{at:02}" for kind, most in PROMISED.items() for at in range(1, most + 1)}
    assert wanted - rows() == set()
    lines = [line for line in PAGE.splitlines() if ROW.match(line)]
    assert [line[:30] for line in lines if "[`test_" not in line] == []
