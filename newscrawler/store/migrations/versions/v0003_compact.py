"""Bodies are stored once, digests as bytes, and the views put together what readers see.

SQLite: the tables of short rows become their primary key. Servers: columns change where they are.
Every step looks what is there already, because MariaDB commits each by itself.
"""

from __future__ import annotations

from alembic import op

from newscrawler.store.migrations.compact_0003 import alter, fill, rebuild
from newscrawler.store.migrations.steps import drop_views, replace_views
from newscrawler.store.migrations.views_0003 import views

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    conn = op.get_bind()
    all_views = views(conn.dialect.name)
    drop_views(conn, all_views)
    if conn.dialect.name == "sqlite":
        rebuild(conn)
    else:
        fill(conn)
        alter(conn)
    replace_views(conn, all_views)
