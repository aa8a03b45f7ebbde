"""The lists of eastmoney that announce articles, each with its own shape and spelling."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from newscrawler.dates import SHANGHAI, parse_time, plausible
from newscrawler.errors import BadIdError, PageError
from newscrawler.items import Announcement
from newscrawler.processors import http_url
from newscrawler.sites.eastmoney.ids import parse_id
from newscrawler.sites.eastmoney.wire import first_text, fold, read_json
from newscrawler.text import clean_line

SITE = "eastmoney"
_ID_KEYS = ("infocode", "code", "newsid", "id")
_TITLE_KEYS = ("title", "simtitle")
_TIME_KEYS = ("showtime", "datetime", "date")
_SOURCE_KEYS = ("medianame", "from", "source")
_DIGEST_KEYS = ("digest", "simdigest", "docreader")
_URL_KEYS = ("url_w", "url_unique", "uniqueurl", "url")
_FIELDS = {
    "title": _TITLE_KEYS,
    "published_raw": _TIME_KEYS,
    "source": _SOURCE_KEYS,
    "digest": _DIGEST_KEYS,
    "url": _URL_KEYS,
}
"""Field of an announcement → the keys it may stand under."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsList:
    """One rolling list: where it is and under which key its rows stand."""

    name: str
    origin: str
    path: str
    """Path and query of the request."""
    rows_key: str
    """`records`, `nodeList` or `record`; read without regard to case."""
    about: str
    silence: timedelta
    """How long it may offer nothing new before that is an alarm."""

    def url(self, base_url: str = "") -> str:
        """The address to ask; `base_url` replaces the list's own origin."""
        return (base_url or self.origin) + self.path

    def read(self, raw: bytes, *, now: datetime) -> ListPage:
        """Read one answer of this list; `now` is the fetch time, for relative times.

        Raises:
            PageError: the answer is no such list (`not_json`, `html_page`, `unexpected_shape` …).
        """
        answer = read_json(raw)
        rows = fold(answer).get(self.rows_key.lower()) if isinstance(answer, dict) else None
        if not isinstance(rows, list):
            raise PageError("unexpected_shape", f'list {self.name} has no array "{self.rows_key}"')
        page = ListPage(announcements=[], bad_ids=[])
        for announcement in self._announcements(rows, page.bad_ids, now):
            page.announcements.append(announcement)
        return page

    def _announcements(
        self, rows: list[object], bad_ids: list[str], now: datetime
    ) -> Iterator[Announcement]:
        for row in rows:
            if not isinstance(row, dict):
                bad_ids.append(repr(row)[:80])
                continue
            record = fold(row)
            try:
                external_id, announced_as = _identify(record)
            except BadIdError:
                bad_ids.append(repr(first_text(record, *_ID_KEYS))[:80])
                continue
            yield _announcement(record, self.name, external_id, announced_as, now)


def _announcement(
    record: dict[str, object], name: str, external_id: str, announced_as: str, now: datetime
) -> Announcement:
    raw = {field: first_text(record, *keys) for field, keys in _FIELDS.items()}
    tidy = {field: clean_line(text) for field, text in raw.items()}
    tidy["published_raw"] = tidy["published_raw"][:64]
    tidy["url"] = http_url(tidy["url"]) or ""
    moment = parse_time(raw["published_raw"], zone=SHANGHAI, now=now)
    return Announcement(
        site=SITE,
        list=name,
        external_id=external_id,
        announced_as=announced_as,
        published_at=moment if moment and plausible(moment, now=now) else None,
        spelled=tuple((field, text) for field, text in raw.items() if text != tidy[field]),
        **tidy,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """What one answer of a list holds."""

    announcements: list[Announcement]
    bad_ids: list[str]
    """Rows that name no usable id, as text for people."""


def _identify(record: dict[str, object]) -> tuple[str, str]:
    """(external_id, the id as spelled) from the first key that holds a usable id."""
    for key in _ID_KEYS:
        spelled = first_text(record, key)
        if not spelled:
            continue
        try:
            return parse_id(spelled).external_id, spelled
        except BadIdError:
            if key == "infocode":
                raise
    raise BadIdError("the row has no article id")


_WEBAPI = "http://183.136.162.242"
_MARKET = "http://43.240.125.15:1818"

LISTS: tuple[NewsList, ...] = (
    NewsList(
        name="flash",
        origin=_WEBAPI,
        path="/web/webapi?type=102&count=500&newsid=1",
        rows_key="records",
        about="rolling news, 7x24",
        silence=timedelta(hours=6),
    ),
    NewsList(
        name="headlines",
        origin=_WEBAPI,
        path="/web/webapi?type=45&count=500&newsid=1",
        rows_key="nodeList",
        about="headlines of many outlets",
        silence=timedelta(hours=24),
    ),
    *(
        NewsList(
            name=f"market{number}",
            origin=_MARKET,
            path=f"/information/newmarket/web/webapi?marketType={number}&count=100",
            rows_key="record",
            about=f"market news {number}",
            silence=timedelta(days=3),
        )
        for number in (37, 38, 39)
    ),
)
"""In the order in which their metadata is preferred."""
