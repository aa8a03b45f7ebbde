"""What editors do to a copy, and what tells a look-alike from it: each a function of a text.

Lines are paragraphs. Every edit draws from the `random.Random` it is given, so the same seed makes
the same pair. An edit that has nothing to do on a text returns it as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from bench import _near_texts as texts
from bench._near_texts import COMPANIES, PEOPLE

Edit = Callable[[str, Random], str]


def lead(text: str, random: Random) -> str:
    """Another outlet's way to begin."""
    return random.choice(texts.LEADS) + text


def lead_and_tail(text: str, random: Random) -> str:
    """Another outlet's beginning and end."""
    return random.choice(texts.LEADS) + text + random.choice(texts.TAILS)


def tail(text: str, random: Random) -> str:
    """A credit, a disclaimer or an editor's line at the end."""
    return text + random.choice(texts.TAILS)


def added(text: str, random: Random) -> str:
    """One more paragraph at the end; in a long text perhaps at another place."""
    lines = text.split("\n")
    at = random.randint(1, len(lines)) if len(lines) > 4 else len(lines)
    return "\n".join([*lines[:at], random.choice(texts.ADDED), *lines[at:]])


def synonyms(text: str, random: Random) -> str:
    """Two to four words said in another way."""
    return _swap(text, random, texts.SYNONYMS, random.randint(2, 4))


def typo(text: str, random: Random) -> str:
    """A typing error, or its correction."""
    return _swap(text, random, texts.TYPOS, 1)


def flip(text: str, random: Random) -> str:
    """The opposite: up for down, bought for sold, will for will not."""
    return _swap(text, random, texts.FLIPS, 1)


def _swap(text: str, random: Random, pairs: tuple[str, ...], many: int) -> str:
    there = [pair.split("|") for pair in pairs]
    there = [[a, b] if a in text else [b, a] for a, b in there if a in text or b in text]
    random.shuffle(there)
    for old, new in there[:many]:
        text = text.replace(old, new, 1)
    return text


def punctuation(text: str, random: Random) -> str:
    """Other widths, quotes, commas and spaces."""
    table = {"（": "(", "）": ")", "“": '"', "”": '"', "；": "，", "：": ":", "—": "-", "、": "，"}
    chosen = [sign for sign in table if sign in text]
    random.shuffle(chosen)
    for sign in chosen[: max(1, len(chosen) * 2 // 3)]:
        text = text.replace(sign, table[sign])
    return re.sub(r"(?<=[一-鿿])(?=\d)|(?<=\d)(?=[一-鿿])", " ", text)


def wide_digits(text: str, _: Random) -> str:
    """Full-width figures, or thousands with commas."""
    text = re.sub(r"(?<![\d.])(\d)(\d{3})(?=\D)(?!年)", r"\1,\2", text)
    return re.sub(r"\d+%", lambda found: found[0].translate(_WIDE), text)


_WIDE = {ord(narrow): ord(narrow) + 0xFEE0 for narrow in "0123456789%"}


def resplit(text: str, random: Random) -> str:
    """Paragraphs merged, or cut in two after a sentence."""
    lines = text.split("\n")
    if len(lines) > 2:
        at = random.randrange(1, len(lines))
        return "\n".join(lines[:at]) + "".join(lines[at:])
    return re.sub(r"。(?!$|[”\n])", "。\n", text)


def truncate(text: str, random: Random) -> str:
    """The first paragraphs or sentences only, at least sixty characters of them."""
    lines = re.split(r"(?<=[。！？])(?![”）\n]|$)|(?<=\n)", text)
    ends = [at for at in range(1, len(lines)) if len("".join(lines[:at])) >= 60]
    return "".join(lines[: random.choice(ends)]).rstrip("\n") if ends else text


def reorder(text: str, random: Random) -> str:
    """Two paragraphs, or two sentences, in the other order."""
    sign = "\n" if text.count("\n") > 2 else "。"
    parts = [part for part in text.split(sign) if part]
    if len(parts) < 3:
        return text
    at = random.randrange(1, len(parts) - 1)
    parts[at], parts[at + 1] = parts[at + 1], parts[at]
    return sign.join(parts) + ("" if sign == "\n" else sign)


def drop(text: str, random: Random) -> str:
    """One paragraph or sentence less, not the first."""
    sign = "\n" if text.count("\n") > 2 else "。"
    parts = [part for part in text.split(sign) if part]
    if len(parts) < 3:
        return text
    del parts[random.randrange(1, len(parts))]
    return sign.join(parts) + ("" if sign == "\n" else sign)


def day_only(text: str, _: Random) -> str:
    """Dates without their month, as a paper of that month writes."""
    return re.sub(r"\d{1,2}月(\d{1,2}日)", r"\1", text)


def other_figure(text: str, random: Random) -> str:
    """One figure is another, as in the next day's flash or a correction."""
    found = list(re.finditer(r"\d+(?:\.\d+)?", text))
    if not found:
        return text
    each = random.choice(found)
    digits = list(each[0])
    at = random.choice([place for place, digit in enumerate(digits) if digit != "."])
    digits[at] = str((int(digits[at]) + random.randint(1, 8)) % 9 + 1)
    changed = "".join(digits)
    changed = changed if changed != each[0] else changed + "7"
    return text[: each.start()] + changed + text[each.end() :]


def other_name(text: str, random: Random) -> str:
    """One of the names is another, everywhere."""
    there = [name for name in (*COMPANIES, *PEOPLE) if name in text]
    if not there:
        return text
    name = random.choice(there)
    others = [each for each in (COMPANIES if name in COMPANIES else PEOPLE) if each not in text]
    return text.replace(name, random.choice(others))


POSITIVE: dict[str, Edit] = {
    "lead": lead,
    "lead_tail": lead_and_tail,
    "tail": tail,
    "added": added,
    "synonyms": synonyms,
    "typo": typo,
    "punctuation": punctuation,
    "wide": wide_digits,
    "resplit": resplit,
    "truncated": truncate,
    "reordered": reorder,
    "dropped": drop,
    "day_only": day_only,
}
NEGATIVE: dict[str, Edit] = {"flip": flip, "figure": other_figure, "name": other_name}
