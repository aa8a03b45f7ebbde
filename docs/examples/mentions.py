"""Keeps a table of how often each security is mentioned each day, from the change feed.

    python mentions.py data/news.db mentions.db             # up to now
    python mentions.py data/news.db mentions.db --follow    # and from now on
    python mentions.py postgresql://user@host/news mentions.db --follow

Nothing but Python's standard library; psycopg for PostgreSQL, which also says when there is news.
Kill it whenever you like: what a change does to the table and the number of that change are one
transaction, so each change counts exactly once.
"""

from __future__ import annotations

import argparse
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

TABLES = """
CREATE TABLE IF NOT EXISTS feed_position (seq INTEGER NOT NULL);
INSERT INTO feed_position SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM feed_position);
CREATE TABLE IF NOT EXISTS counted (
    article_id INTEGER, security TEXT, day TEXT, mentions INTEGER,
    PRIMARY KEY (article_id, security)
);
CREATE TABLE IF NOT EXISTS mentions_by_day (
    day TEXT, security TEXT, articles INTEGER, mentions INTEGER, PRIMARY KEY (day, security)
);
"""
CHANGES = "SELECT seq, article_id FROM news_changes WHERE seq > {} ORDER BY seq LIMIT {}"
STATE = """
SELECT n.article_id, s.security, substr(n.published_local, 1, 10) AS day, s.mentions
FROM news n JOIN news_securities s ON s.article_id = n.article_id
WHERE n.gone_at IS NULL AND n.article_id IN ({})
"""
"""What the articles say now; it may be newer than the change that made us look, and a later change
makes us look again."""
COUNT = """
INSERT INTO mentions_by_day VALUES (?, ?, ?, ?)
ON CONFLICT (day, security) DO UPDATE
SET articles = articles + excluded.articles, mentions = mentions + excluded.mentions
"""


@contextmanager
def open_news(where: str) -> Iterator[Any]:
    """A connection to newscrawler's database that only reads."""
    if where.startswith(("postgresql://", "postgres://")):
        import psycopg

        with psycopg.connect(where, autocommit=True) as news:
            news.execute("SET default_transaction_read_only = on")
            news.execute("LISTEN news_changes")
            yield news
    else:
        path = Path(where).resolve()
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=60)) as news:
            yield news


def catch_up(news: Any, table: sqlite3.Connection, page: int) -> int:
    """Take in the next page of changes; how many there were."""
    ((last,),) = table.execute("SELECT seq FROM feed_position")
    changes = news.execute(CHANGES.format(int(last), int(page))).fetchall()
    if not changes:
        return 0
    articles = sorted({article_id for _, article_id in changes})
    now = news.execute(STATE.format(",".join(map(str, articles)))).fetchall()
    with table:  # one transaction: the effect, and how far we are
        table.execute("BEGIN IMMEDIATE")
        for article_id in articles:
            forget(table, article_id)
        for article_id, security, day, mentions in now:
            counted = (article_id, security, day, mentions)
            table.execute("INSERT INTO counted VALUES (?, ?, ?, ?)", counted)
            table.execute(COUNT, (day, security, 1, mentions))
        table.execute("UPDATE feed_position SET seq = ?", (changes[-1][0],))
    return len(changes)


def forget(table: sqlite3.Connection, article_id: int) -> None:
    """Take back what an article counted for; it may say something else now, or be gone."""
    old = table.execute(
        "DELETE FROM counted WHERE article_id = ? RETURNING day, security, mentions", (article_id,)
    ).fetchall()
    table.executemany(COUNT, [(day, security, -1, -mentions) for day, security, mentions in old])
    table.execute("DELETE FROM mentions_by_day WHERE articles = 0")


def wait(news: Any, seconds: float) -> None:
    """Until there may be something new: PostgreSQL says so, SQLite is asked again."""
    if isinstance(news, sqlite3.Connection):
        time.sleep(seconds)
    else:
        for _ in news.notifies(timeout=seconds, stop_after=1):
            pass


def main(arguments: Sequence[str] | None = None) -> None:
    """Catch up, and go on if asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("news", help="newscrawler's database: a file or a postgresql:// URL")
    parser.add_argument("table", help="the SQLite file to keep the table in")
    parser.add_argument("--follow", action="store_true", help="wait for more, until Ctrl-C")
    parser.add_argument("--page", type=int, default=500, help="changes a transaction")
    given = parser.parse_args(arguments)
    with (
        open_news(given.news) as news,
        closing(sqlite3.connect(given.table, timeout=60, isolation_level=None)) as table,
    ):
        table.executescript(TABLES)
        while True:
            if not catch_up(news, table, given.page):
                if not given.follow:
                    return
                wait(news, 1.0)


if __name__ == "__main__":
    main()
