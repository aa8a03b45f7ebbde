"""Which address is asked for an article, given where it was found and what is configured."""

from __future__ import annotations

from urllib.parse import urlsplit

from newscrawler.config import Config
from newscrawler.items import Task

_API_PATH = "/kuaixun/v2/api/article/"


def news_text_url(config: Config, task: Task) -> str:
    """The `GetNewsText.do` address: base URL if set, else the share page's host, else the default.

    Upstream format: `GET <share host>/NewsData/GetNewsText.do?id=<infoCode>`.
    """
    origin = config.base_url(task.site) or task.url or config.eastmoney_share_url
    return f"{origin}/NewsData/GetNewsText.do?id=NW{task.external_id}"


def article_api_url(config: Config, task: Task) -> str:
    """The article API's address of the same id; the base URL, if set, replaces its origin."""
    template = config.eastmoney_article_api_url
    parts = urlsplit(template)
    base = config.base_url(task.site)
    # An explicitly configured API address stands; only upstream's own host gives way to a mirror.
    if base and not config.is_set("EASTMONEY_ARTICLE_API_URL"):
        template = base + (parts.path or _API_PATH) + (f"?{parts.query}" if parts.query else "")
    elif parts.path in ("", "/"):
        template = template.rstrip("/") + _API_PATH
    if "{id}" in template:
        return template.replace("{id}", task.external_id)
    return template.rstrip("/") + "/" + task.external_id
