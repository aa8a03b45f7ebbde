"""Which texts are one copy: examples, properties, and the labelled pairs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench._near_pairs import is_held_back, load
from bench.near import is_linked, score
from newscrawler.near.compare import Likeness, compare
from newscrawler.near.normal import Text

FLASH = "华川股份公告，持股5.2%的股东张立国计划减持公司股份不超过120万股，占公司总股本的1.5%。"
STORY = "\n".join(
    (
        "国家能源局发布数据，1至10月全社会用电量累计68254亿千瓦时，同比增长12.2%。",
        "分产业看，第二产业用电量增速高于平均水平，第三产业继续保持恢复态势，居民用电平稳。",
        "有关负责人介绍，迎峰度冬期间电力供应总体平稳，重点地区保障有力，煤炭库存处于高位。",
        "下一步将加强监测预警，指导企业提高发电能力，确保居民生活和重点领域用电。",
    )
)


def judged(one: str, other: str, *titles: str) -> Likeness:
    first, second = titles or ("", "")
    return compare(Text(first, one), Text(second, other))


SAME = {
    "another outlet's beginning": f"财联社12月8日电，{FLASH}",
    "with a reporter": f"新华社北京12月8日电（记者 王雨）{FLASH}",
    "a credit at the end": f"{FLASH}（证券时报）",
    "a disclaimer": f"{FLASH}\n免责声明：本文不构成投资建议，据此操作风险自担。",
    "half-width signs": FLASH.replace("，", ",").replace("。", "."),
    "full-width figures": FLASH.replace("5.2%", "５．２％"),
    "another word for the same": FLASH.replace("计划", "拟"),
    "a mistyped sign": FLASH.replace("股份", "股分", 1),
    "spaces": FLASH.replace("5.2", " 5.2 "),
}
OTHER = {
    "another company": FLASH.replace("华川", "东岭"),
    "one sign of the name": FLASH.replace("华川", "华江"),
    "another person": FLASH.replace("张立国", "李文华"),
    "another figure": FLASH.replace("120", "130"),
    "figures that changed places": FLASH.replace("5.2", "x")
    .replace("1.5", "5.2")
    .replace("x", "1.5"),
    "the opposite": FLASH.replace("减持", "增持"),
    "taken back": FLASH.replace("计划减持", "计划不减持"),
    "a figure and a beginning": f"财联社12月8日电，{FLASH.replace('1.5%', '2.5%')}",
}


@pytest.mark.parametrize("how", SAME)
def test_an_edited_flash_is_one_copy(how: str) -> None:
    assert judged(FLASH, SAME[how]).is_same


@pytest.mark.parametrize("how", OTHER)
def test_a_flash_of_the_same_template_is_another(how: str) -> None:
    assert not judged(FLASH, OTHER[how]).is_same


def test_a_beginning_is_a_copy_and_a_later_part_is_not() -> None:
    lines = STORY.split("\n")
    assert judged(STORY, lines[0]).is_same
    assert judged(STORY, "\n".join(lines[:2])).is_same
    assert not judged(STORY, lines[3]).is_same


def test_an_item_is_no_copy_of_the_collection_it_stands_in() -> None:
    items = [FLASH, OTHER["another figure"], STORY.split("\n")[0]]
    numbered = "\n".join(f"{place}、{item}" for place, item in enumerate(items, 1))
    for item in items:
        assert judged(item, numbered).objection is not None
        assert not judged(item, "\n".join(items), "", "早间要闻").is_same


def test_paragraphs_may_be_cut_joined_and_moved() -> None:
    lines = STORY.split("\n")
    for edited in ("".join(lines), "\n".join([lines[0], lines[2], lines[1], lines[3]])):
        assert judged(STORY, edited) == Likeness(1.0, None)


def test_similarity_is_the_share_of_the_shorter_text() -> None:
    edited = STORY.replace("煤炭库存处于高位", "")
    assert judged(STORY, edited).similarity == 1.0
    likeness = judged(STORY, STORY.replace("居民用电平稳", "居民用电平稳增长较快"))
    assert 0.9 < likeness.similarity <= 1.0


def test_a_title_tells_a_name_from_a_word() -> None:
    text = STORY + "\n" + STORY.replace("68254", "70000") + "该公司表示关注甲醇市场。"
    other = text.replace("甲醇", "尿素")
    assert judged(text, other).is_same
    assert judged(text, other, "甲醇价格", "尿素价格").objection == "names"


signs = st.sampled_from(
    "中国经济增长公司宣布数据显示上涨下跌银行证券1234567890.%，。；、（）\n 的a"
)
texts = st.text(signs, min_size=1, max_size=200)


@given(texts, texts)
def test_the_order_of_the_two_does_not_matter(one: str, other: str) -> None:
    assert judged(one, other) == judged(other, one)


@given(texts, st.data())
def test_texts_of_the_same_clauses_have_the_same_digits(text: str, data: st.DataObject) -> None:
    """So texts of different digits need not be cut into clauses to be told apart."""
    spelled = data.draw(st.lists(st.sampled_from(("", " ", "，", "。", "\n", "*")), min_size=1))
    other = "".join(sign + spelled[at % len(spelled)] for at, sign in enumerate(text))
    wide = other.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    for one in (other, wide):
        if Text("", one).clauses == Text("", text).clauses:
            assert Text("", one).digits == Text("", text).digits


@given(texts)
def test_a_text_is_a_copy_of_itself(text: str) -> None:
    likeness = judged(text, text)
    assert likeness == Likeness(1.0, None) or not Text("", text).clauses


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_two_texts_can_be_compared(one: str, other: str) -> None:
    assert 0 <= judged(one, other).similarity <= 1


@given(st.data())
def test_no_figure_may_differ(data: st.DataObject) -> None:
    figures = data.draw(st.lists(st.integers(1, 9999), min_size=3, max_size=3, unique=True))
    place = data.draw(st.integers(0, 2))
    other = list(figures)
    other[place] = data.draw(st.integers(1, 9999).filter(lambda each: each not in figures))
    flash = "某公司预计净利润{}万元，同比增长{}%，每股收益{}元，主要原因是产品销量增加。"
    one, two = flash.format(*figures), flash.format(*other)
    assert not judged(one, two).is_same
    assert judged(one, f"财联社5月30日电，{one}").is_same


@pytest.mark.parametrize("held_back", [False, True])
def test_labelled_pairs_are_judged_as_well_as_documented(held_back: bool) -> None:
    pairs = [pair for pair in load() if is_held_back(pair["story"]) is held_back]
    assert len(pairs) > 300
    precision, recall = score(pairs, is_linked)
    assert precision >= 0.99
    assert recall >= 0.95
