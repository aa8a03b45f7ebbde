"""The body normaliser: one HTML body to blocks, pictures, securities and a source. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from newscrawler.body.allowlist import sanitised
from newscrawler.body.drafts import Draft, Mention, Picture
from newscrawler.body.mentions import collect
from newscrawler.body.page import CAPTION, Page
from newscrawler.body.render import render
from newscrawler.body.walk import Items, read_page
from newscrawler.items import Block, Body, Image

__all__ = ["read_body", "visible_text_differs"]


def read_body(
    html: str,
    *,
    securities_html: str | None = None,
    images: Items = (),
    links: Items = (),
) -> Body:
    """Read a body: what a reader sees, block by block, and what its markup says beside it.

    `html` is the prose variant (upstream's `text`); `securities_html` the variant with keyword
    links (upstream's `content`), if there are two: then mentions come from there, charts from
    either, and `variants_differ` says whether they show different text. `images` and `links` are
    what mobile placeholders (`<!--IMG#0-->`, `<!--Link#1-->`) stand for: mappings with `src`,
    `width`, `height`, and `text`, `url_w`, `url_m`.

    Raises:
        PageError: `too_deep`.
    """
    page = read_page(html, images, links)
    linked = None
    if securities_html is not None and securities_html != html:
        linked = read_page(securities_html, images, links)
    return _body(page, linked)


def visible_text_differs(html: str, other: str) -> bool:
    """Whether two variants of a body show different text, whitespace aside.

    Raises:
        PageError: `too_deep`.
    """
    return html != other and _visible(read_page(html)) != _visible(read_page(other))


def _body(page: Page, linked: Page | None) -> Body:
    drafts = _settle(page)
    related = page.related | (linked.related if linked else {})
    return Body(
        blocks=tuple([Block(kind=d.kind, text=d.text, rows=d.rows) for d in drafts]),
        images=tuple(_images(page.pictures, drafts)),
        securities=collect(_mentions(page, linked)),
        related=tuple(related),
        source=page.source or (linked.source if linked else None),
        editor=page.editor or (linked.editor if linked else None),
        original_title=page.original_title or (linked.original_title if linked else None),
        html=sanitised(render(drafts, page.pictures)),
        removed=tuple(page.removed),
        variants_differ=linked is not None and _visible(page) != _visible(linked),
    )


def _settle(page: Page) -> list[Draft]:
    """The drafts that stay; pictures move up where blocks before them went."""
    drafts = page.drafts
    last_picture = max((picture.after_block for picture in page.pictures), default=0)
    if any(draft.dropped for draft in drafts[:last_picture]):
        before = [0, *accumulate(int(not draft.dropped) for draft in drafts)]
        for picture in page.pictures:
            picture.after_block = before[picture.after_block]
    return [draft for draft in drafts if not draft.dropped]


def _mentions(page: Page, linked: Page | None) -> Iterator[Mention]:
    """Mentions of the linked variant, and what only the prose variant shows."""
    if linked is None:
        yield from page.mentions
        return
    yield from linked.mentions
    known = {mention.key for mention in linked.mentions}
    yield from (mention for mention in page.mentions if mention.key not in known)


def _images(pictures: list[Picture], drafts: list[Draft]) -> Iterator[Image]:
    """A picture's caption is the caption block right after it, else its alternative text."""
    nearest = {picture.after_block: picture for picture in pictures}
    for picture in pictures:
        caption = picture.alt or None
        after = drafts[picture.after_block] if picture.after_block < len(drafts) else None
        is_nearest = nearest[picture.after_block] is picture
        if after and after.kind is CAPTION and is_nearest:
            caption = after.text
        yield Image(
            url=picture.url,
            caption=caption,
            width=picture.width,
            height=picture.height,
            after_block=picture.after_block,
        )


def _visible(page: Page) -> str:
    """The text of a page's blocks without whitespace: what two variants must share."""
    return "".join("".join(d.text.split()) for d in page.drafts if not d.dropped)
