"""`newscrawler reparse`: read kept answers again, without network."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import click

from newscrawler import upkeep
from newscrawler.cli._common import Options, command_options, json_option, open_store, print_json
from newscrawler.cli._filters import moment
from newscrawler.config import SITES
from newscrawler.errors import ExitCode
from newscrawler.reparse import Plan, Summary
from newscrawler.reparse import reparse as run_reparse
from newscrawler.reparse.examine import Finding, Verdict
from newscrawler.report import exit_code, render, report_row
from newscrawler.sites.eastmoney.ids import parse_target

_LONGEST = 60
_CHANGED = (Verdict.REPARSED, Verdict.RENEWED, Verdict.REVISED, Verdict.RECOVERED)


@click.command()
@click.option("--site", type=click.Choice(SITES), help="Only this site.")
@click.option("--since", metavar="2h|DATE", help="Only articles with an answer since then.")
@click.option("--id", "ids", multiple=True, metavar="ID", help="Only this article (repeatable).")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many articles.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option(
    "--sample",
    type=click.IntRange(min=0),
    default=5,
    show_default=True,
    help="Show so many changed articles field by field.",
)
@click.option(
    "--workers", type=click.IntRange(1, 64), help="Reading processes.  [default: one a CPU]"
)
@json_option
@command_options
def reparse(
    options: Options,
    site: str | None,
    since: str | None,
    ids: tuple[str, ...],
    limit: int | None,
    dry_run: bool,
    sample: int,
    workers: int | None,
    as_json: bool,
) -> None:
    """Read the answers in the raw archive again and store what is read differently now.

    An article whose content differs gets a revision, and where only derived parts differ they are
    replaced; the change feed calls both `reparsed`. What could not be read before and can be now is
    stored. Nothing is fetched. Killed and run again, it ends with the same.

    \b
    Examples:
      newscrawler reparse --dry-run
      newscrawler reparse --site eastmoney --since 7d
      newscrawler reparse --id NW202202242287513337 --dry-run --json
    """
    config = options.config()
    root = upkeep.require(config.raw_archive)
    with open_store(config):
        pass  # the schema is right before many processes open it
    summaries = [
        run_reparse(
            config,
            Plan(
                site=name,
                root=root,
                ids=tuple(parse_target(each).external_id for each in ids),
                since=moment("--since", since, datetime.now(UTC)) if since else None,
                limit=limit,
                workers=workers or os.cpu_count() or 1,
                dry_run=dry_run,
                sample=sample,
            ),
        )
        for name in ([site] if site else SITES)
    ]
    if as_json:
        print_json([_row(summary) for summary in summaries])
    else:
        click.echo("\n".join(line for each in summaries for line in _lines(each)))
    sys.exit(ExitCode.FAILED if any(_failed(each) for each in summaries) else ExitCode.OK)


def _failed(summary: Summary) -> bool:
    if summary.report is not None and exit_code(summary.report) is not ExitCode.OK:
        return True
    return bool(summary.unreadable)


def _lines(summary: Summary) -> Iterator[str]:
    if summary.report is not None:
        yield from render(summary.report)
    else:
        changed = sum(summary.verdicts[verdict] for verdict in _CHANGED)
        yield (
            f"{summary.site} · {changed} of {summary.examined} articles would change; "
            "nothing is written"
        )
        verdicts = " · ".join(f"{one} {summary.verdicts[one]}" for one in Verdict)
        yield f"  {verdicts}"
        yield from (f"  {note}" for note in summary.notes())
    for (verdict, name), many in sorted(summary.fields.items()):
        yield f"  {verdict} · {name}: {many}"
    for finding in summary.sample:
        yield from _shown(finding)


def _shown(finding: Finding) -> Iterator[str]:
    title = finding.found.article.title if finding.found else ""
    yield f"{finding.external_id} {finding.verdict} · {title}"
    for name, before, after in finding.changes:
        yield from (f"  {name}: {part}" for part in _difference(before, after))


def _difference(before: Any, after: Any) -> Iterator[str]:
    """What differs; of lists the items, of long texts the neighbourhood."""
    if isinstance(before, list) and isinstance(after, list):
        yield from (f"- {_short(_said(item))}" for item in before if item not in after)
        yield from (f"+ {_short(_said(item))}" for item in after if item not in before)
        if sorted(map(str, before)) == sorted(map(str, after)):
            yield "another order"
        return
    old, new = _said(before), _said(after)
    pairs = zip(old, new, strict=False)
    same = next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(old), len(new)))
    start = max(0, same - 10)
    lead = "…" if start else ""
    yield f"{lead}{_short(old[start:])} → {lead}{_short(new[start:])}"


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(str(each) for each in value.values() if each is not None)
    return "nothing" if value in (None, "") else str(value)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _row(summary: Summary) -> dict[str, Any]:
    fields: dict[str, dict[str, int]] = {}
    for (verdict, name), many in sorted(summary.fields.items()):
        fields.setdefault(verdict, {})[name] = many
    return {
        "site": summary.site,
        "examined": summary.examined,
        **{str(verdict): summary.verdicts[verdict] for verdict in Verdict},
        "fields": fields,
        "sample": [
            {
                "external_id": each.external_id,
                "verdict": each.verdict,
                "changes": [
                    {"field": name, "before": before, "after": after}
                    for name, before, after in each.changes
                ],
            }
            for each in summary.sample
        ],
        "not_readable": [
            {"external_id": each.external_id, "reason": each.reason, "detail": each.detail}
            for each in summary.unreadable
        ],
        "run": report_row(summary.report) if summary.report else None,
    }
