"""The SQL contract as Markdown: one heading and one table a view."""

from __future__ import annotations

from typing import Any

from newscrawler.store.contract import CONTRACT
from newscrawler.store.views import VIEWS


def views() -> str:
    """Every view with its columns, their types and meanings."""
    return "\n\n".join(_view(name) for name in CONTRACT)


def _view(name: str) -> str:
    view = CONTRACT[name]
    rows = [
        f"| `{column}` | {_type(VIEWS[name].c[column].type)} | {meaning} |"
        for column, meaning in view.columns.items()
    ]
    table = ["| column | type | meaning |", "| --- | --- | --- |", *rows]
    return "\n".join([f"## {name}", "", view.row, "", *table])


def _type(kind: Any) -> str:
    names = {int: "integer", str: "text"}
    return names.get(kind.python_type, "time")
