"""The posts of the old site, generation by generation, exactly as it wrote them. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from newscrawler.jekyll.slug import old_slug
from newscrawler.postings import FLASH, Posting

ROLLING = "emnews"
"""The category of the rolling list."""
ROLLING_NAME = "东财滚动新闻"
HOME = "返回首页"
NEWS = "新闻"
"""What the old site put after an outlet's name."""
INDENT = "\u3000\u3000"
"""What it took out of bodies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the site and its share pages are; the defaults are the old site's."""

    site: str = "//finews.withounder.com"
    """Without a slash at its end."""
    share: str = "http://finews.zning.xyz"

    def share_page(self, info_code: str) -> str:
        """The share page of an article."""
        return f"{self.share}/html_News/NewsShare.html?infoCode={info_code}"


OLD = Addresses()


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """What sets one generation of posts apart."""

    zone: str = " +0800"
    text: str = "digest"
    """"digest" (a paragraph of it), "quote" (it as a quotation, then the body) or "body"."""
    between: str = "｜"
    """What stands between the two links at the end; "" if there are none."""
    site: str | None = None
    """An address that the generation has, whatever the settings."""
    end: str = ""


GENERATIONS = {
    "T1a": Generation(zone="", between="", end="\n"),
    "T1b": Generation(between=""),
    "T2a": Generation(zone="", between="\n", site=".."),
    "T2b": Generation(between="\n", site="//finews.zning.me"),
    "T2c": Generation(zone="", between="\n", site=OLD.site),
    "T3": Generation(),
    "T4": Generation(text="quote"),
    "T5": Generation(text="body"),
}


def generation_of(posting: Posting) -> str:
    """The generation that a posting is written in: its own, else the last of its kind."""
    return posting.form or ("T4" if posting.kind == FLASH else "T5")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """All that varies in a post of one generation, as it is to be written."""

    title: str
    """What stands in the front matter after `title: `, quotes included."""
    date: str
    category: str
    tag: str
    text: str
    """What stands between the front matter and the link, without blank lines around it."""
    url: str
    back: str
    """Text and address of the link to the category: `返回…](…`."""
    home: str


def written(parts: Parts, form: Generation) -> str:
    """The post."""
    lead = "\n" if form.text == "digest" else ""
    post = (
        f"---\nlayout: post\ntitle: {parts.title}\ndate: {parts.date}{form.zone}\n"
        f"categories: {parts.category}\ntags: {parts.tag}\n---\n"
        f"{lead}{parts.text}\n\n<{parts.url}>"
    )
    if form.between:
        post += f"\n\n[{parts.back}){form.between}[{HOME}]({parts.home})"
    return post + form.end


def exact_post(posting: Posting, addresses: Addresses = OLD) -> str:
    """The post as the old site wrote it from the same record, defects and all."""
    if posting.file:
        return posting.file
    form = GENERATIONS[generation_of(posting)]
    site = addresses.site if form.site is None else form.site
    if posting.kind == FLASH:
        category, tag, url = ROLLING, ROLLING_NAME, posting.url
        back = f"{site}/{ROLLING}/"
    else:
        category, tag = old_slug(posting.source), posting.source + NEWS
        url = addresses.share_page(posting.id)
        back = f"{site}/category/{category}.html"
    parts = Parts(
        title=f'"{posting.title}"',
        date=posting.published,
        category=category,
        tag=tag,
        text=_text(posting, form),
        url=url,
        back=f"返回{tag}]({back}",
        home=f"{site}/",
    )
    return written(parts, form)


def digest_of(digest: str) -> str:
    """What the old site kept of a digest: what follows its last 】."""
    return digest.rpartition("】")[2]


def _text(posting: Posting, form: Generation) -> str:
    body = posting.body.replace(INDENT, "")
    if form.text == "body":
        return body
    digest = digest_of(posting.digest)
    return f"> {digest}\n\n{body}" if form.text == "quote" else digest


def file_name(published: str, name: str) -> str:
    """The post's file, as the old site named it."""
    return f"{published.partition(' ')[0]}-{name}.md"
