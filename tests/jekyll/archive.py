"""Archives of posts to import, made of real ones or of what a test says."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from newscrawler.items import Outcome, RunReport
from newscrawler.jekyll.importing import import_archive
from newscrawler.store.engine import Database
from newscrawler.store.snapshot import Snapshot, snapshot
from tests.jekyll.conftest import ARCHIVE

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ID = "202205292395438077"
NAME = f"2022-05-29-NW{ID}.md"
LASTING = ("news", "news_paragraphs", "news_securities", "news_revisions", "news_changes",
           "news_failures")  # fmt: skip


def post(title: str = "标题", text: str = "<p>正文</p>", *, name: str = NAME) -> bytes:
    """A post of the last generation."""
    code = name[11:-3]
    return (
        f'---\nlayout: post\ntitle: "{title}"\ndate: {name[:10]} 21:00:08 +0800\n'
        f"categories: jiabao\ntags: 甲报新闻\n---\n{text}\n\n"
        f"<http://finews.zning.xyz/html_News/NewsShare.html?infoCode={code}>\n\n"
        "[返回甲报新闻](//finews.withounder.com/category/jiabao.html)"
        "｜[返回首页](//finews.withounder.com/)"
    ).encode()


def real(folder: Path) -> Path:
    """A copy of the real posts."""
    return Path(
        shutil.copytree(ARCHIVE, folder / "archive", ignore=shutil.ignore_patterns("*.json"))
    )


def lay(folder: Path, posts: Mapping[str, bytes]) -> Path:
    """A directory with these files."""
    for path, raw in posts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(raw)
    return folder


def git(folder: Path, *arguments: str, at: datetime = NOW) -> None:
    """Run git there, at that time, whatever this machine's configuration."""
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_DATE": at.isoformat(), "GIT_COMMITTER_DATE": at.isoformat(),
        "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org",
        "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org",
    }  # fmt: skip
    subprocess.run(
        ["git", "-C", str(folder), *arguments], check=True, env=environment, capture_output=True
    )


class Repository:
    """A git repository that is given one commit after another, an hour apart."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        git(folder, "init", "-q")
        self.at = datetime(2022, 5, 29, 14, tzinfo=UTC)

    def commit(self, posts: Mapping[str, bytes | None]) -> datetime:
        """Write these files (None: remove them) and commit; return when."""
        self.at += timedelta(hours=1)
        for path, raw in posts.items():
            if raw is None:
                (self.folder / path).unlink()
            else:
                lay(self.folder, {path: raw})
        git(self.folder, "add", "-A", at=self.at)
        git(self.folder, "commit", "-q", "--allow-empty", "-m", "posts", at=self.at)
        return self.at


def imported(db: Database, folder: Path, *, history: bool = False, workers: int = 0) -> RunReport:
    """Import it; the run's sums add up."""
    report = import_archive(db, folder, lambda: NOW, with_history=history, workers=workers)
    assert report.adds_up
    assert report.status == "finished"
    return report


def counts(report: RunReport) -> dict[str, int]:
    """The outcomes that are not zero."""
    return {str(outcome): report.counts[outcome] for outcome in Outcome if report.counts[outcome]}


def lasting(db: Database) -> Snapshot:
    """All that consumers see, but for the runs."""
    return snapshot(db, LASTING)
