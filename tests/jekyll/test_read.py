"""Every real post is read as it was meant; what is no post says why."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from newscrawler.errors import PageError
from newscrawler.items import Article, Miss, Outcome
from newscrawler.jekyll.articles import Imported, PostFile, Unread, read_group
from newscrawler.jekyll.forms import exact_post
from newscrawler.jekyll.read import read_post
from newscrawler.postings import Posting
from tests.jekyll.conftest import ARCHIVE, HALF, POSTS

NOW = datetime(2026, 11, 1, tzinfo=UTC)
WHOLE = [post for post in POSTS if post.name != HALF]
NAME = "2022-05-29-NW202205292395438077.md"


def told(found: Imported) -> dict[str, Any]:
    """What the JSON beside a post says."""
    if not isinstance(found, Article):
        assert isinstance(found, Miss)
        return {
            "external_id": found.external_id,
            "outcome": found.outcome,
            "reason": found.reason,
            "url": found.url,
        }
    names = (
        "external_id", "url", "title", "published_local", "published_from", "source",
        "source_slug", "summary", "fetched_url",
    )  # fmt: skip
    body = found.body
    return {name: getattr(found, name) for name in names} | {
        "paragraphs": [[block.kind, block.text] for block in body.blocks],
        "images": [[each.url, each.caption, each.width, each.height] for each in body.images],
        "securities": [
            [each.security, each.name, each.kind, each.mentions] for each in body.securities
        ],
        "related": list(body.related),
        "notes": list(found.notes),
        "postings": [spelled(each) for each in found.postings],
    }


def spelled(posting: Posting) -> dict[str, Any]:
    names = ("kind", "id", "title", "published", "source", "url", "form")
    return {name: getattr(posting, name) for name in names} | {
        "digest_chars": len(posting.digest),
        "body_chars": len(posting.body),
        "whole_file_kept": bool(posting.file),
    }


@pytest.mark.parametrize("path", POSTS, ids=lambda path: path.name)
def test_a_real_post_reads_as_expected(path: Path) -> None:
    file = PostFile(str(path.relative_to(ARCHIVE)), path.read_bytes())
    [found] = read_group([file], NOW)
    expected = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert told(found) == expected


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.name)
def test_a_real_post_is_written_back_byte_for_byte(path: Path) -> None:
    post = read_post(path.name, path.read_bytes())
    assert exact_post(post.posting).encode() == path.read_bytes()


def test_most_real_posts_need_no_copy_of_the_whole_file() -> None:
    kept = [path for path in WHOLE if read_post(path.name, path.read_bytes()).posting.file]
    assert len(kept) <= 1


def post(title: str = '"标题"', text: str = "<p>正文</p>", tag: str = "甲报新闻") -> bytes:
    return (
        f"---\nlayout: post\ntitle: {title}\ndate: 2022-05-29 21:00:08 +0800\n"
        f"categories: jiabao\ntags: {tag}\n---\n{text}\n\n"
        "<http://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW202205292395438077>\n\n"
        "[返回甲报新闻](//finews.withounder.com/category/jiabao.html)"
        "｜[返回首页](//finews.withounder.com/)"
    ).encode()


@pytest.mark.parametrize(
    ("title", "meant"),
    [
        ('"他说"好"就好"', '他说"好"就好'),
        ('"路径 C:\\new\\table"', "路径 C:\\new\\table"),
        ('"""', '"'),
        ('"他说\\"好\\""', '他说"好"'),
        ('"一半\\"引"号"', '一半\\"引"号'),
        ('"title: 冒号 # 井号 \'"', "title: 冒号 # 井号 '"),
    ],
)
def test_a_title_is_read_as_it_was_meant(title: str, meant: str) -> None:
    assert read_post(NAME, post(title)).posting.title == meant


def test_a_title_of_two_lines_is_read() -> None:
    assert read_post(NAME, post('"上半\n下半"')).posting.title == "上半\n下半"


def test_dashes_and_links_in_a_body_are_body() -> None:
    text = "<p>一</p>\n---\n<p>\n\n<http://a.example/>\n\n[返回](//x)</p>"
    assert read_post(NAME, post(text=text)).posting.body == text


@pytest.mark.parametrize(
    ("tag", "slug", "outlet"),
    [
        ("甲报新闻", "jiabao", "甲报"),
        ("每日经济新闻新闻", "meirijingjixinwen", "每日经济新闻"),
        ("每日经济新闻", "meirijingjixinwen", "每日经济新闻"),
        ('["Career In 投行PEVC新闻"]', "CareerIntouxingPEVC", "Career In 投行PEVC"),
    ],
)
def test_an_outlet_is_read_from_its_tag(tag: str, slug: str, outlet: str) -> None:
    raw = post(tag=tag).replace(b"categories: jiabao", f"categories: {slug}".encode())
    assert read_post(NAME, raw).posting.source == outlet


def test_a_checkout_with_windows_line_ends_reads_the_same() -> None:
    plain, windows = post(), post().replace(b"\n", b"\r\n")
    one, other = read_post(NAME, plain).posting, read_post(NAME, windows).posting
    assert (one.title, one.body, one.source) == (other.title, other.body, other.source)
    assert exact_post(other).encode() == windows


@pytest.mark.parametrize(
    ("name", "raw", "reason"),
    [
        ("2021-12-01-init.md", post(), "not_a_post"),
        (NAME, b"# Readme\n", "not_a_post"),
        (NAME, b"", "not_a_post"),
        (NAME, post()[:-40] + b"\xff", "charset"),
        (NAME, post('""'), "missing_title"),
        (NAME, post().replace(b"2022-05-29 21:00:08", b""), "missing_time"),
        (NAME, post(text=""), "missing_body"),
        ("2022-02-31-NW202202312395438077.md", post(), "not_a_post"),
    ],
)
def test_what_cannot_be_read_says_why(name: str, raw: bytes, reason: str) -> None:
    with pytest.raises(PageError) as caught:
        read_post(name, raw)
    assert caught.value.reason == reason


def test_a_half_post_is_pending_and_one_of_no_article_is_named_by_its_path() -> None:
    [half] = read_group([PostFile(f"_posts/{NAME}", post('""'))], NOW)
    assert isinstance(half, Miss)
    assert (half.outcome, half.url) == (Outcome.PENDING, f"jekyll:_posts/{NAME}")
    [other] = read_group([PostFile("_posts/2021-12-01-init.md", post())], NOW)
    assert other == Unread(
        "jekyll:_posts/2021-12-01-init.md",
        "not_a_post",
        "the name is not DATE-ID.md of an article",
    )


def test_the_posts_of_one_article_become_one_with_the_prose_of_one_and_links_of_the_other() -> None:
    paths = sorted(ARCHIVE.glob("old_post/2022-04-21-*.md"))
    files = [PostFile(f"old_post/{path.name}", path.read_bytes()) for path in paths]
    [found] = read_group(files, NOW)
    assert isinstance(found, Article)
    assert [each.kind for each in found.postings] == ["flash", "outlet"]
    assert found.url == "http://finance.eastmoney.com/news/1351,202204212352227421.html"
    assert found.source == "央视新闻客户端"
    assert "text_content_differ" not in found.notes
