"""How the answers of each site are read: by the same functions as in a crawl."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from newscrawler.captures import Fetched
from newscrawler.items import Article, Task
from newscrawler.sites.eastmoney import reading as eastmoney
from newscrawler.sites.eastmoney.lists import LISTS

Read = Callable[[Mapping[str, Fetched | None], Task, datetime], Article]


@dataclass(frozen=True, slots=True)
class SiteReader:
    """One site's reader."""

    read: Read
    lists: tuple[str, ...]
    """Names of its lists, the one whose metadata is preferred first."""


def reader_of(site: str) -> SiteReader:
    """The reader of a site's answers.

    Raises:
        KeyError: there is none.
    """
    return {"eastmoney": SiteReader(eastmoney.read, tuple(each.name for each in LISTS))}[site]
