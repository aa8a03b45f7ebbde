"""The tables by which near-duplicates are found; beside schema.py, of the same schema.

Both only hold what can be made again from the texts: `duplicates relink --all` does.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer

from newscrawler.store.migrations.steps import new_table
from newscrawler.store.schema import metadata
from newscrawler.store.types import ID

near_sketches = new_table(
    metadata,
    "near_sketches",
    Column("article_id", ID, ForeignKey("articles.article_id"), primary_key=True,
           autoincrement=False),
    Column("figures", BigInteger(), nullable=False),
    Column("published_s", BigInteger(), nullable=False),
)  # fmt: skip
"""Articles that others can be linked to: their figures as 64 bits, their time in epoch seconds."""

near_keys = new_table(
    metadata,
    "near_keys",
    Column("near_key", BigInteger(), primary_key=True, autoincrement=False),
    Column("article_id", ID, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""Pieces of their texts, by hash and stretch of time (near/sketch.py). A key is only a hint: one
that nothing stands behind any more does no harm."""

near_progress = new_table(
    metadata,
    "near_progress",
    Column("id", Integer(), primary_key=True, autoincrement=False),
    Column("rules", Integer(), nullable=False),
    Column("judged_to", ID),
)
"""One row: the rules by which the archive was judged, and, while it is being judged anew, the last
article_id that is done."""
