"""Tables of how things were spelled where they came from (docs/decisions, 008)."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer

from newscrawler.store.migrations.steps import new_table
from newscrawler.store.schema import metadata
from newscrawler.store.types import BYTES, ID, LONG, key_text

originals = new_table(
    metadata,
    "originals",
    Column(
        "article_id", ID, ForeignKey("articles.article_id"), primary_key=True, autoincrement=False
    ),
    Column("revision", Integer(), nullable=False),
    Column("run_id", ID, nullable=False),
    Column("data", BYTES, nullable=False),
)
"""An article's postings (newscrawler/postings.py), packed against the text of `revision`.
`run_id` is the run that last wrote the row."""

spellings = new_table(
    metadata,
    "spellings",
    Column("task_id", ID, ForeignKey("tasks.task_id"), primary_key=True, autoincrement=False),
    Column("list", key_text(100), primary_key=True),
    Column("fields", LONG, nullable=False),
)
"""Fields of `announcements` whose spelling tidying changed: a JSON array of [field, text]."""
