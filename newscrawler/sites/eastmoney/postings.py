"""What the old site's posts of one article are made of, taken from list records and answer."""

from __future__ import annotations

from collections.abc import Sequence

from newscrawler.items import Announcement
from newscrawler.postings import FLASH, OUTLET, Posting
from newscrawler.sites.eastmoney.answers import Answer


def postings_of(
    answer: Answer, external_id: str, announcements: Sequence[Announcement]
) -> tuple[Posting, ...]:
    """One posting for the rolling list, one for all others (the first of them counts).

    The rolling list's posts hold `content`, the others `text`. An article that no list announced
    has a posting of the second kind.
    """
    flash = next((each for each in announcements if each.list == FLASH), None)
    outlet = next((each for each in announcements if each.list != FLASH), None)
    found = []
    if flash:
        found.append(_posting(FLASH, external_id, flash, answer.content or answer.text))
    if outlet or not flash:
        found.append(_posting(OUTLET, f"NW{external_id}", outlet, answer.text or answer.content))
    return tuple(found)


def _posting(kind: str, name: str, said: Announcement | None, body: str) -> Posting:
    if said is None:
        return Posting(kind=kind, id=name, body=body)
    return Posting(
        kind=kind,
        id=name,
        title=said.as_spelled("title"),
        published=said.as_spelled("published_raw"),
        source=said.as_spelled("source"),
        digest=said.as_spelled("digest"),
        url=said.as_spelled("url"),
        body=body,
    )
