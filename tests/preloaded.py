"""What the server of tests/processes.py has imported when it forks."""

from importlib import import_module

from newscrawler.cli import COMMANDS
from newscrawler.slugs import source_slug

for name in (
    *(f"newscrawler.cli.{command}" for command in COMMANDS),
    "dateparser",
    "newscrawler.commands.crawl",
    "newscrawler.spiders.eastmoney",
    "newscrawler.spiders.share",
    "pipelines.dedupe",
    "pipelines.store",
    "pipelines.validate",
    "psycopg",
    "scrapy.cmdline",
    "scrapy.core.downloader.handlers.http11",
    "scrapy.core.engine",
    "uvloop",
):
    import_module(name)

source_slug("财联社")  # loads the pinyin table
