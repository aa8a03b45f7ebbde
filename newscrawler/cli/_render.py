"""An article as text, Markdown or one line of JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from newscrawler.cli._common import to_json

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
    blocks = [f"# {article['title']}", f"{article['source']} · {article['published_local']}"]
    blocks += _markdown_blocks(article)
    blocks.append(f"<{article['url']}>")
    return "\n\n".join(blocks) + "\n"


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


def _markdown_blocks(article: Row) -> Iterator[str]:
    images = list(article["images"])
    for count, row in enumerate(article["paragraphs"]):
        while images and images[0]["after_block"] <= count:
            yield _picture(images.pop(0))
        yield _markdown_block(row)
    yield from map(_picture, images)


def _markdown_block(row: Row) -> str:
    text = row["text"].replace("\n", "  \n")
    if row["kind"] == "table" and row["cells"]:
        return _markdown_table(row["cells"])
    prefix = {"heading": "## ", "list_item": "- ", "quote": "> "}.get(row["kind"], "")
    return f"*{text}*" if row["kind"] == "caption" else prefix + text


def _markdown_table(rows: list[list[str]]) -> str:
    width = max(map(len, rows))
    padded = [
        [*(cell.replace("|", r"\|") for cell in row), *[""] * (width - len(row))] for row in rows
    ]
    head, *body = [f"| {' | '.join(row)} |" for row in padded]
    return "\n".join([head, "|" + " --- |" * width, *body])


def _picture(image: Row) -> str:
    return f"![{image['caption'] or ''}]({image['url']})"


FORMATS: dict[str, Callable[[Row], str]] = {
    "text": as_text,
    "markdown": as_markdown,
    "json": as_json,
}
