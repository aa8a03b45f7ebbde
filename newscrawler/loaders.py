"""Field by field, from what the network said to one valid `Article`.

Values are added in order of trust (article, then lists, then the article API) and the first usable
one wins. A loader is the only door to an `Article`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from itemloaders import ItemLoader
from itemloaders.processors import Identity, MapCompose, TakeFirst

from newscrawler import PARSER_VERSION
from newscrawler.dates import SHANGHAI, local_iso
from newscrawler.errors import PageError
from newscrawler.items import Article, Body
from newscrawler.postings import Posting
from newscrawler.processors import (
    Published,
    clean_text,
    clean_title,
    http_url,
    read_published,
    strip_headline,
)
from newscrawler.slugs import source_slug


class IncompleteError(PageError):
    """The record lacks title, time or body: not ready, to be polled again."""


class ArticleLoader(ItemLoader):
    """Collects the fields of one article.

    Context: `now` (aware datetime), the fetch time, against which times are judged.
    """

    default_item_class = dict
    default_output_processor = TakeFirst()
    title_in = MapCompose(clean_title)
    published_in = MapCompose(read_published)
    source_in = MapCompose(clean_text)
    summary_in = MapCompose(clean_text)
    url_in = MapCompose(http_url)
    notes_out = Identity()
    _inputs: ClassVar[dict[str, Callable[..., Any]]] = {}
    _outputs: ClassVar[dict[str, Callable[..., Any]]] = {}

    def get_input_processor(self, field_name: str) -> Callable[..., Any]:
        """As itemloaders finds it, once: to look again for each value is a third of loading."""
        if field_name not in self._inputs:
            self._inputs[field_name] = super().get_input_processor(field_name)
        return self._inputs[field_name]

    def get_output_processor(self, field_name: str) -> Callable[..., Any]:
        """As itemloaders finds it, once."""
        if field_name not in self._outputs:
            self._outputs[field_name] = super().get_output_processor(field_name)
        return self._outputs[field_name]

    def load_article(
        self,
        *,
        site: str,
        external_id: str,
        body: Body,
        fetched_url: str,
        fetched_at: datetime,
        postings: tuple[Posting, ...] = (),
    ) -> Article:
        """Build the article.

        Raises:
            IncompleteError: `missing_title`, `missing_time` (none given), `implausible_date`
                (given, but unreadable or out of range) or `missing_body`.
        """
        values: dict[str, Any] = self.load_item()
        published = self._complete(values, body)
        title, source = values["title"], values.get("source", "")
        return Article(
            site=site,
            external_id=external_id,
            url=values["url"],
            title=title,
            published_at=published.moment,
            published_local=local_iso(published.moment, SHANGHAI),
            published_from=published.field,
            body=body,
            source=source,
            source_slug=source_slug(source) if source else "",
            summary=strip_headline(values.get("summary", ""), title),
            fetched_at=fetched_at,
            fetched_url=fetched_url,
            parser_version=PARSER_VERSION,
            notes=tuple(values.get("notes", ())),
            postings=postings,
        )

    def _complete(self, values: Mapping[str, Any], body: Body) -> Published:
        """The time of publication, if title, time and body are all there."""
        published: Published | None = values.get("published")
        if not values.get("title"):
            raise IncompleteError("missing_title", "no title in the article, its lists or its API")
        if published is None:
            times_given = "published" in self.context.get("claimed", ())
            reason = "implausible_date" if times_given else "missing_time"
            raise IncompleteError(reason, "no usable publication time")
        if not body.blocks and not body.images:
            raise IncompleteError("missing_body", "the answer has no text")
        return published
