"""The database that the exports are measured on holds as many articles as it says."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from bench.exports import STORED, fill


def test_stored_articles_are_copied_with_all_that_belongs_to_them(tmp_path: Path) -> None:
    fill(tmp_path / "news.db", 2 * STORED)
    with closing(sqlite3.connect(tmp_path / "news.db")) as conn:
        assert conn.execute("SELECT count(*) FROM news").fetchone() == (2 * STORED,)
        lines = conn.execute(
            "SELECT article_id > ?, count(*) FROM news_changes GROUP BY 1", (STORED,)
        ).fetchall()
        assert lines[0][1] == lines[1][1] > STORED  # near-duplicates have two
        assert conn.execute("SELECT count(*) FROM news WHERE change_seq = 0").fetchone() == (0,)
        assert conn.execute("PRAGMA foreign_key_check").fetchall() == []
