"""Started by tests: asks for the URLs of argv[2:] with the project's network settings.

argv[1] is a JSON object of further settings. Prints as JSON what became of each URL.
"""

import json
import sys
from collections.abc import AsyncIterator

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from twisted.python.failure import Failure

from newscrawler.crawl import settings_for
from newscrawler.downloads import explain_failure

RESULTS: dict[str, str] = {}


class Prober(Spider):
    name = "prober"
    urls: list[str]

    async def start(self) -> AsyncIterator[Request]:
        for url in self.urls:
            yield Request(
                url,
                headers={"X-Api-Key": "secret"},
                meta={"asked": url},
                dont_filter=True,
                errback=self.failed,
            )

    def parse(self, response: Response) -> None:
        RESULTS[response.meta["asked"]] = f"{response.status} {response.url}"

    def failed(self, failure: Failure) -> None:
        request: Request = vars(failure)["request"]
        if failure.value:
            outcome, trouble = explain_failure(failure.value)
            RESULTS[request.meta["asked"]] = f"{outcome} {trouble.reason}"


def main(settings: dict[str, object], urls: list[str]) -> None:
    ours = {"ITEM_PIPELINES": {}, "EXTENSIONS": {}, "SPIDER_MODULES": [], "LOG_LEVEL": "ERROR"}
    process = AsyncCrawlerProcess(settings_for({**ours, **settings}))
    process.crawl(Prober, urls=urls)
    process.start()
    sys.stdout.write(json.dumps(RESULTS))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), sys.argv[2:])
