"""Records as bytes: what the standard wants, what other tools read, what must never be in them."""

from __future__ import annotations

import io
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.archive import records
from newscrawler.archive.members import DamagedError, Record, parse, unpack
from tests.archive.exchange import AT, exchange

_warcio: Any = import_module("warcio.archiveiterator")
ID, OTHER = (
    "<urn:uuid:00000000-0000-4000-8000-000000000001>",
    "<urn:uuid:00000000-0000-4000-8000-000000000002>",
)
HEADER = st.tuples(
    st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,20}", fullmatch=True).map(str.encode),
    st.binary(max_size=60),
)


def response(made: Any) -> bytes:
    return records.response(made, ID, AT, records.sha1(made.body))


def read_by_warcio(*members: bytes) -> list[tuple[str, bytes, bool | None]]:
    """(type, body, whether its digests are right) of each record, as warcio sees them."""
    found = []
    for record in _warcio.ArchiveIterator(io.BytesIO(b"".join(members)), check_digests=True):
        body = record.raw_stream.read()
        found.append((record.rec_type, body, record.digest_checker.passed))
    return found


def test_a_response_has_every_field_that_the_standard_asks_for() -> None:
    fields = parse(response(exchange())).fields
    assert fields["WARC-Type"] == "response"
    assert fields["WARC-Date"] == "2026-01-02T03:04:05.678901Z"
    assert fields["WARC-Target-URI"] == exchange().url
    assert fields["WARC-IP-Address"] == "192.0.2.7"
    assert fields["WARC-Payload-Digest"] == f"sha1:{records.sha1(exchange().body)}"
    assert fields["Content-Type"] == "application/http;msgtype=response"


def test_a_request_names_the_response_that_it_got() -> None:
    record = parse(records.request(exchange(), OTHER, AT, ID))
    assert record.fields["WARC-Concurrent-To"] == ID
    assert record.block.startswith(b"GET /NewsData/GetNewsText.do?id=NW2026010212345678")
    assert b"\r\nHost: news.example\r\n" in record.block


def test_a_revisit_names_the_record_that_has_the_body() -> None:
    made = exchange()
    original = (OTHER, "http://news.example/first", "2026-01-01T00:00:00.000000Z")
    record = parse(records.revisit(made, ID, AT, records.sha1(made.body), original))
    assert record.kind == "revisit"
    assert record.fields["WARC-Profile"].endswith("/revisit/identical-payload-digest")
    assert record.fields["WARC-Refers-To"] == OTHER
    assert record.fields["WARC-Refers-To-Target-URI"] == "http://news.example/first"
    assert record.fields["WARC-Refers-To-Date"] == "2026-01-01T00:00:00.000000Z"
    assert record.body == b""
    assert record.status == 200


def test_secrets_never_get_into_a_record() -> None:
    made = exchange(
        url="http://user:secret@news.example/a#secret",
        request_headers=[(b"Authorization", b"Basic secret"), (b"Cookie", b"secret"),
                         (b"Proxy-Authorization", b"secret"), (b"Referer", b"http://u:secret@x/")],
        headers=[(b"Set-Cookie", b"secret"), (b"Location", b"https://u:secret@x/y")],
    )  # fmt: skip
    both = response(made) + records.request(made, OTHER, AT, ID)
    assert b"secret" not in both
    assert b"WARC-Target-URI: http://news.example/a\r\n" in both
    assert b"Location: https://x/y" in both


def test_a_header_cannot_add_lines() -> None:
    made = exchange(headers=[(b"X", b"a\r\nWARC-Type: request\r\n\r\nb")])
    assert parse(response(made)).body == made.body


@given(
    body=st.binary(max_size=3000),
    headers=st.lists(HEADER, max_size=6),
    status=st.integers(min_value=100, max_value=999),
)
def test_what_is_written_is_read_back_by_us_and_by_warcio(
    body: bytes, headers: list[tuple[bytes, bytes]], status: int
) -> None:
    made = exchange(body=body, headers=headers, status=status)
    packed = records.member(response(made))
    record = unpack(packed)
    assert (record.body, record.status) == (body, status)
    asked = records.member(records.request(made, OTHER, AT, ID))
    kinds = [(kind, right) for kind, _, right in read_by_warcio(packed, asked)]
    assert kinds == [("response", True), ("request", True)]


@pytest.mark.parametrize(
    "raw",
    [
        b"WARC/1.0\r\nContent-Length: 0\r\n\r\n\r\n\r\n",
        b"WARC/1.1\r\nContent-Length: 1\r\n\r\n\r\n\r\n",
        b"WARC/1.1\r\nContent-Length: x\r\n\r\n\r\n\r\n",
        b"WARC/1.1\r\nno field\r\n\r\n\r\n\r\n",
        b"",
    ],
)
def test_what_is_no_record_is_refused(raw: bytes) -> None:
    with pytest.raises(DamagedError):
        parse(raw)


def test_a_record_without_a_status_line_has_status_0() -> None:
    assert Record(b"WARC/1.1", b"").status == 0
