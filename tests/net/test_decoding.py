"""Content codings: a body comes out whole, or not at all."""

from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newscrawler.errors import PageError
from newscrawler.net.decoding import _brotli, _zstd, codings_of, decode, is_plain_text

LIMIT = 1 << 20
BOMB_LIMIT = 8 << 20


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


def checked_zstd(body: bytes) -> bytes:
    packed: bytes = _zstd.compress(body, options={_zstd.CompressionParameter.checksum_flag: 1})
    return packed


PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "raw": raw_deflate,
    "br": _brotli.compress,
    "zstd": checked_zstd,
}
CHECKED = ("gzip", "deflate", "zstd")
"""Codings with a checksum."""


def coding(name: str) -> bytes:
    return {"raw": b"deflate"}.get(name, name.encode())


def reason_of(body: bytes, name: str, limit: int = LIMIT) -> str:
    with pytest.raises(PageError) as caught:
        decode(body, [coding(name)], limit)
    return caught.value.reason


@pytest.mark.parametrize("name", PACK)
@given(body=st.binary(max_size=3000))
def test_what_was_packed_comes_out(name: str, body: bytes) -> None:
    assert decode(PACK[name](body), [coding(name)], LIMIT) == body


@pytest.mark.parametrize("name", PACK)
@given(body=st.binary(max_size=3000), cut=st.integers(min_value=1))
@example(body=b"", cut=1)
@example(body=b"x" * 3000, cut=1)
def test_a_cut_body_never_comes_out_short(name: str, body: bytes, cut: int) -> None:
    packed = PACK[name](body)
    kept = packed[: len(packed) - 1 - cut % len(packed)]
    assert reason_of(kept, name) == "truncated"


@pytest.mark.parametrize("name", CHECKED)
@given(body=st.binary(min_size=1, max_size=500), at=st.integers(0), bit=st.integers(0, 7))
def test_a_flipped_bit_never_comes_out_as_another_body(
    name: str, body: bytes, at: int, bit: int
) -> None:
    packed = bytearray(PACK[name](body))
    packed[at % len(packed)] ^= 1 << bit
    with suppress(PageError):
        came = decode(bytes(packed), [coding(name)], LIMIT)
        assert came == body  # a bit of the header that says nothing of the content


@given(parts=st.lists(st.binary(max_size=300), min_size=2, max_size=4))
def test_every_member_of_a_gzip_file_comes_out(parts: list[bytes]) -> None:
    packed = b"".join(map(gzip.compress, parts))
    assert decode(packed, [b"gzip"], LIMIT) == b"".join(parts)
    assert reason_of(packed[:-1], "gzip") == "truncated"


def test_zeros_may_pad_a_gzip_file_and_junk_may_not() -> None:
    packed = gzip.compress(b"text")
    assert decode(packed + b"\0" * 512, [b"gzip"], LIMIT) == b"text"
    assert reason_of(packed + b"junk", "gzip") == "corrupt"


@pytest.mark.parametrize("name", ["raw", "br"])
def test_bytes_after_the_end_are_not_passed_over(name: str) -> None:
    assert reason_of(PACK[name](b"text" * 99) + b"junk", name) == "corrupt"


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
@pytest.mark.parametrize(
    "text", ['{"title":"说是压缩，其实不是","text":"正文正文正文正文"}', "<p>" * 30]
)
def test_plain_text_under_a_coding_is_read_as_it_is(name: str, text: str) -> None:
    assert decode(text.encode(), [name.encode()], LIMIT) == text.encode()


@pytest.mark.parametrize("name", ["gzip", "zstd"])
def test_gbk_text_under_a_coding_is_read_as_it_is(name: str) -> None:
    text = "说是压缩，其实不是".encode("gbk")
    assert decode(text, [name.encode()], LIMIT) == text


@pytest.mark.parametrize("name", ["gzip", "zstd", "snappy"])
def test_what_is_neither_the_coding_nor_text_is_named(name: str) -> None:
    assert reason_of(bytes(range(256)), name) == "encoding"


def test_codings_are_undone_from_the_last_to_the_first() -> None:
    packed = _brotli.compress(gzip.compress(b"twice"))
    assert codings_of([b"GZIP, identity", b"br"]) == [b"gzip", b"br"]
    assert decode(packed, codings_of([b"gzip, br"]), LIMIT) == b"twice"


@pytest.mark.parametrize("name", PACK)
def test_the_limit_is_exact(name: str) -> None:
    packed = PACK[name](b"x" * 5000)
    assert decode(packed, [coding(name)], 5000) == b"x" * 5000
    assert reason_of(packed, name, 4999) == "too_large"


def test_the_limit_counts_all_members_of_a_gzip_file() -> None:
    packed = gzip.compress(b"x" * 3000) * 2
    assert decode(packed, [b"gzip"], 6000) == b"x" * 6000
    assert reason_of(packed, "gzip", 5999) == "too_large"


@pytest.mark.parametrize("name", PACK)
def test_a_bomb_is_stopped_at_the_limit(name: str) -> None:
    zeros = bytes(32 << 20)
    bomb = _brotli.compress(zeros, quality=1) if name == "br" else PACK[name](zeros)
    before = time.process_time()
    assert reason_of(bomb, name, BOMB_LIMIT) == "too_large"
    assert time.process_time() - before < 1


def test_a_bomb_inside_a_bomb_is_stopped_at_the_limit() -> None:
    bomb = gzip.compress(gzip.compress(bytes(32 << 20)))
    with pytest.raises(PageError, match="too_large"):
        decode(bomb, [b"gzip", b"gzip"], BOMB_LIMIT)


@pytest.mark.parametrize(
    ("body", "plain"),
    [
        (b"", False),
        (b"ok\r\n", True),
        (b"\x1b[31m", False),
        ("中".encode("gbk"), True),
        (b"\xff\xff", False),
    ],
)
def test_plain_text_has_no_control_characters_and_a_charset(body: bytes, *, plain: bool) -> None:
    assert is_plain_text(body) is plain
