"""The tables of the full-text index; what is stored already waits to be indexed."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, String, Table, func, insert, literal, select

from newscrawler.store.migrations.steps import create_tables, new_metadata, new_table
from newscrawler.store.types import ID, LONG, UTC_TIME

revision = "0006"
down_revision = "0005"

metadata = new_metadata()
articles = Table("articles", metadata, Column("article_id", ID, primary_key=True))
new_table(
    metadata,
    "search_docs",
    Column("doc_id", ID, primary_key=True, autoincrement=False),
    Column("article_id", ID, ForeignKey("articles.article_id"), nullable=False, unique=True),
)
pending = new_table(
    metadata,
    "search_pending",
    Column(
        "article_id", ID, ForeignKey("articles.article_id"), primary_key=True, autoincrement=False
    ),
    Column("touched", Integer(), nullable=False),
)
new_table(
    metadata,
    "search_batches",
    Column("batch_id", ID, primary_key=True, autoincrement=False),
    Column("newest_at", UTC_TIME, nullable=False),
)
new_table(
    metadata,
    "search_postings",
    Column("segment", Integer(), primary_key=True, autoincrement=False),
    Column(
        "gram",
        String(16).with_variant(String(16, collation="C"), "postgresql"),
        primary_key=True,
    ),
    Column("docs", LONG, nullable=False),
    sqlite_with_rowid=False,
)
lock = new_table(
    metadata,
    "search_lock",
    Column("id", Integer(), primary_key=True, autoincrement=False),
    Column("flushes", ID, nullable=False),
)


def upgrade() -> None:
    conn = op.get_bind()
    create_tables(conn, metadata)
    if conn.scalar(select(func.count()).select_from(lock)):
        return
    every = select(articles.c.article_id, literal(1))
    conn.execute(insert(pending).from_select(["article_id", "touched"], every))
    conn.execute(insert(lock).values(id=1, flushes=0))
