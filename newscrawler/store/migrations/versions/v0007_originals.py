"""Postings of articles, and how lists spell what tidying changed."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, String

from newscrawler.store.migrations.steps import create_tables, new_metadata, new_table
from newscrawler.store.types import BYTES, ID, LONG

revision = "0007"
down_revision = "0006"

metadata = new_metadata()
new_table(metadata, "articles", Column("article_id", ID, primary_key=True))
new_table(metadata, "tasks", Column("task_id", ID, primary_key=True))
new_table(
    metadata,
    "originals",
    Column(
        "article_id", ID, ForeignKey("articles.article_id"), primary_key=True, autoincrement=False
    ),
    Column("revision", Integer(), nullable=False),
    Column("run_id", ID, nullable=False),
    Column("data", BYTES, nullable=False),
)
new_table(
    metadata,
    "spellings",
    Column("task_id", ID, ForeignKey("tasks.task_id"), primary_key=True, autoincrement=False),
    Column("list", String(100), primary_key=True),
    Column("fields", LONG, nullable=False),
)


def upgrade() -> None:
    create_tables(op.get_bind(), metadata)
