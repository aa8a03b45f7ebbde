"""The tables, as this version of the code needs them. Consumers read the views (views.py)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, text
from sqlalchemy.sql.schema import SchemaItem
from sqlalchemy.types import TypeEngine

from newscrawler.store.migrations.steps import new_metadata, new_table
from newscrawler.store.types import DIGEST, ID, LONG, MARK, UTC_TIME, key_text

REVISION = "0010"
"""The migration that this code needs; the newest file in migrations/versions."""

SITE = key_text(64)
EXTERNAL_ID = key_text(255)
HASH = key_text(64)
WORD = key_text(100)
INT = Integer()
CLUSTERED: dict[str, Any] = {"sqlite_with_rowid": False}
"""For tables of short rows: on SQLite, too, the primary key is the table and no index beside it."""

metadata = new_metadata()


def _table(name: str, *parts: SchemaItem, **options: Any) -> Table:
    return new_table(metadata, name, *parts, **options)


def _required(name: str, kind: TypeEngine[Any], *parts: SchemaItem, **options: Any) -> Column[Any]:
    return Column(name, kind, *parts, nullable=False, **options)


def _text(name: str) -> Column[str]:
    return _required(name, LONG)


def _row_id(name: str) -> Column[int]:
    return Column(name, ID, primary_key=True, autoincrement=True)


def _part_of(target: str) -> Column[int]:
    """A foreign key that is the first part of the primary key."""
    return Column(
        target.partition(".")[2], ID, ForeignKey(target), primary_key=True,
        autoincrement=False,
    )  # fmt: skip


def _partial(name: str, *columns: str, where: str) -> Index:
    """An index of some rows only; MariaDB has none such, there it is of all."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


def _position() -> Column[int]:
    return Column("position", INT, primary_key=True, autoincrement=False)


def _count(name: str) -> Column[int]:
    return _required(name, ID, default=0, server_default="0")


sources = _table(
    "sources",
    _row_id("source_id"),
    _required("name_hash", HASH, unique=True),
    _text("name"),
    _text("slug"),
)

runs = _table(
    "runs",
    _row_id("run_id"),
    _required("site", SITE, index=True),
    _required("kind", WORD),
    _required("started_at", UTC_TIME),
    Column("finished_at", UTC_TIME),
    _required("status", WORD, index=True),
    Column("pid", INT),
    Column("host", LONG),
    *map(_count, ("discovered", "requests", "bytes", "new", "revised", "unchanged")),
    *map(_count, ("duplicate", "pending", "rejected", "failed", "gone")),
    Column("notes", LONG),
    sqlite_autoincrement=True,
)

tasks = _table(
    "tasks",
    _row_id("task_id"),
    _required("site", SITE),
    _required("external_id", EXTERNAL_ID),
    _required("announced_as", EXTERNAL_ID),
    _text("url"),
    _required("state", WORD),
    _required("attempts", INT),
    Column("next_at", UTC_TIME),
    Column("recheck_at", UTC_TIME),
    Column("first_announced_at", UTC_TIME),
    Column("last_announced_at", UTC_TIME),
    Column("gone_first_seen_at", UTC_TIME),
    Column("last_run_id", ID),
    Index("uq_tasks_site_external_id", "site", "external_id", unique=True),
    Index("ix_tasks_site_state_next_at", "site", "state", "next_at"),
    _partial("ix_tasks_site_recheck_at", "site", "recheck_at", where="recheck_at IS NOT NULL"),
)

announcements = _table(
    "announcements",
    _part_of("tasks.task_id"),
    Column("list", WORD, primary_key=True),
    _required("announced_as", EXTERNAL_ID),
    _text("title"),
    Column("published_at", UTC_TIME),
    _text("published_raw"),
    _text("source"),
    _text("digest"),
    _text("url"),
    _required("fingerprint", DIGEST),
    _required("first_at", UTC_TIME),
    _required("last_at", UTC_TIME),
    **CLUSTERED,
)

run_tasks = _table(
    "run_tasks",
    _part_of("runs.run_id"),
    _part_of("tasks.task_id"),
    Column("outcome", WORD),
    Column("reason", WORD),
    Column("stage", WORD),
    Column("at", UTC_TIME),
    Column("article_id", ID),
    Column("revision", INT),
    _partial("ix_run_tasks_open", "run_id", "task_id", where="outcome IS NULL"),
    Index("ix_run_tasks_task_id", "task_id"),
    **CLUSTERED,
)

articles = _table(
    "articles",
    _row_id("article_id"),
    _required("site", SITE),
    _required("external_id", EXTERNAL_ID),
    _text("url"),
    _required("revision", INT),
    _required("text_hash", DIGEST),
    _required("source_id", ID, ForeignKey("sources.source_id")),
    _required("published_at", UTC_TIME, index=True),
    _required("first_seen_at", UTC_TIME),
    _required("last_seen_at", UTC_TIME),
    _required("updated_at", UTC_TIME),
    Column("gone_at", UTC_TIME),
    Column("duplicate_of", ID, ForeignKey("articles.article_id")),
    Column("duplicate_reason", WORD),
    _required("change_seq", ID, index=True),
    Index("uq_articles_site_external_id", "site", "external_id", unique=True),
    Index("ix_articles_source_id_published_at", "source_id", "published_at"),
    _partial("ix_articles_duplicate_of", "duplicate_of", where="duplicate_of IS NOT NULL"),
    sqlite_autoincrement=True,
)

texts = _table(
    "texts",
    Column("text_hash", DIGEST, primary_key=True),
    _required("article_id", ID),
    **CLUSTERED,
)
"""Each current body text and the earliest article that has it: two writers cannot both be first."""

revisions = _table(
    "revisions",
    _part_of("articles.article_id"),
    Column("revision", INT, primary_key=True, autoincrement=False),
    _text("title"),
    _required("source_id", ID, ForeignKey("sources.source_id")),
    _required("published_at", UTC_TIME),
    _text("published_local"),
    _text("published_from"),
    _text("summary"),
    _text("body"),
    Column("body_html", LONG),
    Column("layout", LONG),
    _required("paragraph_count", INT),
    _text("language"),
    Column("editor", LONG),
    Column("original_title", LONG),
    _required("content_hash", DIGEST),
    _required("parser_version", INT),
    _text("fetched_url"),
    Column("notes", LONG),
    _required("seen_at", UTC_TIME),
    _required("run_id", ID, ForeignKey("runs.run_id"), index=True),
    Column("digest", MARK),
)
"""`body_html` and `layout` hold what the lines of `body` do not say (compact.py); `digest` stands
for all that was read (digests.py), NULL in revisions from before there was one."""

images = _table(
    "images",
    _part_of("articles.article_id"),
    _position(),
    _text("url"),
    Column("caption", LONG),
    Column("width", ID),
    Column("height", ID),
    _required("after_block", INT),
    **CLUSTERED,
)

securities = _table(
    "securities",
    _part_of("articles.article_id"),
    _position(),
    _text("security"),
    Column("name", LONG),
    _required("kind", WORD),
    _required("mentions", INT),
    Column("evidence", LONG),
    Column("evidence_at", INT),
    Column("evidence_length", INT),
    _required("confidence", WORD),
    Index(
        "ix_securities_security", "security",
        mysql_length={"security": 64}, mariadb_length={"security": 64},
    ),
    **CLUSTERED,
)  # fmt: skip
"""`evidence` is NULL where it stands in the body: there `evidence_at` (from 1) says where."""

related = _table(
    "related",
    _part_of("articles.article_id"),
    _position(),
    _text("external_id"),
    **CLUSTERED,
)

changes = _table(
    "changes",
    Column("seq", ID, primary_key=True, autoincrement=False),
    _required("article_id", ID, ForeignKey("articles.article_id"), index=True),
    _required("revision", INT),
    _required("kind", WORD),
    _required("changed_at", UTC_TIME),
)

change_counter = _table(
    "change_counter",
    Column("id", INT, primary_key=True, autoincrement=False),
    _required("last", ID),
)
"""One row: the last number of `changes`. Its lock makes commits of changes come one by one."""

failures = _table(
    "failures",
    _row_id("failure_id"),
    Column("open_key", HASH, unique=True),
    _required("run_id", ID),
    Column("task_id", ID, ForeignKey("tasks.task_id"), index=True),
    _required("site", SITE),
    Column("external_id", EXTERNAL_ID),
    Column("list", WORD),
    _text("url"),
    _required("stage", WORD),
    _required("reason", WORD),
    _text("detail"),
    _required("attempts", INT),
    _required("first_at", UTC_TIME),
    _required("last_at", UTC_TIME),
    Column("resolved_at", UTC_TIME),
    Index("ix_failures_run_id", "run_id"),
    Index("ix_failures_site_resolved_at", "site", "resolved_at"),
)
"""`open_key` is the hash of what failed while the failure is open, NULL once it is resolved."""

gaps = _table(
    "gaps",
    _row_id("gap_id"),
    _required("site", SITE, index=True),
    _required("list", WORD),
    _required("from_at", UTC_TIME),
    _required("to_at", UTC_TIME),
    _required("found_at", UTC_TIME),
    Column("closed_at", UTC_TIME),
)
