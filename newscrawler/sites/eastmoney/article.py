"""One eastmoney article from everything that was said of it: answer, lists, article API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from newscrawler.body import read_body
from newscrawler.items import Article, Task
from newscrawler.loaders import ArticleLoader, IncompleteError
from newscrawler.processors import Claim, require_plausible_title
from newscrawler.sites.eastmoney.answers import Answer
from newscrawler.sites.eastmoney.ids import article_url
from newscrawler.sites.eastmoney.postings import postings_of

NEEDS_API = frozenset({"missing_title", "missing_time", "implausible_date"})
"""Reasons for asking the article API before calling the record incomplete."""


def read_article(
    answer: Answer, task: Task, *, url: str, now: datetime, api: Answer | None = None
) -> Article:
    """Merge one article: the answer first, then the lists in their order, then the article API.

    Raises:
        IncompleteError: title, time or body is missing; `reason in NEEDS_API` says whether the
            article API may still know.
        PageError: the body cannot be read (`too_deep`), or the title is none (`implausible`).
    """
    require_plausible_title(answer.title)
    prose = answer.prose or (api.content if api else "")
    # Securities come from `content`, which carries the keyword links.
    body = read_body(prose, securities_html=answer.content if answer.content.strip() else None)
    loader = ArticleLoader(now=now)
    claims = list(_claims(answer, task, api))
    loader.context["claimed"] = ("published",) if claims else ()
    loader.add_value("published", claims)
    loader.add_value("title", [answer.title, *(a.title for a in task.announcements)])
    loader.add_value("source", [body.source or "", *_sources(answer, task)])
    loader.add_value("summary", [answer.digest, *(a.digest for a in task.announcements)])
    loader.add_value("url", [answer.url, *(a.url for a in task.announcements)])
    if api:
        loader.add_value("title", api.title)
        loader.add_value("source", api.source)
        loader.add_value("summary", api.digest)
        loader.add_value("url", api.url)
    loader.add_value("url", article_url(task.external_id))
    loader.add_value("notes", "text_content_differ" if body.variants_differ else None)
    return loader.load_article(
        site=task.site,
        external_id=task.external_id,
        body=body,
        fetched_url=url,
        fetched_at=now,
        postings=postings_of(answer, task.external_id, task.announcements),
    )


def _claims(answer: Answer, task: Task, api: Answer | None) -> Iterator[Claim]:
    if answer.published:
        yield Claim(answer.published, "article.date")
    for announcement in task.announcements:
        if announcement.published_at:
            # The list's own time was read when the list was fetched: relative times need that.
            moment = announcement.published_at.isoformat()
            yield Claim(moment, f"list.{announcement.list}")
        elif announcement.published_raw:
            yield Claim(announcement.published_raw, f"list.{announcement.list}")
    if api and api.published:
        yield Claim(api.published, "article_api.art_showtime")


def _sources(answer: Answer, task: Task) -> Iterator[str]:
    yield answer.source
    for announcement in task.announcements:
        yield announcement.source


__all__ = ["NEEDS_API", "IncompleteError", "read_article"]
