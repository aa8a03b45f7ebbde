"""The tables by which near-duplicates are found; beside schema.py, of the same schema.

Both only hold what can be made again from the texts: `duplicates relink --all` does.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer

from newscrawler.store.migrations.steps import new_table
from newscrawler.store.schema import metadata
from newscrawler.store.types import BYTES, ID

near_segments = new_table(
    metadata,
    "near_segments",
    Column("segment_id", BigInteger(), primary_key=True, autoincrement=False),
    Column("period", Integer(), nullable=False),
    Column("articles", Integer(), nullable=False),
    Column("first_s", BigInteger(), nullable=False),
    Column("last_s", BigInteger(), nullable=False),
    Column("data", BYTES, nullable=False),
)
"""Keys of texts and the articles behind them (near_segments.py), with the first and the last time
of publication among these, in epoch seconds. A number is drawn by lot and never used again, so
whoever has read a segment knows it. The period is of the time (near/sketch.py); RECENT: of any."""

near_progress = new_table(
    metadata,
    "near_progress",
    Column("id", Integer(), primary_key=True, autoincrement=False),
    Column("rules", Integer(), nullable=False),
    Column("judged_to", ID),
    Column("newest", BigInteger()),
)
"""One row: the rules by which the archive was judged; while it is being judged anew, the last
article_id that is done; and (not on SQLite, near_known.py) the segment that was written last: if it
is the same as before, all segments are."""

RECENT = -1
"""The period of segments that are not sorted by period yet."""
