"""Text and numbers of upstream times → aware UTC; pure, the clock is an argument.

Exact formats are read by rule. dateparser sees nothing but relative and wordy text that has
passed a strict pre-check: left alone it reads "-1", "NaN" and "1e400" as dates.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from importlib import import_module
from typing import cast

SHANGHAI = timezone(timedelta(hours=8), "+08:00")
"""UTC+8 without summer time, which is what upstream means; the tz database's Asia/Shanghai has
summer time from 1986 to 1991 and would move those articles by an hour."""

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(hours=24)
_MAX_CHARS = 64

_TIME = r"(?P<hour>\d{1,2})[:时](?P<minute>\d{2})(?:[:分](?P<second>\d{2})秒?|分)?"
_FRACTION = r"(?:[.,:](?P<fraction>\d{1,9}))?"
_OFFSET = r"\s*(?P<offset>Z|z|GMT|UTC|UT|[+-]\d{2}:?\d{2}|[+-]\d{2})?"
_DATE = (
    r"(?P<year>\d{4})(?:(?P<dash>[-/.])(?P<month>\d{1,2})(?P=dash)(?P<day>\d{1,2})"
    r"|年(?P<month_zh>\d{1,2})月(?P<day_zh>\d{1,2})日)"
)
_GAP = r"(?:[Tt]|\s+|(?<=日))"
_EXACT = re.compile(rf"{_DATE}(?:{_GAP}{_TIME}{_FRACTION}{_OFFSET})?", re.ASCII)
_YEARLESS = re.compile(
    rf"(?P<month>\d{{1,2}})(?:[-/](?P<day>\d{{1,2}})|月(?P<day_zh>\d{{1,2}})日){_GAP}{_TIME}",
    re.ASCII,
)
_RFC_2822 = re.compile(
    r"(?:[A-Za-z]{3},?\s+)?(?P<day>\d{1,2})\s+(?P<month_en>[A-Za-z]{3})\s+(?P<year>\d{4})\s+"
    rf"(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})(?::(?P<second>\d{{2}}))?{_OFFSET}",
    re.ASCII,
)
_EPOCH = re.compile(r"\d{10}(?:\.\d{1,9})?|\d{13}", re.ASCII)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"

_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
_CLOCK_12 = rf"{_CLOCK}(?:\s*[AaPp]\.?[Mm]\.?)?"
_CLOCK_AFTER_DATE = rf"(?:,? (?:at )?{_CLOCK_12})?"
_MONTH = rf"(?:{_MONTHS.replace(' ', '|')})[a-z]{{0,6}}"
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},? )?"
_HALF_DAY = r"(?:上午|下午|早上|晚上|中午)?\s*"
_ELAPSED = re.compile(
    r"\d{1,4}\s*(?:秒钟?|分钟?|个?小时)前|半小时前|刚刚|刚才"
    r"|\d{1,4} (?:second|minute|min|hour)s? ago|just now",
    re.ASCII | re.IGNORECASE,
)
_DAY_WORD = re.compile(r"今天|今日|昨天|昨日|前天|today|yesterday", re.IGNORECASE)
_WORDY = re.compile(
    rf"(?:{_DAY_WORD.pattern})(?:\s*{_HALF_DAY}(?:at )?{_CLOCK_12})"
    r"|\d{1,4}\s*(?:天|日|周|个月|月|年)前|\d{1,4} (?:day|week|month|year)s? ago"
    rf"|\d{{4}}年\d{{1,2}}月\d{{1,2}}日\s*(?:(?:星期|周)[一二三四五六日天])?\s*(?:{_HALF_DAY}{_CLOCK})?"
    rf"|{_WEEKDAY}(?:{_MONTH}\.? \d{{1,2}}|\d{{1,2}} {_MONTH}\.?),? \d{{4}}{_CLOCK_AFTER_DATE}",
    re.ASCII | re.IGNORECASE,
)
_PLAIN_WORDS = {"今日": "今天", "昨日": "昨天", "个小时": "小时", "刚才": "刚刚"}


def parse_time(raw: str | float | None, *, zone: tzinfo, now: datetime) -> datetime | None:
    """Return the moment that `raw` names, aware and in UTC, or None if it names none.

    Text without an offset is local to `zone`; relative text counts from `now` (aware); a date
    alone is the start of that day; a date without year is the latest one that is at most a day
    ahead of `now`. Numbers and digit strings are epoch seconds (10 digits) or milliseconds (13),
    and only if `plausible`. Never raises.
    """
    if raw is None or isinstance(raw, bool):
        return None
    try:
        if isinstance(raw, int | float):
            return _from_epoch(raw, now)
        return _from_text(_normalised(raw), zone, now)
    except (ValueError, OverflowError):
        return None


def plausible(moment: datetime, *, now: datetime) -> bool:
    """Whether an article can have been published then: from 1990 to 24 hours ahead of `now`."""
    return EARLIEST <= moment <= now + _AHEAD


def local_iso(moment: datetime, zone: tzinfo) -> str:
    """Return ISO 8601 text with offset and whole seconds: "2022-02-24T13:00:32+08:00"."""
    return moment.astimezone(zone).isoformat(timespec="seconds")


def _normalised(raw: str) -> str:
    if len(raw) > _MAX_CHARS:
        return ""
    return raw.strip() if raw.isascii() else unicodedata.normalize("NFKC", raw).strip()


def _from_text(text: str, zone: tzinfo, now: datetime) -> datetime | None:
    if exact := _EXACT.fullmatch(text):
        return _from_parts(exact.groupdict(), zone)
    if _EPOCH.fullmatch(text):
        return _from_epoch(float(text), now)
    if yearless := _YEARLESS.fullmatch(text):
        return _latest(yearless.groupdict(), zone, now)
    if letter := _RFC_2822.fullmatch(text):
        return _from_parts(letter.groupdict(), zone)
    return _from_words(text, zone, now)


def _from_parts(parts: dict[str, str | None], zone: tzinfo) -> datetime:
    fraction = parts.get("fraction") or ""
    moment = datetime(
        int(parts["year"] or 0),
        _month(parts),
        int(parts.get("day") or parts.get("day_zh") or 0),
        int(parts["hour"] or 0),
        int(parts["minute"] or 0),
        int(parts["second"] or 0),
        int(fraction[:6].ljust(6, "0")),
        tzinfo=_offset(parts.get("offset"), zone),
    )
    return moment.astimezone(UTC)


def _month(parts: dict[str, str | None]) -> int:
    if name := parts.get("month_en"):
        return _MONTHS.split().index(name.lower()) + 1
    return int(parts.get("month") or parts.get("month_zh") or 0)


def _offset(text: str | None, zone: tzinfo) -> tzinfo:
    if not text:
        return zone
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    if int(digits[2:]) > 59:
        raise ValueError(text)
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-span if text[0] == "-" else span)


def _from_epoch(number: float, now: datetime) -> datetime | None:
    if 1e9 <= number < 1e10:
        moment = datetime.fromtimestamp(number, UTC)
    elif 1e12 <= number < 1e13:
        moment = datetime.fromtimestamp(number / 1000, UTC)
    else:
        return None
    return moment if plausible(moment, now=now) else None


def _latest(parts: dict[str, str | None], zone: tzinfo, now: datetime) -> datetime | None:
    newest = now + _AHEAD
    this_year = newest.astimezone(zone).year
    for year in range(this_year, this_year - 9, -1):
        try:
            moment = _from_parts({**parts, "year": str(year)}, zone)
        except ValueError:
            continue
        if moment <= newest:
            return moment
    return None


def _from_words(text: str, zone: tzinfo, now: datetime) -> datetime | None:
    """Elapsed time counts in UTC, days and weeks on the wall clock of `zone`."""
    if _DAY_WORD.fullmatch(text):
        text += " 00:00"
    if _ELAPSED.fullmatch(text):
        base = now.astimezone(UTC)
    elif _WORDY.fullmatch(text):
        base = now.astimezone(zone)
    else:
        return None
    for variant, word in _PLAIN_WORDS.items():
        text = text.replace(variant, word)
    settings: dict[str, object] = {
        "RELATIVE_BASE": base.replace(tzinfo=None),
        "TIMEZONE": "UTC",  # any fixed one: else the machine's own would be asked
        "RETURN_AS_TIMEZONE_AWARE": False,
        "PREFER_DATES_FROM": "past",
        "STRICT_PARSING": True,
    }
    moment = _dateparser()(text, languages=["zh", "en"], settings=settings)
    return moment.replace(tzinfo=base.tzinfo).astimezone(UTC) if moment else None


@cache
def _dateparser() -> Callable[..., datetime | None]:
    """Imported when the first wordy text comes: it takes a fifth of a second."""
    return cast(Callable[..., "datetime | None"], import_module("dateparser").parse)
