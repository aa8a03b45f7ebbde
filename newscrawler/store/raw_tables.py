"""Tables of the raw archive's index, and of what lists said before they said something else."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table

from newscrawler.store.migrations.steps import new_table
from newscrawler.store.schema import EXTERNAL_ID, HASH, SITE, WORD, metadata
from newscrawler.store.types import ID, LONG, UTC_TIME, key_text

raw_files: Table = new_table(
    metadata,
    "raw_files",
    Column("file_id", ID, primary_key=True, autoincrement=True),
    Column("name", key_text(255), nullable=False, unique=True),
)
"""Files of the archive, by their path below its directory."""

raw_records: Table = new_table(
    metadata,
    "raw_records",
    Column("record_id", ID, primary_key=True, autoincrement=True),
    Column("site", SITE, nullable=False),
    Column("external_id", EXTERNAL_ID, nullable=False),
    Column("name", WORD, nullable=False),
    Column("kind", WORD, nullable=False),
    Column("url", LONG, nullable=False),
    Column("fetched_at", UTC_TIME, nullable=False),
    Column("status", Integer, nullable=False),
    Column("digest", HASH, nullable=False),
    Column("file_id", ID, ForeignKey("raw_files.file_id"), nullable=False),
    Column("start", ID, nullable=False),
    Column("size", ID, nullable=False),
    Index("uq_raw_records_file_id_start", "file_id", "start", unique=True),
    Index("ix_raw_records_site_external_id_fetched_at", "site", "external_id", "fetched_at"),
    sqlite_autoincrement=True,
)
"""Answers in the archive. A revision was read from those with its id and `fetched_at = seen_at`."""

announcements_before: Table = new_table(
    metadata,
    "announcements_before",
    Column("task_id", ID, primary_key=True, autoincrement=False),
    Column("list", WORD, primary_key=True),
    Column("until_at", UTC_TIME, primary_key=True),
    Column("announced_as", EXTERNAL_ID, nullable=False),
    Column("title", LONG, nullable=False),
    Column("published_at", UTC_TIME),
    Column("published_raw", LONG, nullable=False),
    Column("source", LONG, nullable=False),
    Column("digest", LONG, nullable=False),
    Column("url", LONG, nullable=False),
)
"""What `announcements` held until then: an old answer is read again with what was known then."""
