"""Live progress of a crawl on a terminal: one line that counts outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from scrapy import signals
from scrapy.crawler import Crawler

from newscrawler.items import Outcome

Watch = Callable[[Crawler], None]


@contextmanager
def live_progress(*, enabled: bool) -> Iterator[Watch | None]:
    """A watcher for crawlers that keeps one line up to date; None if there is no terminal."""
    if not enabled:
        yield None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:

        def watch(crawler: Crawler) -> None:
            name = crawler.spidercls.name
            line = progress.add_task(f"{name}: reading lists")

            def update() -> None:
                progress.update(line, description=f"{name}: {_counts(crawler)}")

            crawler.signals.connect(update, signals.item_scraped, weak=False)

        yield watch


def _counts(crawler: Crawler) -> str:
    counted = (
        (outcome, crawler.stats.get_value(f"newscrawler/outcome/{outcome}", 0))
        for outcome in Outcome
    )
    return " · ".join(f"{outcome} {count}" for outcome, count in counted if count)
