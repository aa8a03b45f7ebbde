"""Compares what is stored with everything that was ever served."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from newscrawler.items import Article, Block, BlockKind, Body, Image
from newscrawler.selftest.upstream import article_of
from newscrawler.selftest.verdict import CrashReport
from newscrawler.store.snapshot import Snapshot
from pipelines.dedupe import DedupePipeline

Row = Mapping[str, Any]
States = Mapping[str, list[bytes]]


def audit(report: CrashReport, stored: Snapshot, states: States) -> None:
    """Write into the report whatever is lost, doubled or torn."""
    report.articles = len(states)
    report.states = sum(len(answers) for answers in states.values())
    report.lost += _lost(stored, states)
    report.doubled += _doubled(stored)
    report.torn += _torn_revisions(stored, states)
    report.torn += _torn_articles(stored)
    report.torn += _torn_feed(stored)
    for run in stored["news_runs"]:
        report.interrupted += run["status"] == "interrupted"
        if run["status"] == "running":
            report.left_running.append(run["run_id"])


def _lost(stored: Snapshot, states: States) -> Iterator[str]:
    """Articles whose last state is not the stored one."""
    hashes = {row["external_id"]: row["content_hash"] for row in stored["news"]}
    for code, answers in states.items():
        if hashes.get(code) != article_of(code, answers[-1]).content_hash:
            yield f"{code} is not stored" if code not in hashes else f"{code}'s last correction"


def _doubled(stored: Snapshot) -> Iterator[str]:
    yield from _twice(stored["news"], "article", "site", "external_id")
    yield from _twice(stored["news_revisions"], "state", "article_id", "content_hash")
    yield from _twice(stored["news_changes"], "change", "article_id", "revision", "kind")
    yield from _twice(stored["news_changes"], "change", "seq")


def _twice(rows: list[dict[str, Any]], what: str, *columns: str) -> Iterator[str]:
    seen = Counter(tuple(row[column] for column in columns) for row in rows)
    for key, times in seen.items():
        if times > 1:
            yield f"{what} {' '.join(map(str, key))} stands {times} times"


def _torn_revisions(stored: Snapshot, states: States) -> Iterator[str]:
    """Revisions that say what was never served, or belong to nothing."""
    codes = {row["article_id"]: row["external_id"] for row in stored["news"]}
    for row in stored["news_revisions"]:
        code = codes.get(row["article_id"])
        name = f"{code} revision {row['revision']}"
        if code is None or code not in states:
            yield f"revision {row['revision']} of article {row['article_id']} has no article"
            continue
        served = [article_of(code, answer) for answer in states[code]]
        same = next((one for one in served if one.content_hash == row["content_hash"]), None)
        if same is None:
            yield f"{name} was never served"
        elif (row["title"], row["body"]) != (same.title, same.body.text):
            yield f"{name} differs from what was served"


def _torn_articles(stored: Snapshot) -> Iterator[str]:
    """Articles whose parts do not make up their hash."""
    blocks, images = _by_article(stored["news_paragraphs"]), _by_article(stored["news_images"])
    for row in stored["news"]:
        number = row["article_id"]
        again = _hash_of(row, blocks[number], images[number])
        if again != row["content_hash"]:
            yield f"{row['external_id']}: its parts do not make up its hash"
        if row["body"] != "\n".join(block["text"].replace("\n", " ") for block in blocks[number]):
            yield f"{row['external_id']}: its paragraphs are not its body"


def _by_article(rows: list[dict[str, Any]]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row["position"]):
        found[row["article_id"]].append(row)
    return found


def _hash_of(row: Row, blocks: list[Row], images: list[Row]) -> str:
    body = Body(
        blocks=tuple(Block(kind=BlockKind(block["kind"]), text=block["text"]) for block in blocks),
        images=tuple(Image(url=image["url"]) for image in images),
    )
    article = Article(
        site=row["site"],
        external_id=row["external_id"],
        url=row["url"],
        title=row["title"],
        published_at=row["published_at"],
        published_local=row["published_local"],
        published_from=row["published_from"],
        body=body,
        source=row["source"],
        fetched_at=row["updated_at"],
        fetched_url="",
        parser_version=row["parser_version"],
    )
    hashed = DedupePipeline().process_item(replace(article, content_hash="", text_hash=""))
    return hashed.content_hash if isinstance(hashed, Article) else ""


def _torn_feed(stored: Snapshot) -> Iterator[str]:
    """The change feed: no gap, one line for each revision, each article at its newest line."""
    seqs = sorted(row["seq"] for row in stored["news_changes"])
    if seqs != list(range(1, len(seqs) + 1)):
        yield f"the change feed has gaps: {len(seqs)} lines up to number {seqs[-1]}"
    newest: dict[int, int] = {}
    changes = set()
    for row in stored["news_changes"]:
        newest[row["article_id"]] = max(row["seq"], newest.get(row["article_id"], 0))
        changes.add((row["article_id"], row["revision"]))
    revisions = {(row["article_id"], row["revision"]) for row in stored["news_revisions"]}
    for article_id, revision in sorted(revisions ^ changes):
        has = "no change" if (article_id, revision) in revisions else "a change, but is missing"
        yield f"article {article_id} revision {revision} has {has}"
    for row in stored["news"]:
        if row["change_seq"] != newest.get(row["article_id"]):
            yield f"{row['external_id']}: change_seq {row['change_seq']} is not its newest change"
