"""What the old site forgot: what YAML, Markdown and Liquid would take for their own. Pure."""

from __future__ import annotations

import re

from newscrawler.text import clean_line

_BRACE = re.compile(r"\{(?=[{%])")
_PLAIN_WORD = re.compile(
    r"(?!(?:true|false|yes|no|on|off|null|y|n)\Z)[A-Za-z][0-9A-Za-z]*\Z", re.IGNORECASE
)
_DIGIT_FIRST = re.compile(r"[0-9][0-9A-Za-z]*\Z")
_NUMBER = re.compile(r"0[xXbBoO].*|[0-9]+(?:[eE][0-9]+)?\Z")
_TAG = re.compile(r"[^\s\"'#:,\[\]{}&*!|>%@`?~=<.+-][^\s\"'#:,\[\]{}]*\Z")
_MARKUP = re.compile(r"[*_`\[\]<>|$\\~]")
_PAIRED = "*_`$~"
_LINE_START = re.compile(r"(?m)^(\s*)([#>+-](?=\s|$)|[#>=-]+(?=\s*$)|#|:(?=\s)|\d+(?=\.\s))")


def quoted(text: str) -> str:
    """Text in the double quotes of YAML.

    >>> quoted('他说"好"')
    '"他说\\\\"好\\\\""'
    """
    escaped = _printable(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def unescaped(text: str) -> str:
    """What stands between the quotes, with its escapes undone."""
    return text.replace('\\"', '"').replace("\\\\", "\\")


def _printable(text: str) -> str:
    """YAML takes no control characters, and a title is one line."""
    return text if text.isprintable() else clean_line(text)


def category(slug: str) -> str:
    """A category as YAML has it: in quotes where it would be a number or a truth.

    >>> category("zhongxinshe"), category("360")
    ('zhongxinshe', '"360"')
    """
    if _PLAIN_WORD.match(slug) or (_DIGIT_FIRST.match(slug) and not _NUMBER.match(slug)):
        return slug
    return quoted(slug)


def tag(name: str) -> str:
    """One tag as Jekyll has it: a list where it would make several of it, or YAML another value.

    >>> tag("中国邮政快递报新闻"), tag("Career In 新闻")
    ('中国邮政快递报新闻', '["Career In 新闻"]')
    """
    return name if _TAG.match(name) else f"[{quoted(name)}]"


def liquid(text: str) -> str:
    """Braces that Liquid would read, as entities.

    >>> liquid("{{ x }} {%"), liquid("{a}")
    ('&#123;{ x }} &#123;%', '{a}')
    """
    return _BRACE.sub("&#123;", text)


def markdown(text: str) -> str:
    """A line of text that Markdown shows as it is; unchanged if it would do so anyway.

    >>> markdown("*ST甲、*ST乙涨停"), markdown("*ST甲涨停")
    ('\\\\*ST甲、\\\\*ST乙涨停', '*ST甲涨停')
    """
    if _MARKUP.search(text):
        alone = {
            each for each in _PAIRED if text.count(each) == 1 and not text.startswith(f"{each} ")
        }
        text = _MARKUP.sub(lambda found: found[0] if found[0] in alone else f"\\{found[0]}", text)
    return _LINE_START.sub(_escape_start, text)


def _escape_start(found: re.Match[str]) -> str:
    if found[2].isdigit():
        return f"{found[1]}{found[2]}\\"
    return f"{found[1]}\\{found[2]}"
