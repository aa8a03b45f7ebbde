"""Opens the database of a run: of the right schema, writable, its outlets' slugs remembered."""

from __future__ import annotations

from contextlib import ExitStack

from newscrawler.slugs import remember
from newscrawler.store.engine import Database, open_database
from newscrawler.store.migrate import prepare
from newscrawler.store.queries import source_slugs


def open_ready(url: str) -> Database:
    """Open what DATABASE_URL names and find all that can be known to fail before it does.

    Raises:
        StoreError: unreachable, read-only or of another schema; says what to do.
    """
    database = open_database(url)
    with ExitStack() as undo:
        undo.callback(database.close)
        prepare(database)
        database.check_writable()
        with database.read() as conn:
            remember(source_slugs(conn))
        undo.pop_all()
    return database
