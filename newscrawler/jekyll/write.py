"""Writes posts: as the old site did, or as it should have. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape

from newscrawler.jekyll import mend
from newscrawler.jekyll.forms import (
    GENERATIONS,
    INDENT,
    NEWS,
    ROLLING,
    ROLLING_NAME,
    Addresses,
    Parts,
    digest_of,
    exact_post,
    file_name,
    generation_of,
    written,
)
from newscrawler.jekyll.slug import safe_slug
from newscrawler.jekyll.tame import is_tame
from newscrawler.postings import FLASH, OUTLET, Posting
from newscrawler.processors import clean_title, strip_headline
from newscrawler.sites.eastmoney.lists import SITE

UNNAMED = "其他"
"""What stands where no outlet is credited."""
_INDENTED = re.compile(r"^(?: {4}|\t)", re.MULTILINE)
"""What Markdown takes for code."""
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the store says of an article."""

    site: str
    external_id: str
    title: str
    published_local: str
    source: str
    summary: str
    url: str
    body_html: str
    """Sanitised."""
    first: bool = True
    """Whether its first revision is the current one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One file of the site."""

    name: str
    """`2022-02-24-NW202202242287513337.md`"""
    data: bytes
    outlet: str
    """The outlet whose category it stands in; "" for the rolling list."""
    slug: str
    """That category."""

    @property
    def date(self) -> str:
        """The day it is filed under."""
        return self.name[:10]


def posts_of(
    facts: Facts, postings: tuple[Posting, ...], addresses: Addresses, *, exact: bool
) -> list[Post]:
    """The posts of one article: one for each kind of list that announced it.

    `postings`: those of the current revision; with none, the post is made of `facts` alone.
    """
    if not postings:
        prefix = "NW" if facts.site == SITE else ""
        name = prefix + key_of(facts.site, facts.external_id)
        postings = (Posting(kind=OUTLET, id=name),)
    return [_post(facts, _filled(each, facts), addresses, exact=exact) for each in postings]


def key_of(site: str, external_id: str) -> str:
    """What the names of its posts share: its id, behind its site if that is another one."""
    if site == SITE:
        return external_id
    return f"{site}-{re.sub(r'[^0-9A-Za-z]+', '-', external_id)}"


def _filled(posting: Posting, facts: Facts) -> Posting:
    """The posting with what its list left open, and with a title that was corrected since."""
    local = f"{facts.published_local[:10]} {facts.published_local[11:19]}"
    said = clean_title(posting.title) or ""
    is_current = said == facts.title or (facts.first and said)
    return replace(
        posting,
        title=posting.title if is_current else facts.title,
        published=posting.published if _is_time(posting.published.strip()) else local,
        source=posting.source or facts.source,
    )


def _is_time(text: str) -> bool:
    if not _TIME.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _post(facts: Facts, posting: Posting, addresses: Addresses, *, exact: bool) -> Post:
    rolling = posting.kind == FLASH
    outlet = "" if rolling else posting.source or UNNAMED
    slug = ROLLING if rolling else safe_slug(outlet)
    text = exact_post(posting, addresses) if exact else _right_post(facts, posting, addresses, slug)
    return Post(
        name=file_name(posting.published.strip(), posting.id),
        data=text.encode("utf-8", "replace"),
        outlet=outlet,
        slug=slug,
    )


def _right_post(facts: Facts, posting: Posting, addresses: Addresses, slug: str) -> str:
    rolling = posting.kind == FLASH
    generation = generation_of(posting)
    form = GENERATIONS["T3" if GENERATIONS[generation].text == "digest" else generation]
    tag = ROLLING_NAME if rolling else tag_of(posting.source)
    page = f"{ROLLING}/" if rolling else f"category/{slug}.html"
    own = _safe_url(posting.url if rolling else "" if facts.site == SITE else facts.url)
    parts = Parts(
        title=mend.quoted(posting.title),
        date=posting.published.strip(),
        category=mend.category(slug),
        tag=mend.tag(tag),
        text=_right_text(facts, posting, form.text),
        url=own or addresses.share_page(f"NW{facts.external_id}"),
        back=f"返回{_link_text(tag)}]({addresses.site}/{page}",
        home=f"{addresses.site}/",
    )
    return written(parts, form)


def tag_of(outlet: str) -> str:
    """An outlet's tag: its name and 新闻, once.

    >>> tag_of("新华社"), tag_of("每日经济新闻"), tag_of("")
    ('新华社新闻', '每日经济新闻', '其他新闻')
    """
    name = outlet or UNNAMED
    return name if name.endswith(NEWS) else name + NEWS


def _right_text(facts: Facts, posting: Posting, style: str) -> str:
    digest = mend.liquid(mend.markdown(_digest(facts, posting)))
    if style == "digest":
        return digest
    body = mend.liquid(_body(facts, posting))
    return f"> {digest}\n\n{body}" if style == "quote" and digest else body


def _digest(facts: Facts, posting: Posting) -> str:
    """The digest without the headline before it; a 】 further on stays."""
    raw = posting.digest
    if "】" not in raw:
        return " ".join(raw.split("\n")) if "\n" in raw else raw
    stripped = strip_headline(raw.strip(), facts.title)
    return digest_of(raw) if stripped == digest_of(raw).strip() else stripped


def _body(facts: Facts, posting: Posting) -> str:
    """The body as it came, unless it holds what no page should: then as the store has it."""
    body = posting.body.replace(INDENT, "")
    if body.lstrip().startswith("<") and is_tame(body) and not _INDENTED.search(body):
        return body
    return facts.body_html or f"<p>{escape(facts.summary)}</p>"


def _safe_url(url: str) -> str:
    return url if re.fullmatch(r"https?://[^\s<>]+", url) else ""


def _link_text(tag: str) -> str:
    return mend.liquid(mend.markdown(tag))
