"""Markdown says what the article says: read back by a parser of CommonMark."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from newscrawler.body.drafts import Draft, Picture, Span
from newscrawler.body.render import render
from newscrawler.exports.markdown import MARKDOWN, article, blocks
from newscrawler.items import BlockKind
from tests.exports.records import BLOCKS, LINES, record, security, written

PARSER = MarkdownIt("commonmark").enable("table")
KINDS = {
    "paragraph": BlockKind.PARAGRAPH, "heading": BlockKind.HEADING, "quote": BlockKind.QUOTE,
    "list_item": BlockKind.LIST_ITEM,
}  # fmt: skip
BLOCK = st.tuples(st.sampled_from(sorted(KINDS)), BLOCKS.filter(bool))
CELLS = st.lists(st.lists(LINES, min_size=2, max_size=2), min_size=1, max_size=3)


def draft(kind: BlockKind, text: str) -> Draft:
    return Draft(text, 0, len(text), kind, text)


def html(*said: tuple[str, str]) -> str:
    return render([draft(KINDS[kind], text) for kind, text in said], ())


def shown(token: Token) -> str:
    """What a reader sees of an inline token."""
    text = ""
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak") or child.content == "<br>":
            text += "\n"
        elif child.type == "image":
            text += f"[{child.content}]"
        elif child.type != "html_inline":
            text += child.content
    return text


def read(markdown: str) -> list[tuple[str, str]]:
    """The blocks of Markdown as (kind, text)."""
    found: list[tuple[str, str]] = []
    above: list[str] = []
    for token in PARSER.parse(markdown):
        if token.type == "inline":
            found.append((_kind(above), shown(token)))
        elif token.nesting == 1:
            above.append(token.tag)
        elif token.nesting == -1:
            above.pop()
        else:
            found.append((token.type, token.content))
    return found


def _kind(above: list[str]) -> str:
    kinds = {"ul": "list_item", "blockquote": "quote", "h2": "heading", "h1": "title"}
    known = [kinds[tag] for tag in above if tag in kinds]
    return known[0] if known else "cell" if "table" in above else "paragraph"


@settings(max_examples=30)
@given(st.lists(BLOCK, min_size=1, max_size=4))
def test_every_block_is_read_back_as_it_was(said: list[tuple[str, str]]) -> None:
    expected = [
        (kind, text.replace("\n", " ") if kind == "heading" else text) for kind, text in said
    ]
    assert read("\n\n".join(blocks(html(*said)))) == expected


@settings(max_examples=30)
@given(CELLS)
def test_tables_are_tables(cells: list[list[str]]) -> None:
    table = draft(BlockKind.TABLE, "x")
    table.rows = tuple(map(tuple, cells))
    table.header_rows = 1
    found = read("\n\n".join(blocks(render([table], ()))))
    assert found == [("cell", cell) for row in cells for cell in row]


@settings(max_examples=30)
@given(LINES.filter(bool), st.sampled_from(["a", "strong", "em"]), st.data())
def test_links_and_emphasis_lose_no_letter(text: str, tag: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    block = draft(BlockKind.PARAGRAPH, text)
    block.spans = [Span(start, end, tag, "https://a.example/(1)?a=1&copy=2" if tag == "a" else "")]
    markdown = "\n\n".join(blocks(render([block], ())))
    assert read(markdown) == [("paragraph", text)]


@pytest.mark.parametrize(
    ("inner", "after", "expected"),
    [
        ("券商获悉，停止发行。", "", "**券商获悉，停止发行**。"),
        ("“要点”", "后文", "“**要点**”后文"),
        ("。", "后文", "。后文"),
    ],
)
def test_emphasis_stands_where_parsers_see_it(inner: str, after: str, expected: str) -> None:
    assert blocks(f"<p><strong>{inner}</strong>{after}</p>") == [expected]
    assert ("<strong>" in PARSER.render(expected)) == ("**" in expected)


def test_a_link_keeps_its_address() -> None:
    (block,) = blocks('<p>见<a href="https://a.example/(x)?a=1&amp;copy=2">公告</a>。</p>')
    assert 'href="https://a.example/%28x%29?a=1&amp;copy=2"' in PARSER.render(block)


def test_pictures_stand_where_they_stood_with_their_captions() -> None:
    blocks_ = [
        draft(BlockKind.PARAGRAPH, "前"), draft(BlockKind.CAPTION, "图：走势"),
        draft(BlockKind.PARAGRAPH, "后"),
    ]  # fmt: skip
    picture = Picture(
        url="https://img.example/1.png", alt="走势]图", width=3, height=4, after_block=1
    )
    assert blocks(render(blocks_, [picture])) == [
        "前", r"![走势\]图](https://img.example/1.png)", "*图：走势*", "后",
    ]  # fmt: skip


def test_an_article_has_headline_outlet_time_securities_and_page() -> None:
    made = record(
        title="*ST康美", source="新华社", published_local="2022-02-24T13:00:32+08:00",
        body_html="<p>文</p>", securities=[security()],
    )  # fmt: skip
    assert article(made) == (
        "# \\*ST康美\n\n新华社 · 2022-02-24T13:00:32+08:00\n\n文\n\n巨化股份 1.600160\n\n"
        "<https://news.example/1>\n"
    )


@settings(max_examples=30)
@given(st.lists(st.tuples(LINES.filter(bool), BLOCKS.filter(bool)), min_size=1, max_size=3))
def test_articles_in_one_file_do_not_run_into_each_other(said: list[tuple[str, str]]) -> None:
    records = [record(title=title, body_html=html(("paragraph", text))) for title, text in said]
    found = read(written(MARKDOWN, *records).decode())
    assert [text for kind, text in found if kind == "title"] == [title for title, _ in said]
    assert sum(kind == "hr" for kind, _ in found) == len(said) - 1
