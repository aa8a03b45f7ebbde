"""Text as we store it: NFC, no control characters, nothing invisible, no stray whitespace."""

from __future__ import annotations

import re
from unicodedata import combining, is_normalized, normalize

_SURROGATE = re.compile("[\ud800-\udfff]")
_PLANES = range(0, 0x110000, 0x10000)
_NONCHARACTERS = "".join(f"{chr(top | 0xFFFE)}{chr(top | 0xFFFF)}" for top in _PLANES)
_INVISIBLE = re.compile(
    "["
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # controls that are no whitespace
    "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"  # zero width, bidi, BOM
    "\ufff9-\ufffb\U000e0000-\U000e007f"  # annotation marks, tags
    f"\ufdd0-\ufdef{_NONCHARACTERS}]+"
)
_GAP = re.compile("[\t\n\x0b\x0c\r\x1c-\x1f \x85\xa0\u2028\u2029]+")
_LONG_WORDLESS = re.compile(r"\W{200}")
_SHORT = 500
MAX_MARKS = 30
"""Combining marks on one character, in a long text: more are an attack on normalisation."""


def clean_line(raw: str) -> str:
    """One line of text: trimmed, every inner run of spaces, tabs, NBSP or newlines one space.

    Control, zero-width and bidi characters and lone surrogates go; U+3000, other typographic
    spaces and U+FFFD stay inside. Nothing is decoded. Idempotent.

    >>> clean_line("\\u3000\\u3000A股\\u200b三大\\r\\n指数\\u3000收涨\\xa0")
    'A股三大 指数\\u3000收涨'
    """
    line = raw.strip()
    if not line.isprintable() or "  " in line:
        line = sweep(line).strip()
    if len(line) > _SHORT and _LONG_WORDLESS.search(line):
        line = _thin_marks(line)
    return line if is_normalized("NFC", line) else normalize("NFC", line)


def clean_block(raw: str) -> str:
    """Like `clean_line`, but "\\n" stays between the lines that are not empty. Idempotent.

    Lines end at CR, LF or both; other separators (U+2028, form feed …) are spaces.

    >>> clean_block(" 一、 \\r\\n\\n 二、")
    '一、\\n二、'
    """
    if "\r" in raw:
        raw = raw.replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(filter(None, map(clean_line, raw.split("\n"))))


def mend_surrogates(raw: str) -> str:
    """Join surrogate pairs, drop lone surrogates: what is left can be encoded.

    >>> mend_surrogates("\\ud83d\\ude00 \\ud800")
    '😀 '
    """
    if not _SURROGATE.search(raw):
        return raw
    return raw.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")


def sweep(raw: str) -> str:
    """Drop what cannot be seen and make each gap one space, without trimming."""
    return _GAP.sub(" ", _INVISIBLE.sub("", mend_surrogates(raw)))


def _thin_marks(line: str) -> str:
    """Keep the first of a long run of combining marks: sorting them takes quadratic time."""
    kept, marks = [], 0
    for character in line:
        marks = marks + 1 if combining(character) else 0
        if marks <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)
