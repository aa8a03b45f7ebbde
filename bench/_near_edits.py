"""What editors do to a copy, and what tells a look-alike from it: each a function of a text.

Lines are paragraphs. Every edit draws from the `random.Random` it is given, so the same seed makes
the same pair. An edit that has nothing to do on a text returns it as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from bench._near_texts import COMPANIES, PEOPLE

Edit = Callable[[str, Random], str]

_LEADS = (
    *("财联社12月8日电，", "每经AI快讯，", "新华社北京12月8日电（记者王雨）", "证券时报e公司讯，"),
    *("36氪获悉，", "格隆汇12月8日丨", "【快讯】", "中新网12月8日电 ", "智通财经APP获悉，", "界面新闻获悉，"),
    *("上证报中国证券网讯（记者 李梅）", "人民财讯12月8日电，", "澎湃新闻记者获悉，", "北京商报讯（记者 刘洋）"),
    *("e公司讯，", "第一财经12月8日讯，", "中证网讯（记者 周璐）", "央广网北京12月8日消息，"),
)  # fmt: skip
_TAILS = (
    *("（央视新闻）", "（文章来源：证券时报）", "（财联社）", "(中证网)"),
    *("\n责任编辑：周文", "\n（编辑：林语 校对：高远）", "\n免责声明：本文内容仅供参考，不构成投资建议，据此操作风险自担。"),
    *("\n风险提示：市场有风险，投资需谨慎。", "\n声明：转载此文是出于传递更多信息之目的，版权归原作者所有。"),
)  # fmt: skip
_ADDED = (
    "公开资料显示，该行业近年来保持稳定增长，竞争格局较为分散，头部企业优势逐步显现。",
    "有分析人士指出，后续仍需关注政策落地情况以及下游需求的变化，短期波动在所难免。",
    "此前，已有多家媒体对此事进行报道，引发市场广泛关注，相关各方尚未作出进一步回应。",
    "业内普遍认为，这一变化符合预期，对产业链上下游的影响将在未来一段时间逐步体现。",
)
_SYNONYMS = (
    *("表示|指出", "宣布|公布", "公告|公告称", "预计|预期", "截至|截止", "拟|计划", "达到|达", "目前|当前"),
    *("约为|约", "今日|今天", "增长|增加", "减少|下降", "由于|因", "但|不过", "以及|和", "同时|与此同时"),
    *("有望|或将", "此外|另外", "认为|称", "进行|开展", "提高|提升", "主要|主要是", "近日|日前", "发布|公布"),
    *("其中|当中", "引发|引起", "应当|应", "已经|已", "仍然|仍", "强劲|旺盛", "关注|留意", "继续|持续"),
    *("获得|取得", "超过|超", "位于|处于", "开始|启动", "实现|达成", "包括|包含", "对于|对", "推出|发布"),
    *("收到|接到", "预计将|将", "如果|若", "全部|所有", "相关|有关", "使得|使", "较为|比较", "能够|可以"),
)  # fmt: skip
_TYPOS = ("的|地", "账|帐", "做|作", "像|象", "其他|其它", "唯|惟", "份|分", "记|计", "辆|俩", "至|致", "采|彩", "制|治")  # fmt: skip
_FLIPS = (
    *("上涨|下跌", "涨|跌", "增长|下降", "增加|减少", "净买入|净卖出", "净流入|净流出", "上调|下调"),
    *("增持|减持", "高开|低开", "扩大|收窄", "走强|走弱", "同意|反对", "提高|降低", "盈利|亏损", "批准|否决"),
    *("拟|不再", "已|尚未", "支持|不支持", "将|不会"),
)  # fmt: skip


def lead(text: str, random: Random) -> str:
    """Another outlet's way to begin."""
    return random.choice(_LEADS) + text


def lead_and_tail(text: str, random: Random) -> str:
    """Another outlet's beginning and end."""
    return random.choice(_LEADS) + text + random.choice(_TAILS)


def tail(text: str, random: Random) -> str:
    """A credit, a disclaimer or an editor's line at the end."""
    return text + random.choice(_TAILS)


def added(text: str, random: Random) -> str:
    """One more paragraph at the end; in a long text perhaps at another place."""
    lines = text.split("\n")
    at = random.randint(1, len(lines)) if len(lines) > 4 else len(lines)
    return "\n".join([*lines[:at], random.choice(_ADDED), *lines[at:]])


def synonyms(text: str, random: Random) -> str:
    """Two to four words said in another way."""
    return _swap(text, random, _SYNONYMS, random.randint(2, 4))


def typo(text: str, random: Random) -> str:
    """A typing error, or its correction."""
    return _swap(text, random, _TYPOS, 1)


def flip(text: str, random: Random) -> str:
    """The opposite: up for down, bought for sold, will for will not."""
    return _swap(text, random, _FLIPS, 1)


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
    found = [each for each in re.finditer(r"\d+(?:\.\d+)?", text)]
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
