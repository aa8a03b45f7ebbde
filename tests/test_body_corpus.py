"""Seven bodies as upstream sent them (2022, one of 2026), read exactly as expected.

The expectations stand beside the pages. Text is also checked against an independent reading of
these tidy pages: paragraphs by pattern, tags taken out.
"""

from __future__ import annotations

import html as entities
import json
import re
from dataclasses import asdict
from typing import Any

import pytest

from newscrawler.body import read_body, visible_text_differs
from newscrawler.items import Body
from tests.body import HERE

PAGES = sorted(path.stem for path in HERE.glob("*.html"))
SEED = "202202242287513337"
DIALECT_2026 = "202609183878840472"
UNREAD = r'display:none|EmImageRemark|em_media|acttg|alt="Image"'


def source_of(page: str) -> str:
    return (HERE / f"{page}.html").read_text(encoding="utf-8")


def expected(page: str) -> dict[str, Any]:
    wanted: dict[str, Any] = json.loads((HERE / f"{page}.json").read_text(encoding="utf-8"))
    return wanted


def summary(body: Body) -> dict[str, Any]:
    """What is compared, in the form of the JSON beside a page."""
    return {
        "blocks": [[block.kind.value, block.text] for block in body.blocks],
        "images": [asdict(image) for image in body.images],
        "securities": [
            [s.security, s.name, s.kind.value, s.mentions, s.confidence, s.evidence]
            for s in body.securities
        ],
        "related": list(body.related),
        "source": body.source,
        "removed": list(body.removed),
    }


def by_pattern(page: str) -> list[str]:
    """The visible paragraphs of a page, by a method that only works on tidy pages."""
    found = re.findall(r"<(?:p|h3)\b.*?</(?:p|h3)>", source_of(page), flags=re.DOTALL)
    shown = [part for part in found if not re.search(UNREAD, part)]
    return [entities.unescape(re.sub(r"<[^>]+>", "", part)).strip() for part in shown]


@pytest.mark.parametrize("page", PAGES)
def test_page_reads_as_expected(page: str) -> None:
    assert summary(read_body(source_of(page))) == expected(page)


@pytest.mark.parametrize("page", PAGES)
def test_text_is_what_another_method_sees(page: str) -> None:
    assert [block.text for block in read_body(source_of(page)).blocks] == by_pattern(page)


def test_seed_has_its_eight_paragraphs_and_its_source_apart() -> None:
    body = read_body(source_of(SEED))
    assert [block.kind for block in body.blocks] == ["paragraph"] * 8
    assert body.source == "中国邮政快递报"
    assert not any("文章来源" in block.text for block in body.blocks)
    assert body.blocks[0].text.endswith("六大主要任务取得积极成效。")


def test_line_ends_of_the_wire_do_not_matter() -> None:
    seed = source_of(SEED)
    assert read_body(seed.replace("\n", "\r\n")) == read_body(seed)
    assert not visible_text_differs(seed, seed.replace("</p>\n <p>", "</p><p>"))


def test_securities_of_2026_are_those_that_upstream_lists_for_the_article() -> None:
    mentioned = {s.security for s in read_body(source_of(DIALECT_2026)).securities if s.mentions}
    assert mentioned == {
        "0.300024", "105.NVDA", "105.TSLA", "105.AMZN", "90.BK0800", "90.BK1211",
    }  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_evidence_holds_the_name_and_stands_in_the_text(page: str) -> None:
    body = read_body(source_of(page))
    for found in body.securities:
        if found.mentions:
            assert found.name
            assert found.name in found.evidence
            assert found.evidence in body.text


@pytest.mark.parametrize("page", PAGES)
def test_reading_twice_gives_the_same(page: str) -> None:
    assert read_body(source_of(page)) == read_body(source_of(page))


@pytest.mark.parametrize("page", PAGES)
def test_own_html_reads_as_the_same_text(page: str) -> None:
    body = read_body(source_of(page))
    assert not visible_text_differs(body.html, source_of(page))
    assert [b.text for b in read_body(body.html).blocks] == [b.text for b in body.blocks]


def test_variants_with_another_text_are_told_apart() -> None:
    seed = source_of(SEED)
    body = read_body(seed, securities_html=seed.replace("五大类13项", "五大类12项"))
    assert body.variants_differ
    assert "五大类13项" in body.text
    assert visible_text_differs(seed, seed.replace("五大类13项", "五大类12项"))
