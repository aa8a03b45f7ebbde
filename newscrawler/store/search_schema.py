"""The tables of the full-text index; search_index.py writes them, search.py reads them."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Table

from newscrawler.store.migrations.steps import new_table
from newscrawler.store.schema import metadata
from newscrawler.store.types import BYTES, ID, UTC_TIME

search_docs: Table = new_table(
    metadata,
    "search_docs",
    Column("doc_id", ID, primary_key=True, autoincrement=False),
    Column("article_id", ID, ForeignKey("articles.article_id"), nullable=False, unique=True),
)
"""Which entry of the index is about which article; an entry without a row is void."""

search_pending: Table = new_table(
    metadata,
    "search_pending",
    Column(
        "article_id", ID, ForeignKey("articles.article_id"), primary_key=True, autoincrement=False
    ),
    Column("touched", Integer(), nullable=False),
)
"""Articles whose current text is not in the index yet: a search reads their texts."""

search_batches: Table = new_table(
    metadata,
    "search_batches",
    Column("batch_id", ID, primary_key=True, autoincrement=False),
    Column("newest_at", UTC_TIME, nullable=False),
)
"""Articles that were indexed together, with the latest time of publication among them."""

search_blocks: Table = new_table(
    metadata,
    "search_blocks",
    Column("block_id", ID, primary_key=True, autoincrement=False),
    Column("data", BYTES, nullable=False),
)
"""Which entries of a segment hold which grams (see search_blocks.py)."""

search_lock: Table = new_table(
    metadata,
    "search_lock",
    Column("id", Integer(), primary_key=True, autoincrement=False),
    Column("flushes", ID, nullable=False),
)
"""One row: whoever holds it is the one who writes the index."""
