"""Reads a post of any generation of the old site, as it meant it. Pure.

Its front matter is read by its fixed form and not as YAML: titles stand in quotes that nothing in
them is escaped for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from newscrawler.errors import BadIdError, PageError
from newscrawler.jekyll.forms import GENERATIONS, INDENT, NEWS, ROLLING, exact_post
from newscrawler.jekyll.mend import unescaped
from newscrawler.jekyll.slug import old_slug, safe_slug
from newscrawler.postings import FLASH, OUTLET, Posting
from newscrawler.sites.eastmoney.ids import parse_id

_NAME = re.compile(r"(?P<date>\d{4}-\d\d-\d\d)?-(?P<id>(?:NW)?\d{17,18})\.md", re.ASCII)
_FRONT = re.compile(
    r"\ufeff?---\nlayout: *(?P<layout>[^\n]*)\ntitle: *(?P<title>.*?)\ndate:(?P<date>[^\n]*)\n"
    r"categories:(?P<category>[^\n]*)\ntags:(?P<tag>[^\n]*)\n---\n",
    re.DOTALL,
)
_FOOT = re.compile(
    r"\n+\[返回(?P<back>[^\n]*?)\]\((?P<page>[^\n]*?)\)(?:｜|\n)\[返回首页\]\((?P<home>[^)\n]*)\)\s*\Z"
)
_LINK = re.compile(r"\n\n<(?P<url>[^<>\n]*)>\s*\Z")
_ZONE = re.compile(r"\s*[+-]\d\d:?\d\d\Z")
_ESCAPES = re.compile(r'(?:[^"\\]|\\["\\])*\Z')
_LIST = re.compile(r'\[\s*"(?P<only>.*)"\s*\]\Z')


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post, read."""

    external_id: str
    posting: Posting
    generation: str
    """"T1a" … "T5": of several that would look the same, the first."""


@lru_cache(maxsize=1024)
def named_id(name: str) -> str | None:
    """The article that a file's name names; None if it names none."""
    found = _NAME.fullmatch(name)
    try:
        return parse_id(found["id"]).external_id if found else None
    except BadIdError:
        return None


def read_post(name: str, raw: bytes) -> Post:
    """Read one post from its file's name and bytes.

    Raises:
        PageError: `not_a_post` (another name, or no front matter of the old site's form), `charset`
            (no UTF-8), `missing_title`, `missing_time` or `missing_body`.
    """
    external_id = named_id(name)
    if external_id is None:
        raise PageError("not_a_post", "the name is not DATE-ID.md of an article")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PageError("charset", f"no UTF-8 at byte {error.start}") from error
    posting = _read(name[:-3].rpartition("-")[2], text)
    _refuse_half(posting)
    return Post(
        external_id=external_id, posting=_recognised(posting, text), generation=posting.form
    )


def _read(file_id: str, text: str) -> Posting:
    plain = text if "---\r\n" not in text[:8] else text.replace("\r\n", "\n")
    front = _FRONT.match(plain)
    if not front:
        raise PageError("not_a_post", "no front matter with layout, title, date, categories, tags")
    rest = plain[front.end() :]
    foot = _foot(rest)
    rest = rest[: foot.start()] if foot else rest
    at = rest.rfind("\n\n<")
    link = _LINK.match(rest, at) if at >= 0 else None
    rest = rest[: link.start()] if link else rest
    kind = FLASH if front["category"].strip() == ROLLING else OUTLET
    style, digest, body = _split(kind, rest)
    zone = _ZONE.search(front["date"])
    published = front["date"].removeprefix(" ")
    return Posting(
        kind=kind,
        id=file_id,
        title=_title(front["title"]),
        published=_ZONE.sub("", published),
        source="" if kind == FLASH else _outlet(front["tag"], front["category"]),
        digest=digest,
        url=link["url"] if link and kind == FLASH else "",
        body=body,
        form=_generation(style, bool(zone), foot["page"] if foot else "", foot),
    )


def _foot(rest: str) -> re.Match[str] | None:
    """The links at the end; found from there, where a search would look at the whole text."""
    home = rest.rfind("[返回首页](")
    back = rest.rfind("\n[返回", 0, home) if home >= 0 else -1
    return _FOOT.match(rest, len(rest[:back].rstrip("\n"))) if back >= 0 else None


def _split(kind: str, rest: str) -> tuple[str, str, str]:
    """The style of the text (see Generation.text), the digest and the body."""
    if kind == OUTLET and not rest.startswith("\n"):
        return "body", "", rest
    if rest.startswith("> "):
        digest, _, body = rest[2:].partition("\n\n")
        return "quote", digest, body
    return "digest", rest.removeprefix("\n").removesuffix("\n"), ""


def _generation(style: str, zone: bool, page: str, foot: re.Match[str] | None) -> str:
    if style != "digest":
        return "T4" if style == "quote" else "T5"
    if foot is None:
        return "T1b" if zone else "T1a"
    if "｜" in foot[0].rpartition("[返回首页]")[0][-1:]:
        return "T3"
    if page.startswith("../"):
        return "T2a"
    return "T2b" if zone else "T2c"


def _title(raw: str) -> str:
    """The title between its quotes; escapes count only where all of it is escaped."""
    if len(raw) < 2 or not (raw[0] == raw[-1] == '"'):
        return raw
    inner = raw[1:-1]
    return unescaped(inner) if "\\" in inner and _ESCAPES.match(inner) else inner


@lru_cache(maxsize=4096)
def _outlet(tag: str, category: str) -> str:
    """The outlet that a tag names: without the 新闻 put after it, but not without its own."""
    tag, category = tag.strip(), category.strip().strip('"')
    if listed := _LIST.match(tag):
        tag = unescaped(listed["only"])
    elif len(tag) > 1 and tag[0] == tag[-1] == '"':
        tag = unescaped(tag[1:-1])
    name = tag.removesuffix(NEWS)
    return tag if category in {old_slug(tag), safe_slug(tag)} else name


def _refuse_half(posting: Posting) -> None:
    if not posting.title.strip():
        raise PageError("missing_title", "the post has no title")
    if not posting.published.strip():
        raise PageError("missing_time", "the post has no date")
    if not posting.body.strip() and not posting.digest.strip():
        raise PageError("missing_body", "the post has no text")


def _recognised(posting: Posting, text: str) -> Posting:
    """With the whole file, if its generation's template would not give it back."""
    if INDENT not in posting.body and posting.form in GENERATIONS and exact_post(posting) == text:
        return posting
    return replace(posting, file=text)
