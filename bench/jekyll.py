"""Posts per second and core, in and out of the store; memory for few posts and for many.

Each part runs in a process of its own, so that CPU time and memory are its own (with its workers').
"""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bench.corpus import Corpus
from newscrawler.jekyll.export import SiteOrder, export_site
from newscrawler.jekyll.forms import exact_post
from newscrawler.jekyll.importing import import_archive
from newscrawler.postings import OUTLET, Posting
from newscrawler.store.engine import open_database
from newscrawler.store.migrate import prepare

FEW, MANY = 5_000, int(os.environ.get("BENCH_POSTS", "20000"))


def main() -> None:
    """Print the rates for MANY posts (BENCH_POSTS), and the memory of FEW beside it."""
    with tempfile.TemporaryDirectory() as scratch:
        few = _all(Path(scratch, "few"), FEW)
        many = _all(Path(scratch, "many"), MANY)
    base = MANY / many["plain"]["cpu"]
    rate = MANY / many["import"]["cpu"]
    print(f"{MANY:,} posts of about {many['plain']['kb']:.1f} KB")
    print(
        f"import:              {rate:7.0f} posts/s/core,"
        f" {MANY / many['import']['wall']:.0f} a second"
    )
    print(f"baseline:            {base:7.0f} posts/s/core (read the files, insert name and text)")
    print(f"import / baseline:   {rate / base:7.2f}")
    for name in ("again", "export", "nothing"):
        part = many[name]
        print(
            f"{name + ':':20} {MANY / part['cpu']:7.0f} posts/s/core, {part['wall']:.1f} s in all"
        )
    for name in ("import", "export"):
        small, large = few[name]["mb"], many[name]["mb"]
        print(f"memory, {name}:      {small:.0f} MB for {FEW:,}, {large:.0f} MB for {MANY:,}")


def _all(folder: Path, posts: int) -> dict[str, dict[str, float]]:
    folder.mkdir()
    make_archive(folder / "archive", posts)
    parts = ("plain", "import", "again", "export", "nothing")
    return {part: _measured(part, folder) for part in parts}


def _measured(part: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.jekyll", part, str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def make_archive(folder: Path, posts: int) -> None:
    """Posts of the last generation, with the texts of bench/corpus.py."""
    (folder / "_posts").mkdir(parents=True)
    for number, article in enumerate(Corpus(posts)):
        day, time_ = article.published_local[:10], article.published_local[11:19]
        name = f"NW{day.replace('-', '')}{2_000_000_000 + number}"
        body = "</p>\r\n <p>".join(block.text for block in article.body.blocks)
        credit = f'<p class="em_media">（文章来源：{article.source}）</p>'
        posting = Posting(
            kind=OUTLET, id=name, title=article.title, source=article.source,
            published=f"{day} {time_}", form="T5", body=f"<p>{body}</p>{credit}",
        )  # fmt: skip
        (folder / "_posts" / f"{day}-{name}.md").write_text(
            exact_post(posting), encoding="utf-8", newline=""
        )


def _plain(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "plain.db")) as target:
        target.execute("CREATE TABLE posts (name TEXT PRIMARY KEY, text TEXT)")
        for number, path in enumerate(sorted((folder / "archive" / "_posts").iterdir())):
            row = (path.name, path.read_text("utf-8"))
            target.execute("INSERT INTO posts VALUES (?, ?)", row)
            if number % 400 == 0:
                target.commit()
        target.commit()


def _part(part: str, folder: Path) -> None:
    if part == "plain":
        _plain(folder)
        return
    with closing(open_database(f"sqlite:///{folder}/news.db")) as database:
        prepare(database)
        if part in ("import", "again"):
            report = import_archive(database, folder / "archive", lambda: datetime.now(UTC))
            assert report.adds_up
        else:
            export_site(database, folder / "site", SiteOrder(), datetime.now(UTC))


def _child(part: str, folder: Path) -> None:
    began, used = time.perf_counter(), _cpu()
    _part(part, folder)
    sizes = [path.stat().st_size for path in list((folder / "archive/_posts").iterdir())[:100]]
    figures = {
        "wall": time.perf_counter() - began,
        "cpu": _cpu() - used,
        "mb": max(map(_peak_mb, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))),
        "kb": sum(sizes) / len(sizes) / 1024,
    }
    print(json.dumps(figures))


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _peak_mb(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / 1024


if __name__ == "__main__":
    _child(sys.argv[1], Path(sys.argv[2]))
