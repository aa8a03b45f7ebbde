"""Lines about the article: source, editor, original title, adverts and other noise."""

from __future__ import annotations

import pytest

from newscrawler.body import read_body
from tests.body import texts

PROSE = "<p>据记者了解，作为第四代制冷剂，其全球变暖潜值降低达99.9%。</p>"
PROSE_TEXT = ["据记者了解，作为第四代制冷剂，其全球变暖潜值降低达99.9%。"]
LINKED_SOURCE = (
    '<p class="em_media">（文章来源：上海<span id="bk_90.BK0473"><a'
    ' href="http://quote.eastmoney.com/unify/r/90.BK0473" class="keytip"'
    ' data-code="90,BK0473">证券</a></span><span id="bkquote_90.BK0473"></span>报）</p>'
)
TOP_ADVERT = (
    '<p>\u3000\u3000<a class="toplink" target="_blank" href="https://ai.eastmoney.com/x">'
    "全新妙想投研助理，立即体验</a></p>"
)
END_ADVERT = (
    '<p style="text-align:center;"><a href="https://acttg.eastmoney.com/pub/xxlout_7a">'
    '<img src="https://np-newspic.dfcfw.com/download/D24832930842412850501_w690h389.jpg"'
    ' class="em_handle_adv_close" /></a></p>'
)


@pytest.mark.parametrize(
    "line",
    [
        '<p class="em_media">（文章来源：财联社）</p>',
        "<p>（文章来源：财联社）</p>",
        "<p>(文章来源:财联社)</p>",
        "<p>\u3000\u3000（文章来源： 财联社 ）</p> \r\n",
        "（文章来源：财联社）",
        '<p><span>（文章</span>来源：<a href="https://www.cls.cn/">财联社</a>）</p>',
        '<p class="em_media">来源：财联社</p>',
    ],
)
def test_source_line_becomes_the_source(line: str) -> None:
    body = read_body(PROSE + line)
    assert (body.source, body.text) == ("财联社", PROSE_TEXT[0])
    assert [entry.partition(":")[0] for entry in body.removed] == ["source line"]


@pytest.mark.parametrize("gap", ["", "<br>", "<br/>\u3000\u3000"])
def test_source_line_at_the_end_of_the_last_paragraph_is_cut(gap: str) -> None:
    body = read_body(f"<p>正文（上）。{gap}（文章来源：新华社（北京））</p>")
    assert (body.source, body.text) == ("新华社（北京）", "正文（上）。")
    assert body.html == "<p>正文（上）。</p>"


def test_keyword_inside_the_source_line_is_no_mention() -> None:
    body = read_body(PROSE + LINKED_SOURCE)
    assert (body.source, body.securities) == ("上海证券报", ())


def test_keyword_in_a_source_line_after_prose_is_no_mention() -> None:
    line = LINKED_SOURCE.removeprefix('<p class="em_media">').removesuffix("</p>")
    body = read_body(f"<p><strong>正文</strong>很长。{line}</p>")
    assert (body.source, body.securities) == ("上海证券报", ())
    assert body.html == "<p><strong>正文</strong>很长。</p>"


def test_source_line_in_the_middle_is_prose() -> None:
    html = f"<p>（文章来源：甲报）</p>{PROSE}<p>（文章来源：乙报）</p>"
    body = read_body(html)
    assert body.source == "乙报"
    assert texts(html) == ["（文章来源：甲报）", *PROSE_TEXT]


def test_marked_source_line_before_a_foreign_note_is_found() -> None:
    line = '<p class="em_media">（文章来源：中国经营报）</p>'
    html = f"{PROSE}{line}<!--原文标题--><br />【本文为转载】"
    body = read_body(html)
    assert body.source == "中国经营报"
    assert texts(html) == [*PROSE_TEXT, "【本文为转载】"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_editor_line_becomes_the_editor_on_either_side_of_the_source(
    order: tuple[int, int],
) -> None:
    lines = ["<p>(责任编辑：DF380)</p>", '<p class="em_media">（文章来源：财联社）</p>']
    html = PROSE + "".join(lines[at] for at in order)
    body = read_body(html)
    assert (body.editor, body.source) == ("DF380", "财联社")
    assert texts(html) == PROSE_TEXT


def test_original_title_becomes_a_field() -> None:
    body = read_body(f"<p>(原标题：<strong>国内首次！</strong>)</p>{PROSE}")
    assert (body.original_title, [b.text for b in body.blocks]) == ("国内首次！", PROSE_TEXT)


def test_body_of_nothing_but_a_source_line_has_no_blocks() -> None:
    body = read_body('<p class="em_media">（文章来源：财联社）</p>')
    assert (body.source, body.blocks, body.html) == ("财联社", (), "")


@pytest.mark.parametrize(
    "advert", [TOP_ADVERT, END_ADVERT, '<div class="em_xuangu">选股<p>器</p></div>']
)
def test_advert_goes_with_its_paragraph_and_picture(advert: str) -> None:
    body = read_body(advert + PROSE + advert)
    assert ([b.text for b in body.blocks], body.images) == (PROSE_TEXT, ())


def test_dropped_adverts_are_recorded() -> None:
    assert read_body(TOP_ADVERT + PROSE + END_ADVERT).removed == (
        "advert: 全新妙想投研助理，立即体验",
        "advert: https://acttg.eastmoney.com/pub/xxlout_7a",
    )


def test_few_words_around_an_advert_go_with_it() -> None:
    assert texts('<p>→ <a class="toplink" href="https://x.cn/">立即体验</a> 免费</p>') == []


def test_prose_around_an_advert_stays() -> None:
    html = '<p>{}<a href="https://ai.eastmoney.com/x">立即体验</a>{}</p>'
    body = read_body(html.format("正" * 20, "文" * 20))
    assert (body.text, body.html) == ("正" * 20 + "文" * 20, f"<p>{'正' * 20}{'文' * 20}</p>")


def test_other_hosts_that_look_like_the_adverts_are_links() -> None:
    assert texts('<p><a href="https://ai.eastmoney.com.example.cn/">链接</a></p>') == ["链接"]


def test_link_that_says_click_here_stays_text_and_names_the_article() -> None:
    html = (
        '<p>系统化金融支持。（<a href="https://finance.eastmoney.com/a/202205302396506117.html">'
        "点击阅读报告全文</a>）</p>"
    )
    body = read_body(html)
    assert body.text == "系统化金融支持。（点击阅读报告全文）"
    assert body.removed == ()
    assert body.related == ("202205302396506117",)


@pytest.mark.parametrize(
    "line",
    ["文章来源：新华网", "【文章来源: 新华网】", "<b>文章来源：</b>新华网", "（文章来源：新华网)"],
)
def test_source_line_in_other_brackets_or_none_is_one(line: str) -> None:
    body = read_body(f"{PROSE}<p>{line}</p>")
    assert (body.text, body.source) == (read_body(PROSE).text, "新华网")


def test_editor_line_without_parentheses_is_one() -> None:
    body = read_body(f"{PROSE}<p><strong>责任编辑：张三</strong></p>")
    assert (body.text, body.editor) == (read_body(PROSE).text, "张三")


def test_source_line_that_names_nobody_goes_and_names_nobody() -> None:
    body = read_body(f'{PROSE}<p class="em_media">（文章来源：）</p>')
    assert (body.text, body.source) == (read_body(PROSE).text, None)


@pytest.mark.parametrize(
    "prose", ["文章来源：他说，见附录。后来又改了。", "数据来源：Wind", "（来源：Wind）"]
)
def test_what_only_begins_like_a_source_line_stays(prose: str) -> None:
    assert read_body(f"{PROSE}<p>{prose}</p>").text.endswith(prose)


@pytest.mark.parametrize("tag", ["p", "div", "section", "ul"])
def test_promoted_block_is_dropped_whatever_its_element(tag: str) -> None:
    assert texts(f'<p>甲。</p><{tag} class="em_xuangu">选股<b>器</b></{tag}><p>乙。</p>') == [
        "甲。",
        "乙。",
    ]


@pytest.mark.parametrize(
    "noise",
    [
        "<p>郑重声明：东方财富网发布此信息的目的在于传播更多信息，与本网站立场无关。</p>",
        '<div style="color: #666;">风险提示及免责条款</div>'
        " <div>市场有风险，投资需谨慎。本文不构成</div>",
    ],
)
def test_disclaimer_of_the_page_is_dropped(noise: str) -> None:
    html = f'{PROSE}<p class="em_media">（文章来源：财联社）</p>{noise}'
    body = read_body(html)
    assert (texts(html), body.source) == (PROSE_TEXT, "财联社")


@pytest.mark.parametrize(
    "prose",
    ["他引用了“郑重声明：东方财富网”的说法", "市场有风险，投资需谨慎。", "郑重声明：本公司"],
)
def test_disclaimer_words_elsewhere_are_prose(prose: str) -> None:
    assert texts(f"<p>{prose}</p>") == [prose]


def test_related_news_are_dropped_and_their_ids_kept() -> None:
    html = (
        "<p><span>相关报道&gt;&gt;&gt;</span></p>"
        '<p><a href="http://finance.eastmoney.com/news/1345,202205262391921712.html">标题一</a></p>'
        '<ul><li><a href="http://stock.eastmoney.com/a/202205262391921713.html">标题二</a></li></ul>'
        f"{PROSE}"
    )
    body = read_body(html)
    assert [b.text for b in body.blocks] == PROSE_TEXT
    assert body.related == ("202205262391921712", "202205262391921713")


def test_abstract_above_the_body_is_dropped() -> None:
    html = '<div class="abstract">摘要<p>摘要 <a href="/a/202205262391921712.html">x</a></p></div>'
    body = read_body(html + PROSE)
    assert ([b.text for b in body.blocks], body.related) == (PROSE_TEXT, ("202205262391921712",))
