"""Pictures: address, size, place among the blocks, caption; mobile placeholders."""

from __future__ import annotations

import pytest

from newscrawler.body import read_body
from newscrawler.items import Image
from tests.body import blocks

UPSTREAM = (
    '<center><img src="https://dfscdn.dfcfw.com/download/D24676903417074885805_w800h555.jpg"'
    ' alt="Image" width="552" style="border:#d1d1d1 1px solid;padding:3px;margin:5px 0;" />'
    "</center>"
)
URL = "https://dfscdn.dfcfw.com/download/D24676903417074885805_w800h555.jpg"


def image(html: str) -> Image:
    (found,) = read_body(html).images
    return found


def test_picture_has_its_place_and_the_size_in_its_name() -> None:
    found = image(f"<p>前</p>{UPSTREAM}<p>后</p>")
    assert found == Image(url=URL, width=800, height=555, after_block=1)


def test_centred_paragraph_after_a_picture_is_its_caption() -> None:
    html = f'{UPSTREAM}<p style="text-align:center;">图片来源：霍尼韦尔官网</p><p>正文</p>'
    assert blocks(html) == [("caption", "图片来源：霍尼韦尔官网"), ("paragraph", "正文")]
    assert image(html).caption == "图片来源：霍尼韦尔官网"


@pytest.mark.parametrize(
    "caption",
    [
        '<p align="center">来源</p>',
        "<center>来源</center>",
        '<div style="text-align: center"><p><span style="color:#b3b3b3">来源</span></p></div>',
    ],
)
def test_caption_may_be_centred_in_any_way(caption: str) -> None:
    assert image(UPSTREAM + caption).caption == "来源"


def test_caption_in_the_paragraph_of_the_picture_is_found() -> None:
    html = f'<p style="text-align:center"><img src="{URL}"><br>来源</p>'
    assert (blocks(html), image(html).caption) == ([("caption", "来源")], "来源")


def test_figure_caption_is_the_caption() -> None:
    html = f'<figure><img src="{URL}"><figcaption>来源</figcaption></figure><p>正文</p>'
    assert (blocks(html)[0], image(html).caption) == (("caption", "来源"), "来源")


def test_centred_paragraph_elsewhere_is_a_paragraph() -> None:
    html = f'{UPSTREAM}<p>正文</p><p style="text-align:center;">居中</p>'
    assert blocks(html)[1] == ("paragraph", "居中")
    assert image(html).caption is None


def test_plain_note_after_a_picture_is_prose() -> None:
    assert blocks(f"{UPSTREAM}<p>注：数据来自官网</p>") == [("paragraph", "注：数据来自官网")]


def test_centred_bold_title_after_a_picture_is_a_heading() -> None:
    html = f'{UPSTREAM}<p style="text-align:center"><strong>二、市场</strong></p>'
    assert blocks(html) == [("heading", "二、市场")]


def test_caption_belongs_to_the_nearest_picture() -> None:
    html = f'{UPSTREAM}{UPSTREAM}<p style="text-align:center">来源</p>'
    assert [found.caption for found in read_body(html).images] == [None, "来源"]


@pytest.mark.parametrize("alt", ["Image", "image", "图片", ""])
def test_placeholder_as_alternative_text_is_none(alt: str) -> None:
    assert image(f'<img src="{URL}" alt="{alt}">').caption is None


def test_real_alternative_text_is_the_caption_if_there_is_no_other() -> None:
    assert image(f'<img src="{URL}" alt=" 走势图 ">').caption == "走势图"
    html = f'<img src="{URL}" alt="走势图"><p align=center>来源</p>'
    assert image(html).caption == "来源"


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="630" height="1071"', (630, 1071)),
        ('width="630px" height="1071px"', (630, 1071)),
        ('width="552"', (None, None)),
        ('width="100%" height="auto"', (None, None)),
        ('width="0" height="0"', (None, None)),
        ('width="99999" height="10"', (None, None)),
    ],
)
def test_size_of_the_attributes_counts_only_if_complete_and_plausible(
    attributes: str, size: tuple[int | None, int | None]
) -> None:
    found = image(f'<img src="https://x.cn/a.png" {attributes}>')
    assert (found.width, found.height) == size


@pytest.mark.parametrize(
    ("attributes", "url"),
    [
        ('src="//x.cn/a.png"', "https://x.cn/a.png"),
        ('src="/loading.gif" data-src="https://x.cn/a.png"', "https://x.cn/a.png"),
        ('src="data:image/gif;base64,R0" data-original="http://x.cn/a.png"', "http://x.cn/a.png"),
    ],
)
def test_address_is_absolute(attributes: str, url: str) -> None:
    assert image(f"<img {attributes}>").url == url


@pytest.mark.parametrize(
    "source", ["", "a.png", "data:image/png;base64,AA", "javascript:x", "ftp://x"]
)
def test_picture_without_a_web_address_is_none(source: str) -> None:
    assert read_body(f'<img src="{source}">').images == ()


def test_picture_inside_a_sentence_does_not_split_it() -> None:
    html = f'<p>前<img src="{URL}">后</p><p>下</p>'
    assert blocks(html) == [("paragraph", "前后"), ("paragraph", "下")]
    assert image(html).after_block == 1


def test_place_counts_only_the_blocks_that_stay() -> None:
    html = f'<p>(原标题：甲)</p><p>乙</p>{UPSTREAM}<p class="em_media">（文章来源：丙）</p>'
    assert image(html).after_block == 1


def test_pictures_keep_their_order_also_without_any_text() -> None:
    html = "".join(f'<p><img src="https://x.cn/{at}.png"></p>' for at in range(3))
    body = read_body(html)
    assert [found.url[-5] for found in body.images] == ["0", "1", "2"]
    assert body.blocks == ()


def test_mobile_picture_placeholder_is_the_numbered_picture() -> None:
    images = [{"src": URL, "width": 552, "height": "", "border": 0, "style": None}]
    body = read_body("<p>前</p><!--IMG#0--><p>后</p>", images=images)
    assert body.images == (Image(url=URL, width=800, height=555, after_block=1),)


def test_mobile_chart_placeholder_is_no_picture() -> None:
    images = [{"src": "https://x.eastmoney.com/GetPic.aspx?nid=1.600519&imageType=k", "alt": "K图"}]
    html = '<a class="EmImageRemark" data-code="600519|1|2"><!--IMG#0--></a><!-- IMG#0 -->'
    body = read_body(html, images=images)
    assert ([s.security for s in body.securities], body.images) == (["1.600519"], ())


def test_mobile_link_placeholder_is_the_text_and_the_security_of_the_frame() -> None:
    links = [{"text": "国电南瑞", "url_w": "http://quote.eastmoney.com/sh600406.html", "url_m": ""}]
    html = '<p>据悉<span id="stock_6004061"><!--Link#0--></span>中标，<!--Link#0-->称</p>'
    body = read_body(html, links=links)
    assert body.text == "据悉国电南瑞中标，国电南瑞称"
    assert [(s.security, s.mentions) for s in body.securities] == [("1.600406", 2)]


@pytest.mark.parametrize("placeholder", ["<!--IMG#1-->", "<!--Link#7-->", "<!--IMG#99999999-->"])
def test_placeholder_without_its_entry_is_nothing(placeholder: str) -> None:
    body = read_body(f"<p>前{placeholder}后</p>", images=[{"src": URL}], links=[{"text": "x"}])
    assert (body.text, body.images) == ("前后", ())
