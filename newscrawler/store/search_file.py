"""Reads the texts to index from an SQLite file, past SQLAlchemy: for the second process (aside.py).

What it sees is committed, and so never less than what the writer knew when it asked.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

Text = tuple[Any, int, str, str, str]
"""published_at as the driver has it, article_id, title, summary, body."""
TEXTS = (
    "SELECT a.published_at, a.article_id, r.title, r.summary, r.body FROM articles a"
    " JOIN revisions r ON r.article_id = a.article_id AND r.revision = a.revision"
    " WHERE a.article_id IN ({})"
)
_PATIENCE_S = 5.0


def read(path: str, article_ids: Sequence[int]) -> list[Text]:
    """What these articles' current revisions say, in the order of their publication.

    Raises:
        sqlite3.Error: the file cannot be read, or not all of them are in it.
    """
    uri = f"{Path(path).as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=_PATIENCE_S)) as connection:
        found = connection.execute(TEXTS.format(",".join(map(str, article_ids)))).fetchall()
    if len(found) != len(article_ids):
        raise sqlite3.DataError(f"{len(found)} of {len(article_ids)} articles are there")
    return sorted(found)
