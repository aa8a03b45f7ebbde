"""Step 3: hand every observation to the store and wait until it is committed."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler

from newscrawler.ingest import Ingest
from newscrawler.items import Article, Miss
from newscrawler.spiders._base import NewsSpider


class StorePipeline:
    """Stores through the run's `Ingest`; an item comes back only after its commit.

    Raises:
        StoreError: from `open_spider` and `process_item`: an operator has to act.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._ingest = Ingest.of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def open_spider(self) -> None:
        spider = self._crawler.spider
        if isinstance(spider, NewsSpider):
            await self._ingest.open(spider.site, spider.kind, spider.list_order)

    async def process_item(self, item: Article | Miss) -> Article | Miss:
        await self._ingest.save(item)
        return item
