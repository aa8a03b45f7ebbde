"""Started by test_guard_crawl.py: fetches the URLs of argv, prints what became of each as JSON.

The first argument says what is in force: "resolver", "hook" or "both".
"""

import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from twisted.python.failure import Failure

from newscrawler.config import load
from newscrawler.guard import AddressGuard, activate, deactivate

RESULTS: dict[str, str] = {}


class Fetcher(Spider):
    name = "fetcher"
    urls: list[str]
    hook: bool

    async def start(self) -> AsyncIterator[Request]:
        if not self.hook:
            deactivate()
        for url in self.urls:
            yield Request(url, meta={"asked": url}, dont_filter=True, errback=self.failed)

    def parse(self, response: Response) -> None:
        RESULTS[response.meta["asked"]] = f"fetched {response.text}"

    def failed(self, failure: Failure) -> None:
        request: Request = vars(failure)["request"]
        RESULTS[request.meta["asked"]] = f"{type(failure.value).__name__}: {failure.value}"


def main(mode: str, allowed: str, urls: list[str]) -> None:
    settings = {
        "ALLOWED_PRIVATE_HOSTS": allowed,
        "DOWNLOADER_MIDDLEWARES": {"newscrawler.resolver.RefusalMiddleware": 560},
        "DOWNLOAD_TIMEOUT": 10,
        "LOG_LEVEL": "ERROR",
        "REMOTE_CONTROL_ENABLED": False,
        "RETRY_ENABLED": mode == "both",  # a refusal is not tried again
        "TELNETCONSOLE_ENABLED": False,
    }
    if mode != "hook":
        settings["TWISTED_DNS_RESOLVER"] = "newscrawler.resolver.GuardedResolver"
    process = AsyncCrawlerProcess(settings)
    if mode == "hook":
        config = load(overrides={"ALLOWED_PRIVATE_HOSTS": allowed}, env={}, cwd=Path("/"))
        activate(AddressGuard.of(config))
    process.crawl(Fetcher, urls=urls, hook=mode != "resolver")
    process.start()
    sys.stdout.write(json.dumps(RESULTS))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
