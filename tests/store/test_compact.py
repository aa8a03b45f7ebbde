"""Bodies are stored once: views show what was saved, and old databases show what they showed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, text

from newscrawler import failpoints
from newscrawler.items import Block, BlockKind, Body, Security, SecurityKind
from newscrawler.store import compact, migrate
from newscrawler.store.check import check
from newscrawler.store.engine import Database, open_database
from newscrawler.store.migrations.tables_0001 import metadata
from newscrawler.store.views import VIEWS
from tests.store.make import HOUR, T0, article, news, rows, save, start
from tests.store.test_migrate import UPGRADE

LONG_LINE = '第一段，有足够多的字，<b>不是标记</b>，反斜杠 \\n 与 \\u0003 \\\\ 和 "引号" &amp; \''
BODY = f"{LONG_LINE}\n小标题在这里也够长\n断 行 的话也不短\n甲 | 乙 丙 | 丁\n\n尾段 😀 足够长的文字"
LINE, HEAD, BROKEN, _, _, TAIL = BODY.split("\n")
ESCAPED = LINE.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
HTML = (
    f"<p>{ESCAPED}</p><h3>{HEAD}</h3><p>断<br>行<br>的话也不短</p>"
    "<table><tr><th>甲</th><th>乙</th></tr><tr><td>丙</td><td>丁</td></tr></table><p></p>"
    f'<figure><img src="https://img.example/1.png" alt="图"></figure><p>{TAIL}</p>'
)
BLOCKS = (
    Block(kind=BlockKind.PARAGRAPH, text=LINE),
    Block(kind=BlockKind.HEADING, text=HEAD),
    Block(kind=BlockKind.PARAGRAPH, text=BROKEN.replace(" ", "\n", 2)),
    Block(kind=BlockKind.TABLE, text="甲 | 乙\n丙 | 丁", rows=(("甲", "乙"), ("丙", "丁"))),
    Block(kind=BlockKind.PARAGRAPH, text=""),
    Block(kind=BlockKind.PARAGRAPH, text=TAIL),
)
SIMPLE = f"<p>{ESCAPED}</p><p>{TAIL}</p>"


def test_the_views_show_blocks_and_html_as_they_were_saved(db: Database, run_id: int) -> None:
    save(db, run_id, article("1", body=Body(blocks=BLOCKS, html=HTML)))
    assert news(db)["1"]["body"] == BODY
    assert news(db)["1"]["body_html"] == HTML
    assert blocks_of(db) == BLOCKS


def blocks_of(db: Database) -> tuple[Block, ...]:
    """The blocks that news_paragraphs shows of the only article."""
    found = rows(db, "news_paragraphs")
    assert [row["position"] for row in found] == list(range(1, len(found) + 1))
    cells = {None: (), '[["甲", "乙"], ["丙", "丁"]]': (("甲", "乙"), ("丙", "丁"))}
    return tuple(
        Block(kind=BlockKind(row["kind"]), text=row["text"], rows=cells[row["cells"]])
        for row in found
    )


def test_evidence_is_read_from_the_body_or_from_its_own_column(db: Database, run_id: int) -> None:
    said = ["有足够多的字，<b>", "图中的标签", ""]
    securities = tuple(
        Security(
            market="1", code=f"60{place}.A", name=None, kind=SecurityKind.STOCK, mentions=1,
            evidence=each,
        )
        for place, each in enumerate(said)
    )  # fmt: skip
    save(db, run_id, article("1", body=Body(blocks=BLOCKS, securities=securities, html=HTML)))
    shown = rows(db, "news_securities")
    assert sorted(row["evidence"] for row in shown) == sorted(said)
    assert {(row["market"], row["code"]) for row in shown} == {("1", s.code) for s in securities}


plain = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
kinds = st.sampled_from([BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.LIST_ITEM])
broken = st.lists(plain, min_size=1, max_size=3).map("\n".join)
blocks = st.lists(st.builds(lambda kind, said: Block(kind=kind, text=said), kinds, broken))
tags = st.sampled_from(["<p>", "</p>", "<h3>", "</h3>", "<ul><li>", "</li></ul>", "<br>", ""])


@given(found=blocks, before=st.lists(tags, min_size=4), wraps=st.booleans())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_blocks_and_html_come_back(
    db: Database, found: list[Block], before: list[str], *, wraps: bool
) -> None:
    escaped = [compact.escape(block.text).replace("\n", "<br>") for block in found]
    if wraps:
        html = "".join(f"<p>{line}</p>" for line in escaped)
    else:
        html = "<b>" + "".join(x for pair in zip(before, escaped, strict=False) for x in pair)
    body = Body(blocks=tuple(found), html=html)
    save(db, start(db), article("1", title=f"{hash((html, tuple(found)))}", body=body))
    assert news(db)["1"]["body_html"] == html
    assert [(row["kind"], row["text"]) for row in rows(db, "news_paragraphs")] == [
        (block.kind, block.text) for block in found
    ]


def test_html_that_repeats_its_text_costs_next_to_nothing() -> None:
    plain_text = "\n".join(f"第{number}段，" + "正文" * 30 for number in range(9))
    html = "".join(f"<p>{line}</p>" for line in plain_text.split("\n"))
    assert compact.html(html, plain_text, 9) is None
    with_picture = compact.html(html + "<figure></figure>", plain_text, 9)
    assert with_picture == '[1,2,3,4,5,6,7,8,9,"<figure></figure>"]'


def old(url: str) -> list[list[dict[str, Any]]]:
    """Fill a database of version 0002; what its views show."""
    with closing(open_database(url)) as database:
        migrate.upgrade(database, "0002")
        with database.write() as conn:
            fill(conn)
        return shown(database)


def fill(conn: Connection) -> None:
    digest = "ab" * 32
    at = {"first_seen_at": T0, "last_seen_at": T0, "updated_at": T0}
    said = {"url": "u", "published_at": T0, "source_id": 101, "content_hash": digest}
    said_then = {
        "title": "题", "published_local": "l", "published_from": "f", "summary": "",
        "language": "zh", "parser_version": 1, "fetched_url": "u", "seen_at": T0, "run_id": 101,
        "source_id": 101, "published_at": T0, "content_hash": digest,
    }  # fmt: skip
    bodies = {101: (BODY, HTML, BLOCKS), 102: (f"{LINE}\n{TAIL}", SIMPLE, (BLOCKS[0], BLOCKS[5]))}
    bodies[103] = ("", "", ())
    news_rows = [
        {"article_id": one, "site": "s", "external_id": str(one), "revision": 2, "change_seq": one,
         "text_hash": f"{one:064x}", **said, **at}
        for one in bodies
    ]  # fmt: skip
    revision_rows = [
        {"article_id": one, "revision": revision, "text_hash": f"{one:064x}", "body": body,
         "body_html": html, "paragraph_count": len(blocks), **said_then}
        for one, (body, html, blocks) in bodies.items()
        for revision in (1, 2)
    ]  # fmt: skip
    paragraph_rows = [
        {"article_id": one, "position": place, "kind": block.kind, "text": block.text,
         "cells": '[["甲", "乙"], ["丙", "丁"]]' if block.rows else None}
        for one, (_, _, blocks) in bodies.items()
        for place, block in enumerate(blocks, 1)
    ]  # fmt: skip
    security_rows = [
        {"article_id": 101, "position": place, "security": f"1.60{place}", "market": "1",
         "code": f"60{place}", "name": "名", "kind": "stock", "mentions": 1, "evidence": said,
         "confidence": "high"}
        for place, said in enumerate((HEAD, "图", ""), 1)
    ]  # fmt: skip
    run = {"run_id": 101, "site": "s", "kind": "crawl", "status": "finished", "started_at": T0}
    task = {"task_id": 101, "site": "s", "external_id": "1", "announced_as": "NW1", "url": "",
            "state": "done", "attempts": 0, "recheck_at": T0}  # fmt: skip
    said_by_list = {"task_id": 101, "list": "flash", "announced_as": "NW1", "title": "题",
                    "published_raw": "", "source": "", "digest": "摘要", "url": "",
                    "fingerprint": digest, "first_at": T0, "last_at": T0}  # fmt: skip
    found: dict[str, list[dict[str, Any]]] = {
        "sources": [{"source_id": 101, "name_hash": digest, "name": "源", "slug": "yuan"}],
        "runs": [{**run, "discovered": 1, "unchanged": 1}],
        "tasks": [task],
        "announcements": [said_by_list],
        "run_tasks": [{"run_id": 101, "task_id": 101, "outcome": "unchanged", "at": T0}],
        "articles": news_rows,
        "texts": [{"text_hash": row["text_hash"], "article_id": row["article_id"]}
                  for row in news_rows],
        "revisions": revision_rows,
        "paragraphs": paragraph_rows,
        "images": [{"article_id": 101, "position": 1, "url": "u", "after_block": 5}],
        "related": [{"article_id": 101, "position": 1, "external_id": "77"}],
        "securities": security_rows,
        "changes": [{"seq": one, "article_id": one, "revision": 2, "kind": "revised",
                     "changed_at": T0 + timedelta(minutes=one)} for one in bodies],
    }  # fmt: skip
    for name, each in found.items():
        conn.execute(insert(metadata.tables[name]), each)
    conn.execute(text("UPDATE change_counter SET last = 103"))


def shown(database: Database) -> list[list[dict[str, Any]]]:
    return [rows(database, view) for view in VIEWS]


def test_an_old_database_shows_after_the_upgrade_what_it_showed_before(empty_url: str) -> None:
    before = old(empty_url)
    with closing(open_database(empty_url)) as database:
        migrate.upgrade(database)
        assert shown(database) == before
        assert {each["result"] for each in check(database)} == {"ok"}
        again = article("4", body=Body(blocks=BLOCKS, html=HTML))
        same_text = replace(again, external_id="5")
        saved = save(database, start(database), again, same_text, now=T0 + HOUR)
        assert [each.outcome.value for each in saved] == ["new", "duplicate"]


@pytest.mark.parametrize(
    "point",
    [
        pytest.param("migration_step:1", marks=pytest.mark.faults),
        "migration_step:6",
        pytest.param("migration_step:12", marks=pytest.mark.faults),
        "migration_fill:1",
    ],
)
def test_an_upgrade_that_is_killed_can_be_repeated(empty_url: str, point: str) -> None:
    before = old(empty_url)
    upgrade = UPGRADE.replace("prepare", "upgrade")
    killed = subprocess.run(
        [sys.executable, "-c", upgrade, empty_url],
        env=os.environ | {failpoints.VARIABLE: point},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    with closing(open_database(empty_url)) as database:
        migrate.upgrade(database)
        assert shown(database) == before
