"""Blocks of a body: what a reader sees, paragraph by paragraph."""

from __future__ import annotations

import pytest

from newscrawler.body import read_body
from tests.body import blocks, texts


@pytest.mark.parametrize(
    "spacer",
    [
        '<p style="display:none;height:1px;overflow:hidden;"><br /></p>',
        '<p style="display:none;height:1px;overflow:hidden;"> </p>',
        '<p style="DISPLAY: None">隐藏</p>',
        '<div style="visibility: hidden">隐藏<p>也隐藏</p></div>',
        "<p hidden>隐藏</p>",
    ],
)
def test_what_is_not_displayed_is_no_text(spacer: str) -> None:
    assert texts(f"{spacer}<p>正文。</p>") == ["正文。"]


def test_whitespace_between_paragraphs_is_nothing_and_their_ends_are_trimmed() -> None:
    html = "<p>取得积极成效。 </p>\r\n <p>\u3000\u3000在衔接乡村振兴方面\u3000有力。</p>\n "
    assert texts(html) == ["取得积极成效。", "在衔接乡村振兴方面\u3000有力。"]


def test_entities_are_decoded_once() -> None:
    html = "<p>《&lt;蒙特利尔议定书&gt;基加利修正案》&amp;lt; &gt;&gt;&gt;</p>"
    assert texts(html) == ["《<蒙特利尔议定书>基加利修正案》&lt; >>>"]


def test_em_space_indent_is_stripped() -> None:
    assert texts("<p>&emsp;&emsp;据了解，</p>") == ["据了解，"]


def test_trailing_line_break_is_dropped_and_an_inner_one_kept() -> None:
    assert texts("<p>汽车来了！<br /></p><p>一、<br/>二、</p>") == ["汽车来了！", "一、\n二、"]


@pytest.mark.parametrize(
    "gap", ["<br><br>", "<br/> \n<br/>", "<br>\u3000\u3000", "<br />&nbsp;&nbsp;", "<br>\n\u3000"]
)
def test_two_line_breaks_or_an_indent_begin_a_new_paragraph(gap: str) -> None:
    assert texts(f"<p>第一段。{gap}第二段。</p>") == ["第一段。", "第二段。"]


def test_short_bold_paragraphs_are_headings_also_two_in_a_row() -> None:
    html = (
        "<p><strong>中概互联投资风向标-KWEB</strong></p><p><strong>5月以来获大幅资金净申购</strong></p>"
        "<p><b>影响有多大？ </b></p>"
    )
    assert blocks(html) == [
        ("heading", "中概互联投资风向标-KWEB"),
        ("heading", "5月以来获大幅资金净申购"),
        ("heading", "影响有多大？"),
    ]


def test_bold_lead_with_a_full_stop_stays_a_paragraph() -> None:
    lead = "券商中国获悉，1月5日，部分涉及衍生品业务的信托公司收到监管窗口指导。"
    assert blocks(f"<p><strong>{lead}</strong></p>") == [("paragraph", lead)]


def test_bold_lead_to_an_enumeration_stays_a_paragraph() -> None:
    html = (
        "<p><strong>2021年9月初，中基协针对券商资管的集合产品进行指导，内容大致包括：</strong></p>"
    )
    assert [kind for kind, _ in blocks(html)] == ["paragraph"]


def test_long_bold_paragraph_stays_a_paragraph() -> None:
    assert blocks(f"<p><strong>{'长' * 51}</strong></p>")[0][0] == "paragraph"


def test_partly_bold_paragraph_stays_a_paragraph() -> None:
    assert blocks("<p><strong>注意</strong>风险</p>") == [("paragraph", "注意风险")]


def test_bold_around_a_keyword_is_a_heading() -> None:
    html = (
        '<p><strong>发展<span web="1" href="http://quote.eastmoney.com/unify/r/116.01315" '
        'class="em_stock_key_common" data-code="116,01315">绿色经济</span>，推动绿色低碳转型'
        "</strong></p>"
    )
    assert blocks(html) == [("heading", "发展绿色经济，推动绿色低碳转型")]


@pytest.mark.parametrize("level", range(1, 7))
def test_heading_elements_are_headings(level: int) -> None:
    html = f'<h{level} class="emh3">\u3000\u3000全球要闻</h{level}><p>正文。</p>'
    assert blocks(html) == [("heading", "全球要闻"), ("paragraph", "正文。")]


def test_lists_become_items_in_order_also_nested() -> None:
    html = "<ul><li>一<ol><li>一之一</li></ol>尾</li><li><p>二</p></li></ul>"
    assert blocks(html) == [("list_item", t) for t in ("一", "一之一", "尾", "二")]


def test_definition_lists_become_items() -> None:
    assert blocks("<dl><dt>词<dd>义</dl>") == [("list_item", "词"), ("list_item", "义")]


def test_quotes_stay_quotes_whatever_they_hold() -> None:
    html = "<blockquote>\n<p><strong>这不是一个新App。</strong></p><p>短</p>\n</blockquote>"
    assert blocks(html) == [("quote", "这不是一个新App。"), ("quote", "短")]


def test_preformatted_lines_stay_lines() -> None:
    assert texts("<pre>一\n  二</pre>") == ["一\n二"]


def test_text_outside_of_paragraphs_is_kept() -> None:
    html = "头<div>一<p>二</p>三<section>四</section></div>尾<p>五<div>六</div>七</p>"
    assert texts(html) == ["头", "一", "二", "三", "四", "尾", "五", "六", "七"]


def test_unknown_elements_are_transparent() -> None:
    html = "<p>甲<o:p>乙</o:p><font color=red>丙</font><x-y>丁</x-y><u>戊</u>己</p>"
    assert texts(html) == ["甲乙丙丁戊己"]


def test_optional_break_marks_do_not_nest_or_split() -> None:
    assert texts(f"<p>{'字<wbr>' * 300}</p>") == ["字" * 300]


@pytest.mark.parametrize(
    "tag",
    ["script", "style", "iframe", "noscript", "template", "svg", "object", "form", "textarea"],
)
def test_invisible_elements_are_gone_with_their_content(tag: str) -> None:
    assert texts(f"<p>甲</p><{tag}>x<p>y</p></{tag}><p>乙</p>") == ["甲", "乙"]


def test_enumerations_flash_openings_and_notes_stay_prose() -> None:
    lines = [
        "每经AI快讯，12月8日，",
        "● 一是扩大",
        "1)控制规模",
        "一、总体",
        "注：数据截至5月",
        "(北青网5月21日报道)",
    ]
    assert blocks("".join(f"<p>{line}</p>" for line in lines)) == [("paragraph", x) for x in lines]


def test_trailing_outlet_in_prose_stays() -> None:
    assert texts("<p>据了解。（央视新闻客户端）</p>") == ["据了解。（央视新闻客户端）"]


def test_video_stays_as_a_paragraph_with_its_address() -> None:
    html = '<p>看</p><video controls><source src="https://v.cn/1.mp4">浏览器不支持</video><video></video>'
    assert texts(html) == ["看", "https://v.cn/1.mp4"]
    assert '<a href="https://v.cn/1.mp4">' in read_body(html).html


def test_blocks_without_visible_text_are_dropped() -> None:
    assert texts("<p> </p><p>&nbsp;</p><p>&#8203;</p><p><strong> </strong></p><h3></h3>") == []


@pytest.mark.parametrize(
    "html", ["", " ", "\x00", "<", "<!--", "</p></div>", "<p>", "&", "<!x><?y>"]
)
def test_a_body_of_nothing_is_no_blocks_or_the_bare_characters(html: str) -> None:
    assert texts(html) in ([], ["<"], ["&"])
