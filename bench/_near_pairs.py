"""Makes the labelled pairs of bench/data/near_pairs.jsonl: `python -m bench._near_pairs`.

Each line is `{"story", "kind", "same", "a": {"title", "body"}, "b": {"title", "body"}}`. Half of
the stories are held back from tuning, by a hash of the story's name (`is_held_back`).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from bench import _near_edits as edits
from bench._near_texts import COMPANIES, DAYS, FLASHES, PEOPLE, REPORTS, REWRITES

ROOT = Path(__file__).resolve().parent.parent
PAIRS = ROOT / "bench" / "data" / "near_pairs.jsonl"
Text = dict[str, str]
Pair = dict[str, Any]

_COMBINED = (
    ("lead", "synonyms"), ("punctuation", "tail"), ("truncated", "lead"), ("added", "synonyms"),
    ("lead_tail", "punctuation"), ("typo", "lead"), ("resplit", "lead_tail"), ("day_only", "lead"),
    ("dropped", "tail"), ("reordered", "punctuation"), ("truncated", "synonyms"), ("wide", "added"),
)  # fmt: skip


def is_held_back(story: str) -> bool:
    """Whether the story may only be measured, never tuned on."""
    return hashlib.sha256(story.encode()).digest()[0] % 2 == 1


def load() -> list[Pair]:
    """The committed pairs."""
    return [json.loads(line) for line in PAIRS.read_text("utf-8").splitlines()]


def make() -> list[Pair]:
    """Every pair, always the same."""
    pairs = [*_recorded(), *_flashes(), *_handmade(), *_roundups(), *_robots()]
    return [pair for pair in pairs if _is_pair(pair)]


def _is_pair(pair: Pair) -> bool:
    bodies = [re.sub(r"\s", "", pair[side]["body"]) for side in "ab"]
    return bodies[0] != bodies[1]


def _pair(story: str, kind: str, a: Text, b: Text, *, same: bool) -> Pair:
    return {"story": story, "kind": kind, "same": same, "a": a, "b": b}


def _random(*names: object) -> Random:
    return Random("/".join(map(str, names)))


def _edited(text: Text, names: tuple[str, ...], random: Random) -> Text:
    body = text["body"]
    for name in names:
        body = edits.POSITIVE[name](body, random)
    title = text["title"]
    if random.random() < 0.3:
        title = random.choice(("快讯：", "突发！", "最新：")) + title.split(" ")[0]
    return {"title": title, "body": body}


def _recorded() -> Iterator[Pair]:
    """Edits of real articles; their digests; figures and senses changed."""
    for path in sorted((ROOT / "data" / "recorded").glob("*.expected.json")):
        record = json.loads(path.read_text("utf-8"))
        story, text = record["title"], {"title": record["title"], "body": record["body"]}
        summary = record.get("summary") or ""
        if len(summary) >= 40 and len(record["body"]) > 1.2 * len(summary):
            yield _pair(story, "digest", {"title": story, "body": summary}, text, same=True)
        random = _random(story)
        names = random.sample(sorted(edits.POSITIVE), 4)
        for kinds in (*((name,) for name in names), *random.sample(_COMBINED, 2)):
            yield _pair(story, "+".join(kinds), text, _edited(text, kinds, random), same=True)
        for kind in ("figure", "flip"):
            changed = edits.NEGATIVE[kind](text["body"], random)
            if changed == text["body"]:
                continue
            other = _edited({"title": story, "body": changed}, ("lead",), random)
            yield _pair(story, f"other {kind}", text, other, same=False)


def fill(template: str, random: Random, **given: str) -> str:
    """A flash with its slots filled; `given` fixes some of them."""
    co, co2 = random.sample(COMPANIES, 2)
    whole = {slot: f"{random.randint(1, 99)}.{random.randint(1, 99):02d}" for slot in "abc"}
    slots = {"co": co, "co2": co2, "who": random.choice(PEOPLE), "day": random.choice(DAYS)}
    return template.format(**(slots | whole | given))


def _flash(template: str, random: Random, **given: str) -> Text:
    body = fill(template, random, **given)
    return {"title": re.split(r"[，：。]", body)[0], "body": body}


def _flashes() -> Iterator[Pair]:
    """Templated flashes: edits of one, and others of the same template."""
    for story, template in FLASHES.items():
        random = _random(story)
        slots = {"a": "12.35", "b": "47.8", "c": "3.26"}
        base = dict(co=COMPANIES[0], co2=COMPANIES[1], who=PEOPLE[0], day=DAYS[0], **slots)
        text = _flash(template, random, **base)
        names = random.sample(sorted(set(edits.POSITIVE) - {"reordered", "dropped"}), 3)
        for kinds in (*((name,) for name in names), *random.sample(_COMBINED, 2)):
            yield _pair(story, "+".join(kinds), text, _edited(text, kinds, random), same=True)
        for kind, changed in _others(base, random):
            other = _flash(template, random, **changed)
            if other == text:
                continue
            if random.random() < 0.5:
                other = _edited(other, ("lead",), random)
            yield _pair(story, kind, text, other, same=False)
        flipped = {"title": text["title"], "body": edits.flip(text["body"], random)}
        yield _pair(story, "other flip", text, flipped, same=False)


def _others(base: dict[str, str], random: Random) -> Iterator[tuple[str, dict[str, str]]]:
    yield "other company", base | {"co": random.choice(COMPANIES[2:])}
    yield "other person", base | {"who": random.choice(PEOPLE[1:])}
    yield "other day", base | {"day": random.choice(DAYS[1:])}
    yield "other figures", base | {"a": "13.1", "c": "2.94"}
    yield "one other figure", base | {random.choice("abc"): "8.07"}
    yield "next in series", base | {"day": DAYS[1], "a": "12.41", "b": "46.9", "c": "1.05"}


def _handmade() -> Iterator[Pair]:
    for story, one, other in REWRITES:
        yield _pair(story, "rewrite", _titled(one), _titled(other), same=True)
        random = _random("rewrite", story)
        changed = edits.other_figure(other, random)
        if changed != other:
            yield _pair(story, "other figure", _titled(one), _titled(changed), same=False)
        yield _pair(
            story,
            "rewrite+lead",
            _titled(one),
            _edited(_titled(other), ("lead",), random),
            same=True,
        )
    for story, one, other in REPORTS:
        yield _pair(story, "other report", _titled(one), _titled(other), same=False)


def _titled(body: str) -> Text:
    return {"title": re.split(r"[，：。]", body)[0], "body": body}


def _roundups() -> Iterator[Pair]:
    """Collections of flashes: beside one of them, and beside the next edition."""
    names = sorted(FLASHES)
    for number in range(24):
        random = _random("roundup", number)
        story = f"roundup {number}"
        bodies = [fill(FLASHES[name], random) for name in random.sample(names, 7)]
        one, other = bodies[:5], [*bodies[3:], *bodies[:1]]
        random.shuffle(other)
        whole = {"title": f"早间要闻{number}", "body": _listed(one, number)}
        yield _pair(story, "roundup and item", _titled(one[number % 5]), whole, same=False)
        following = {"title": f"午间要闻{number}", "body": _listed(other, number)}
        yield _pair(story, "two roundups", whole, following, same=False)
        yield _pair(
            story, "roundup edited", whole, _edited(whole, ("lead_tail",), random), same=True
        )


def _listed(bodies: list[str], style: int) -> str:
    if style % 3 == 0:
        return "\n".join(f"{place}、{body}" for place, body in enumerate(bodies, 1))
    if style % 3 == 1:
        return "\n".join(f"【{re.split('[，：。]', body)[0]}】{body}" for body in bodies)
    return "今日重点关注：\n" + "\n".join(bodies)


def _robots() -> Iterator[Pair]:
    """Long reports written by a program, one company or day beside the next."""
    families = ("profit", "q_report", "dividend", "billboard", "margin", "etf", "north", "block")
    for number in range(16):
        random = _random("robot", number)
        chosen = random.sample(families, 4)
        text, near, far = (_robot(chosen, number, which) for which in ("", "figures", "company"))
        story = f"robot {number}"
        yield _pair(story, "robot, other figures", text, near, same=False)
        yield _pair(story, "robot, other company", text, far, same=False)
        for kinds in (("lead_tail", "punctuation"), ("added", "synonyms"), ("truncated",)):
            yield _pair(story, "+".join(kinds), text, _edited(text, kinds, random), same=True)


def _robot(chosen: list[str], number: int, other: str) -> Text:
    random = _random("robot", number, "figures" if other == "figures" else "")
    co, co2 = COMPANIES[number % 24], COMPANIES[(number + 7) % 24]
    given = {"co": COMPANIES[(number + 3) % 24] if other == "company" else co, "co2": co2}
    given |= {"day": DAYS[number % 8], "who": PEOPLE[number % 8]}
    body = "\n".join(fill(FLASHES[name], random, **given) for name in chosen)
    return {"title": f"{given['co']}：{chosen[0]}", "body": body}


if __name__ == "__main__":
    PAIRS.parent.mkdir(exist_ok=True)
    lines = [json.dumps(pair, ensure_ascii=False) for pair in make()]
    PAIRS.write_text("\n".join(lines) + "\n", "utf-8")
    print(f"{PAIRS.relative_to(ROOT)}: {len(lines)} pairs")
