"""What the server of tests/processes.py has imported when it forks."""

import dateparser
import psycopg
import pypinyin
import scrapy.cmdline
import scrapy.core.downloader.handlers.http11
import scrapy.core.engine
import uvloop

import newscrawler.cli
import newscrawler.cli.crawl
import newscrawler.cli.demo
import newscrawler.cli.failures
import newscrawler.cli.fetch
import newscrawler.cli.runs
import newscrawler.cli.show
import newscrawler.commands.crawl
import newscrawler.slugs
import newscrawler.spiders.eastmoney
import newscrawler.spiders.share
import pipelines.dedupe
import pipelines.store
import pipelines.validate

newscrawler.slugs.source_slug("财联社")  # loads the pinyin table

__all__ = [
    "dateparser",
    "newscrawler",
    "pipelines",
    "psycopg",
    "pypinyin",
    "scrapy",
    "uvloop",
]
