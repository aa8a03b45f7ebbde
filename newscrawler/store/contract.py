"""What every column of the SQL contract means, in one line each; docs/sql.md is made from it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """One view: what a row is, and what its columns mean, in the view's order."""

    row: str
    columns: dict[str, str]


_ARTICLE = "the article (`news.article_id`)"
_RUN = "the run (`news_runs.run_id`) that stored this revision"

CONTRACT: dict[str, View] = {
    "news": View(
        "One article, as its current revision says.",
        {
            "article_id": "our number of the article; never changes, never reused",
            "site": "where it was crawled, e.g. `eastmoney`",
            "external_id": "the site's own id in canonical form; unique together with `site`",
            "url": "the page for people",
            "title": "the headline, as a reader sees it",
            "source": 'the outlet credited (文章来源), e.g. 中国邮政快递报; "" if none is',
            "source_slug": "the outlet in pinyin, e.g. `zhongguoyouzhengkuaidibao`",
            "published_at": "when the site says it was published, UTC",
            "published_local": "the same with the site's offset, e.g. `2022-02-24T13:00:32+08:00`",
            "summary": 'the site\'s summary; "" if it has none',
            "body": "plain text, one block a line",
            "body_html": "the same blocks as HTML, safe to show",
            "paragraph_count": "how many rows it has in `news_paragraphs`",
            "language": "BCP 47, `zh`",
            "editor": "the editor named under the text, or NULL",
            "duplicate_of": "`article_id` of the earliest article with the same text, or NULL",
            "revision": "number of the current revision: 1, 2, 3 …",
            "first_seen_at": "when we first stored it",
            "last_seen_at": "when we last saw it upstream",
            "updated_at": "when the current revision was stored",
            "gone_at": "when it was found withdrawn upstream, or NULL",
            "run_id": _RUN,
            "change_seq": "the newest `news_changes.seq` that is about it",
            "duplicate_reason": "see [duplicates](duplicates.md): `same_text`, `near_text 0.97` …",
            "published_from": "which field the time came from, e.g. `article.date`",
            "parser_version": "version of the parser that read this revision",
            "original_title": "the title before the site's editor shortened it (原标题), or NULL",
            "content_hash": "SHA-256 (hex) of what makes a revision: title, time, source, content",
            "text_hash": "SHA-256 (hex) of the body's text alone",
        },
    ),
    "news_paragraphs": View(
        "One block of a current body.",
        {
            "article_id": _ARTICLE,
            "position": "1, 2, 3 … in reading order",
            "kind": "`paragraph`, `heading`, `list_item`, `quote`, `caption` or `table`",
            "text": "its text; a table's rows one a line, cells joined by ` | `",
            "cells": "a table's cells as JSON (list of rows), else NULL",
        },
    ),
    "news_images": View(
        "One picture of a current body.",
        {
            "article_id": _ARTICLE,
            "position": "1, 2, 3 … in reading order",
            "url": "its address",
            "caption": "its caption, or NULL",
            "width": "pixels, or NULL if the page does not say",
            "height": "pixels, or NULL if the page does not say",
            "after_block": "how many blocks (`news_paragraphs`) stand before it",
        },
    ),
    "news_securities": View(
        "One security that a current body links.",
        {
            "article_id": _ARTICLE,
            "security": "`market.code`, e.g. `1.600160`, `106.NIO`, `90.BK0493`",
            "market": "the site's market number, e.g. `1` for Shanghai",
            "code": "the code on that market",
            "name": "the linked text of the first mention; NULL if it only stands in a chart",
            "kind": "`stock`, `index`, `board`, `fund`, `fx` or `other`",
            "mentions": "how often the text links it; 0 if it only stands in a chart",
            "evidence": "the sentence the first mention stood in, or the chart's label",
            "confidence": "`low` if every mention is a keyword hit inside a longer word, else `high`",  # noqa: E501
            "position": "1, 2, 3 … in order of the first mention",
        },
    ),
    "news_revisions": View(
        "One observed state of an article's content.",
        {
            "article_id": _ARTICLE,
            "revision": "1, 2, 3 …",
            "title": "the headline then",
            "published_at": "the time of publication it named then, UTC",
            "source": "the outlet it credited then",
            "body": "plain text, one block a line",
            "content_hash": "SHA-256 (hex) of what makes a revision",
            "seen_at": "when we fetched it",
            "run_id": _RUN,
            "parser_version": "version of the parser that read it",
            "summary": "the site's summary then",
            "published_local": "the time of publication with the site's offset",
            "published_from": "which field that time came from",
            "notes": "remarks on how it was read, as a JSON list, or NULL",
        },
    ),
    "news_changes": View(
        "One event of the change feed.",
        {
            "seq": "its number; ask for `seq > :last ORDER BY seq` and you miss none",
            "article_id": _ARTICLE,
            "revision": "the article's revision after the event",
            "kind": "`created`, `revised`, `gone`, `restored`, `duplicate` or `reparsed`: we read "
            "the same answer differently ([archive](archive.md)); `revision` is the one before if "
            "only derived parts changed",
            "changed_at": "when",
        },
    ),
    "news_gaps": View(
        "One stretch of time in which a rolling list may have dropped articles unseen.",
        {
            "gap_id": "its number",
            "site": "the site",
            "list": "the list",
            "from_at": "the newest article known before the gap",
            "to_at": "the oldest article known after it",
            "found_at": "when it was noticed",
            "closed_at": "when a later look reached back across it, or NULL",
        },
    ),
    "news_runs": View(
        "One run; the counts of outcomes add up to `discovered`.",
        {
            "run_id": "its number",
            "site": "the site",
            "started_at": "when it began",
            "finished_at": "when it ended, or NULL",
            "status": "`running`, `finished`, `failed` or `interrupted`",
            "requests": "how many requests were sent",
            "bytes": "how many bytes were received",
            "new": "ids whose article was stored for the first time",
            "revised": "ids whose article had changed: a new revision was stored",
            "unchanged": "ids whose article was known already, as it is",
            "duplicate": "ids whose new article has the text of an earlier one",
            "pending": "ids that are not complete upstream yet; asked for again",
            "rejected": "ids refused by a rule; not asked for again",
            "failed": "ids that could not be fetched, read or stored; asked for again",
            "gone": "ids withdrawn upstream",
            "kind": "`crawl`, `fetch`, `import` or `reparse`",
            "discovered": "how many ids it had to deal with",
            "pid": "the process that ran it",
            "host": "the machine it ran on",
            "notes": "remarks, as a JSON list",
        },
    ),
    "news_failures": View(
        "One thing that could not be fetched, read or stored.",
        {
            "failure_id": "its number",
            "run_id": "the run that saw it last",
            "site": "the site",
            "external_id": "the article's id; NULL if a list failed",
            "url": "what was asked for",
            "stage": "`list`, `fetch`, `read` or `store`",
            "reason": "a short stable word, see [outcomes](outcomes.md)",
            "detail": "more for people",
            "attempts": "how often it failed in a row",
            "first_at": "when it failed first",
            "last_at": "when it failed last",
            "resolved_at": "when it succeeded after all, or NULL",
            "list": "the list that failed, else NULL",
        },
    ),
}
"""Every view of the contract, by name."""
