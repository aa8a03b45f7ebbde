"""The SQL contract: the views that consumers read, by name, column and type.

Their SQL stands in the migrations, a variant for each database (migrations/views_0003.py). A column
is added at a view's end, with a migration; none is ever renamed or removed.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Integer, MetaData, Table
from sqlalchemy.types import TypeEngine

from newscrawler.store.types import ID, LONG, UTC_TIME

_TEXT, _TIME, _INT = LONG, UTC_TIME, Integer()
_TYPES: dict[str, dict[str, TypeEngine[Any]]] = {
    "news": {
        "article_id": ID, "site": _TEXT, "external_id": _TEXT, "url": _TEXT, "title": _TEXT,
        "source": _TEXT, "source_slug": _TEXT, "published_at": _TIME, "published_local": _TEXT,
        "summary": _TEXT, "body": _TEXT, "body_html": _TEXT, "paragraph_count": _INT,
        "language": _TEXT, "editor": _TEXT, "duplicate_of": ID, "revision": _INT,
        "first_seen_at": _TIME, "last_seen_at": _TIME, "updated_at": _TIME, "gone_at": _TIME,
        "run_id": ID, "change_seq": ID, "duplicate_reason": _TEXT, "published_from": _TEXT,
        "parser_version": _INT, "original_title": _TEXT, "content_hash": _TEXT,
        "text_hash": _TEXT,
    },
    "news_paragraphs": {
        "article_id": ID, "position": _INT, "kind": _TEXT, "text": _TEXT, "cells": _TEXT,
    },
    "news_images": {
        "article_id": ID, "position": _INT, "url": _TEXT, "caption": _TEXT, "width": ID,
        "height": ID, "after_block": _INT,
    },
    "news_securities": {
        "article_id": ID, "security": _TEXT, "market": _TEXT, "code": _TEXT, "name": _TEXT,
        "kind": _TEXT, "mentions": _INT, "evidence": _TEXT, "confidence": _TEXT,
        "position": _INT,
    },
    "news_revisions": {
        "article_id": ID, "revision": _INT, "title": _TEXT, "published_at": _TIME,
        "source": _TEXT, "body": _TEXT, "content_hash": _TEXT, "seen_at": _TIME, "run_id": ID,
        "parser_version": _INT, "summary": _TEXT, "published_local": _TEXT,
        "published_from": _TEXT, "notes": _TEXT,
    },
    "news_changes": {
        "seq": ID, "article_id": ID, "revision": _INT, "kind": _TEXT, "changed_at": _TIME,
    },
    "news_gaps": {
        "gap_id": ID, "site": _TEXT, "list": _TEXT, "from_at": _TIME, "to_at": _TIME,
        "found_at": _TIME, "closed_at": _TIME,
    },
    "news_runs": {
        "run_id": ID, "site": _TEXT, "started_at": _TIME, "finished_at": _TIME,
        "status": _TEXT, "requests": ID, "bytes": ID, "new": ID, "revised": ID,
        "unchanged": ID, "duplicate": ID, "pending": ID, "rejected": ID, "failed": ID,
        "gone": ID, "kind": _TEXT, "discovered": ID, "pid": _INT, "host": _TEXT,
        "notes": _TEXT,
    },
    "news_failures": {
        "failure_id": ID, "run_id": ID, "site": _TEXT, "external_id": _TEXT, "url": _TEXT,
        "stage": _TEXT, "reason": _TEXT, "detail": _TEXT, "attempts": _INT,
        "first_at": _TIME, "last_at": _TIME, "resolved_at": _TIME, "list": _TEXT,
    },
}  # fmt: skip

_metadata = MetaData()

VIEWS: dict[str, Table] = {
    name: Table(name, _metadata, *(Column(column, kind) for column, kind in columns.items()))
    for name, columns in _TYPES.items()
}
"""The views as tables to select from, with typed columns."""

news = VIEWS["news"]
news_changes = VIEWS["news_changes"]
news_failures = VIEWS["news_failures"]
news_revisions = VIEWS["news_revisions"]
news_runs = VIEWS["news_runs"]
news_securities = VIEWS["news_securities"]
