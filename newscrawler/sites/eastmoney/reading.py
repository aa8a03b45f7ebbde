"""One eastmoney article out of the answers about it, just fetched or kept, and what lists said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from newscrawler.captures import API, TEXT, Fetched, check_status
from newscrawler.errors import PageError
from newscrawler.items import Article, Task
from newscrawler.loaders import IncompleteError
from newscrawler.sites.eastmoney.answers import (
    Answer,
    check_title,
    read_article_api,
    read_news_text,
)
from newscrawler.sites.eastmoney.article import NEEDS_API, read_article


class NeedsApiError(IncompleteError):
    """The article API may know what is missing; it has not been asked."""


def read(answers: Mapping[str, Fetched | None], task: Task, now: datetime) -> Article:
    """Read GetNewsText.do (`text`), and the article API (`api`) for what it does not say.

    `answers`: None where a call got no answer. `now`: when they were fetched.

    Raises:
        NeedsApiError: incomplete, and `api` is not among the answers.
        IncompleteError: incomplete. PageError: the answer is not the article.
    """
    text = answers.get(TEXT)
    if text is None:
        raise PageError("no_answer", "the request failed")
    check_status(text.status)
    answer = read_news_text(text.body, task.external_id)
    if answer is None:
        raise _nothing_there(task)
    check_title(answer, (row.title for row in task.announcements))
    try:
        api = _api(answers.get(API), task)
        return read_article(answer, task, url=text.url, now=now, api=api)
    except IncompleteError as error:
        if error.reason in NEEDS_API and API not in answers:
            raise NeedsApiError(error.reason, error.detail) from error
        raise


def _api(fetched: Fetched | None, task: Task) -> Answer | None:
    """What the article API says; None without its help (the article then is incomplete, which is
    what gets recorded)."""
    if fetched is None:
        return None
    try:
        check_status(fetched.status)
        return read_article_api(fetched.body, task.external_id)
    except PageError:
        return None


def _nothing_there(task: Task) -> PageError:
    """What "no such article" means: a list has announced it, or somebody just asked for it."""
    if task.announcements and not task.stored:
        return IncompleteError("empty_answer", "announced, but the answer is still empty")
    return PageError("not_found", "upstream has no such article")
