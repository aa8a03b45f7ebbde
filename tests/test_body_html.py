"""`Body.html`: only what the allow-list names, whatever comes in, with the text of the blocks."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

import newscrawler.body
from newscrawler.body import allowlist, read_body
from newscrawler.errors import PageError
from newscrawler.items import Body
from tests.body.fragments import DIALECT, FRAGMENTS

VECTORS = [
    "<script>alert(1)</script>",
    "<p onclick=alert(1)>甲</p>",
    "<img src=x onerror=alert(1)>",
    '<img src="https://x.cn/a.png" onload=alert(1) srcset="javascript:1 2x" style="x:exp(1)">',
    "<a href=javascript:alert(1)>甲</a>",
    "<a href='java\tscript:alert(1)'>甲</a>",
    "<a href='&#106;avascript:alert(1)'>甲</a>",
    "<a href=data:text/html,<script>alert(1)</script>>甲</a>",
    "<a href=vbscript:msgbox(1)>甲</a>",
    "<a href='https://x.cn/\"onmouseover=alert(1) x=\"'>甲</a>",
    "<a href='//x.cn/&quot;><script>alert(1)</script>'>甲</a>",
    "<a href='http://x.cn:80@evil.example/'>甲</a>",
    "<a href='https://[::1'>甲</a><a href='https://x..cn:99999/'>乙</a><a href=http://1.2.3>丙</a>",
    "<svg><a xlink:href=javascript:alert(1)><text>甲</text></a></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img onerror=alert(1)>'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<form action=javascript:alert(1)><button formaction=javascript:1>甲</button></form>",
    "<iframe src=javascript:alert(1) srcdoc='<script>1</script>'></iframe>",
    "<base href=//evil.example/><meta http-equiv=refresh content='0;url=javascript:1'>",
    "<template><script>alert(1)</script></template><object data=x><embed src=x></object>",
    "<style>@import 'javascript:1'</style><p style='background:url(javascript:1)'>甲</p>",
    "<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp;lt;b&amp;gt; &#60;img src=x onerror=1&#62;</p>",
    "<p><![CDATA[<script>alert(1)</script>]]></p><!--><script>alert(1)</script>-->",
    "<table><td><script>1</script><p onclick=1>甲</table><video src=javascript:1><audio src=x>",
    "<xmp><script>alert(1)</script></xmp><plaintext><script>alert(1)</script>",
    "<p>\u0338>\u0338<b>\u0338</b>a<i>\u0338</i></p>",
    "<img src='https://x.cn/a.png' alt='\"><script>alert(1)</script>'>",
    "<isindex action=javascript:1><bgsound src=javascript:1><frameset onload=1><frame src=x>",
]

hostile = st.lists(st.sampled_from([*FRAGMENTS, *DIALECT]) | st.text(max_size=5), max_size=40).map(
    "".join
)


@pytest.fixture(autouse=True, scope="module")
def no_second_wall() -> Iterator[None]:
    """What is tested here is what the renderer writes, before the sanitiser sees it."""
    with patch.object(newscrawler.body, "sanitised", lambda html: html):
        yield


class Markup(HTMLParser):
    """Reads HTML with yet another parser and lists what may not be there."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forbidden: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in allowlist.TAGS:
            self.forbidden.append(tag)
        for name, value in attrs:
            address = name not in ("href", "src") or (value or "").startswith(("http:", "https:"))
            if name not in allowlist.ATTRIBUTES.get(tag, ()) or not address:
                self.forbidden.append(f"{tag}[{name}]")


def visible(body: Body) -> str:
    """The text of the HTML, without gaps."""
    text = entities.unescape(re.sub(r"<[^>]*>", "", body.html))
    return "".join(text.split())


@pytest.mark.parametrize("vector", VECTORS)
def test_known_attack_leaves_only_allowed_markup(vector: str) -> None:
    html = read_body(f"<p>前</p>{vector}<p>后</p>").html
    assert allowlist.sanitised(html) == html
    assert Markup(html).forbidden == []


@given(hostile)
def test_a_sanitiser_finds_nothing_to_change(source: str) -> None:
    html = read_body(source).html
    assert allowlist.sanitised(html) == html


@given(hostile)
def test_html_shows_the_text_of_the_blocks(source: str) -> None:
    body = read_body(source)
    shown = "".join(b.text if not b.rows else "".join(map("".join, b.rows)) for b in body.blocks)
    # An overlay without a base may go from the HTML: under NFC it would break the tag before it.
    assert visible(body).replace("\u0338", "") == "".join(shown.split()).replace("\u0338", "")


def test_emphasis_and_links_stay_in_place() -> None:
    source = '<p>\u3000\u3000一<b>二</b><a href="https://x.cn/?a=1&amp;b=2"><b>三</b>四</a>五<em>六</em></p>'
    assert read_body(source).html == (
        '<p>一<strong>二</strong><a href="https://x.cn/?a=1&amp;b=2"><strong>三</strong>四</a>'
        "五<em>六</em></p>"
    )


def test_markup_stays_in_place_where_gaps_are_closed() -> None:
    assert read_body("<p>a  <b> b </b>  c<br> <i>d</i></p>").html == (
        "<p>a <strong>b</strong> c<br><em>d</em></p>"
    )


def test_emphasis_across_paragraphs_is_in_each() -> None:
    source = "<p><b>一。<br><br>二。</b></p>"
    assert read_body(source).html == "<p><strong>一。</strong></p><p><strong>二。</strong></p>"


def test_list_items_and_quotes_are_grouped() -> None:
    source = (
        "<ul><li>一<li>二</ul><p>三</p><ol><li>四</ol><blockquote><p>五</p><p>六</p></blockquote>"
    )
    assert read_body(source).html == (
        "<ul><li>一</li><li>二</li></ul><p>三</p><ul><li>四</li></ul>"
        "<blockquote><p>五</p><p>六</p></blockquote>"
    )


def test_figures_stand_where_the_pictures_stood() -> None:
    source = (
        '<p>前</p><img src="https://x.cn/a_w8h5.png"><center>图注</center><ul><li>一'
        '<li><img src="https://x.cn/b.png" alt="甲">二</ul>'
    )
    assert read_body(source).html == (
        '<p>前</p><figure><img src="https://x.cn/a_w8h5.png" alt="" width="8" height="5">'
        "<figcaption>图注</figcaption></figure><ul><li>一</li></ul>"
        '<figure><img src="https://x.cn/b.png" alt="甲"></figure><ul><li>二</li></ul>'
    )


def test_headings_are_one_level_without_emphasis() -> None:
    assert read_body("<h1>一</h1><p><b>二</b></p>").html == "<h3>一</h3><h3>二</h3>"


@pytest.mark.parametrize(
    ("href", "kept"),
    [
        ("http://finance.eastmoney.com/a/202609183878581096.html", True),
        ("//x.cn/a", True),
        ("http://183.136.162.242/web", True),
        ("https://x.cn:8080/a?b=中文#c", True),
        ("https://中文.cn/", False),
        ("http://256.1.1.1/", False),
        ("http://x.cn:70000/", False),
        ("/relative", False),
        ("mailto:a@x.cn", False),
        ("https://user:secret@x.cn/", False),
        ("https://" + "x" * 3000 + ".cn/", False),
    ],
)
def test_only_plain_web_addresses_are_linked(href: str, kept: bool) -> None:
    body = read_body(f'<p>见<a href="{href}">链接</a></p>')
    assert body.text == "见链接"
    assert ("<a href=" in body.html) == kept


@given(st.text(max_size=60))
def test_any_address_is_safe_or_dropped(tail: str) -> None:
    href = entities.escape(f"https://x.cn/{tail}")
    html = read_body(f'<p>甲<a href="{href}">乙</a></p>').html
    assert allowlist.sanitised(html) == html


@given(st.text(st.sampled_from("abc.:/-_0129%x@[]#?xn中"), max_size=25))
def test_any_host_is_safe_or_dropped(host: str) -> None:
    html = read_body(f'<p>甲<a href="http://{host}">乙</a></p>').html
    assert allowlist.sanitised(html) == html


def test_too_deep_markup_is_refused_before_it_costs_anything() -> None:
    with pytest.raises(PageError) as caught:
        read_body("<div>" * 100_000)
    assert caught.value.reason == "too_deep"


def test_a_block_of_thousands_of_links_is_plain_text() -> None:
    many = "".join(f'<a href="https://news.example/{each}">甲</a>' for each in range(2001))
    assert read_body(f"<p>{many}</p>").html == f"<p>{'甲' * 2001}</p>"
