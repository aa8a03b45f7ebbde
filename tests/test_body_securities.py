"""Securities: from upstream's keyword links to what is mentioned how often, and where."""

from __future__ import annotations

import pytest

from newscrawler.body import read_body
from newscrawler.body.securities import kind_of
from tests.body import only_security, securities, texts

KEYTIP = (
    '<span id="stock_1.600160"><a href="http://quote.eastmoney.com/unify/r/1.600160" class="keytip"'
    ' data-code="1,600160">巨化股份</a></span><span id="quote_1.600160"></span>'
)
COMMON = (
    '<span web="1" href="http://quote.eastmoney.com/unify/r/{0}" class="em_stock_key_common"'
    ' data-code="{1}">{2}</span>'
)
CHART = (
    '<!-- EM_StockImg_Start --><p style="text-align:center;"><a'
    ' href="http://quote.eastmoney.com/unify/r/0.002752" data-code="002752|0|2"'
    ' data-code2="002752|0|6|" class="EmImageRemark" target="_blank"><img'
    ' src="https://webquoteklinepic.eastmoney.com/GetPic.aspx?nid=0.002752&imageType=k&token=28d&at=1"'
    ' border="0" alt="K图 002752_0" data-code="K 002752|0|2" data-code2="K 002752|0|6|"'
    ' width="578" height="276" /></a></p><!-- EM_StockImg_End -->'
)


def common(key: str, name: str) -> str:
    return COMMON.format(key, key.replace(".", ","), name)


def test_keytip_is_text_and_a_mention() -> None:
    html = f"<p>新增长点。具体来看，{KEYTIP}已有产品，前景好。后话。</p>"
    assert texts(html) == ["新增长点。具体来看，巨化股份已有产品，前景好。后话。"]
    found = only_security(html)
    assert (found.security, found.name, found.mentions) == ("1.600160", "巨化股份", 1)
    assert (found.kind, found.confidence) == ("stock", "high")
    assert found.evidence == "具体来看，巨化股份已有产品，前景好。"


def test_repeats_add_up() -> None:
    html = f"<p>{KEYTIP}。</p><p>目前{common('1.600160', '巨化股份')}已有</p>"
    assert only_security(html).mentions == 2


def test_repeats_can_be_the_only_form() -> None:
    found = only_security(f"<p>报告指出，{common('1.600519', '贵州茅台')}表示</p>")
    assert (found.security, found.mentions, found.confidence) == ("1.600519", 1, "high")


def test_board_keyword_is_a_board() -> None:
    html = (
        '<p>制冷剂的<span id="bk_90.BK0493"><a href="http://quote.eastmoney.com/unify/r/90.BK0493"'
        ' class="keytip" data-code="90,BK0493">新能源</a></span>'
        '<span id="bkquote_90.BK0493"></span>汽车</p>'
    )
    assert texts(html) == ["制冷剂的新能源汽车"]
    assert (only_security(html).security, only_security(html).kind) == ("90.BK0493", "board")


def test_data_code_wins_over_an_id_that_says_info() -> None:
    html = (
        '<p>在<span id="Info.116.00700"><a href="http://quote.eastmoney.com/unify/r/116.00700"'
        ' class="keytip" data-code="116,00700">腾讯控股</a></span>等</p>'
    )
    assert (only_security(html).security, only_security(html).kind) == ("116.00700", "stock")


def test_glossary_link_is_text_only() -> None:
    html = (
        '<p>的<span id="Info.3321"><a href="http://data.eastmoney.com/bbsj/" class="infokey">'
        "业绩</a></span>点</p>"
    )
    body = read_body(html)
    assert (body.text, body.securities, body.html) == ("的业绩点", (), "<p>的业绩点</p>")


def test_glossary_link_to_a_quote_is_an_index() -> None:
    html = (
        '<p>其中<span id="Info.3259"><a href="http://quote.eastmoney.com/unify/r/0.399006"'
        ' class="infokey">创业板指</a></span>涨1%</p>'
    )
    found = only_security(html)
    assert (found.security, found.kind, found.confidence) == ("0.399006", "index", "high")


def test_glossary_of_2019_without_data_code_is_no_security() -> None:
    html = '<p><span class="em_stock_key_common" href="http://baike.eastmoney.com/item/文化">文化</span></p>'
    assert (texts(html), securities(html)) == (["文化"], {})


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (f"<p>培育壮{common('1.601519', '大智慧')}产品</p>", "培育壮大智慧产品"),
        (f"<p>保供煤{common('90.BK1030', '电机')}组</p>", "保供煤电机组"),
        (
            f"<p>有效投资和发展{common('116.01315', '绿色经济')}。不过</p>",
            "有效投资和发展绿色经济。不过",
        ),
        (f"<p>首创{common('90.BK0473', '证券')}分析师</p>", "首创证券分析师"),
        (f"<p>美股A{common('105.AI', 'AI')}D公司</p>", "美股AAID公司"),
    ],
)
def test_hit_inside_a_word_joins_without_a_gap_and_is_doubtful(html: str, text: str) -> None:
    assert texts(html) == [text]
    assert (only_security(html).mentions, only_security(html).confidence) == (1, "low")


def test_glossary_hit_inside_a_latin_word_joins_without_a_gap() -> None:
    html = (
        '<p>(C<span id="Info.338"><a href="http://data.eastmoney.com/cjsj/ppi.html"'
        ' class="infokey">PPI</a></span>B)</p>'
    )
    assert (texts(html), securities(html)) == (["(CPPIB)"], {})


def test_one_good_mention_makes_all_trustworthy() -> None:
    keyword = common("1.601519", "大智慧")
    html = f"<p>培育壮{keyword}产品。</p><p>，{keyword}称</p>"
    assert only_security(html).confidence == "high"


@pytest.mark.parametrize("around", ["、{}、", "（{}）", "{}", "，{}表示", "A股{}", "和ET7{}汽车"])
def test_name_that_stands_at_a_border_is_trustworthy(around: str) -> None:
    html = f"<p>{around.format(common('1.600519', '贵州茅台'))}</p>"
    assert only_security(html).confidence == ("low" if around == "A股{}" else "high")


def test_chart_is_no_picture_but_a_security_without_mentions() -> None:
    body = read_body(CHART + "<p>正文。</p>")
    assert (body.text, body.images) == ("正文。", ())
    (found,) = body.securities
    assert (found.security, found.name, found.mentions) == ("0.002752", None, 0)
    assert (found.evidence, found.confidence) == ("K图 002752_0", "high")


def test_chart_of_a_mentioned_security_only_adds_its_place() -> None:
    found = only_security(f"{CHART}<p>{common('0.002752', '昇兴股份')}，预计</p>")
    assert (found.name, found.mentions, found.evidence) == ("昇兴股份", 1, "昇兴股份，预计")


def test_unbalanced_chart_comments_hide_nothing() -> None:
    chart = CHART.removeprefix("<!-- EM_StockImg_Start -->")
    html = (
        f"<p>标普跌。<!-- EM_StockImg_Start --></p>{chart}<!-- EM_StockImg_End --><p>欧洲收跌。</p>"
    )
    assert texts(html) == ["标普跌。", "欧洲收跌。"]


@pytest.mark.parametrize(
    "picture",
    [
        '<img src="https://webquotepic.eastmoney.com/GetPic.aspx?nid=100.DJIA&at=1" alt="DJIA">',
        '<center><img alt="K图 DJIA" data-code="K DJIA|100|_UI" src="https://x.cn/a.png"></center>',
        '<a class="EmImageRemark" href="http://quote.eastmoney.com/unify/r/100.DJIA">'
        '<img alt="DJIA"></a>',
    ],
)
def test_chart_is_known_by_class_address_or_label(picture: str) -> None:
    body = read_body(picture)
    (found,) = body.securities
    assert (found.security, found.evidence.removeprefix("K图 ")) == ("100.DJIA", "DJIA")
    assert body.images == ()


def test_us_quote_page_gives_its_market_by_data_code() -> None:
    html = (
        '<a href="http://quote.eastmoney.com/us/MSTR.html" data-code="MSTR|105|7"'
        ' class="EmImageRemark"><img alt="R图 MSTR_0"></a>'
        '<p><a href="http://quote.eastmoney.com/us/COIN.html">Coinbase</a></p>'
    )
    assert list(securities(html)) == ["105.MSTR"]


@pytest.mark.parametrize(
    ("frame", "key"),
    [
        (
            '<span id="stock_3001042"><a class="keytip" href="http://quote.eastmoney.com/SZ300104.html">名</a></span>',
            "0.300104",
        ),
        ('<span id="stock_3001042">名</span><span id="quote_3001042"></span>', "0.300104"),
        ('<span id="stock_6007171"><a class="keytip">名</a></span>', "1.600717"),
        ('<span id="stock_007005">名</span>', "116.00700"),
        ('<span id="stock_NASDAQ_INTC7">名</span><span id="quote_INTC7"></span>', "105.INTC"),
        (
            '<span id="bk_474">名</span>'
            '<span id="bkquote_474">(<a href="#">行情</a> <a>专区</a>)</span>',
            "90.BK0474",
        ),
    ],
)
def test_ids_of_older_years_name_securities(frame: str, key: str) -> None:
    html = f"<p>引进了{frame}、思爱普</p>"
    assert texts(html) == ["引进了名、思爱普"]
    assert [(s.security, s.mentions) for s in read_body(html).securities] == [(key, 1)]


def test_order_is_that_of_first_appearance() -> None:
    html = f"<p>{common('1.600636', '国新文化')}、{KEYTIP}</p>{CHART}<p>{KEYTIP}</p>"
    assert list(securities(html)) == ["1.600636", "1.600160", "0.002752"]


def test_evidence_is_one_sentence_of_at_most_200_characters_with_the_name_in_it() -> None:
    html = f"<p>{'前' * 300}{KEYTIP}{'后' * 300}</p>"
    evidence = only_security(html).evidence
    assert len(evidence) <= 200
    assert "巨化股份" in evidence


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("0.002752", "stock"), ("1.600160", "stock"), ("106.NIO", "stock"), ("116.00700", "stock"),
        ("105.NVDA", "stock"), ("107.SPY", "stock"), ("1.000001", "index"), ("0.399006", "index"),
        ("0.000001", "stock"), ("100.NDX", "index"), ("2.931071", "index"), ("90.BK0493", "board"),
        ("133.USDCNH", "fx"), ("120.USDCNYC", "fx"), ("1.513500", "fund"), ("0.159891", "fund"),
        ("0.161725", "fund"), ("150.000001", "fund"), ("1.113050", "other"),
        ("113.rb2210", "other"),
    ],
)  # fmt: skip
def test_kind_follows_market_and_code(key: str, kind: str) -> None:
    market, code = key.split(".")
    assert kind_of(market, code) == kind


def test_mentions_come_from_the_linked_variant_and_charts_from_either() -> None:
    body = read_body(f"{CHART}<p>巨化股份已有</p>", securities_html=f"<p>{KEYTIP}已有</p>")
    assert [(s.security, s.mentions) for s in body.securities] == [("1.600160", 1), ("0.002752", 0)]
    assert body.text == "巨化股份已有"
    assert not body.variants_differ
