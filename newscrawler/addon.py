"""Scrapy's settings as they follow from our configuration."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scrapy.settings import BaseSettings

from newscrawler import __version__
from newscrawler.config import SETTINGS, Config, load
from newscrawler.errors import ConfigError
from newscrawler.redaction import hide

_SECRET = re.compile(r"PASS|PASSWORD|SECRET|TOKEN|ACCESS_KEY|API_?KEY")


def config_of(settings: BaseSettings) -> Config:
    """The effective configuration: defaults < file < environment < what Scrapy was given.

    Raises:
        ConfigError: an unknown or unreadable setting; `JOBDIR`.
    """
    given = {name: str(settings[name]) for name in SETTINGS if settings.getpriority(name)}
    if settings.get("JOBDIR"):
        raise ConfigError(
            "JOBDIR is set, but a job directory loses work when a crawl is killed; remove it: the "
            "ledger in DATABASE_URL continues where the last run stopped"
        )
    config = load(overrides=given, env=os.environ, cwd=Path.cwd())
    hide([*config.secrets, *_secrets(settings)])
    return config


def _secrets(settings: BaseSettings) -> Iterator[str]:
    """Secrets among Scrapy's own settings, which it logs as "Overridden settings"."""
    for name, value in settings.items():
        if isinstance(name, str) and _SECRET.search(name) and isinstance(value, str):
            yield value


def user_agent(config: Config) -> str:
    """An honest name, with the operator's contact if there is one."""
    contact = f" (+{config.contact})" if config.contact else ""
    return f"newscrawler/{__version__}{contact}"


class NewscrawlerAddon:
    """Derives Scrapy's settings; whatever is given with `-s` stands above them."""

    def update_settings(self, settings: BaseSettings) -> None:
        config = config_of(settings)
        derived: dict[str, Any] = {
            "USER_AGENT": user_agent(config),
            "CONCURRENT_REQUESTS": config.concurrency,
            "CONCURRENT_REQUESTS_PER_DOMAIN": config.concurrency,
            "DOWNLOAD_DELAY": config.request_delay_s,
            "DOWNLOAD_MAXSIZE": config.max_page_bytes,
            "DOWNLOAD_WARNSIZE": 0,
            "DOWNLOAD_TIMEOUT": config.page_deadline_s,
            "RETRY_TIMES": config.retry_times,
            "AUTOTHROTTLE_START_DELAY": config.request_delay_s,
            "DOWNLOAD_SLOTS": {
                host: {"delay": 0, "concurrency": config.concurrency}
                for host in config.loopback_hosts
            },
        }
        for name, value in derived.items():
            settings.set(name, value, "addon")
