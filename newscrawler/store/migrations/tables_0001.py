"""The tables as the first migration makes them; frozen, whatever schema.py says today."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, UniqueConstraint

from newscrawler.store.migrations.steps import new_metadata, new_table
from newscrawler.store.types import ID, LONG, UTC_TIME

metadata = new_metadata()

new_table(
    metadata,
    "change_counter",
    Column("id", Integer(), primary_key=True, autoincrement=False),
    Column("last", ID, nullable=False),
)
new_table(
    metadata,
    "gaps",
    Column("gap_id", ID, primary_key=True),
    Column("site", String(64), nullable=False),
    Column("list", String(100), nullable=False),
    Column("from_at", UTC_TIME, nullable=False),
    Column("to_at", UTC_TIME, nullable=False),
    Column("found_at", UTC_TIME, nullable=False),
    Column("closed_at", UTC_TIME),
    Index("ix_gaps_site", "site"),
)
new_table(
    metadata,
    "runs",
    Column("run_id", ID, primary_key=True),
    Column("site", String(64), nullable=False),
    Column("kind", String(100), nullable=False),
    Column("started_at", UTC_TIME, nullable=False),
    Column("finished_at", UTC_TIME),
    Column("status", String(100), nullable=False),
    Column("pid", Integer()),
    Column("host", LONG),
    Column("discovered", ID, nullable=False, server_default="0"),
    Column("requests", ID, nullable=False, server_default="0"),
    Column("bytes", ID, nullable=False, server_default="0"),
    Column("new", ID, nullable=False, server_default="0"),
    Column("revised", ID, nullable=False, server_default="0"),
    Column("unchanged", ID, nullable=False, server_default="0"),
    Column("duplicate", ID, nullable=False, server_default="0"),
    Column("pending", ID, nullable=False, server_default="0"),
    Column("rejected", ID, nullable=False, server_default="0"),
    Column("failed", ID, nullable=False, server_default="0"),
    Column("gone", ID, nullable=False, server_default="0"),
    Column("notes", LONG),
    Index("ix_runs_site", "site"),
    Index("ix_runs_status", "status"),
    sqlite_autoincrement=True,
)
new_table(
    metadata,
    "sources",
    Column("source_id", ID, primary_key=True),
    Column("name_hash", String(64), nullable=False),
    Column("name", LONG, nullable=False),
    Column("slug", LONG, nullable=False),
    UniqueConstraint("name_hash"),
)
new_table(
    metadata,
    "tasks",
    Column("task_id", ID, primary_key=True),
    Column("site", String(64), nullable=False),
    Column("external_id", String(255), nullable=False),
    Column("announced_as", String(255), nullable=False),
    Column("url", LONG, nullable=False),
    Column("state", String(100), nullable=False),
    Column("attempts", Integer(), nullable=False),
    Column("next_at", UTC_TIME),
    Column("recheck_at", UTC_TIME),
    Column("first_announced_at", UTC_TIME),
    Column("last_announced_at", UTC_TIME),
    Column("gone_first_seen_at", UTC_TIME),
    Column("last_run_id", ID),
    Index("ix_tasks_site_recheck_at", "site", "recheck_at"),
    Index("ix_tasks_site_state_next_at", "site", "state", "next_at"),
    Index("uq_tasks_site_external_id", "site", "external_id", unique=True),
)
new_table(
    metadata,
    "announcements",
    Column("task_id", ID, ForeignKey("tasks.task_id"), primary_key=True, autoincrement=False),
    Column("list", String(100), primary_key=True),
    Column("announced_as", String(255), nullable=False),
    Column("title", LONG, nullable=False),
    Column("published_at", UTC_TIME),
    Column("published_raw", LONG, nullable=False),
    Column("source", LONG, nullable=False),
    Column("digest", LONG, nullable=False),
    Column("url", LONG, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("first_at", UTC_TIME, nullable=False),
    Column("last_at", UTC_TIME, nullable=False),
)
new_table(
    metadata,
    "articles",
    Column("article_id", ID, primary_key=True),
    Column("site", String(64), nullable=False),
    Column("external_id", String(255), nullable=False),
    Column("url", LONG, nullable=False),
    Column("revision", Integer(), nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("text_hash", String(64), nullable=False),
    Column("source_id", ID, ForeignKey("sources.source_id"), nullable=False),
    Column("published_at", UTC_TIME, nullable=False),
    Column("first_seen_at", UTC_TIME, nullable=False),
    Column("last_seen_at", UTC_TIME, nullable=False),
    Column("updated_at", UTC_TIME, nullable=False),
    Column("gone_at", UTC_TIME),
    Column("duplicate_of", ID, ForeignKey("articles.article_id")),
    Column("duplicate_reason", String(100)),
    Column("change_seq", ID, nullable=False),
    Index("ix_articles_change_seq", "change_seq"),
    Index("ix_articles_duplicate_of", "duplicate_of"),
    Index("ix_articles_published_at", "published_at"),
    Index("ix_articles_site_published_at", "site", "published_at"),
    Index("ix_articles_source_id_published_at", "source_id", "published_at"),
    Index("ix_articles_text_hash", "text_hash"),
    Index("uq_articles_site_external_id", "site", "external_id", unique=True),
    sqlite_autoincrement=True,
)
new_table(
    metadata,
    "failures",
    Column("failure_id", ID, primary_key=True),
    Column("open_key", String(64)),
    Column("run_id", ID, nullable=False),
    Column("task_id", ID, ForeignKey("tasks.task_id")),
    Column("site", String(64), nullable=False),
    Column("external_id", String(255)),
    Column("list", String(100)),
    Column("url", LONG, nullable=False),
    Column("stage", String(100), nullable=False),
    Column("reason", String(100), nullable=False),
    Column("detail", LONG, nullable=False),
    Column("attempts", Integer(), nullable=False),
    Column("first_at", UTC_TIME, nullable=False),
    Column("last_at", UTC_TIME, nullable=False),
    Column("resolved_at", UTC_TIME),
    UniqueConstraint("open_key"),
    Index("ix_failures_run_id", "run_id"),
    Index("ix_failures_site_resolved_at", "site", "resolved_at"),
    Index("ix_failures_task_id", "task_id"),
)
new_table(
    metadata,
    "run_tasks",
    Column("run_id", ID, ForeignKey("runs.run_id"), primary_key=True, autoincrement=False),
    Column("task_id", ID, ForeignKey("tasks.task_id"), primary_key=True, autoincrement=False),
    Column("outcome", String(100)),
    Column("reason", String(100)),
    Column("stage", String(100)),
    Column("at", UTC_TIME),
    Column("article_id", ID),
    Column("revision", Integer()),
    Index("ix_run_tasks_run_id_outcome", "run_id", "outcome", "task_id"),
    Index("ix_run_tasks_task_id", "task_id"),
)
new_table(
    metadata,
    "changes",
    Column("seq", ID, primary_key=True, autoincrement=False),
    Column("article_id", ID, ForeignKey("articles.article_id"), nullable=False),
    Column("revision", Integer(), nullable=False),
    Column("kind", String(100), nullable=False),
    Column("changed_at", UTC_TIME, nullable=False),
    Index("ix_changes_article_id", "article_id"),
)
new_table(
    metadata,
    "images",
    Column(
        "article_id", ID, ForeignKey("articles.article_id"), primary_key=True, autoincrement=False
    ),
    Column("position", Integer(), primary_key=True, autoincrement=False),
    Column("url", LONG, nullable=False),
    Column("caption", LONG),
    Column("width", ID),
    Column("height", ID),
    Column("after_block", Integer(), nullable=False),
)
new_table(
    metadata,
    "paragraphs",
    Column(
        "article_id", ID, ForeignKey("articles.article_id"), primary_key=True, autoincrement=False
    ),
    Column("position", Integer(), primary_key=True, autoincrement=False),
    Column("kind", String(100), nullable=False),
    Column("text", LONG, nullable=False),
    Column("cells", LONG),
)
new_table(
    metadata,
    "related",
    Column(
        "article_id", ID, ForeignKey("articles.article_id"), primary_key=True, autoincrement=False
    ),
    Column("position", Integer(), primary_key=True, autoincrement=False),
    Column("external_id", LONG, nullable=False),
)
new_table(
    metadata,
    "revisions",
    Column(
        "article_id", ID, ForeignKey("articles.article_id"), primary_key=True, autoincrement=False
    ),
    Column("revision", Integer(), primary_key=True, autoincrement=False),
    Column("title", LONG, nullable=False),
    Column("source_id", ID, ForeignKey("sources.source_id"), nullable=False),
    Column("published_at", UTC_TIME, nullable=False),
    Column("published_local", LONG, nullable=False),
    Column("published_from", LONG, nullable=False),
    Column("summary", LONG, nullable=False),
    Column("body", LONG, nullable=False),
    Column("body_html", LONG, nullable=False),
    Column("paragraph_count", Integer(), nullable=False),
    Column("language", LONG, nullable=False),
    Column("editor", LONG),
    Column("original_title", LONG),
    Column("content_hash", String(64), nullable=False),
    Column("text_hash", String(64), nullable=False),
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
    Column(
        "article_id", ID, ForeignKey("articles.article_id"), primary_key=True, autoincrement=False
    ),
    Column("position", Integer(), primary_key=True, autoincrement=False),
    Column("security", LONG, nullable=False),
    Column("market", LONG, nullable=False),
    Column("code", LONG, nullable=False),
    Column("name", LONG),
    Column("kind", String(100), nullable=False),
    Column("mentions", Integer(), nullable=False),
    Column("evidence", LONG, nullable=False),
    Column("confidence", String(100), nullable=False),
    Index(
        "ix_securities_security",
        "security",
        mysql_length={"security": 64},
        mariadb_length={"security": 64},
    ),
)
new_table(
    metadata,
    "texts",
    Column("text_hash", String(64), primary_key=True),
    Column("article_id", ID, ForeignKey("articles.article_id"), nullable=False),
    Index("ix_texts_article_id", "article_id"),
)
