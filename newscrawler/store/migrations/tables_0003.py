"""The tables that the third migration makes anew on SQLite; frozen."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Integer, String, text

from newscrawler.store.migrations.steps import new_metadata, new_table
from newscrawler.store.types import DIGEST, ID, LONG, UTC_TIME

metadata = new_metadata()
PARENTS = ("articles", "runs", "sources", "tasks")
"""Stand here only for the foreign keys that point to them."""
_KEYS = {name: f"{name[:-1]}_id" for name in PARENTS}
for _parent in PARENTS:
    new_table(metadata, _parent, Column(_KEYS[_parent], ID, primary_key=True))


def _part_of(parent: str) -> Column[Any]:
    key = _KEYS[parent]
    return Column(key, ID, ForeignKey(f"{parent}.{key}"), primary_key=True, autoincrement=False)


def _position() -> Column[Any]:
    return Column("position", Integer(), primary_key=True, autoincrement=False)


new_table(
    metadata,
    "announcements",
    _part_of("tasks"),
    Column("list", String(100), primary_key=True),
    Column("announced_as", String(255), nullable=False),
    Column("title", LONG, nullable=False),
    Column("published_at", UTC_TIME),
    Column("published_raw", LONG, nullable=False),
    Column("source", LONG, nullable=False),
    Column("digest", LONG, nullable=False),
    Column("url", LONG, nullable=False),
    Column("fingerprint", DIGEST, nullable=False),
    Column("first_at", UTC_TIME, nullable=False),
    Column("last_at", UTC_TIME, nullable=False),
    sqlite_with_rowid=False,
)
new_table(
    metadata,
    "run_tasks",
    _part_of("runs"),
    _part_of("tasks"),
    Column("outcome", String(100)),
    Column("reason", String(100)),
    Column("stage", String(100)),
    Column("at", UTC_TIME),
    Column("article_id", ID),
    Column("revision", Integer()),
    Index("ix_run_tasks_open", "run_id", "task_id", sqlite_where=text("outcome IS NULL")),
    Index("ix_run_tasks_task_id", "task_id"),
    sqlite_with_rowid=False,
)
new_table(
    metadata,
    "images",
    _part_of("articles"),
    _position(),
    Column("url", LONG, nullable=False),
    Column("caption", LONG),
    Column("width", ID),
    Column("height", ID),
    Column("after_block", Integer(), nullable=False),
    sqlite_with_rowid=False,
)
new_table(
    metadata,
    "related",
    _part_of("articles"),
    _position(),
    Column("external_id", LONG, nullable=False),
    sqlite_with_rowid=False,
)
new_table(
    metadata,
    "revisions",
    _part_of("articles"),
    Column("revision", Integer(), primary_key=True, autoincrement=False),
    Column("title", LONG, nullable=False),
    Column("source_id", ID, ForeignKey("sources.source_id"), nullable=False),
    Column("published_at", UTC_TIME, nullable=False),
    Column("published_local", LONG, nullable=False),
    Column("published_from", LONG, nullable=False),
    Column("summary", LONG, nullable=False),
    Column("body", LONG, nullable=False),
    Column("body_html", LONG),
    Column("layout", LONG),
    Column("paragraph_count", Integer(), nullable=False),
    Column("language", LONG, nullable=False),
    Column("editor", LONG),
    Column("original_title", LONG),
    Column("content_hash", DIGEST, nullable=False),
    Column("parser_version", Integer(), nullable=False),
    Column("fetched_url", LONG, nullable=False),
    Column("notes", LONG),
    Column("seen_at", UTC_TIME, nullable=False),
    Column("run_id", ID, ForeignKey("runs.run_id"), nullable=False),
    Index("ix_revisions_run_id", "run_id"),
)
new_table(
    metadata,
    "securities",
    _part_of("articles"),
    _position(),
    Column("security", LONG, nullable=False),
    Column("name", LONG),
    Column("kind", String(100), nullable=False),
    Column("mentions", Integer(), nullable=False),
    Column("evidence", LONG),
    Column("evidence_at", Integer()),
    Column("evidence_length", Integer()),
    Column("confidence", String(100), nullable=False),
    Index("ix_securities_security", "security"),
    sqlite_with_rowid=False,
)
new_table(
    metadata,
    "texts",
    Column("text_hash", DIGEST, primary_key=True),
    Column("article_id", ID, nullable=False),
    sqlite_with_rowid=False,
)
