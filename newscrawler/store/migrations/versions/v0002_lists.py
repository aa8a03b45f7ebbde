"""How each list was last seen, filled from what lists have announced so far."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, String, func, insert, literal, select

from newscrawler.store.migrations.steps import create_tables, new_metadata, new_table
from newscrawler.store.migrations.tables_0001 import metadata as first
from newscrawler.store.types import ID, UTC_TIME

revision = "0002"
down_revision = "0001"

metadata = new_metadata()
lists = new_table(
    metadata,
    "lists",
    Column("site", String(64), primary_key=True),
    Column("list", String(100), primary_key=True),
    Column("newest_at", UTC_TIME),
    Column("new_at", UTC_TIME, nullable=False),
    Column("read_at", UTC_TIME, nullable=False),
    Column("quiet_s", ID, nullable=False),
)


def upgrade() -> None:
    conn = op.get_bind()
    create_tables(conn, metadata)
    if conn.scalar(select(func.count()).select_from(lists)):
        return
    said, tasks = first.tables["announcements"].c, first.tables["tasks"].c
    seen = (
        select(
            tasks.site,
            said.list,
            func.max(said.published_at),
            func.max(said.first_at),
            func.max(said.last_at),
            literal(0),
        )
        .join(first.tables["tasks"], tasks.task_id == said.task_id)
        .group_by(tasks.site, said.list)
    )
    columns = ["site", "list", "newest_at", "new_at", "read_at", "quiet_s"]
    conn.execute(insert(lists).from_select(columns, seen))
