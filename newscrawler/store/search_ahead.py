"""Indexes a batch of what waits in a second process, while the writer goes on.

Two steps, each at the end of a transaction that writes articles: the texts of a batch are handed
over (from an SQLite file the process reads them itself), and a few transactions later its blocks
are written, if these articles still wait just as they did. Whatever happens between the two, all of
them wait, and are found all the same.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from newscrawler.store import bulk, search_index
from newscrawler.store.aside import Aside, Indexing
from newscrawler.store.search_grams import BATCH

logger = logging.getLogger(__name__)

_OLDEST = "SELECT article_id, touched FROM search_pending ORDER BY article_id"


def advance(conn: Connection, aside: Aside, noted: Collection[int], *, wait: bool) -> None:
    """Take the next step; `wait`: for the blocks, if they are not made yet.

    `noted`: what this transaction has written. Until it is committed it is nobody's text: its
    numbers may go to others.
    """
    indexing, aside.indexing = aside.indexing, None
    if indexing is None:
        aside.indexing = _begin(conn, aside, noted)
    elif not wait and not aside.is_done(indexing.ticket):
        aside.indexing = indexing
    else:
        made = aside.take(indexing.ticket)
        if isinstance(made, str):
            logger.warning("the second process cannot read the database (%s)", made)
            aside.waiting -= BATCH * search_index.flush(conn)
        elif search_index.lock(conn) and _take_off(conn, indexing.touched):
            entries, titles, texts = made if indexing.entries is None else (indexing.entries, *made)
            search_index.write_batch(conn, entries, titles, texts)
            aside.waiting -= BATCH


def _begin(conn: Connection, aside: Aside, noted: Collection[int]) -> Indexing | None:
    rows = bulk.rows(conn, f"{_OLDEST} LIMIT {BATCH + len(noted)}")
    chosen = [(article_id, touched) for article_id, touched in rows if article_id not in noted]
    if len(chosen) < BATCH:
        return None
    touched = dict(chosen[:BATCH])
    if path := _file(conn):
        return Indexing(touched, None, aside.ask("blocks_of", (path, [*touched])))
    read = search_index.ordered(conn, list(touched))
    ticket = aside.ask("blocks", [row[2:] for row in read])
    return Indexing(touched, [row[:2] for row in read], ticket)


def _file(conn: Connection) -> str:
    """The file of an SQLite database; "" of one in memory or on a server."""
    if conn.dialect.name != "sqlite":
        return ""
    return str(bulk.rows(conn, "SELECT file FROM pragma_database_list WHERE name = 'main'")[0][0])


def _take_off(conn: Connection, touched: Mapping[int, int]) -> bool:
    """Take articles off what waits; False, and none is, if one has another text since."""
    these = f"FROM search_pending WHERE article_id IN ({','.join(map(str, touched))})"
    lock = "" if conn.dialect.name == "sqlite" else " FOR UPDATE"
    if dict(map(tuple, bulk.rows(conn, f"SELECT article_id, touched {these}{lock}"))) != touched:
        return False
    bulk.run(conn, f"DELETE {these}", ())
    return True
