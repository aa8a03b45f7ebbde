"""The full-text index in blocks: it is forgotten, and every article waits to be indexed anew."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer, delete, insert, literal, select

from newscrawler.store.migrations.steps import create_tables, new_metadata, new_table
from newscrawler.store.types import BYTES, ID

revision = "0008"
down_revision = "0007"

metadata = new_metadata()
new_table(
    metadata,
    "search_blocks",
    Column("block_id", ID, primary_key=True, autoincrement=False),
    Column("data", BYTES, nullable=False),
)

older = new_metadata()
articles = new_table(older, "articles", Column("article_id", ID, primary_key=True))
pending = new_table(older, "search_pending", Column("article_id", ID), Column("touched", Integer()))
docs = new_table(older, "search_docs", Column("doc_id", ID))
batches = new_table(older, "search_batches", Column("batch_id", ID))


def upgrade() -> None:
    conn = op.get_bind()
    create_tables(conn, metadata)
    if conn.dialect.name == "postgresql":  # it would try to compress what hardly can be
        conn.exec_driver_sql("ALTER TABLE search_blocks ALTER COLUMN data SET STORAGE EXTERNAL")
    for table in (pending, docs, batches):
        conn.execute(delete(table))
    every = select(articles.c.article_id, literal(1))
    conn.execute(insert(pending).from_select(["article_id", "touched"], every))
    conn.exec_driver_sql("DROP TABLE IF EXISTS search_postings")
