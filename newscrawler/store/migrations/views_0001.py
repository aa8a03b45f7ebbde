"""The views as the first migration makes them; frozen, whatever views.py says today."""

from __future__ import annotations

VIEWS = {
    "news": (
        "SELECT articles.article_id, articles.site, articles.external_id, articles.url, "
        "revisions.title, sources.name AS source, sources.slug AS source_slug, "
        "articles.published_at, revisions.published_local, revisions.summary, revisions.body, "
        "revisions.body_html, revisions.paragraph_count, revisions.language, "
        "revisions.editor, articles.duplicate_of, articles.revision, articles.first_seen_at, "
        "articles.last_seen_at, articles.updated_at, articles.gone_at, revisions.run_id, "
        "articles.change_seq, articles.duplicate_reason, revisions.published_from, "
        "revisions.parser_version, revisions.original_title, revisions.content_hash, "
        "revisions.text_hash FROM articles JOIN revisions ON revisions.article_id = "
        "articles.article_id AND revisions.revision = articles.revision JOIN sources ON "
        "sources.source_id = articles.source_id"
    ),
    "news_paragraphs": (
        "SELECT paragraphs.article_id, paragraphs.position, paragraphs.kind, paragraphs.text, "
        "paragraphs.cells FROM paragraphs"
    ),
    "news_images": (
        "SELECT images.article_id, images.position, images.url, images.caption, images.width, "
        "images.height, images.after_block FROM images"
    ),
    "news_securities": (
        "SELECT securities.article_id, securities.security, securities.market, "
        "securities.code, securities.name, securities.kind, securities.mentions, "
        "securities.evidence, securities.confidence, securities.position FROM securities"
    ),
    "news_revisions": (
        "SELECT revisions.article_id, revisions.revision, revisions.title, "
        "revisions.published_at, sources.name AS source, revisions.body, "
        "revisions.content_hash, revisions.seen_at, revisions.run_id, "
        "revisions.parser_version, revisions.summary, revisions.published_local, "
        "revisions.published_from, revisions.notes FROM revisions JOIN sources ON "
        "sources.source_id = revisions.source_id"
    ),
    "news_changes": (
        "SELECT changes.seq, changes.article_id, changes.revision, changes.kind, "
        "changes.changed_at FROM changes"
    ),
    "news_gaps": (
        "SELECT gaps.gap_id, gaps.site, gaps.list, gaps.from_at, gaps.to_at, gaps.found_at, "
        "gaps.closed_at FROM gaps"
    ),
    "news_runs": (
        "SELECT runs.run_id, runs.site, runs.started_at, runs.finished_at, runs.status, "
        "runs.requests, runs.bytes, runs.new, runs.revised, runs.unchanged, runs.duplicate, "
        "runs.pending, runs.rejected, runs.failed, runs.gone, runs.kind, runs.discovered, "
        "runs.pid, runs.host, runs.notes FROM runs"
    ),
    "news_failures": (
        "SELECT failures.failure_id, failures.run_id, failures.site, failures.external_id, "
        "failures.url, failures.stage, failures.reason, failures.detail, failures.attempts, "
        "failures.first_at, failures.last_at, failures.resolved_at, failures.list FROM "
        "failures"
    ),
}
