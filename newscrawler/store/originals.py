"""Keeps an article's postings: the HTML and the list fields that its posts are made of.

They are compressed with the article's own text as dictionary: what is stored is the markup.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from newscrawler.items import Article
from newscrawler.postings import Posting, merge
from newscrawler.store.batch import Batch, Key, Result, key_of
from newscrawler.store.bulk import Insert, Values, insert
from newscrawler.store.decide import Known
from newscrawler.store.schema import revisions
from newscrawler.store.schema_originals import originals
from newscrawler.store.tasks import chunks

_COMMON = (
    '["flash","","202202",["outlet","","NW202202","https://stock.eastmoney.com/news/1405,"htt'
    'p://finance.eastmoney.com/news/1355,202204"http://finance.eastmoney.com/news/1345,2022<c'
    'enter><img src="https://dfscdn.dfcfw.com/download/D25304377818424920134_w800h506.jpg" al'
    't="图片" width="552" style="border:#d1d1d1 1px solid;padding:3px;margin:5px 0;" /></cent'
    'er><p style="display:none;height:1px;overflow:hidden;"><br /></p><!-- EM_StockImg_Start '
    '--><p style="text-align:center;"><a href="http://quote.eastmoney.com/unify/r/0.002752" d'
    'ata-code="002752|0|2" data-code2="002752|0|6|" class="EmImageRemark" target="_blank"><im'
    'g src="https://webquoteklinepic.eastmoney.com/GetPic.aspx?nid=0.002752&imageType=k&token'
    '=28dfeb41d35cc81d84b4664d7c23c49f&at=1" border="0" alt="K图 002752_0" data-code="K 00275'
    '2|0|2" data-code2="K 002752|0|6|" style="border:#d1d1d1 1px solid;" width="578" height="'
    '276" /></a></p><!-- EM_StockImg_End --><p><span id="Info.3332"><a href="http://data.east'
    'money.com/notices/" class="infokey">公告</a></span><span web="1" href="http://quote.east'
    'money.com/unify/r/90.BK0473" class="em_stock_key_common" data-code="90,BK0473">证券</spa'
    'n><span id="bk_90.BK0473"><a href="http://quote.eastmoney.com/unify/r/90.BK0473" class="'
    'keytip" data-code="90,BK0473">证券</a></span><span id="bkquote_90.BK0473"></span><span i'
    'd="stock_1.600160"><a href="http://quote.eastmoney.com/unify/r/1.600160" class="keytip" '
    'data-code="1,600160"></a></span><span id="quote_1.600160"></span><p><strong></strong></p'
    '> </p>\r\n <p></p><p class="em_media">（文章来源：'
)
"""What bodies have in common. Never changed: what is stored was packed with it."""
_LEVEL = 9
_FIELDS = ("kind", "form", "id", "title", "published", "source", "digest", "url", "file")


@dataclass(frozen=True, slots=True)
class Stored:
    """The postings of one article."""

    revision: int
    """The revision that they belong to."""
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """An article as it was observed, and what the store knows of it by now."""

    article: Article
    article_id: int
    revision: int
    is_newest: bool = True
    """Whether nobody has looked at it later."""
    is_new: bool = False
    """Whether it was not stored before, and has no postings yet."""


def note(
    batch: Batch,
    observed: Sequence[Article],
    known: Mapping[Key, Known],
    results: Mapping[Key, Result],
) -> None:
    """Keep the postings of articles that have just been written or confirmed."""
    seen = []
    for article in observed:
        before, ending = known.get(key_of(article)), results[key_of(article)].ending
        if article.postings and ending.article_id is not None and ending.revision is not None:
            is_newest = before is None or article.fetched_at >= before.last_seen_at
            where = (ending.article_id, ending.revision)
            seen.append(Seen(article, *where, is_newest, is_new=before is None))
    keep(batch.conn, batch.run_id, seen)


def keep(conn: Connection, run_id: int, seen: Sequence[Seen]) -> None:
    """Keep postings: those of a revision in place of older ones; to those that a revision has
    others are added, and of each kind the one seen last stays."""
    kept = read(conn, [each.article_id for each in seen if not each.is_new])
    fresh: list[Values] = []
    again: list[dict[str, Any]] = []
    for each in seen:
        wanted = each.article.postings
        before = kept.get(each.article_id)
        if before and before.revision == each.revision:
            sides = (before.postings, wanted) if each.is_newest else (wanted, before.postings)
            wanted = merge(*sides)
            if wanted == before.postings:
                continue
        data = pack(wanted, each.article.title, each.article.body.text)
        row = (each.article_id, each.revision, run_id, data)
        if each.article_id in kept:
            again.append(dict(zip(_NAMES, row, strict=True)))
        else:
            fresh.append(row)
    insert(conn, _INSERT, fresh)
    if again:
        conn.execute(_REPLACE, again)


_INSERT = Insert("originals", ("article_id", "revision", "run_id", "data"))
_NAMES = ("of_article_id", "to_revision", "to_run_id", "to_data")
_REPLACE = (
    update(originals)
    .where(originals.c.article_id == bindparam("of_article_id"))
    .values({name: bindparam(f"to_{name}") for name in ("revision", "run_id", "data")})
)


_o, _r = originals.c, revisions.c
_READ = select(_o.article_id, _o.revision, _o.data, _r.title, _r.body).join_from(
    originals, revisions, (_r.article_id == _o.article_id) & (_r.revision == _o.revision)
)


def read(conn: Connection, article_ids: Sequence[int]) -> dict[int, Stored]:
    """The postings of these articles, by article_id; articles without any are left out."""
    found = {}
    for chunk in chunks(article_ids):
        for row in conn.execute(_READ.where(originals.c.article_id.in_(chunk))):
            postings = unpack(row.data, row.title, row.body)
            found[row.article_id] = Stored(row.revision, postings)
    return found


def written_since(conn: Connection, run_id: int) -> list[int]:
    """The articles whose postings this run or a later one has written."""
    query = select(originals.c.article_id).where(originals.c.run_id >= run_id)
    return list(conn.scalars(query.order_by(originals.c.article_id)))


def pack(postings: Iterable[Posting], title: str, body: str) -> bytes:
    """Postings as bytes: a line of JSON, then their bodies, compressed."""
    rows, bodies = [], []
    for each in postings:
        html = each.body.encode("utf-8", "surrogatepass")
        rows.append([*(getattr(each, name) for name in _FIELDS), len(html)])
        bodies.append(html)
    head = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    press = zlib.compressobj(_LEVEL, zdict=_dictionary(title, body))
    data = head.encode("utf-8", "surrogatepass") + b"\n" + b"".join(bodies)
    return press.compress(data) + press.flush()


def unpack(data: bytes, title: str, body: str) -> tuple[Posting, ...]:
    """What `pack` made bytes of; zlib.error if it was packed with another text."""
    plain = zlib.decompressobj(zdict=_dictionary(title, body)).decompress(data)
    head, _, rest = plain.partition(b"\n")
    found = []
    for *values, size in json.loads(head.decode("utf-8", "surrogatepass")):
        html, rest = rest[:size], rest[size:]
        fields = dict(zip(_FIELDS, values, strict=True))
        found.append(Posting(**fields, body=html.decode("utf-8", "surrogatepass")))
    return tuple(found)


def _dictionary(title: str, body: str) -> bytes:
    return f"{title}\n{body}\n{_COMMON}".encode("utf-8", "surrogatepass")
