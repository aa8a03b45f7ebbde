"""Posts of one article → the article, by the same rules as crawled ones. Pure.

Not through an ItemLoader: that costs as much as reading the body, and an archive has a great many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from newscrawler import PARSER_VERSION
from newscrawler.body import read_body
from newscrawler.dates import SHANGHAI, local_iso, parse_time, plausible
from newscrawler.errors import PageError
from newscrawler.items import Article, Body, Miss, Outcome, Stage
from newscrawler.jekyll.read import Post, named_id, read_post
from newscrawler.loaders import IncompleteError
from newscrawler.postings import FLASH, OUTLET, Posting
from newscrawler.processors import clean_title, http_url, strip_headline
from newscrawler.sites.eastmoney.ids import article_url
from newscrawler.sites.eastmoney.lists import SITE
from newscrawler.slugs import source_slug
from newscrawler.text import clean_line
from pipelines.dedupe import DedupePipeline
from pipelines.validate import ValidatePipeline

SCHEME = "jekyll:"
"""How the address of an imported post begins; what follows is its path, or commit:path."""
FROM = "post.date"
_validate = ValidatePipeline().process_item
_dedupe = DedupePipeline().process_item


@dataclass(frozen=True, slots=True)
class PostFile:
    """One state of one post's file."""

    path: str
    """In its archive, e.g. `_posts/2022-05-29-NW202205292395438077.md`."""
    raw: bytes
    seen_at: datetime | None = None
    """When it was committed; None if that is not known."""
    commit: str = ""

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.rpartition("/")[2]

    @property
    def where(self) -> str:
        """Where it came from, as one text."""
        return f"{SCHEME}{self.commit}:{self.path}" if self.commit else f"{SCHEME}{self.path}"


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that names no article."""

    url: str
    reason: str
    detail: str


Imported = Article | Miss | Unread


def read_group(files: Sequence[PostFile], now: datetime) -> list[Imported]:
    """One article from the posts that it has at one moment; of two of a kind the last counts.

    Before it come the posts that cannot be read; the article may do without them.
    """
    posts: dict[str, tuple[Post, PostFile]] = {}
    found: list[Imported] = []
    for file in files:
        try:
            post = read_post(file.name, file.raw)
        except PageError as error:
            found.append(_trouble(file, error, now))
        else:
            posts[post.posting.kind] = (post, file)
    if posts:
        try:
            found.append(_checked(_article([posts[kind] for kind in sorted(posts)], now)))
        except PageError as error:
            found.append(_trouble(next(iter(posts.values()))[1], error, now))
    return found


def _checked(article: Article) -> Article | Miss:
    return _dedupe(_validate(article))


def _trouble(file: PostFile, error: PageError, now: datetime) -> Miss | Unread:
    external_id = named_id(file.name)
    if external_id is None:
        return Unread(file.where, error.reason, error.detail)
    is_half = error.reason.startswith("missing_") or error.reason == "implausible_date"
    return Miss(
        site=SITE,
        external_id=external_id,
        url=file.where,
        outcome=Outcome.PENDING if is_half else Outcome.FAILED,
        stage=Stage.READ,
        reason=error.reason,
        detail=error.detail,
        seen_at=file.seen_at or now,
    )


def _article(posts: Sequence[tuple[Post, PostFile]], now: datetime) -> Article:
    """Field by field, as loaders.py does it; raises IncompleteError for the same reasons."""
    file = posts[-1][1]
    postings = tuple(post.posting for post, _ in posts)
    by_kind = {each.kind: each for each in postings}
    flash, outlet = by_kind.get(FLASH), by_kind.get(OUTLET)
    body = _body(flash, outlet)
    published = next(filter(None, (_published(each, now) for each in reversed(postings))), None)
    if published is None:
        raise IncompleteError("implausible_date", postings[-1].published[:64])
    titles = (clean_title(each.title) for each in reversed(postings))
    title = next(filter(None, titles), None)
    if not title:
        raise IncompleteError("missing_title", "the post has no title")
    if not body.blocks and not body.images:
        raise IncompleteError("missing_body", "the post has no text")
    external_id = posts[0][0].external_id
    source = clean_line(body.source or (outlet.source if outlet else ""))
    return Article(
        site=SITE,
        external_id=external_id,
        url=(http_url(flash.url) if flash else None) or article_url(external_id),
        title=title,
        published_at=published,
        published_local=local_iso(published, SHANGHAI),
        published_from=FROM,
        body=body,
        source=source,
        source_slug=source_slug(source) if source else "",
        summary=strip_headline(clean_line(flash.digest), title) if flash else "",
        fetched_at=file.seen_at or published,
        fetched_url=file.where,
        parser_version=PARSER_VERSION,
        notes=tuple(_notes(posts, body)),
        postings=postings,
    )


def _published(posting: Posting, now: datetime) -> datetime | None:
    moment = parse_time(posting.published, zone=SHANGHAI, now=now)
    return moment if moment and plausible(moment, now=now) else None


def _body(flash: Posting | None, outlet: Posting | None) -> Body:
    """The outlet's post has clean prose, the rolling list's the keyword links."""
    linked = flash.body if flash else ""
    prose = outlet.body if outlet and outlet.body.strip() else linked
    if prose.strip():
        return read_body(prose, securities_html=linked if linked.strip() else None)
    digest = next(each.digest for each in (flash, outlet) if each and each.digest.strip())
    return read_body("".join(f"<p>{escape(line)}</p>" for line in digest.split("\n")))


def _notes(posts: Sequence[tuple[Post, PostFile]], body: Body) -> list[str]:
    notes = [f"imported {post.generation} {file.where}" for post, file in posts]
    if not any(post.posting.body.strip() for post, _ in posts):
        notes.append("digest_only")
    return [*notes, "text_content_differ"] if body.variants_differ else notes
