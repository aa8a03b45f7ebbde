"""Tables stay tables: rows of cells, never prose."""

from __future__ import annotations

import time

from newscrawler.body import read_body
from newscrawler.items import Block, BlockKind
from tests.body import blocks


def rows(html: str) -> list[list[str]]:
    (block,) = [b for b in read_body(html).blocks if b.kind is BlockKind.TABLE]
    return [list(row) for row in block.rows]


def test_table_is_one_block_after_its_caption() -> None:
    html = (
        '<p style="text-align:center;">近5日机构调研股一览</p><table border="0"><tbody>'
        "<tr><th>证券代码</th><th>证券简称</th></tr><tr><td>600519</td><td>贵州茅台</td></tr>"
        "</tbody></table><p>后</p>"
    )
    caption, table, after = read_body(html).blocks
    assert (caption.text, after.text) == ("近5日机构调研股一览", "后")
    assert table == Block(
        kind=BlockKind.TABLE,
        text="证券代码 | 证券简称\n600519 | 贵州茅台",
        rows=(("证券代码", "证券简称"), ("600519", "贵州茅台")),
    )


def test_header_cells_of_the_first_row_stay_headers_in_html() -> None:
    html = "<table><tr><th>甲</th><th>乙</th></tr><tr><th>丙</th><td>丁</td></tr></table>"
    assert read_body(html).html == (
        "<table><tr><th>甲</th><th>乙</th></tr><tr><td>丙</td><td>丁</td></tr></table>"
    )


def test_spanning_cells_keep_the_columns_in_line() -> None:
    html = (
        "<table><tr><td rowspan=2>类</td><td colspan=2>数</td></tr><tr><td>一</td><td>二</td></tr>"
        "<tr><td>三</td><td>四</td><td>五</td></tr></table>"
    )
    assert rows(html) == [["类", "数", ""], ["", "一", "二"], ["三", "四", "五"]]


def test_empty_rows_are_dropped() -> None:
    html = "<table><tr><td>一<td>二<tr><td> <td><br><tr><td>三<td>四</table>"
    assert rows(html) == [["一", "二"], ["三", "四"]]


def test_markup_inside_cells_is_flattened() -> None:
    html = (
        "<table><tr><td><p>净利<b>润</b></p><p>(万元)</p></td><td>一<br>二</td></tr>"
        "<tr><td><table><tr><td>内</td><td>表</td></tr></table></td><td><ul><li>项</ul></td></tr></table>"
    )
    assert rows(html) == [["净利润 (万元)", "一 二"], ["内 表", "项"]]


def test_table_with_one_cell_is_only_a_frame() -> None:
    html = "<table><tr><td><p>第一段。</p><p>第二段。</p></td></tr></table>"
    assert blocks(html) == [("paragraph", "第一段。"), ("paragraph", "第二段。")]


def test_table_around_a_picture_and_its_caption_is_only_a_frame() -> None:
    html = '<table><tr><td><img src="https://x.cn/a.png"></td></tr><tr><td>来源</td></tr></table>'
    body = read_body(html)
    assert [(b.kind, b.text) for b in body.blocks] == [("caption", "来源")]
    assert body.images[0].caption == "来源"


def test_table_without_text_is_none() -> None:
    assert blocks("<table><tr><td> </td><td></td></tr></table>") == []


def test_table_caption_stands_before_it() -> None:
    html = "<table><caption>表一</caption><tr><td>一<td>二</table>"
    assert [kind for kind, _ in blocks(html)] == ["caption", "table"]


def test_text_beside_the_cells_is_not_lost() -> None:
    assert blocks("<table>散<tr><td>一<td>二</table>")[0] == ("paragraph", "散")


def test_cells_without_a_table_are_blocks() -> None:
    assert [text for _, text in blocks("<td>一</td><tr><td>二")] == ["一", "二"]


def test_security_in_a_table_has_its_row_as_evidence() -> None:
    html = (
        "<table><tr><td>代码<td>简称</tr><tr><td>600519<td>"
        '<a class="keytip" data-code="1,600519">贵州茅台</a></tr></table>'
    )
    (found,) = read_body(html).securities
    assert (found.mentions, found.name, found.evidence) == (1, "贵州茅台", "600519 | 贵州茅台")


def test_picture_in_a_table_follows_it() -> None:
    html = '<p>前</p><table><tr><td>一<img src="https://x.cn/a.png"><td>二</table>'
    assert [image.after_block for image in read_body(html).images] == [2]


def test_absurd_spans_are_cut() -> None:
    begun = time.perf_counter()
    assert len(rows('<table><tr><td colspan="99999999">一<td rowspan=-3>二</table>')[0]) == 51
    body = read_body("<table>" + "<tr><td colspan=50 rowspan=50>a" * 5_000 + "</table>")
    assert len(body.html) < 1_000_000
    assert time.perf_counter() - begun < 10
