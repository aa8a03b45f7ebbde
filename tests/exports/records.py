"""Records as the store hands them out, of any text it may ever hold."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from hypothesis import strategies as st

from newscrawler.exports.formats import About, Format, Record
from newscrawler.store.views import VIEWS
from newscrawler.text import clean_block, clean_line

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
ABOUT = About(version="0.1", created_at=NOW, filters={"source": "新华社 <&>"})

NASTY = [
    '=HYPERLINK("http://a","b")', "@SUM(A1)", "+1", "-1", "'quoted", "\t=1", "＝1", "]]>",
    "<b>&amp;", '"', '","=1', "a\r\nb", "\x00\x07\x1b", "---", "{{ x }}", "{% raw %}", "# a",
    "1. a", "* a", "| a |", "**a**", "[a](b)", "`a`", "&copy;", "- a", "+ a", "> a", "~~~", "===",
    "a\\", "<!-- a", "😀𠮷", "",
]  # fmt: skip
RAW = st.text(max_size=30) | st.sampled_from(NASTY)
"""More than the store ever holds: for formats that must survive anything."""
LINES = RAW.map(clean_line)
BLOCKS = RAW.map(clean_block)
TIMES = st.integers(0, 2**32).map(lambda seconds: datetime.fromtimestamp(seconds + 0.125, UTC))


_NUMBERS = (
    "article_id", "paragraph_count", "revision", "run_id", "change_seq", "parser_version",
)  # fmt: skip
_TIMES = ("published_at", "first_seen_at", "last_seen_at", "updated_at")


def record(**more: Any) -> Record:
    """One row of `news` with no parts."""
    row: Record = dict.fromkeys(VIEWS["news"].c.keys(), "文")
    row |= dict.fromkeys(_NUMBERS, 7) | dict.fromkeys(_TIMES, NOW)
    row |= dict.fromkeys(("duplicate_of", "duplicate_reason", "gone_at", "editor"), None)
    row |= {"url": "https://news.example/1", "site": "site", "external_id": "1"}
    parts: Record = {"paragraphs": [], "images": [], "securities": [], "related": []}
    return row | parts | more


def security(code: str = "600160", name: str | None = "巨化股份") -> Record:
    """One row of `news_securities`, without `article_id`."""
    return {
        "security": f"1.{code}", "market": "1", "code": code, "name": name, "kind": "stock",
        "mentions": 1, "evidence": "巨化股份涨停", "confidence": "high", "position": 1,
    }  # fmt: skip


def paragraph(text: str, kind: str = "paragraph", cells: list[list[str]] | None = None) -> Record:
    """One row of `news_paragraphs`, without `article_id`."""
    said = None if cells is None else json.dumps(cells, ensure_ascii=False)
    return {"position": 1, "kind": kind, "text": text, "cells": said}


def any_record(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Record]:
    """Rows of `news` with such texts."""
    columns = ("title", "source", "summary", "body", "published_local", "language")
    return st.builds(
        record,
        **dict.fromkeys(columns, texts),
        editor=st.none() | texts,
        published_at=TIMES,
        gone_at=st.none() | TIMES,
        duplicate_of=st.none() | st.integers(1, 2**62),
        securities=st.lists(st.just(security()), max_size=2),
        paragraphs=st.lists(st.builds(paragraph, texts), max_size=2),
        related=st.lists(texts, max_size=2),
    )


def written(form: Format, *records: Record) -> bytes:
    """What the format makes of the records."""
    sink = BytesIO()
    form.write(iter(records), sink, ABOUT)
    return sink.getvalue()
