"""Every setting with type, default, unit and meaning, and the frozen Config that they make up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from newscrawler import config_values as values
from newscrawler.config_secrets import mask_database, mask_hook, secrets_of

SITES = ("eastmoney",)
"""Every site we know; each has a <SITE>_BASE_URL."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: how its text is read, and what it means."""

    name: str
    default: str
    """As one would write it."""
    read: Callable[[str], Any]
    """Text → value; raises ValueError saying what is expected."""
    meaning: str
    """Unit and effect, for `newscrawler config` and docs/settings.md."""
    mask: Callable[[str], str] | None = None
    """Hides the secret parts of a value; None if there are none."""

    def shown(self, text: str) -> str:
        """The text as people may see it."""
        return self.mask(text) if self.mask else text


@dataclass(frozen=True, slots=True)
class Given:
    """The effective text of one setting and where it came from."""

    name: str
    text: str
    origin: str
    """"default", "newscrawler.toml", "environment NEWSCRAWLER_…" or "-s"."""


def _about(
    default: str,
    read: Callable[[str], Any],
    meaning: str,
    mask: Callable[[str], str] | None = None,
) -> dict[str, Any]:
    return {"default": default, "read": read, "meaning": meaning, "mask": mask}


@dataclass(frozen=True, kw_only=True)
class Config:
    """Effective values, typed; picklable, without state."""

    database_url: str = field(
        repr=False,
        metadata=_about(
            "sqlite:///data/news.db",
            values.database_url,
            "The database: SQLite, PostgreSQL or MariaDB, as an SQLAlchemy URL. SQLite paths "
            "count from the working directory.",
            mask_database,
        ),
    )
    eastmoney_share_url: str = field(
        metadata=_about(
            "http://choicewzp1.eastmoney.com",
            values.origin,
            "Origin of the share host whose NewsData/GetNewsText.do is read.",
        )
    )
    eastmoney_article_api_url: str = field(
        metadata=_about(
            "https://newsinfo.eastmoney.com" + values.ARTICLE_API_PATH,
            values.article_api,
            "Article API, asked for what the share host does not say. {id} stands for the id; "
            "without it the id becomes the last path segment; an origin alone gets the standard "
            "path.",
        )
    )
    allowed_private_hosts: tuple[str, ...] = field(
        metadata=_about(
            "",
            values.hosts,
            "Comma list of host or host:port that may resolve to loopback or private addresses; "
            "everything else private is refused.",
        )
    )
    insecure_tls_hosts: tuple[str, ...] = field(
        metadata=_about(
            "",
            values.hosts,
            "Comma list of host or host:port whose TLS certificates are not verified.",
        )
    )
    raw_archive: Path | None = field(
        metadata=_about(
            "data/raw",
            values.directory,
            "Directory of the WARC archive of raw answers (lists and articles), from which "
            '`newscrawler reparse` reads again; "off" for none.',
        )
    )
    jekyll_site_url: str = field(
        metadata=_about(
            "//finews.withounder.com",
            values.site_address,
            "Address of the exported Jekyll site, which its posts link; without a scheme "
            "(//host) it is that of the page.",
        )
    )
    jekyll_share_url: str = field(
        metadata=_about(
            "http://finews.zning.xyz",
            values.origin,
            "Origin of the share pages that exported posts link.",
        )
    )
    jekyll_title: str = field(
        metadata=_about("金融消息", values.text, "Title of the exported Jekyll site.")
    )
    contact: str = field(
        metadata=_about(
            "", values.contact, "E-mail address or URL of the operator, sent in the User-Agent."
        )
    )
    recheck: tuple[timedelta, ...] = field(
        metadata=_about(
            "1h,6h,24h",
            values.ages,
            "Ages at which a stored article is fetched again to catch corrections (units s, m, "
            'h, d, w); "off" for never.',
        )
    )
    near_duplicates: bool = field(
        metadata=_about(
            "on",
            values.switch,
            "Whether an article that is an edited copy of an earlier one is linked to it; with "
            '"off" only equal texts are. `duplicates relink --all` makes up for what was not.',
        )
    )
    max_page_bytes: int = field(
        metadata=_about(
            "8388608",
            values.whole(1024),
            "Bytes; larger answers, also after decompression, are refused.",
        )
    )
    max_requests_per_hour: int = field(
        metadata=_about(
            "3600",
            values.whole(0),
            "Requests per hour and site, kept by all workers together; 0 for no limit.",
        )
    )
    on_run_end: str = field(
        repr=False,
        metadata=_about(
            "", values.text, "Reserved, without effect yet: gets each run report.", mask_hook
        ),
    )
    on_alarm: str = field(
        repr=False,
        metadata=_about(
            "", values.text, "Reserved, without effect yet: gets each alarm.", mask_hook
        ),
    )
    silence_alarm: timedelta | None = field(
        metadata=_about(
            "auto",
            values.silence,
            "How long a list may offer nothing new before the run warns (`stale`) and ends with "
            'exit code 1: one age for all lists, "auto" for each list\'s own rhythm, "off" for '
            "ever.",
        )
    )
    page_deadline_s: float = field(
        metadata=_about("30", values.seconds(0.1), "Seconds for one whole answer, first to last.")
    )
    concurrency: int = field(
        metadata=_about("8", values.whole(1), "Requests in parallel per site, at most.")
    )
    in_flight: int = field(
        metadata=_about(
            "16",
            values.whole(1),
            "Pages fetched and not yet committed, at most: what a kill can cost.",
        )
    )
    request_delay_s: float = field(
        metadata=_about(
            "0.5",
            values.seconds(0),
            "Seconds between two requests to one host; none on loopback.",
        )
    )
    retry_times: int = field(
        metadata=_about(
            "2", values.whole(0), "Further tries after a failure that may pass, per request."
        )
    )
    base_urls: tuple[tuple[str, str], ...] = ()
    """(site, origin) of every <SITE>_BASE_URL that is not empty."""
    scrapy: tuple[tuple[str, Any], ...] = ()
    """Scrapy's own settings, from the table [scrapy] of the file."""
    given: tuple[Given, ...] = field(default=(), repr=False)
    """Every setting's effective text and origin, by name."""

    def base_url(self, site: str) -> str:
        """The origin that every request of `site` goes to; "" for the site's own hosts."""
        return dict(self.base_urls).get(site, "")

    def is_set(self, name: str) -> bool:
        """Whether anything but the default gave the setting its value."""
        return any(given.name == name and given.origin != "default" for given in self.given)

    @property
    def allowed_hosts(self) -> tuple[str, ...]:
        """What may be private: ALLOWED_PRIVATE_HOSTS, and host:port of each address we were told
        to use (<SITE>_BASE_URL, and the eastmoney addresses if they were set)."""
        told = [url for _, url in self.base_urls]
        told += [self.eastmoney_share_url] if self.is_set("EASTMONEY_SHARE_URL") else []
        told += [self.eastmoney_article_api_url] if self.is_set("EASTMONEY_ARTICLE_API_URL") else []
        named = (*self.allowed_private_hosts, *map(values.host_of, filter(None, told)))
        return tuple(dict.fromkeys(named))

    @property
    def loopback_hosts(self) -> tuple[str, ...]:
        """Host names without port that are this machine: they need no pause between requests."""
        named = {values.split_host(host)[0] for host in self.allowed_hosts}
        return tuple(sorted({"localhost", "127.0.0.1", "::1", *filter(_is_loopback, named)}))

    @property
    def database_host(self) -> str | None:
        """The database server's host:port; None for SQLite or a socket file."""
        return values.database_host(self.database_url)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret text in the configuration, longest first: what no log may show."""
        return secrets_of(self.database_url, self.on_run_end, self.on_alarm)

    def explain(self) -> list[tuple[str, str, str, str]]:
        """(name, value with secrets masked, origin, meaning) of every setting, by name."""
        return [
            (one.name, SETTINGS[one.name].shown(one.text), one.origin, SETTINGS[one.name].meaning)
            for one in self.given
        ]


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _settings() -> Iterator[Setting]:
    for one in fields(Config):
        if one.metadata:
            yield Setting(name=one.name.upper(), **one.metadata)
    for site in SITES:
        meaning = (
            f"Origin that every request of {site} goes to instead of its own hosts, paths kept "
            "(replica, mirror, proxy)."
        )
        yield Setting(f"{site.upper()}_BASE_URL", "", values.origin, meaning)


SETTINGS: Mapping[str, Setting] = {
    setting.name: setting for setting in sorted(_settings(), key=lambda setting: setting.name)
}
"""Every setting, by name."""
