"""docs/reliability.md names tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reliability.md"
LINKS = re.findall(r"\[`(test_\w+)`\]\(\.\./(\S+?)\)", PAGE.read_text("utf-8"))


@pytest.mark.parametrize(("name", "path"), LINKS)
def test_a_row_of_the_table_is_held_by_a_test(name: str, path: str) -> None:
    module = ast.parse((ROOT / path).read_text("utf-8"))
    assert name in {each.name for each in module.body if isinstance(each, ast.FunctionDef)}


def test_every_fault_test_stands_in_the_table() -> None:
    named = {name for name, _ in LINKS}
    rows = {
        each.name
        for path in Path(__file__).parent.glob("test_*.py")
        for each in ast.parse(path.read_text("utf-8")).body
        if isinstance(each, ast.FunctionDef) and re.match(r"test_[dp]\d\d_", each.name)
    }
    assert {name for name in rows - named if "told_so" not in name} == set()
