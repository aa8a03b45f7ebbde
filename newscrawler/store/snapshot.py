"""All that SQL consumers see, read at one moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from newscrawler.store.engine import Database
from newscrawler.store.migrate import revision_of
from newscrawler.store.views import VIEWS

Snapshot = dict[str, list[dict[str, Any]]]
"""View name → its rows, by column."""


def snapshot(db: Database, names: Sequence[str] = tuple(VIEWS)) -> Snapshot:
    """Every row of the named views; empty lists for a database that has no schema yet."""
    with db.read() as conn:
        if revision_of(conn) is None:
            return {name: [] for name in names}
        return {
            name: [dict(row) for row in conn.execute(select(VIEWS[name])).mappings()]
            for name in names
        }
