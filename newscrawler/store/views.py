"""The SQL contract: the views that consumers read, by name, column and meaning.

A column is added at a view's end, with a migration; none is ever renamed or removed.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, FromClause, MetaData, Select, Table, select

from newscrawler.store import schema

a, r, s = schema.articles.c, schema.revisions.c, schema.sources.c
_current = schema.articles.join(
    schema.revisions, (r.article_id == a.article_id) & (r.revision == a.revision)
).join(schema.sources, s.source_id == a.source_id)

_news = select(
    a.article_id, a.site, a.external_id, a.url,
    r.title, s.name.label("source"), s.slug.label("source_slug"),
    a.published_at, r.published_local, r.summary, r.body, r.body_html,
    r.paragraph_count, r.language, r.editor,
    a.duplicate_of, a.revision, a.first_seen_at, a.last_seen_at, a.updated_at, a.gone_at,
    r.run_id, a.change_seq,
    a.duplicate_reason, r.published_from, r.parser_version, r.original_title,
    r.content_hash, r.text_hash,
).select_from(_current)  # fmt: skip

_revisions = select(
    r.article_id, r.revision, r.title, r.published_at, s.name.label("source"), r.body,
    r.content_hash, r.seen_at, r.run_id,
    r.parser_version, r.summary, r.published_local, r.published_from, r.notes,
).select_from(schema.revisions.join(schema.sources, s.source_id == r.source_id))  # fmt: skip


def _columns(table: Table, names: str) -> Select[Any]:
    return select(*(table.c[name] for name in names.split()))


SELECTS: dict[str, Select[Any]] = {
    "news": _news,
    "news_paragraphs": _columns(schema.paragraphs, "article_id position kind text cells"),
    "news_images": _columns(
        schema.images, "article_id position url caption width height after_block"
    ),
    "news_securities": _columns(
        schema.securities,
        "article_id security market code name kind mentions evidence confidence position",
    ),
    "news_revisions": _revisions,
    "news_changes": _columns(schema.changes, "seq article_id revision kind changed_at"),
    "news_gaps": _columns(schema.gaps, "gap_id site list from_at to_at found_at closed_at"),
    "news_runs": _columns(
        schema.runs,
        "run_id site started_at finished_at status requests bytes"
        " new revised unchanged duplicate pending rejected failed gone"
        " kind discovered pid host notes",
    ),
    "news_failures": _columns(
        schema.failures,
        "failure_id run_id site external_id url stage reason detail attempts"
        " first_at last_at resolved_at list",
    ),
}

_metadata = MetaData()


def _as_table(name: str, query: FromClause) -> Table:
    columns: list[Column[Any]] = [Column(column.name, column.type) for column in query.c]
    return Table(name, _metadata, *columns)


VIEWS: dict[str, Table] = {
    name: _as_table(name, query.subquery()) for name, query in SELECTS.items()
}
"""The views as tables to select from, with typed columns."""

news = VIEWS["news"]
news_changes = VIEWS["news_changes"]
news_failures = VIEWS["news_failures"]
news_revisions = VIEWS["news_revisions"]
news_runs = VIEWS["news_runs"]
news_securities = VIEWS["news_securities"]
