"""Rows of what belongs to an article's current revision: pictures, securities, related ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection, delete

from newscrawler.items import Article
from newscrawler.store import compact
from newscrawler.store.bulk import Insert, Values, insert
from newscrawler.store.schema import images, related, securities
from newscrawler.store.tasks import chunks

_IMAGES = Insert(
    "images", ("article_id", "position", "url", "caption", "width", "height", "after_block")
)
_SECURITIES = Insert(
    "securities",
    ("article_id", "position", "security", "name", "kind", "mentions", "evidence", "evidence_at",
     "evidence_length", "confidence"),
)  # fmt: skip
_RELATED = Insert("related", ("article_id", "position", "external_id"))


def replace(conn: Connection, written: Mapping[int, Article], revised: Sequence[int]) -> None:
    """Write the parts of current revisions (by article_id), in place of those of `revised`."""
    for chunk in chunks(revised):
        for table in (images, securities, related):
            conn.execute(delete(table).where(table.c.article_id.in_(chunk)))
    for into, make in (
        (_IMAGES, _images),
        (_SECURITIES, _securities),
        (_RELATED, _related),
    ):
        insert(conn, into, [row for each in written.items() for row in make(*each)])


def rows(article: Article) -> tuple[tuple[Values, ...], ...]:
    """Its pictures, securities and related ids as rows, without article and position."""
    makers = (_images, _securities, _related)
    return tuple(tuple(row[2:] for row in make(0, article)) for make in makers)


def _images(article_id: int, article: Article) -> Iterator[Values]:
    for place, each in enumerate(article.body.images, 1):
        last = (each.width, each.height, each.after_block)
        yield (article_id, place, each.url, each.caption, *last)


def _securities(article_id: int, article: Article) -> Iterator[Values]:
    if not article.body.securities:
        return
    text = article.body.text
    for place, each in enumerate(article.body.securities, 1):
        at = compact.place(each.evidence, text)
        evidence = (None, *at) if at else (each.evidence, None, None)
        first = (article_id, place, each.security, each.name, each.kind, each.mentions)
        yield (*first, *evidence, each.confidence)


def _related(article_id: int, article: Article) -> Iterator[Values]:
    for place, external_id in enumerate(article.body.related, 1):
        yield (article_id, place, external_id)
