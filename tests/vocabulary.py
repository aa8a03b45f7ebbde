"""The words that the source uses towards users, read from its syntax trees."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_WORD = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*(_<\w+>)?")


@cache
def modules(*, with_replica: bool = False) -> tuple[ast.Module, ...]:
    """Every module of the program, parsed; the replica speaks for upstream, not for us."""
    files = [*ROOT.glob("newscrawler/**/*.py"), *ROOT.glob("pipelines/**/*.py")]
    ours = [path for path in sorted(files) if with_replica or "replica" not in path.parts]
    return tuple(ast.parse(path.read_text(encoding="utf-8")) for path in ours)


def reasons() -> set[str]:
    """Every reason word: of a PageError, after an outcome, given as or assigned to a `reason`."""
    constants = _constants()
    words = set()
    for module in modules():
        for node in ast.walk(module):
            for value in _reason_nodes(node):
                text = constants.get(value.id) if isinstance(value, ast.Name) else _text(value)
                if text and _WORD.fullmatch(text):
                    words.add(text)
    return words


def stats() -> set[str]:
    """Every Scrapy stat under our prefix, e.g. "newscrawler/outcome/<outcome>"."""
    found = set()
    for module in modules():
        for node in ast.walk(module):
            if isinstance(node, ast.Call):
                found |= {text for text in map(_text, node.args) if text}
    return {text for text in found if text.startswith("newscrawler/")}


def _reason_nodes(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Call) and _name(node.func) != "close_spider_async":
        if _name(node.func) in ("PageError", "IncompleteError"):
            yield from node.args[:1]
        yield from (keyword.value for keyword in node.keywords if keyword.arg == "reason")
        yield from _after_outcome(node.args)
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any("reason" in _name(target).lower() for target in targets) and node.value:
            yield from (part for part in ast.walk(node.value) if isinstance(part, ast.Constant))


def _after_outcome(args: list[ast.expr]) -> Iterator[ast.expr]:
    for before, value in pairwise(args):
        if isinstance(before, ast.Attribute) and _name(before.value) == "Outcome":
            yield value


def _constants() -> dict[str, str]:
    """The texts that modules give to names of their own."""
    return {
        _name(node.targets[0]): text
        for module in modules()
        for node in module.body
        if isinstance(node, ast.Assign) and (text := _text(node.value))
    }


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _text(node: ast.expr) -> str:
    """A literal's text; in an f-string `<name>` stands for a value."""
    if isinstance(node, ast.JoinedStr):
        return "".join(map(_text, node.values))
    if isinstance(node, ast.FormattedValue):
        return f"<{_name(node.value)}>"
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
