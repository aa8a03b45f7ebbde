"""The first schema: ledger, runs, articles with their revisions, change feed, and the views.

Every step checks what is there already: MariaDB commits each statement by itself, so a killed
migration has to be able to go on where it stopped.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import insert, select

from newscrawler.store.migrations.steps import create_tables, replace_views
from newscrawler.store.migrations.tables_0001 import metadata
from newscrawler.store.migrations.views_0001 import VIEWS

revision = "0001"
down_revision = None


def upgrade() -> None:
    conn = op.get_bind()
    create_tables(conn, metadata)
    counter = metadata.tables["change_counter"]
    if conn.scalar(select(counter.c.last)) is None:
        conn.execute(insert(counter).values(id=1, last=0))
    replace_views(conn, VIEWS)
