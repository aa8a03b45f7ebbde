"""What a correction changed: in words that a reader takes in, and never wrong about the text."""

from __future__ import annotations

import time
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.diff import Op, Segment, difference
from newscrawler.diff.passages import align
from newscrawler.diff.words import compare

MARKS = {Op.EQUAL: "{}", Op.REMOVED: "[-{}-]", Op.ADDED: "{{+{}+}}"}
NEWSY = st.text(alphabet="涨跌停板报3.52%，。元 AST的了", max_size=40)


def marked(segments: Iterable[Segment]) -> str:
    return "".join(MARKS[segment.op].format(segment.text) for segment in segments)


def side(segments: Iterable[Segment], gone: Op) -> str:
    return "".join(segment.text for segment in segments if segment.op is not gone)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("下跌3.2%，报12.5元", "下跌3.5%，报12.7元", "下跌[-3.2%-]{+3.5%+}，报[-12.5-]{+12.7+}元"),
        ("央行今日操作。", "央行昨日操作。", "央行[-今-]{+昨+}日操作。"),
        ("涨停", "跌停板", "[-涨停-]{+跌停板+}"),
        ("甲，乙，", "甲，丙，乙，", "甲，{+丙，+}乙，"),
        ("甲，丙，乙。", "甲，乙。", "甲，[-丙，-]乙。"),
        ("同比增长15.2%", "增长15.2%", "[-同比-]增长15.2%"),
        ("ST康美", "*ST康美", "{+*+}ST康美"),
        ("ET7交付", "ET5交付", "[-ET7-]{+ET5+}交付"),
        ("", "新", "{+新+}"),
        ("旧", "", "[-旧-]"),
        ("同", "同", "同"),
        (
            "他在会上表示，公司将继续加大研发投入。",
            "董事长在股东大会上指出，未来将增加研发方面的投入。",
            "[-他在会上表示-]{+董事长在股东大会上指出+}，[-公司将继续加大研发-]{+未来将增加研发方面的+}投入。",
        ),
    ],
)
def test_changed_words_are_marked_where_they_stand(before: str, after: str, expected: str) -> None:
    assert marked(compare(before, after)) == expected


@given(NEWSY | st.text(max_size=30), NEWSY | st.text(max_size=30))
def test_both_texts_can_be_read_from_the_difference(before: str, after: str) -> None:
    segments = compare(before, after)
    assert side(segments, Op.ADDED) == before
    assert side(segments, Op.REMOVED) == after
    assert all(segment.text for segment in segments)


@given(st.lists(NEWSY, max_size=8), st.lists(NEWSY, max_size=8))
def test_every_paragraph_of_both_texts_is_there_once_and_in_order(
    old: list[str], new: list[str]
) -> None:
    passages = align(old, new)
    assert [each.before for each in passages if each.before] == list(range(1, len(old) + 1))
    assert [each.after for each in passages if each.after] == list(range(1, len(new) + 1))
    assert [side(each.segments, Op.ADDED) for each in passages if each.before] == old
    assert [side(each.segments, Op.REMOVED) for each in passages if each.after] == new


def test_a_changed_paragraph_is_found_beside_new_and_lost_ones() -> None:
    old = ["导语。", "将要删去的一段话。", "公司营收增长10%，利润下降。", "结尾。"]
    new = ["导语。", "公司营收增长12%，利润下降。", "补充说明的新段落。", "结尾。"]
    assert [(each.before, each.after, each.is_changed) for each in align(old, new)] == [
        (1, 1, False),
        (2, None, True),
        (3, 2, True),
        (None, 3, True),
        (4, 4, False),
    ]


def test_long_texts_take_no_longer_than_a_reader_waits() -> None:
    old = "，".join(f"第{number}句话说的是股市行情" for number in range(20_000))
    new = old.replace("第777句", "第七百七十七句").replace("第15000句话", "第15000句")
    began = time.process_time()
    segments = compare(old, new)
    assert time.process_time() - began < 5
    assert [each.text for each in segments if each.op is Op.ADDED] == ["七百七十七"]
    assert side(segments, Op.REMOVED) == new


def test_two_thousand_new_paragraphs_take_no_longer_either() -> None:
    began = time.process_time()
    align([f"旧 {number}" for number in range(2000)], [f"新文 {number}" for number in range(2000)])
    assert time.process_time() - began < 5


def revision(number: int, **more: object) -> dict[str, object]:
    said = {
        "title": "题",
        "source": "新华社",
        "published_local": "2026",
        "summary": "",
        "body": "文",
    }
    return {"revision": number} | said | more


def test_a_new_headline_is_flagged() -> None:
    found = difference(revision(1), revision(2, title="新题"))
    assert found.headline
    assert not found.text
    assert marked(found.fields["title"]) == "{+新+}题"


def test_only_fields_that_differ_are_named() -> None:
    found = difference(revision(2), revision(3, source="财联社", body="文章"))
    assert list(found.fields) == ["source"]
    assert (found.before, found.after, found.headline, found.text) == (2, 3, False, True)
