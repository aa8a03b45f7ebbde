"""What a consumer parses back from a file equals what the store has, whatever the text is."""

from __future__ import annotations

import csv
import io
import json
import sys
from datetime import datetime
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawler.errors import ConfigError
from newscrawler.exports.atom import atom
from newscrawler.exports.formats import Format, Record
from newscrawler.exports.jsonl import JSONL
from newscrawler.exports.parquet import parquet
from newscrawler.exports.table import NEWS, guarded, unguarded
from newscrawler.exports.table import csv as csv_format
from newscrawler.exports.values import decoded
from tests.exports.records import LINES, NOW, RAW, any_record, paragraph, record, security, written

# Neither has type information.
etree: Any = import_module("lxml.etree")
arrow_parquet: Any = import_module("pyarrow.parquet")

RECORDS = st.lists(any_record(LINES), max_size=3)
SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
ATOM = "{http://www.w3.org/2005/Atom}"


def in_json(value: Any) -> Any:
    return json.loads(json.dumps(value, default=datetime.isoformat))


@settings(max_examples=30)
@given(st.lists(any_record(RAW), max_size=3))
def test_json_lines_have_everything_one_object_a_line(records: list[Record]) -> None:
    lines = written(JSONL, *records).decode().split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == [in_json(decoded(each)) for each in records]


def test_json_lines_have_tables_as_lists() -> None:
    table = paragraph("a | b", "table", [["a", "b"]])
    (line,) = written(JSONL, record(paragraphs=[table])).decode().splitlines()
    assert json.loads(line)["paragraphs"][0]["cells"] == [["a", "b"]]


@settings(max_examples=30)
@given(st.lists(any_record(RAW), max_size=3), st.booleans())
def test_csv_cells_are_the_columns_of_news(records: list[Record], bom: bool) -> None:
    raw = written(csv_format(bom=bom), *records)
    text = raw.decode("utf-8-sig" if bom else "utf-8")
    assert raw.startswith(b"\xef\xbb\xbf") == bom
    names, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert tuple(names) == NEWS
    assert [[unguarded(cell) for cell in row] for row in rows] == [
        [cell_of(each[name]) for name in NEWS] for each in records
    ]


def cell_of(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(row["security"] for row in value)
    return "" if value is None else value.isoformat() if isinstance(value, datetime) else str(value)


@settings(max_examples=30)
@given(RAW)
def test_no_cell_begins_as_a_formula_does(text: str) -> None:
    cell = guarded(text)
    assert unguarded(cell) == text
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))


def test_csv_tells_null_from_an_empty_text() -> None:
    line = written(csv_format(), record(editor=None, summary="", securities=[])).decode()
    names, values = (part.split(",") for part in line.splitlines())
    cells = dict(zip(names, values, strict=True))
    assert (cells['"editor"'], cells['"summary"']) == ("", '""')


def test_csv_lines_end_as_the_rfc_says() -> None:
    assert written(csv_format(), record()).count(b"\r\n") == 2


@settings(max_examples=30)
@given(RECORDS)
def test_parquet_rows_are_the_records(records: list[Record]) -> None:
    table = arrow_parquet.read_table(io.BytesIO(written(parquet(), *records)))
    assert table.to_pylist() == [decoded(each) for each in records]


def test_parquet_has_types_and_says_where_it_comes_from() -> None:
    raw = written(parquet(), record(paragraphs=[paragraph("a", "table", [["a"]])]))
    file = arrow_parquet.ParquetFile(io.BytesIO(raw))
    schema = file.schema_arrow
    assert str(schema.field("published_at").type) == "timestamp[us, tz=UTC]"
    assert str(schema.field("article_id").type) == "int64"
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    assert schema.metadata[b"newscrawler.created_at"] == NOW.isoformat().encode()


def test_parquet_without_pyarrow_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ConfigError, match=r"pip install 'newscrawler\[parquet\]'"):
        written(parquet(), record())


def feed_of(form: Format, *records: Record) -> Any:
    """The feed, which is a valid one."""
    feed = etree.fromstring(written(form, *records))
    SCHEMA.assertValid(feed)
    return feed


def xml_text(text: str) -> str:
    """The text without what XML cannot hold."""
    return "".join(
        each for each in text if each in "\t\n\r" or (each >= " " and each not in "\ufffe\uffff")
    )


@settings(max_examples=30)
@given(st.lists(any_record(RAW), max_size=3))
def test_atom_is_valid_and_has_the_texts(records: list[Record]) -> None:
    feed = feed_of(atom(), *records)
    entries = feed.findall(f"{ATOM}entry")
    assert [each.findtext(f"{ATOM}title") for each in entries] == [
        xml_text(each["title"]) for each in records
    ]
    assert [each.findtext(f"{ATOM}content") for each in entries] == ["文"] * len(records)
    assert [each.findtext(f"{ATOM}published") for each in entries] == [
        each["published_at"].isoformat().replace("+00:00", "Z") for each in records
    ]


@pytest.mark.parametrize(
    "url", ["https://a.example/?a=1&b=新 闻<\"'>{}|^`\\\x01", "http://[::1]/%41"]
)
def test_atom_links_any_address(url: str) -> None:
    (link,) = feed_of(atom(), record(url=url)).iterfind(f"{ATOM}entry/{ATOM}link")
    assert link.get("href").startswith(url[:8])


def test_atom_says_what_feed_readers_want() -> None:
    feed = feed_of(atom(url="https://me.example/news.atom"), record(securities=[security()]))
    assert feed.findtext(f"{ATOM}id") == (
        "tag:newscrawler.invalid,2026:feed/articles?source=%E6%96%B0%E5%8D%8E%E7%A4%BE+%3C%26%3E"
    )
    assert feed.find(f"{ATOM}link").attrib["rel"] == "self"
    assert feed.findtext(f"{ATOM}updated") == "2026-01-02T03:04:05.678901Z"
    (entry,) = feed.iterfind(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == "tag:newscrawler.invalid,2026:site/1"
    (category,) = entry.iterfind(f"{ATOM}category")
    assert (category.get("term"), category.get("label")) == ("1.600160", "巨化股份")


def correction(before: str, after: str, title: str = "题") -> Record:
    older = {
        "revision": 1, "title": "题", "source": "新华社", "published_local": "", "summary": "",
        "body": before, "seen_at": NOW,
    }  # fmt: skip
    newer = {**older, "revision": 2, "title": title, "body": after}
    known = {"article_id": 1, "site": "site", "external_id": "1", "url": "https://news.example/1"}
    return {**known, "older": older, "newer": newer}


def test_atom_marks_what_a_correction_changed() -> None:
    made = correction("首段。\n增长15.2%。\n尾段。", "首段。\n增长12.5%。\n尾段。", "新题")
    (entry,) = feed_of(atom(corrections=True), made).iterfind(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == "tag:newscrawler.invalid,2026:site/1/2"
    assert entry.find(f"{ATOM}category").get("term") == "headline"
    assert entry.findtext(f"{ATOM}content") == (
        "<p><strong><ins>新</ins>题</strong></p><p>…</p>"
        "<p>增长<del>15.2%</del><ins>12.5%</ins>。</p><p>…</p>"
    )


class Words(HTMLParser):
    """The text of HTML without what was taken out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self._gone = "", False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, _: object) -> None:
        self._gone = tag == "del"

    def handle_endtag(self, tag: str) -> None:
        self._gone = False

    def handle_data(self, data: str) -> None:
        self.text += "" if self._gone else data


@settings(max_examples=30)
@given(LINES, LINES.filter(bool))
def test_a_marked_correction_reads_as_the_new_text(before: str, after: str) -> None:
    (entry,) = feed_of(atom(corrections=True), correction(before, after)).iterfind(f"{ATOM}entry")
    content = entry.findtext(f"{ATOM}content") or ""
    assert Words(content).text == ("…" if before == after else after)
