"""Whatever the input: an answer in time, valid text, nothing lost that a reader sees."""

from __future__ import annotations

import html as entities
import time
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import newscrawler.body
from newscrawler.body import read_body, visible_text_differs
from newscrawler.body.walk import MAX_DEPTH
from newscrawler.errors import PageError
from newscrawler.items import Body
from newscrawler.text import clean_line
from tests.body.fragments import DIALECT, FRAGMENTS

anything = st.text(st.characters(exclude_categories=()))
soup = st.lists(st.sampled_from([*FRAGMENTS, *DIALECT]) | anything, max_size=30).map("".join)
tags = st.sampled_from(["b", "strong", "i", "em", "u", "span", "font", "sub", "sup", "x-y", "cite"])
words = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=8)


@st.composite
def inline(draw: st.DrawFn, depth: int = 3) -> tuple[str, str]:
    """Markup of inline elements, and the text in it."""
    markup, text = [], []
    for _ in range(draw(st.integers(1, 4))):
        if depth and draw(st.booleans()):
            tag = draw(tags)
            inner, inside = draw(inline(depth - 1))
            markup.append(f"<{tag}>{inner}</{tag}>")
        else:
            inside = draw(words)
            markup.append(entities.escape(inside))
        text.append(inside)
    return "".join(markup), "".join(text)


def strings(body: Body) -> list[str]:
    """Every text of a body."""
    found = [body.text, body.html, body.source or "", body.editor or "", *body.removed]
    found += [cell for block in body.blocks for row in block.rows for cell in row]
    found += [text for s in body.securities for text in (s.name or "", s.evidence, s.code)]
    return found + [text for image in body.images for text in (image.url, image.caption or "")]


@given(anything | soup)
@example("\u0338\u0338")
@example("0<span class=em_stock_key_common data-code=0,0><br></span>")
def test_any_text_is_read_into_valid_text(source: str) -> None:
    body = read_body(source)
    for text in strings(body):
        text.encode()
        assert unicodedata.is_normalized("NFC", text)
        assert not [c for c in text if c != "\n" and unicodedata.category(c) == "Cc"]
    assert all(block.text and block.text == block.text.strip() for block in body.blocks)
    assert all(0 <= image.after_block <= len(body.blocks) for image in body.images)
    assert all(security.evidence for security in body.securities)


@given(inline())
def test_markup_never_adds_or_takes_a_character(paragraph: tuple[str, str]) -> None:
    markup, text = paragraph
    (block,) = read_body(f"<p>甲{markup}乙</p>").blocks
    assert block.text == clean_line(f"甲{text}乙")


@given(soup, soup)
def test_a_body_shows_the_same_text_as_itself(source: str, other: str) -> None:
    assert not visible_text_differs(source, source)
    assert visible_text_differs(source, other) == visible_text_differs(other, source)


@given(soup, soup)
def test_reading_leaves_nothing_behind(first: str, second: str) -> None:
    alone = read_body(second)
    read_body(first)
    assert read_body(second) == alone


@given(
    st.lists(
        st.sampled_from(["div", "b", "p", "li", "table", "td", "x", "blockquote"]), max_size=600
    )
)
def test_any_nesting_is_read_or_refused(nesting: list[str]) -> None:
    source = "".join(f"<{tag}>" for tag in nesting) + "文"
    deep = len(nesting) > MAX_DEPTH
    with suppress(PageError) if deep else nullcontext():
        assert "文" in read_body(source).text


@pytest.mark.parametrize("element", ["div", "b", "blockquote", "span"])
def test_depth_is_read_up_to_the_limit_and_refused_beyond(element: str) -> None:
    def nested(depth: int) -> str:
        return f"<{element}>" * depth + "文"

    assert read_body(nested(MAX_DEPTH)).text == "文"
    with pytest.raises(PageError, match="too_deep"):
        read_body(nested(MAX_DEPTH + 1))


def test_a_refused_body_does_not_harm_the_next() -> None:
    with pytest.raises(PageError):
        read_body("<p>前<b>" + "<div>" * 1000)
    assert read_body("<p>后</p>").html == "<p>后</p>"


@pytest.mark.parametrize(
    "source",
    [
        f"<p {' '.join(f'a{at}=1' for at in range(100_000))}>文</p>",
        "<p>" + "".join(f'<a href="https://x.cn/{at}">文</a>' for at in range(50_000)),
        "<p>" + "".join(f'<a class=keytip data-code="1,{at}">文</a>' for at in range(50_000)),
        "<p>" + "（<a href=https://x.cn/>点击</a>）文" * 50_000,
        "<p><b><i><a href=https://x.cn/>" + "文<br><br>" * 20_000,
        "<p>" + "<img src=https://x.cn/a.png><br><br>文" * 20_000,
        "<p>" + "<a class=toplink href=https://x.cn>x</a><br><br>" * 20_000 + "文",
        "<p>（文章来源：文）</p>" * 20_000,
        "<p>" + "（文章来源：" * 50_000 + "）",
        "<p>文" + "\u0301\u0327" * 200_000,
        "<p>文" + "<br> " * 300_000,
        "<p>文" + "<wbr" * 200_000 + ">文",
        "<p>文" + "<!--" * 200_000,
        '<a href="http://' + "a." * 300_000 + '">文</a>',
        '<p style="' + "display " * 100_000 + '">文</p>',
        "<table>" + "<tr><td colspan=50 rowspan=50>文" * 10_000,
    ],
    ids=lambda source: source[:30],
)  # fmt: skip
def test_large_input_is_read_in_time(source: str) -> None:
    begun = time.process_time()
    assert "文" in read_body(source).text
    assert time.process_time() - begun < 5, "a quarter of it is usual"


def test_threads_do_not_disturb_each_other() -> None:
    sources = [f"<p>{'文' * at}<b>{at}</b></p>" * 50 for at in range(40)]
    alone = [read_body(source) for source in sources]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(read_body, sources)) == alone


def test_what_the_renderer_let_slip_is_stopped_by_the_sanitiser() -> None:
    slips = (
        '<p onclick="a()">x<script>b()</script><!-- c --></p>'
        '<a href="javascript:d()" rel="x">y</a><img src="data:a,e" alt="z"><iframe></iframe>'
    )
    with patch.object(newscrawler.body, "render", lambda *_: slips):
        assert read_body("<p>x</p>").html == '<p>x</p><a>y</a><img alt="z">'
