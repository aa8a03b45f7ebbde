"""Cleaning of text: what goes, what becomes a space, what stays."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.text import MAX_MARKS, clean_block, clean_line, mend_surrogates

anything = st.text(st.characters(exclude_categories=()))
"""All of Unicode, lone surrogates and noncharacters included."""

troublesome = st.text(
    st.sampled_from(
        "a国 \t\n\r\u3000\xa0\u200b\u202e\ufeff\x00\x85\u2028\u0301\u0338e>\ud800\udc00"
    )
)


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("  A股  三大\t指数\r\n收涨 ", "A股 三大 指数 收涨"),
        ("\u3000\u3000美东时间周五，", "美东时间周五，"),
        ("华西证券\u3000李立峰\xa0", "华西证券\u3000李立峰"),
        ("收盘\xa0报价", "收盘 报价"),
        ("银\x00行\x07股", "银行股"),
        ("左\u202e右\u2066中\u2069", "左右中"),
        ("零\u200b宽\u200d字\u2060符\ufeff", "零宽字符"),
        ("\ufeff标题", "标题"),
        ("一\u2028二\x85三\x0c四", "一 二 三 四"),
        ("软\u00ad连字", "软连字"),
        ("坏\ufffd字", "坏\ufffd字"),
        ("e\u0301", "é"),
        ("\ufffe非字符\uffff", "非字符"),
        ("", ""),
        (" \t\u3000", ""),
    ],
)
def test_line_is_cleaned(raw: str, line: str) -> None:
    assert clean_line(raw) == line


def test_surrogate_pair_becomes_its_character_and_a_lone_one_nothing() -> None:
    assert clean_line("涨\ud83d\ude00停\ud800！\udc00") == "涨😀停！"


def test_block_keeps_line_breaks_between_lines_with_text() -> None:
    assert clean_block("\n 一、 \r\n\r\n\u3000二、\r三、\n") == "一、\n二、\n三、"


def test_typographic_space_inside_stays() -> None:
    assert clean_line("a\u2003b\u3000c") == "a\u2003b\u3000c"


@given(anything | troublesome)
def test_line_is_valid_nfc_text_without_control_characters(raw: str) -> None:
    line = clean_line(raw)
    line.encode()
    assert unicodedata.is_normalized("NFC", line)
    assert not [c for c in line if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]
    assert line == line.strip()


@given(anything | troublesome)
def test_cleaning_a_line_again_changes_nothing(raw: str) -> None:
    once = clean_line(raw)
    assert clean_line(once) == once


@given(anything | troublesome)
def test_cleaning_a_block_again_changes_nothing(raw: str) -> None:
    once = clean_block(raw)
    assert clean_block(once) == once
    assert "" not in once.split("\n") or once == ""


@given(anything | troublesome)
def test_a_block_is_its_lines(raw: str) -> None:
    assert [clean_line(line) for line in clean_block(raw).split("\n")] == clean_block(raw).split(
        "\n"
    )


def test_every_character_alone_and_between_letters_is_cleaned_for_good() -> None:
    for code in range(0x110000):
        for raw in (chr(code), f"a{chr(code)}b"):
            line = clean_line(raw)
            line.encode()
            assert clean_line(line) == line, hex(code)


@given(st.text(st.characters(categories=["L", "N", "P", "So"])))
def test_visible_characters_only_change_by_normalisation(raw: str) -> None:
    assert clean_line(raw) == unicodedata.normalize("NFC", raw)


@given(anything)
def test_mended_text_can_be_encoded(raw: str) -> None:
    mended = mend_surrogates(raw)
    mended.encode()
    assert mended == raw or any("\ud800" <= c <= "\udfff" for c in raw)


def test_a_heap_of_combining_marks_is_cut_instead_of_sorted_for_hours() -> None:
    begun = time.perf_counter()
    line = clean_line("a" + "\u0301\u0327" * 500_000 + "。")
    assert time.perf_counter() - begun < 5
    assert len(line) <= MAX_MARKS + 2
