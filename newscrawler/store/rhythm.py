"""What one look at a rolling list says of what was missed, and of a list that fell silent. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from newscrawler.items import Announcement

Gap = tuple[datetime, datetime]
"""Between these two times of publication a list may have offered what nobody has seen."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is known of one list, from all looks at it so far."""

    newest_at: datetime | None
    """The newest time of publication that it has offered; None if its rows have none."""
    new_at: datetime
    """When it last offered what it had not offered before."""
    read_at: datetime
    quiet: timedelta = timedelta(0)
    """The longest silence that looks have seen and that ended by itself."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """How long a list may offer nothing new."""

    own: timedelta
    most: int = 4
    """What is learnt stretches `own` at most so far: an outage is no rhythm."""

    def after(self, quiet: timedelta) -> timedelta:
        """`own`, or twice the longest silence that was seen to pass.

        >>> Alarm(timedelta(hours=6)).after(timedelta(hours=5))
        datetime.timedelta(seconds=36000)
        """
        return max(self.own, min(2 * quiet, self.most * self.own))


@dataclass(frozen=True, slots=True)
class Found:
    """What a look has found."""

    rhythm: Rhythm
    gap: Gap | None = None
    reaches_back_to: datetime | None = None
    """The oldest time that this look covers without a hole."""
    silence: timedelta | None = None
    """How long it has offered nothing new, if that is longer than it may be."""


def alarm_of(own: timedelta | None, wanted: timedelta | None) -> Alarm | None:
    """The alarm of a list whose own measure is `own`, by the setting SILENCE_ALARM: None for no
    alarm, no time at all for the list's own rhythm, else just that time."""
    if own is None or wanted is None:
        return None
    return Alarm(wanted, most=1) if wanted else Alarm(own)


def look(
    before: Rhythm | None,
    offered: Sequence[Announcement],
    known: Collection[str],
    now: datetime,
    *,
    is_new: bool,
    alarm: Alarm | None,
) -> Found:
    """Judge one answer of a list, newest row first.

    `known`: external ids that this list had offered before. `is_new`: whether it offers anything
    that it had not. A list that is seen for the first time has neither gap nor silence.
    """
    in_place = _in_place(offered)
    times = [row.published_at for row in in_place if row.published_at]
    oldest, newest = (times[-1], times[0]) if times else (None, None)
    if before is None:
        return Found(Rhythm(newest, now, now), reaches_back_to=oldest)
    after = replace(
        before,
        newest_at=max(filter(None, [newest, before.newest_at]), default=None),
        read_at=max(now, before.read_at),
    )
    gap = None
    if oldest and before.newest_at and oldest > before.newest_at:
        overlaps = any(row.external_id in known for row in in_place)
        gap = None if overlaps else (before.newest_at, oldest)
    if is_new:
        quiet = max(before.quiet, before.read_at - before.new_at)
        return Found(replace(after, new_at=now, quiet=quiet), gap, oldest)
    silence = now - before.new_at
    is_alarming = alarm is not None and silence > alarm.after(before.quiet)
    return Found(after, gap, oldest, silence if is_alarming else None)


def say_gap(name: str, gap: Gap) -> str:
    """A line of the run report."""
    since, until = (f"{moment:%Y-%m-%d %H:%M}" for moment in gap)
    return (
        f"list {name} may have missed what came between {since} and {until} UTC: "
        "see newscrawler gaps"
    )


def say_silence(found: Found, alarm: Alarm | None) -> str:
    """The detail of a failure."""
    silence, usual = (
        found.silence or timedelta(0),
        alarm.after(found.rhythm.quiet) if alarm else None,
    )
    return (
        f"nothing new since {found.rhythm.new_at:%Y-%m-%d %H:%M} UTC ({say_span(silence)}; "
        f"up to {say_span(usual or silence)} is usual, see SILENCE_ALARM)"
    )


def say_span(span: timedelta) -> str:
    """
    >>> say_span(timedelta(hours=30)), say_span(timedelta(minutes=90)), say_span(timedelta(days=3))
    ('30 h', '90 min', '3 d')
    """
    for unit, seconds, least in (("d", 86_400, 3), ("h", 3_600, 2), ("min", 60, 1)):
        number = span.total_seconds() / seconds
        if number >= least:
            return f"{number:.0f} {unit}"
    return f"{span.total_seconds():.0f} s"


def _in_place(offered: Sequence[Announcement]) -> list[Announcement]:
    """The rows that stand where their time belongs: a pinned old row on top says nothing."""
    kept: list[Announcement] = []
    newest: datetime | None = None
    for row in reversed(offered):
        if row.published_at and (newest is None or row.published_at >= newest):
            newest = row.published_at
            kept.append(row)
    return kept[::-1]
