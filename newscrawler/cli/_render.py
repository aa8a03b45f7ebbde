"""An article as text, Markdown or one line of JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from newscrawler.cli._common import to_json
from newscrawler.exports import markdown

Row = Mapping[str, Any]


def as_text(article: Row) -> str:
    """For reading in a terminal."""
    head = [
        article["title"],
        f"{article['source'] or article['site']} · {article['published_local']}"
        f" (from {article['published_from']})",
        article["url"],
        f"article {article['article_id']} · revision {article['revision']}",
    ]
    lines = [line for line in (*head, *_remarks(article)) if line]
    return "\n".join([*lines, "", *_paragraphs(article), *_securities(article), ""])


def as_markdown(article: Row) -> str:
    """For pasting into notes; blocks in order, pictures where they stand."""
    return markdown.article(article)


def as_json(article: Row) -> str:
    """One line; keys are the columns of the SQL views."""
    return to_json(article)


def _remarks(article: Row) -> Iterator[str]:
    if article["duplicate_of"]:
        yield f"duplicate of article {article['duplicate_of']} ({article['duplicate_reason']})"
    if article["gone_at"]:
        yield f"withdrawn upstream, seen at {article['gone_at']:%Y-%m-%d %H:%M:%S} UTC"
    if article["editor"]:
        yield f"editor: {article['editor']}"


def _paragraphs(article: Row) -> Iterator[str]:
    for row in article["paragraphs"]:
        prefix = {"heading": "# ", "list_item": "- ", "quote": "> "}.get(row["kind"], "")
        yield prefix + row["text"]


def _securities(article: Row) -> Iterator[str]:
    rows = article["securities"]
    if rows:
        yield ""
        yield "securities: " + ", ".join(
            f"{row['name'] or row['code']} {row['security']}" for row in rows
        )


FORMATS: dict[str, Callable[[Row], str]] = {
    "text": as_text,
    "markdown": as_markdown,
    "json": as_json,
}
