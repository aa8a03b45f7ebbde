"""The options that say which articles a command is about, the same for all that have them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

import click

from newscrawler.config_values import ages
from newscrawler.dates import SHANGHAI, parse_time
from newscrawler.errors import ConfigError
from newscrawler.store.filters import Filters

_OPTIONS = (
    click.option("--site", metavar="SITE", help="Only this site."),
    click.option("--source", metavar="NAME", help="Only this outlet, by name or slug."),
    click.option("--security", metavar="CODE", help="Only what links this, e.g. 1.600519."),
    click.option("--since", metavar="2h|DATE", help="Only what was published then or later."),
    click.option("--until", metavar="2h|DATE", help="Only what was published before."),
)


def filter_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the filters, and hand it `filters`."""

    @wraps(function)
    def wrapper(
        *args: Any,
        site: str | None,
        source: str | None,
        security: str | None,
        since: str | None,
        until: str | None,
        **kwargs: Any,
    ) -> None:
        now = datetime.now(UTC)
        filters = Filters(
            site=site,
            source=source,
            security=security,
            since=None if since is None else moment("--since", since, now),
            until=None if until is None else moment("--until", until, now),
        )
        function(*args, filters=filters, **kwargs)

    for option in reversed(_OPTIONS):
        wrapper = option(wrapper)
    return wrapper


def moment(option: str, text: str, now: datetime) -> datetime:
    """The moment an age ("2h") or a date stands for; a date without zone is Beijing time.

    Raises:
        ConfigError: neither of them; it names the option.
    """
    try:
        [age] = ages(text)
    except ValueError:
        found = parse_time(text, zone=SHANGHAI, now=now)
    else:
        found = now - age
    if found is None:
        raise ConfigError(f"{option} takes an age such as 2h or a date, not {text!r}")
    return found
