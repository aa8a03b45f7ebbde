"""Tidy markup is read without a parser: what comes of it is what the parser would have made."""

from __future__ import annotations

from html.entities import html5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.body import read_body, tidy
from newscrawler.body.state import State
from newscrawler.errors import PageError
from newscrawler.items import Body
from tests.body import HERE
from tests.body.fragments import DIALECT, FRAGMENTS

PIECES = """\
<p>
</p>
<p>甲。</p>
<p><strong>题</strong></p>
<br />
<p style="text-align:center;">
<h3 class="emh3">　　题</h3>
<p></p>
</span>
<span id="stock_1.600519"><a class="keytip" data-code="1,600519">贵州茅台</a></span>
<span id="quote_1.600519"></span>
<span id="quote_1"><a href="x">行情</a></span>
<span class="em_stock_key_common" data-code="90,BK0473">证券</span>
<span>
甲
<p style="display:none"><br /></p>
<!-- EM_StockImg_Start -->
<!--IMG#0-->
</a>
<p><a class="EmImageRemark" data-code="NIO|106|7"><img alt="K图" src="x?a=1" /></a></p>
<center><img src="https://x.cn/a_w1h2.png" alt="图片" /></center>
<center>
</center>
<a href="https://x.cn/a?b=1&c=2&lt=3">
<strong>
</strong>
<div>
</div>
&lt;
<table><tbody><tr><th>甲</th><td>乙 <p>丙</p></td></tr></tbody></table>
&amp;
&copy
<ul><li>一</li> <li>二</li></ul>
<blockquote><p>引</p></blockquote>
<td>
</td>
<figure><img src="https://x.cn/b.png" /><figcaption>注</figcaption></figure>
&#12288;
<
<p class="em_media">（文章来源：甲）</p>
<p hidden="">x</p>
<br>
>
&#150;
</>
<a class="toplink" href="https://ai.eastmoney.com/x">广告</a>
<p/>
</p
"""
TIDY = ["\n", "</p>\n <p>", *PIECES.splitlines()]


def by_parser(html: str) -> Body | str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tidy, "feed", lambda state, html: False)
        return outcome(html)


def outcome(html: str) -> Body | str:
    try:
        return read_body(html)
    except PageError as error:
        return error.reason


def is_tidy(html: str) -> bool:
    """Whether a body is read without the parser."""
    seen: list[bool] = []
    feed = tidy.feed

    def watched(state: State, html: str) -> bool:
        seen.append(feed(state, html))
        return seen[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tidy, "feed", watched)
        read_body(html)
    return seen[-1]


PAGES = {page.stem: page.read_text(encoding="utf-8") for page in sorted(HERE.glob("*.html"))}


@pytest.mark.parametrize("page", PAGES)
def test_real_bodies_are_tidy_and_read_as_by_the_parser(page: str) -> None:
    assert is_tidy(PAGES[page])
    assert read_body(PAGES[page]) == by_parser(PAGES[page])


@given(st.lists(st.sampled_from(TIDY), max_size=12).map("".join))
def test_nearly_tidy_markup_reads_as_by_the_parser(html: str) -> None:
    assert outcome(html) == by_parser(html)


@given(st.lists(st.sampled_from(TIDY + FRAGMENTS + DIALECT), max_size=10).map("".join))
def test_any_markup_reads_as_by_the_parser(html: str) -> None:
    assert outcome(html) == by_parser(html)


@given(st.sampled_from(sorted(PAGES)), st.data())
def test_damaged_real_bodies_read_as_by_the_parser(page: str, data: st.DataObject) -> None:
    html = PAGES[page][:3000]
    start = data.draw(st.integers(0, len(html)))
    end = data.draw(st.integers(start, min(start + 80, len(html))))
    damaged = html[:start] + data.draw(st.sampled_from(["", *TIDY])) + html[end:]
    assert outcome(damaged) == by_parser(damaged)


def test_every_named_reference_is_what_the_parser_makes_of_it() -> None:
    html = "".join(f"<p>甲&{name}乙</p>" for name in html5 if name.endswith(";"))
    assert is_tidy(html)
    assert read_body(html) == by_parser(html)


UNTIDY = """\
<p>甲
<p>甲</P>
<p>甲<p>乙</p></p>
<p><table></table></p>
<p a=b>甲</p>
甲 < 乙
<p>甲</p
<b>甲<i>乙</b>丙</i>
<a>甲<span><a>乙</a></span></a>
<p>甲&copy乙</p>
<p/>甲
<p a="1" a="2">甲</p>
<script>x</script>
<!--IMG#0-->
<p>甲<!-- <b> --></p>
<p style="display:none"><b></p>
""".splitlines()


@pytest.mark.parametrize("html", UNTIDY)
def test_markup_with_more_than_one_reading_is_left_to_the_parser(html: str) -> None:
    assert not is_tidy(html)


def test_what_is_remembered_of_tags_is_bounded() -> None:
    tidy.forget_tags()
    for number in range(tidy.MAX_TAGS + 10):
        read_body(f'<p><a href="https://x.cn/{number}">甲</a></p>')
    assert len(tidy._known) <= tidy.MAX_TAGS
    assert is_tidy(f'<p><a href="https://x.cn/{"x" * tidy.MAX_TAG_CHARS}">甲</a></p>')
    assert not any(len(markup) > tidy.MAX_TAG_CHARS for markup in tidy._known)
