"""Pieces of markup to make hostile pages of."""

from __future__ import annotations

FRAGMENTS = [
    "<p>", "</p>", "<b>", "</b>", "<strong>", "</strong>", "<em>", "</em>", "<i>", "</i>", "<br>",
    "<a href='https://x.cn/a?b=1&c=\"2\"'>", "<a href='HTTP://中.cn/'>", "<a href=javascript:1>",
    "</a>", "<div>", "</div>", "<ul>", "<ol>", "<li>", "</li>", "</ul>", "<blockquote>",
    "</blockquote>", "<h2>", "</h2>", "<table>", "<tr>", "<td>", "<th colspan=3>", "</td>",
    "</tr>", "</table>", "<img src='https://x.cn/a_w1h2.png' alt='\"<&>'>", "<script>", "</script>",
    "<style>", "</style>", "<svg>", "</svg>", "<math>", "<form>", "</form>", "<template>",
    "<select>", "<option>", "<center>", "</center>", "<pre>", "</pre>", "<!--", "-->",
    "<![CDATA[", "<p style='text-align:center'>", "<p class=em_media>", "（文章来源：x）",
    "(点击", ")", "&lt;", "&amp;", "&#x3C;", "&nbsp;", "\u3000", "\n", "  ", "<", ">", "\"", "'",
    "&", "=", "/", "a", "国", "\u0338",
    "e\u0301", "\x00", "\x01", "\ud800", "\ufeff", "\u202e", "。", "<figure>", "<figcaption>",
    "<span class=em_stock_key_common data-code='1,600519'>", "</span>", "<textarea>", "<title>",
]  # fmt: skip
"""Pieces of HTML and awkward text."""

DIALECT = [
    "<span id='stock_1.600519'>", "<a class=keytip data-code='1,600519'>", "<span id='quote_1'>",
    "<a class=EmImageRemark data-code='NIO|106|7'>", "<img alt='K图 A' data-code='K NIO|106|7'>",
    "<p hidden>", "<a class=toplink>", "<img class=em_handle_adv_close>", "<!--IMG#0-->", "点击",
    "(原标题：x)", "(责任编辑：x)", "（文章来源：", "）", "相关报道>>>", "郑重声明：东方财富",
    "风险提示及免责条款", "<a href='http://x.cn/a/202205302396506117.html'>", "<wbr>", "<caption>",
    "<video src='https://v.cn/a'>", "</video>", "<div class=abstract>", "<br><br>",
    "<br>\u3000\u3000", "甲乙丙丁戊己庚辛壬癸" * 3,
]  # fmt: skip
"""Pieces of upstream's own dialect."""
