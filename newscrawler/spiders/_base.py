"""What every spider of ours does: draw tasks from the ledger, fetch, read, account for each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import datetime
from functools import cached_property

from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure

from newscrawler.captures import TEXT, Subject
from newscrawler.downloader import AbandonedError
from newscrawler.downloads import explain_failure
from newscrawler.errors import PageError, StoreError
from newscrawler.ingest import Ingest
from newscrawler.items import Article, Miss, Outcome, Stage, Task
from newscrawler.loaders import IncompleteError
from newscrawler.net.breaker import Breaker
from newscrawler.net.capturing import SUBJECT, exchanges_of
from newscrawler.net.retries import host_of

REJECTING = frozenset({"wrong_article", "too_deep", "implausible"})
"""Reasons that another try will not mend: `rejected`, not `failed`."""

UNDECODED = frozenset({"corrupt", "encoding"})
"""Reasons for which an answer that came whole never reaches its reader; it is kept all the same."""

Reader = Callable[[Response | None, Task, datetime], "Article | Request"]


class NewsSpider(Spider):
    """Base of all spiders. A subclass says where an article is and how its answer reads."""

    site: str
    kind: str = "crawl"
    """Kind of the runs it makes: "crawl" or "fetch"."""
    list_order: Sequence[str] = ()
    """Names of its lists, the one whose metadata is preferred first."""

    @cached_property
    def ingest(self) -> Ingest:
        """The run; there from the spider's opening on."""
        return Ingest.of(self.crawler)

    async def start(self) -> AsyncIterator[Request]:
        try:
            await self.discover()
            async for task in self.ingest.tasks():
                yield self.article_request(task)
        except StoreError as error:
            self.ingest.error = self.ingest.error or error  # the store stops the crawl itself

    async def discover(self) -> None:
        """Bring new ids into the ledger."""
        raise NotImplementedError

    def article_request(self, task: Task) -> Request:
        """The first request for a task; build it with `request_for`."""
        raise NotImplementedError

    def read(self, response: Response | None, task: Task, now: datetime) -> Article | Request:
        """Read the answer to `article_request`, or say what else to ask.

        Raises:
            PageError: the answer is not the article; IncompleteError: not ready yet.
        """
        raise NotImplementedError

    def request_for(
        self, task: Task, url: str, reader: Reader | None = None, name: str = TEXT
    ) -> Request:
        """A request whose answer, or failure, ends in one outcome for `task`.

        `reader` reads the answer instead of `read`; it also gets a failed download, as None.
        `name`: what the raw archive calls the answer.
        """
        return Request(
            url,
            callback=self.parse_article,
            errback=self.miss_article,
            cb_kwargs={"task": task, "reader": reader} if reader else {"task": task},
            dont_filter=True,  # the ledger decides what is fetched
            meta={SUBJECT: Subject(task.site, task.external_id, name)},
        )

    def parse_article(
        self,
        response: Response | None,
        task: Task,
        reader: Reader | None = None,
        asked: str = "",
    ) -> Iterator[Article | Miss | Request]:
        """The answer of a task's request, read; every path yields exactly one thing."""
        url = response.url if response else asked
        self.ingest.session.keeping.hear(task, exchanges_of(response.request if response else None))
        try:
            yield (reader or self.read)(response, task, self.ingest.now())
        except IncompleteError as error:
            yield self.miss(task, url, Outcome.PENDING, Stage.READ, error)
        except PageError as error:
            if response and error.reason == "blocked":
                Breaker.of(self.crawler).was_blocked(host_of(response))
            yield self.miss(task, url, outcome_of(error), Stage.READ, error)
        else:
            if response:
                Breaker.of(self.crawler).was_read(host_of(response))

    def miss_article(self, failure: Failure) -> Iterator[Article | Miss | Request]:
        """A request that got no answer, as an outcome of its task."""
        if failure.check(AbandonedError):
            return  # the task stays due
        request: Request = vars(failure)["request"]  # set by Scrapy
        task: Task = request.cb_kwargs["task"]
        if "reader" in request.cb_kwargs:
            yield from self.parse_article(None, task, request.cb_kwargs["reader"], request.url)
            return
        outcome, error = explain_failure(failure.value or RuntimeError("no error"))
        if error.reason in UNDECODED:
            self.ingest.session.keeping.hear(task, exchanges_of(request))
        yield self.miss(task, request.url, outcome, Stage.FETCH, error)

    def miss(self, task: Task, url: str, outcome: Outcome, stage: Stage, error: PageError) -> Miss:
        """The outcome of a task that yielded no article."""
        return Miss(
            site=task.site,
            external_id=task.external_id,
            url=url,
            outcome=outcome,
            stage=stage,
            reason=error.reason,
            detail=error.detail,
            seen_at=self.ingest.now(),
        )


def outcome_of(error: PageError) -> Outcome:
    """The outcome that an unreadable answer leads to."""
    if error.reason == "not_found":
        return Outcome.GONE
    return Outcome.REJECTED if error.reason in REJECTING else Outcome.FAILED
