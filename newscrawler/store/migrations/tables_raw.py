"""The tables as the migration of the raw archive makes them; frozen."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String

from newscrawler.store.migrations.steps import new_metadata, new_table
from newscrawler.store.types import ID, LONG, UTC_TIME

metadata = new_metadata()

new_table(
    metadata,
    "raw_files",
    Column("file_id", ID, primary_key=True, autoincrement=True),
    Column("name", String(255), nullable=False, unique=True),
)
new_table(
    metadata,
    "raw_records",
    Column("record_id", ID, primary_key=True, autoincrement=True),
    Column("site", String(64), nullable=False),
    Column("external_id", String(255), nullable=False),
    Column("name", String(100), nullable=False),
    Column("kind", String(100), nullable=False),
    Column("url", LONG, nullable=False),
    Column("fetched_at", UTC_TIME, nullable=False),
    Column("status", Integer(), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("file_id", ID, ForeignKey("raw_files.file_id"), nullable=False),
    Column("start", ID, nullable=False),
    Column("size", ID, nullable=False),
    Index("uq_raw_records_file_id_start", "file_id", "start", unique=True),
    Index("ix_raw_records_site_external_id_fetched_at", "site", "external_id", "fetched_at"),
    sqlite_autoincrement=True,
)
new_table(
    metadata,
    "announcements_before",
    Column("task_id", ID, primary_key=True, autoincrement=False),
    Column("list", String(100), primary_key=True),
    Column("until_at", UTC_TIME, primary_key=True),
    Column("announced_as", String(255), nullable=False),
    Column("title", LONG, nullable=False),
    Column("published_at", UTC_TIME),
    Column("published_raw", LONG, nullable=False),
    Column("source", LONG, nullable=False),
    Column("digest", LONG, nullable=False),
    Column("url", LONG, nullable=False),
)
