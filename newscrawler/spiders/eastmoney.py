"""The site eastmoney: its rolling lists, and the articles they announce."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial

from scrapy import Request
from scrapy.http import Response

from newscrawler.captures import API, TEXT, Fetched
from newscrawler.downloads import fetched
from newscrawler.errors import PageError
from newscrawler.items import Article, Listing, Task
from newscrawler.sites.eastmoney import reading
from newscrawler.sites.eastmoney.hosts import article_api_url, news_text_url
from newscrawler.sites.eastmoney.lists import LISTS, NewsList
from newscrawler.spiders._base import NewsSpider


class EastmoneySpider(NewsSpider):
    """Reads the lists, then every article the ledger has due."""

    name = "eastmoney"
    site = "eastmoney"
    list_order = tuple(news_list.name for news_list in LISTS)

    async def discover(self) -> None:
        await asyncio.gather(*(self._read_list(news_list) for news_list in LISTS))

    async def _read_list(self, news_list: NewsList) -> None:
        """Ask one list and announce its rows; a list that fails never stops the others."""
        url = news_list.url(self.ingest.config.base_url(self.site))
        try:
            page = news_list.read(
                await self.ingest.download(url, news_list.name), now=self.ingest.now()
            )
        except PageError as error:
            await self.ingest.list_failed(news_list.name, url, error)
        else:
            listing = Listing(
                name=news_list.name,
                url=url,
                rows=page.announcements,
                bad_ids=page.bad_ids,
                silence=news_list.silence,
            )
            await self.ingest.announce(listing)

    def article_request(self, task: Task) -> Request:
        return self.request_for(task, news_text_url(self.ingest.config, task))

    def read(self, response: Response | None, task: Task, now: datetime) -> Article | Request:
        """Read GetNewsText.do; ask the article API for what neither it nor a list knows."""
        text = fetched(response)
        try:
            return reading.read({TEXT: text}, task, now)
        except reading.NeedsApiError:
            url = article_api_url(self.ingest.config, task)
            reader = partial(self._read_with_api, text)
            return self.request_for(task, url, reader, name=API)

    def _read_with_api(
        self, text: Fetched | None, response: Response | None, task: Task, now: datetime
    ) -> Article:
        """Read again with the article API's help; without it if it does not answer."""
        return reading.read({TEXT: text, API: fetched(response)}, task, now)
