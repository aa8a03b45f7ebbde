"""Atom feeds (RFC 4287): the newest articles, or the newest corrections with their words marked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from html import escape
from itertools import chain, islice
from urllib.parse import quote, urlencode

from newscrawler.diff import Difference, Op, Segment, difference
from newscrawler.exports.formats import About, Format, Record, Sink

_AUTHORITY = "tag:newscrawler.invalid,2026:"
"""Of ids (RFC 4151): a name that nobody can own, so that two installations agree on an article."""
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_URL = re.compile(
    r"""[^!#$%&'()*+,./0-9:;=?@A-Z\[\]_a-z~\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef-]"""
)
_TIMES = ("since", "until")

Entry = Callable[[Record], Iterator[str]]


def write(
    records: Iterator[Record], sink: Sink, about: About, *, kind: str, url: str | None
) -> None:
    """The feed; the first record is the one that changed last."""
    entry = {"articles": _article, "corrections": _correction}[kind]
    first = list(islice(records, 1))
    updated = _updated(first[0]) if first else about.created_at
    _send(sink, _head(about, kind, url, updated))
    for record in chain(first, records):
        _send(sink, ["<entry>", *entry(record), "</entry>"])
    _send(sink, ["</feed>"])


def atom(*, corrections: bool = False, url: str | None = None) -> Format:
    """The format; `url`: where the feed will be found."""
    kind = "corrections" if corrections else "articles"
    parts = () if corrections else ("securities",)
    return Format(name="atom", write=partial(write, kind=kind, url=url), parts=parts)


def _send(sink: Sink, lines: Iterable[str]) -> None:
    sink.write("".join(f"{line}\n" for line in lines).encode())


def _updated(record: Record) -> datetime:
    found: datetime = record["newer"]["seen_at"] if "newer" in record else record["updated_at"]
    return found


def _head(about: About, kind: str, url: str | None, updated: datetime) -> Iterator[str]:
    chosen = {name: value for name, value in about.filters.items() if name not in _TIMES}
    identity = f"{_AUTHORITY}feed/{kind}" + (f"?{urlencode(chosen)}" if chosen else "")
    title = " · ".join(["newscrawler", kind, *chosen.values()])
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh">'
    yield _element("id", identity)
    yield _element("title", title)
    yield _time("updated", updated)
    yield "<author><name>newscrawler</name></author>"
    yield f"<generator version={_attribute(about.version)}>newscrawler</generator>"
    if url is not None:
        yield f'<link rel="self" type="application/atom+xml" href={_href(url)}/>'


def _article(record: Record) -> Iterator[str]:
    yield from _entry_head(record, record["title"], _identity(record), record["source"])
    yield _time("updated", record["updated_at"])
    yield _time("published", record["published_at"])
    for row in record["securities"]:
        label = _attribute(row["name"] or row["code"])
        scheme = _attribute(f"{_AUTHORITY}securities")
        yield f"<category term={_attribute(row['security'])} scheme={scheme} label={label}/>"
    if record["summary"]:
        yield _element("summary", record["summary"])
    yield _element("content", record["body_html"], ' type="html"')


def _correction(record: Record) -> Iterator[str]:
    newer = record["newer"]
    found = difference(record["older"], newer)
    identity = f"{_identity(record)}/{newer['revision']}"
    yield from _entry_head(record, newer["title"], identity, newer["source"])
    yield _time("updated", newer["seen_at"])
    yield _time("published", newer["seen_at"])
    if found.headline:
        yield f'<category term="headline" scheme="{_AUTHORITY}corrections"/>'
    yield _element("content", "".join(_marked_body(found)), ' type="html"')


def _entry_head(record: Record, title: str, identity: str, source: str) -> Iterator[str]:
    yield _element("id", identity)
    yield _element("title", title)
    yield f'<link rel="alternate" type="text/html" href={_href(record["url"])}/>'
    name = source if _xml(source).strip() else record["site"]
    yield f"<author>{_element('name', name)}</author>"


def _identity(record: Record) -> str:
    return f"{_AUTHORITY}{quote(record['site'])}/{quote(record['external_id'])}"


def _marked_body(found: Difference) -> Iterator[str]:
    for segments in found.fields.values():
        yield f"<p><strong>{_marked(segments)}</strong></p>"
    folded = False
    for passage in found.passages:
        if passage.is_changed:
            yield f"<p>{_marked(passage.segments)}</p>"
        elif not folded:
            yield "<p>…</p>"
        folded = not passage.is_changed


def _marked(segments: Iterable[Segment]) -> str:
    tags = {Op.REMOVED: "<del>{}</del>", Op.ADDED: "<ins>{}</ins>", Op.EQUAL: "{}"}
    return "".join(tags[each.op].format(escape(each.text)) for each in segments)


def _time(name: str, moment: datetime) -> str:
    text = moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return f"<{name}>{text}</{name}>"


def _element(name: str, text: str, attributes: str = "") -> str:
    return f"<{name}{attributes}>{_xml(text)}</{name}>"


def _attribute(text: str) -> str:
    quoted = _xml(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
    return f'"{quoted}"'


def _href(url: str) -> str:
    """A URL as an attribute; what no IRI may hold is percent-encoded."""
    return _attribute(_NO_URL.sub(lambda found: quote(found[0], errors="replace"), url))


def _xml(text: str) -> str:
    """Text that any XML parser reads back; what XML cannot hold is left out.

    >>> _xml("a ]]> b & \\x00<")
    'a ]]&gt; b &amp; &lt;'
    """
    safe = _NO_XML.sub("", text)
    safe = safe.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return safe.replace("\r", "&#13;")
