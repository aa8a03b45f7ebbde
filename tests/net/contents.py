"""Hostile and broken articles: rows C of docs/security.md, each the bytes of an upstream answer.

`ENDS` says what becomes of each: outcome, reason, and for what is stored its title.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.net.exchange import FAULTS, Exchange, Fault
from tests.test_body_html import VECTORS

TITLE = "甲公司公告"
INJECTIONS = "'); DROP TABLE articles;-- %s {} {0} \\ \\n \" ` 😀 𠮷𡃁 ${x} {{y}} =1+1"
MARKED = "甲\u202e公\u200b司\ufeff公\x07告\x1b[31m\x85"

Content = Callable[[str], bytes]
"""External id → the bytes of GetNewsText.do."""
CONTENTS: dict[str, Content] = {}
ENDS: dict[str, tuple[str, str, str]] = {}


def answer(external_id: str, **said: Any) -> dict[str, Any]:
    """A good answer, but for what is said otherwise."""
    good = {
        "infocode": f"NW{external_id}",
        "title": TITLE,
        "date": "2022-02-24 13:00:32",
        "medianame": "证券时报",
        "text": f"<p>{TITLE}，正文 {external_id}。</p>",
    }
    return good | said


def add(name: str, end: tuple[str, str, str], *, encoding: str = "utf-8", **said: Any) -> None:
    """A row whose answer says these things."""

    def make(external_id: str) -> bytes:
        text = json.dumps(answer(external_id, **said), ensure_ascii=encoding == "ascii")
        return text.encode(encoding)

    CONTENTS[name], ENDS[name] = make, end


def add_stored(name: str, ends_as: str = TITLE, **more: Any) -> None:
    add(name, ("new", "", ends_as), **more)


add_stored("c03_gbk_without_charset", encoding="gb18030")
add_stored("c04_beyond_gbk", "龘𠮷公告", encoding="gb18030", title="龘𠮷公告")
add_stored("c05_controls", text=f"<p>甲\x00\x07\x1b\x9f，正文\t{INJECTIONS[:20]}</p>")
add_stored(
    "c06_escapes", "甲公司", encoding="ascii", title="甲\x00公\ud83d司", text="<p>\udc00\x00文"
)
add_stored("c07_bidi_and_invisible", "甲公司公告[31m", title=MARKED, medianame=MARKED)
add("c08_long_title", ("rejected", "implausible", ""), title="长" * 400_000)
add("c08_title_of_10_mb", ("rejected", "too_large", ""), title="长" * 3_500_000)
add("c08_long_body", ("rejected", "too_large", ""), text="<p>" + "长" * 800_000)
add("c09_deep", ("rejected", "too_deep", ""), text="<div>" * 100_000 + "文")
add_stored("c11_spans", text="<table><tr><td colspan=9007199254740991 rowspan=9e15>文</table>")
add_stored("c11_attributes", text=f"<p {' '.join(f'a{n}=1' for n in range(100_000))}>文</p>")
add_stored("c11_links", text="<p>" + "".join(f"<a href=//x.cn/{n}>文</a>" for n in range(50_000)))
add_stored("c12_active_content", text="<p>前</p>" + "<p>中</p>".join(VECTORS) + "<p>后</p>")
add_stored("c15_injections", INJECTIONS, title=INJECTIONS, text=f"<pre>{INJECTIONS}</pre>")
for number, date in enumerate(
    ["0000-00-00 00:00:00", "2022-13-01 10:00:00", "2022-02-30 10:00:00", "9999-01-01 00:00:00",
     "2099-01-01 00:00:00", "-1", "NaN", "1e400", "1970-01-01 00:00:00", "昨天"],
    start=1,
):  # fmt: skip
    # The lists know a time that can be: it is taken in place of the article's own.
    add_stored(f"c16_date_{number}", date=date)
add_stored("c16_epoch", date="1645678832000")
add_stored(
    "c20_entities",
    text='<!DOCTYPE p [<!ENTITY a "ha"><!ENTITY b "'
    + "&a;" * 10_000
    + '"><!ENTITY f SYSTEM "file:///etc/passwd">]><p>文&b;&f;</p>',
)


def _fault(name: str) -> Fault:
    async def play(ask: Exchange) -> None:
        if "/NewsData" not in ask.target:
            await ask.whole(b"null")  # the article API knows nothing either
            return
        body = CONTENTS[name](ask.target.rpartition("NW")[2])
        headers = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n"
        await ask.send(headers % len(body), body)

    return play


FAULTS.update({name: _fault(name) for name in CONTENTS})
