"""Posts as they should be: what YAML, Markdown, Liquid and readers make of them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.jekyll import mend
from newscrawler.jekyll.forms import OLD, Addresses
from newscrawler.jekyll.read import read_post
from newscrawler.jekyll.slug import old_slug, safe_slug
from newscrawler.jekyll.tame import is_tame
from newscrawler.jekyll.write import Facts, Post, posts_of
from newscrawler.postings import FLASH, OUTLET, Posting
from newscrawler.text import clean_line
from tests.jekyll.conftest import HALF, POSTS

ID = "202202242287513337"
FACTS = Facts(
    site="eastmoney",
    external_id=ID,
    title="标题",
    published_local="2022-02-24T13:00:32+08:00",
    source="甲报",
    summary="",
    url="https://finance.eastmoney.com/a/202202242287513337.html",
    body_html="<p>清洁</p>",
)
OUTLETS = Posting(
    kind=OUTLET, id=f"NW{ID}", title="标题", published="2022-02-24 13:00:32", source="甲报",
    body="<p>正文</p>",
)  # fmt: skip
ROLLING = Posting(
    kind=FLASH, id=ID, title="标题", published="2022-02-24 13:00:32", digest="摘要",
    url=f"http://finance.eastmoney.com/news/1345,{ID}.html", body="<p>正文</p>",
)  # fmt: skip


def write(
    posting: Posting, facts: Facts = FACTS, addresses: Addresses = OLD, *, exact: bool = False
) -> Post:
    [post] = posts_of(facts, (posting,), addresses, exact=exact)
    return post


def text(posting: Posting, facts: Facts = FACTS, *, exact: bool = False) -> str:
    return write(posting, facts, exact=exact).data.decode()


LAST = [
    path
    for path in POSTS
    if path.name != HALF
    and read_post(path.name, path.read_bytes()).generation in ("T3", "T4", "T5")
]


@pytest.mark.parametrize("path", LAST, ids=lambda path: path.name)
def test_a_real_post_of_a_last_generation_has_nothing_to_mend(path: Path) -> None:
    raw = path.read_bytes()
    posting = read_post(path.name, raw).posting
    facts = replace(FACTS, external_id=posting.id.removeprefix("NW"), title=posting.title)
    assert write(posting, facts) == replace(write(posting, facts), name=path.name, data=raw)


def test_the_addresses_are_settings() -> None:
    addresses = Addresses(site="https://news.example.org", share="https://share.example.org")
    said = write(OUTLETS, addresses=addresses).data.decode()
    assert f"<https://share.example.org/html_News/NewsShare.html?infoCode=NW{ID}>" in said
    assert "[返回甲报新闻](https://news.example.org/category/jiabao.html)" in said
    assert said.endswith("[返回首页](https://news.example.org/)")


@pytest.mark.parametrize(
    ("change", "exact", "mended"),
    [
        ({"title": '他说"好"'}, 'title: "他说"好""', 'title: "他说\\"好\\""'),
        ({"title": "C:\\new"}, 'title: "C:\\new"', 'title: "C:\\\\new"'),
        ({"source": "每日经济新闻"}, "tags: 每日经济新闻新闻", "tags: 每日经济新闻\n"),
        (
            {"source": "Career In 投行"},
            "categories: Career In touxing",
            "categories: CareerIntouxing",
        ),
        ({"source": "Career In 投行"}, "tags: Career In 投行新闻", 'tags: ["Career In 投行新闻"]'),
        ({"source": "安信国际(香港)"}, "anxinguoji(xianggang)", "anxinguojixianggang"),
        ({"source": "360"}, "categories: 360", 'categories: "360"'),
        ({"body": "<p>{{ 1 }}{% x %}</p>"}, "{{ 1 }}{% x %}", "&#123;{ 1 }}&#123;% x %}"),
    ],
)
def test_a_defect_is_mended_unless_it_is_asked_for(
    change: dict[str, str], exact: str, mended: str
) -> None:
    posting = replace(OUTLETS, **change)
    facts = replace(FACTS, title=posting.title, source=posting.source)
    assert exact in text(posting, facts, exact=True)
    assert mended in text(posting, facts)


def test_an_outlet_without_name_is_named_after_the_article_s() -> None:
    assert "tags: 甲报新闻" in text(replace(OUTLETS, source=""))
    nobody = text(replace(OUTLETS, source=""), replace(FACTS, source=""))
    assert "categories: qita\ntags: 其他新闻\n" in nobody


def test_a_flash_without_page_links_its_share_page() -> None:
    assert "\n<>\n" in text(replace(ROLLING, url=""), exact=True)
    assert f"infoCode=NW{ID}>" in text(replace(ROLLING, url=""))


def test_only_a_headline_is_cut_from_a_digest() -> None:
    digest = "【标题】公司【甲】与【乙】合作"
    assert "> 合作\n" in text(replace(ROLLING, digest=digest), exact=True)
    assert "> 公司【甲】与【乙】合作\n" in text(replace(ROLLING, digest=digest))


def test_pairs_of_indents_go_from_bodies_as_they_did() -> None:
    body = "<p>\u3000\u3000正\u3000文</p>"
    for exact in (True, False):
        assert "<p>正\u3000文</p>" in text(replace(OUTLETS, body=body), exact=exact)


@pytest.mark.parametrize(
    "body",
    [
        "<p>x</p><script>alert(1)</script>",
        '<p onclick="x()">x</p>',
        '<p><a href="javascript:x()">x</a></p>',
        '<p><img src="x" onerror="y()"></p>',
        '<p style="background:url(http://a.example/)">x</p>',
        "<p>x</p></div></article>",
        "<div><p>x</p>",
        "<p>x</p>\n\n    <p>code</p>",
        "plain *text*",
        "<p>x < y",
        "<!--[if IE]><p>x</p>",
        '<p><a href="//a.example" href="data:x">x</a></p>',
    ],
)
def test_html_that_no_page_should_hold_gives_way_to_ours(body: str) -> None:
    said = text(replace(OUTLETS, body=body))
    assert body not in said
    assert "<p>清洁</p>" in said
    assert body in text(replace(OUTLETS, body=body), exact=True)


@pytest.mark.parametrize("path", LAST, ids=lambda path: path.name)
def test_real_bodies_are_tame(path: Path) -> None:
    assert is_tame(read_post(path.name, path.read_bytes()).posting.body)


def test_an_article_of_which_no_list_record_is_kept_has_a_post_all_the_same() -> None:
    [post] = posts_of(FACTS, (), OLD, exact=False)
    assert post.name == f"2022-02-24-NW{ID}.md"
    assert "<p>清洁</p>" in post.data.decode()


def test_a_corrected_title_is_the_one_that_is_written() -> None:
    corrected = replace(FACTS, title="更正后的标题", first=False)
    assert 'title: "更正后的标题"' in text(OUTLETS, corrected)
    assert 'title: "标题"' in text(OUTLETS, replace(FACTS, title="答复里的标题"))


@pytest.mark.parametrize("published", ["", "今天 16:25", "2022-02-31 10:00:00", "x"])
def test_a_time_that_is_none_gives_way_to_the_article_s(published: str) -> None:
    post = write(replace(OUTLETS, published=published))
    assert post.name.startswith("2022-02-24-")
    assert b"date: 2022-02-24 13:00:32 +0800" in post.data


anything = st.text(st.characters(codec="utf-8"), max_size=60)


@given(title=anything, source=anything, body=anything, digest=anything)
def test_what_is_written_is_read_back_whatever_it_says(
    title: str, source: str, body: str, digest: str
) -> None:
    facts = replace(FACTS, title=clean_line(title) or "题", source=clean_line(source))
    for posting in (
        replace(OUTLETS, title=title, source=source, body=f"<p>{body}</p>"),
        replace(ROLLING, title=title, digest=digest, body=f"<p>{body}</p>"),
    ):
        post = write(posting, facts)
        again = read_post(post.name, post.data)
        assert again.external_id == ID
        assert again.posting.kind == posting.kind
        head = post.data.decode().partition("\n---\n")[0]
        assert len(head.split("\n")) == 6
        assert not re.search(r"\{[{%]", post.data.decode().partition("\n---\n")[2])


@given(anything)
def test_quoted_text_is_one_line_and_comes_back(line: str) -> None:
    quoted = mend.quoted(line)
    assert "\n" not in quoted
    if line.isprintable():
        assert mend.unescaped(quoted[1:-1]) == line


@given(anything)
def test_slugs_are_words(name: str) -> None:
    assert re.fullmatch(r"[0-9A-Za-z]+", safe_slug(name))
    assert "-" not in old_slug(name)
