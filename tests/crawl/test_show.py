"""`newscrawler show`: a correction as a reader sees it; what makes a revision, what does not."""

from __future__ import annotations

import json
from contextlib import closing

import pytest

from newscrawler.replica import World
from newscrawler.selftest.upstream import article_of
from newscrawler.store.engine import open_database
from newscrawler.store.migrate import prepare
from tests.crawl.conftest import Shell
from tests.store.make import article, save, start

SEED = "202202242287513337"
TEXT = "<p>第一段没有变。</p><p>第二段没有变。</p><p>公司营收同比增长15.2%，利润下降。</p>"


def test_a_correction_and_its_withdrawal_are_shown_word_by_word(shell: Shell) -> None:
    world = shell.replica.world
    title = world.article(SEED).title
    world.edit(SEED, title=title, text=TEXT)
    shell.newscrawler("fetch", f"NW{SEED}")
    world.edit(SEED, title=title + "（更正）", text=TEXT.replace("15.2", "12.5"))
    shell.newscrawler("fetch", f"NW{SEED}", "--refresh")
    world.edit(SEED, title=title, text=TEXT)
    shell.newscrawler("fetch", f"NW{SEED}", "--refresh")

    rows = shell.rows("SELECT revision, title, content_hash FROM news_revisions")
    assert [row["revision"] for row in rows] == [1, 2, 3]
    assert rows[0]["content_hash"] == rows[2]["content_hash"] != rows[1]["content_hash"]

    lines = shell.newscrawler("show", SEED, "--diff").stdout.splitlines()
    second = [line.strip() for line in lines[lines.index("revisions: 3") + 2 :]]
    assert second[0].endswith("（更正） · headline changed")
    assert second[1:4] == [
        f"headline changed: {title}{{+（更正）+}}",
        "… 2 paragraphs unchanged",
        "paragraph 3: 公司营收同比增长[-15.2%-]{+12.5%+}，利润下降。",
    ]
    shown = json.loads(shell.newscrawler("show", SEED, "--diff", "--json").stdout)
    first, second_diff = shown["diffs"]
    assert (first["before"], first["after"], second_diff["after"]) == (1, 2, 3)
    assert (first["headline_changed"], first["text_changed"]) == (True, True)
    assert first["passages"] == [
        {"op": "equal", "count": 2},
        {
            "op": "changed",
            "before": 3,
            "after": 3,
            "segments": [
                {"op": "equal", "text": "公司营收同比增长"},
                {"op": "removed", "text": "15.2%"},
                {"op": "added", "text": "12.5%"},
                {"op": "equal", "text": "，利润下降。"},
            ],
        },
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            '<p>文</p><img src="https://np-newspic.dfcfw.com/a/1.jpg?v=1">',
            '<p>文</p><img src="https://webquoteklinepic.example.com/a/1.jpg?v=2&amp;w=3">',
            id="a picture's host and query",
        ),
        pytest.param(
            "<p>第一句。第二句。</p>", "<p>\u3000\u3000第一句。第二句。\n </p>", id="spaces"
        ),
        pytest.param("<p>第一句。</p>", "<div><p><b>第一句。</b></p></div>\n", id="markup"),
        pytest.param(
            '<p>见<a href="https://a.example/1">公告</a>。</p>',
            '<p>见<a href="https://b.example/2?x=1">公告</a>。</p>',
            id="links",
        ),
        pytest.param(
            "<p>贵州茅台大涨。</p>",
            "<p>贵州茅台大涨。</p><p><img src="
            '"https://webquotepic.eastmoney.com/GetPic.aspx?nid=1.600519&amp;imageType=knews"></p>',
            id="a live chart",
        ),
    ],
)
def test_what_no_reader_sees_makes_no_revision(before: str, after: str) -> None:
    assert hash_of(before) == hash_of(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("<p>涨1%</p>", "<p>涨2%</p>", id="a figure"),
        pytest.param("<p>甲乙</p>", "<p>甲</p><p>乙</p>", id="paragraphs"),
        pytest.param(
            '<p>文</p><img src="https://np-newspic.dfcfw.com/a/1.jpg">',
            '<p>文</p><img src="https://np-newspic.dfcfw.com/a/2.jpg">',
            id="another picture",
        ),
    ],
)
def test_what_a_reader_sees_makes_a_revision(before: str, after: str) -> None:
    assert hash_of(before) != hash_of(after)


def hash_of(text: str) -> str:
    world = World.recorded()
    world.edit(SEED, title="题", text=text)
    return article_of(SEED, world.encoded_answer(SEED) or b"").content_hash


def test_duplicates_are_shown_with_their_reason(shell: Shell) -> None:
    with closing(open_database(f"sqlite:///{shell.database}")) as database:
        prepare(database)
        run_id = start(database)
        save(database, run_id, article("1", "同文", title="原文"))
        save(database, run_id, article("2", "同文", title="转载"))
    assert "duplicate: article 2 · 中国邮政快递报 · 转载 (same_text)" in (
        shell.newscrawler("show", "1").stdout
    )
    copy = shell.newscrawler("show", "2").stdout
    assert "duplicate of article 1 · 中国邮政快递报 · 原文 (same_text)" in copy
