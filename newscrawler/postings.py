"""How lists and posts spell an article, kept beside what we make of it."""

from __future__ import annotations

from dataclasses import dataclass

FLASH = "flash"
"""The rolling list whose posts carry the bare id and link a page of their own."""
OUTLET = "outlet"
"""Every other list: its posts carry the infoCode and stand under the outlet's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What one kind of post is made of, character for character as it came; "" where unsaid."""

    kind: str
    """FLASH or OUTLET: an article has at most one posting of each."""
    id: str
    """As the post's file is named: `202202242287513337` or `NW202202242287513337`."""
    title: str = ""
    published: str = ""
    """The list's time, e.g. `2022-02-24 13:00:32`, Beijing time."""
    source: str = ""
    digest: str = ""
    url: str = ""
    """The page that the list names; "" if it names none."""
    body: str = ""
    """HTML."""
    form: str = ""
    """Generation of the imported post ("T1a" … "T5"); "" if a crawl made the posting."""
    file: str = ""
    """The whole post, if it is none that its generation's template gives back."""


def merge(kept: tuple[Posting, ...], added: tuple[Posting, ...]) -> tuple[Posting, ...]:
    """Both, one of each kind, in the order of their kinds; `added` wins."""
    by_kind = {each.kind: each for each in (*kept, *added)}
    return tuple(by_kind[kind] for kind in sorted(by_kind))
