"""A digest stands for all that reading finds; what is known of ids is found at once or by table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from newscrawler.items import Article, Block, BlockKind, Body, Image, Security
from newscrawler.store import background, raw, reparsed
from newscrawler.store.digests import BYTES, digest
from newscrawler.store.engine import Database, open_database
from pipelines.dedupe import content_hash
from tests.reparse.conftest import Kept
from tests.store.make import article

A = article("1", "第一段。\n第二段。", summary="摘要")
TOLD_APART: dict[str, dict[str, Any]] = {
    "url": {"url": "https://news.example/2"},
    "title": {"title": "另一个标题"},
    "published_at": {"published_at": A.published_at + timedelta(seconds=1)},
    "published_local": {"published_local": "2026-01-02T02:04:05+00:00"},
    "published_from": {"published_from": "list.flash"},
    "source": {"source": "另一家"},
    "summary": {"summary": ""},
    "language": {"language": "en"},
    "notes": {"notes": ("text_content_differ",)},
}
NOT_READ = {"site", "external_id", "source_slug", "fetched_at", "fetched_url", "parser_version",
            "content_hash", "text_hash", "postings", "body"}  # fmt: skip
"""What is no finding of the reading, or follows from one."""
IN_BODY = {
    "blocks": Body(blocks=(Block(kind=BlockKind.HEADING, text="第一段。"), *A.body.blocks[1:])),
    "images": Body(images=(replace(A.body.images[0], caption="图"),)),
    "securities": Body(securities=(replace(A.body.securities[0], mentions=3),)),
    "related": Body(related=("77",)),
    "editor": Body(editor="编辑甲"),
    "original_title": Body(original_title="原题"),
    "html": Body(html="<p>第一段。</p>"),
}
NOT_IN_BODY = {"source", "removed", "variants_differ"}
"""Told by the article's source and notes, or kept nowhere."""


def told(one: Article) -> bytes:
    return digest(one, content_hash(one))


@pytest.mark.parametrize("name", [each.name for each in fields(Article)])
def test_a_digest_tells_every_field_apart(name: str) -> None:
    if name in NOT_READ:
        return
    assert told(replace(A, **TOLD_APART[name])) != told(A)


@pytest.mark.parametrize("name", [each.name for each in fields(Body) if each.init])
def test_a_digest_tells_every_part_of_a_body_apart(name: str) -> None:
    if name in NOT_IN_BODY:
        return
    other = replace(A, body=replace(A.body, **{name: getattr(IN_BODY[name], name)}))
    assert told(other) != told(A)


@pytest.mark.parametrize("name", [each.name for each in fields(Image)])
def test_a_digest_tells_pictures_apart(name: str) -> None:
    (image,) = A.body.images
    other: Any = "https://img.example/2.png" if name == "url" else 7
    changed = replace(image, **{name: other})
    assert told(replace(A, body=replace(A.body, images=(changed,)))) != told(A)


@pytest.mark.parametrize("name", [each.name for each in fields(Security)])
def test_a_digest_tells_securities_apart(name: str) -> None:
    (security,) = A.body.securities
    other: Any = "0" if name == "market" else "000001"
    changed = replace(security, **{name: other})
    assert told(replace(A, body=replace(A.body, securities=(changed,)))) != told(A)


def test_a_digest_tells_the_cells_of_tables_apart() -> None:
    one, other = (
        replace(A, body=Body(blocks=(Block(kind=BlockKind.TABLE, text="a | b", rows=rows),)))
        for rows in ((("a", "b"),), (("a | b",),))
    )
    assert content_hash(one) == content_hash(other)
    assert told(one) != told(other)
    assert len(told(one)) == BYTES


def test_what_is_stored_has_the_digest_of_what_was_read(kept: Kept) -> None:
    assert kept.rows("SELECT count(*) FROM revisions WHERE digest IS NULL") == [(0,)]
    assert kept.rows("SELECT DISTINCT length(digest) FROM revisions") == [(BYTES,)]


def test_a_digest_of_an_older_version_is_made_by_reading_again(kept: Kept) -> None:
    digests = "SELECT article_id, digest FROM revisions ORDER BY article_id"
    before = kept.rows(digests)
    write(kept, "UPDATE revisions SET digest = NULL")
    assert kept.reparse(dry_run=True).verdicts["unchanged"] == 43
    assert kept.rows("SELECT count(digest) FROM revisions") == [(0,)]
    assert kept.reparse().verdicts["unchanged"] == 43
    assert kept.rows(digests) == before


def test_a_wrong_digest_changes_no_article(kept: Kept) -> None:
    before = kept.everything()
    digests = "SELECT article_id, digest FROM revisions ORDER BY article_id"
    right = kept.rows(digests)
    write(kept, "UPDATE revisions SET digest = zeroblob(16)")
    assert kept.reparse().verdicts["unchanged"] == 43
    assert kept.everything() == before
    assert kept.rows(digests) == right


@pytest.fixture
def eventful(empty: Kept) -> Iterator[Database]:
    """A database with answers that came twice, lists that changed their mind, withdrawn ids."""
    world = empty.shell.replica.world
    empty.shell.newscrawler("crawl", "eastmoney")
    for (code,) in empty.rows("SELECT external_id FROM news WHERE summary <> ''"):
        world.edit(str(code), digest="列表后来的摘要")
    empty.shell.newscrawler("crawl", "eastmoney", "--recheck-all")
    for (code,) in empty.rows("SELECT external_id FROM news LIMIT 5"):
        world.edit(str(code), title="再改的标题")
    empty.shell.newscrawler("crawl", "eastmoney")
    database = open_database(f"sqlite:///{empty.shell.database}")
    yield database
    database.close()


def test_all_is_found_at_once_as_by_table(eventful: Database) -> None:
    with eventful.write() as conn:
        conn.execute(text("UPDATE revisions SET digest = NULL WHERE article_id = 3"))
    with eventful.read() as conn:
        ids = raw.page(conn, "eastmoney", "", 100)
        asked = [*ids, "unknown", ids[0]]
        found = background.find(conn, "eastmoney", asked)
        assert found == background.by_table(conn, "eastmoney", asked)
        assert background.find(conn, "elsewhere", asked) == background.Background()
        assert background.find(conn, "eastmoney", []) == background.Background()
    assert len(found.captures) == len(found.stored) == len(ids) == 43
    assert max(map(len, found.captures.values())) > 1
    assert {each.kind for all_ in found.captures.values() for each in all_} > {"revisit"}
    assert any(each.until for all_ in found.said.values() for each in all_)
    assert max(len({each.record.list for each in all_}) for all_ in found.said.values()) > 1
    assert [each.digest for each in found.stored.values()].count(None) == 1
    assert "unknown" not in found.waiting


def write(kept: Kept, statement: str) -> None:
    database = open_database(f"sqlite:///{kept.shell.database}")
    with database.write() as conn:
        conn.execute(text(statement))
    database.close()


def test_facts_of_none_are_none(eventful: Database) -> None:
    with eventful.read() as conn:
        assert reparsed.facts(conn, []) == {}
