"""A run's report for people: verdict first, then sums that add up, then what to do."""

from __future__ import annotations

from collections.abc import Iterator

from newscrawler.errors import ExitCode
from newscrawler.items import Outcome, RunReport

STALE = "stale"
"""The reason of a list that was read and has offered nothing new for too long."""
_SHOWN = 5
"""Failures in a report for people; JSON and `newscrawler failures` have more."""


def exit_code(report: RunReport) -> ExitCode:
    """What a run's report means to the shell."""
    if report.status == "interrupted":
        return ExitCode.INTERRUPTED
    if report.status != "finished" or not report.adds_up or report.counts[Outcome.FAILED]:
        return ExitCode.FAILED
    return ExitCode.FAILED if _failed_lists(report) or _unkept(report) else ExitCode.OK


def verdict(report: RunReport) -> str:
    """The first line: did it work, and if not, why."""
    failed = report.counts[Outcome.FAILED]
    lists = _failed_lists(report)
    silent = [row for row in lists if row["reason"] == STALE]
    unread = len(lists) - len(silent)
    problems = []
    if report.status != "finished":
        problems.append(report.status)
    if unread:
        problems.append(f"{unread} {_plural('list', unread)} unreadable")
    if silent:
        problems.append(f"{len(silent)} {_plural('list', len(silent))} silent for too long")
    if failed:
        problems.append(f"{failed} {_plural('article', failed)} failed")
    if _unkept(report):
        problems.append("the raw archive is incomplete")
    if not report.adds_up and report.status == "finished":
        problems.append("the sums do not add up")
    return ", ".join(problems) if problems else "all well"


def render(report: RunReport) -> Iterator[str]:
    """The report, line by line."""
    yield f"run {report.run_id} · {report.site} {report.kind} · {verdict(report)}"
    counts = " · ".join(f"{outcome} {report.counts[outcome]}" for outcome in Outcome)
    yield f"  discovered {report.discovered} = {counts}"
    seconds = ""
    if report.finished_at:
        seconds = f" · {(report.finished_at - report.started_at).total_seconds():.1f} s"
    if report.kind == "import":
        yield f"  {report.bytes:,} bytes read{seconds}"
    else:
        yield f"  requests {report.requests} · {report.bytes:,} bytes received{seconds}"
    for note in report.notes:
        yield f"  {note}"
    for row in report.failures[:_SHOWN]:
        name = row["external_id"] or row["url"]
        yield f"  {row['stage']}: {name}: {row['reason']}: {row['detail']}"
    if len(report.failures) > _SHOWN:
        yield "  …"
    if report.failures:
        yield "  all of them: newscrawler failures"


def report_row(report: RunReport) -> dict[str, object]:
    """The report as JSON: the columns of news_runs, then what they leave out."""
    return {
        "run_id": report.run_id,
        "site": report.site,
        "started_at": report.started_at,
        "finished_at": report.finished_at,
        "status": report.status,
        "requests": report.requests,
        "bytes": report.bytes,
        **{str(outcome): report.counts[outcome] for outcome in Outcome},
        "kind": report.kind,
        "discovered": report.discovered,
        "adds_up": report.adds_up,
        "verdict": verdict(report),
        "exit_code": int(exit_code(report)),
        "notes": list(report.notes),
        "failures": [dict(row) for row in report.failures],
    }


def _failed_lists(report: RunReport) -> list[dict[str, object]]:
    """Failures that are a whole list's; a single bad row of a list names an id."""
    return [row for row in report.failures if row["stage"] == "list" and not row["external_id"]]


def _unkept(report: RunReport) -> bool:
    """Whether answers of the run are missing from the raw archive."""
    return any(row["stage"] == "store" and not row["external_id"] for row in report.failures)


def _plural(word: str, count: int) -> str:
    return word if count == 1 else word + "s"
