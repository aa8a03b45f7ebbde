"""Upstream's times, read the same on every machine."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import newscrawler
from newscrawler.dates import SHANGHAI, local_iso, parse_time, plausible

NOW = datetime(2022, 2, 24, 13, 0, 32, tzinfo=SHANGHAI)

EXACT = {
    "2022-02-24 12:58:01": "2022-02-24T12:58:01+08:00",
    "2022/02/24 12:58:01": "2022-02-24T12:58:01+08:00",
    "2022/2/4 9:08:07": "2022-02-04T09:08:07+08:00",
    "2022-02-24 12:58": "2022-02-24T12:58:00+08:00",
    "2022-02-24": "2022-02-24T00:00:00+08:00",
    "2022-02-24T12:58:01": "2022-02-24T12:58:01+08:00",
    "2022-02-24T12:58:01Z": "2022-02-24T20:58:01+08:00",
    "2022-02-24T12:58:01.500-0500": "2022-02-25T01:58:01+08:00",
    "2022-02-24T12:58:01.1234567+08:00": "2022-02-24T12:58:01+08:00",
    "2022-02-24 12:58:01:123": "2022-02-24T12:58:01+08:00",
    "2022年02月24日 12:58": "2022-02-24T12:58:00+08:00",
    "2022年2月4日12:58:01": "2022-02-04T12:58:01+08:00",
    "2022年2月4日 12时58分": "2022-02-04T12:58:00+08:00",
    "２０２２－０２－２４　１２：５８：０１": "2022-02-24T12:58:01+08:00",
    "Thu, 24 Feb 2022 12:58:01 +0800": "2022-02-24T12:58:01+08:00",
    "24 Feb 2022 04:58 GMT": "2022-02-24T12:58:00+08:00",
    "1645678681": "2022-02-24T12:58:01+08:00",
    "1645678681000": "2022-02-24T12:58:01+08:00",
    "  2022-02-24 12:58:01\r\n": "2022-02-24T12:58:01+08:00",
    "02-24 12:58": "2022-02-24T12:58:00+08:00",
    "12-31 23:59": "2021-12-31T23:59:00+08:00",
    "2月29日 10:00": "2020-02-29T10:00:00+08:00",
}
WORDY = {
    "今天 16:25": "2022-02-24T16:25:00+08:00",
    "今日9:05": "2022-02-24T09:05:00+08:00",
    "昨天 08:00": "2022-02-23T08:00:00+08:00",
    "昨天晚上8:30": "2022-02-23T20:30:00+08:00",
    "前天": "2022-02-22T00:00:00+08:00",
    "3分钟前": "2022-02-24T12:57:32+08:00",
    "1个小时前": "2022-02-24T12:00:32+08:00",
    "2小时前": "2022-02-24T11:00:32+08:00",
    "2天前": "2022-02-22T13:00:32+08:00",
    "刚刚": "2022-02-24T13:00:32+08:00",
    "2022年2月24日 星期四 下午3:05": "2022-02-24T15:05:00+08:00",
    "5 minutes ago": "2022-02-24T12:55:32+08:00",
    "yesterday at 8:05 pm": "2022-02-23T20:05:00+08:00",
    "Feb 24, 2022 1:00 PM": "2022-02-24T13:00:00+08:00",
}
UNUSABLE = [
    "", " ", "-", "0", "-1", "NaN", "inf", "1e400", "None", "null", "[Null]", "0000-00-00",
    "0000-00-00 00:00:00", "0001-01-01 00:00:00", "2022-13-01 10:00:00", "2022-02-30 10:00:00",
    "2022-02-24 24:00:00", "2022-02-24 10:60:00", "2022-02/24 10:00", "2022-02-2410:00", "20220224",
    "今天 25:00", "昨天 8:61", "9999年前", "Feb 30, 2022", "24 Foo 2022 10:00:00 GMT", "16:25",
    "2022-02-24T10:00:00+08:99", "2022-02-24T10:00:00+25:00", "٢٠٢٢-٠٢-٢٤ ١٠:٠٠", "13-01 10:00",
    "1645678", "9999999999", "4102444800000", "2022-02-24 10:00:00 and more", "x" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize(("raw", "expected"), [*EXACT.items(), *WORDY.items()])
def test_known_forms_are_read(raw: str, expected: str) -> None:
    moment = parse_time(raw, zone=SHANGHAI, now=NOW)
    assert moment is not None
    assert moment.tzinfo is UTC
    assert local_iso(moment, SHANGHAI) == expected


@pytest.mark.parametrize("raw", UNUSABLE, ids=lambda raw: repr(raw[:30]))
def test_everything_else_is_no_time(raw: str) -> None:
    assert parse_time(raw, zone=SHANGHAI, now=NOW) is None


@pytest.mark.parametrize("raw", [1645678681, 1645678681.25, 1645678681000])
def test_epoch_numbers_are_seconds_or_milliseconds(raw: float) -> None:
    moment = parse_time(raw, zone=SHANGHAI, now=NOW)
    assert moment is not None
    assert local_iso(moment, SHANGHAI) == "2022-02-24T12:58:01+08:00"


@pytest.mark.parametrize("raw", [0, -1, True, 10**400, float("nan"), float("inf"), 2**33, None])
def test_other_numbers_are_no_time(raw: float | None) -> None:
    assert parse_time(raw, zone=SHANGHAI, now=NOW) is None


def test_fractions_are_kept_to_the_microsecond() -> None:
    raw = "2022-02-24 12:58:01.1234567"
    moment = parse_time(raw, zone=SHANGHAI, now=NOW)
    assert moment == datetime(2022, 2, 24, 4, 58, 1, 123456, tzinfo=UTC)


def test_a_date_without_year_may_lie_a_day_ahead_over_new_year() -> None:
    eve = datetime(2022, 12, 31, 23, 30, tzinfo=SHANGHAI)
    moment = parse_time("01-01 00:10", zone=SHANGHAI, now=eve)
    assert moment == datetime(2023, 1, 1, 0, 10, tzinfo=SHANGHAI)


def test_the_shanghai_day_counts_for_relative_words_not_the_utc_day() -> None:
    early = datetime(2022, 2, 23, 17, 0, tzinfo=UTC)  # already the 24th in Shanghai
    moment = parse_time("今天 00:30", zone=SHANGHAI, now=early)
    assert moment == datetime(2022, 2, 24, 0, 30, tzinfo=SHANGHAI)


def test_elapsed_hours_are_real_hours_across_summer_time() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    after_gap = datetime(2022, 3, 27, 5, 0, tzinfo=berlin)
    moment = parse_time("4小时前", zone=berlin, now=after_gap)
    assert moment == after_gap.astimezone(UTC) - timedelta(hours=4)


@pytest.mark.parametrize("raw", ["2022-03-27 02:30:00", "2022-10-30 02:30:00"])
def test_clock_changes_of_other_zones_do_not_raise(raw: str) -> None:
    moment = parse_time(raw, zone=ZoneInfo("Europe/Berlin"), now=NOW)
    assert moment is not None


def test_shanghai_has_no_summer_time_in_any_year() -> None:
    moment = parse_time("1990-07-01 12:00:00", zone=SHANGHAI, now=NOW)
    assert moment == datetime(1990, 7, 1, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(1989, 12, 31, 23, 59, tzinfo=UTC), False),
        (datetime(1990, 1, 1, tzinfo=UTC), True),
        (NOW + timedelta(hours=24), True),
        (NOW + timedelta(hours=24, seconds=1), False),
        (datetime(9999, 1, 1, tzinfo=UTC), False),
    ],
)
def test_plausible_is_1990_to_a_day_ahead(moment: datetime, expected: bool) -> None:
    assert plausible(moment, now=NOW) is expected


@pytest.mark.parametrize("machine_zone", ["America/New_York", "Asia/Kolkata", "Pacific/Apia"])
def test_the_machines_own_zone_changes_nothing(machine_zone: str) -> None:
    script = (
        "from datetime import datetime, timedelta, timezone\n"
        "from newscrawler.dates import parse_time, SHANGHAI\n"
        "now = datetime(2022, 2, 24, 13, 0, 32, tzinfo=SHANGHAI)\n"
        "for raw in ('2022-02-24 12:58:01', '今天 16:25', '3分钟前', '刚刚', '2天前'):\n"
        "    print(parse_time(raw, zone=SHANGHAI, now=now).isoformat())\n"
    )
    root = str(Path(newscrawler.__file__).parents[1])
    env = {**os.environ, "TZ": machine_zone, "PYTHONPATH": root, "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [
        "2022-02-24T04:58:01+00:00",
        "2022-02-24T08:25:00+00:00",
        "2022-02-24T04:57:32+00:00",
        "2022-02-24T05:00:32+00:00",
        "2022-02-22T05:00:32+00:00",
    ]


SECONDS = st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0)
)
FORMATS = [
    "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y年%m月%d日 %H:%M:%S",
    "%Y-%m-%d %H:%M:%S:000", "%Y-%m-%dT%H:%M:%S.000+08:00", "%Y-%m-%dT%H:%M:%S+0800",
]  # fmt: skip


@given(SECONDS, st.sampled_from(FORMATS))
def test_every_exact_format_round_trips(moment: datetime, form: str) -> None:
    local = moment.replace(tzinfo=SHANGHAI)
    assert parse_time(moment.strftime(form), zone=SHANGHAI, now=NOW) == local


@given(SECONDS, st.integers(-14 * 4, 14 * 4))
def test_iso_and_mail_dates_of_any_offset_round_trip(moment: datetime, quarters: int) -> None:
    local = moment.replace(tzinfo=timezone(timedelta(minutes=15 * quarters)))
    assert parse_time(local.isoformat(), zone=SHANGHAI, now=NOW) == local
    assert parse_time(format_datetime(local), zone=SHANGHAI, now=NOW) == local


@given(st.integers(1_000_000_000, int(NOW.timestamp())), st.sampled_from([1, 1000]), st.booleans())
def test_epochs_round_trip_as_number_and_text(seconds: int, unit: int, as_text: bool) -> None:
    raw = seconds * unit
    moment = parse_time(str(raw) if as_text else raw, zone=SHANGHAI, now=NOW)
    assert moment == datetime.fromtimestamp(seconds, UTC)


@given(st.datetimes(datetime(2021, 2, 26), datetime(2022, 2, 25)))  # noqa: DTZ001
def test_month_and_day_round_trip_within_the_last_year(moment: datetime) -> None:
    expected = moment.replace(second=0, microsecond=0, tzinfo=SHANGHAI)
    assert parse_time(moment.strftime("%m-%d %H:%M"), zone=SHANGHAI, now=NOW) == expected


PIECES = st.sampled_from(
    [*EXACT, *WORDY, "-", ":", " ", "年", "月", "日", "前", "天", "小时", "ago", "-1", "9999", "PM"]
)
ANY_TEXT = st.text() | st.lists(PIECES, max_size=3).map("".join)


@given(ANY_TEXT | st.integers() | st.floats() | st.integers(10**11, 10**14))
def test_nothing_raises_and_every_answer_is_utc(raw: str | float) -> None:
    moment = parse_time(raw, zone=SHANGHAI, now=NOW)
    assert moment is None or moment.utcoffset() == timedelta(0)
