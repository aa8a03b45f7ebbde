"""Which articles a search or an export is about: plain values, and what they mean in SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from newscrawler.store.views import news, news_securities


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """All that is given has to hold; the default holds for every article."""

    site: str | None = None
    source: str | None = None
    """An outlet, by its name or its slug."""
    security: str | None = None
    """`market.code` ("1.600519"), or a code alone, on any market."""
    since: datetime | None = None
    """Published at this moment or later; aware."""
    until: datetime | None = None
    """Published before this moment; aware."""

    def conditions(self) -> list[ColumnElement[bool]]:
        """What has to hold of a row of the view `news`."""
        found: list[ColumnElement[bool]] = []
        if self.site is not None:
            found.append(news.c.site == self.site)
        if self.source is not None:
            found.append((news.c.source == self.source) | (news.c.source_slug == self.source))
        if self.security is not None:
            found.append(_names(self.security))
        if self.since is not None:
            found.append(news.c.published_at >= self.since)
        if self.until is not None:
            found.append(news.c.published_at < self.until)
        return found

    def given(self) -> dict[str, Any]:
        """The filters that are set, by name."""
        every = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in every.items() if value is not None}


def _names(security: str) -> ColumnElement[bool]:
    c = news_securities.c
    column = c.security if "." in security else c.code
    return (
        select(c.article_id).where(c.article_id == news.c.article_id, column == security).exists()
    )
