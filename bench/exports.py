"""Exported articles per second and peak memory of each format, beside a plain sqlite3 cursor.

The database has made-up articles, stored once and then copied in SQL with other ids. Each export
is a process of its own, as a user starts it. `python -m bench.exports ROWS FORMAT…` takes others.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bench.corpus import Corpus
from newscrawler.store import articles, runs
from newscrawler.store.engine import open_database
from newscrawler.store.migrate import prepare

FORMATS = ("jsonl", "csv", "parquet", "markdown")
FEW, MANY = 2_000, 20_000
STORED = 1_000
NOW = datetime(2026, 1, 1, tzinfo=UTC)
WATCHED = """
import atexit, pathlib, sys
@atexit.register
def tell():
    lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    print(*(line.split()[1] for line in lines if line.startswith("VmHWM")), file=sys.stderr)
"""
"""Says at its end how many KB of memory the process had at most."""
OURS = f"""{WATCHED}
from newscrawler.__main__ import main
main()
"""
PLAIN = f"""{WATCHED}
import json, sqlite3
conn = sqlite3.connect(sys.argv[1])
cursor = conn.execute("SELECT * FROM news")
names = [each[0] for each in cursor.description]
with open(sys.argv[2], "w") as file:
    for row in cursor:
        file.write(json.dumps(dict(zip(names, row)), ensure_ascii=False) + "\\n")
"""  # noqa: S608 - nothing of others in it


def main(counts: Sequence[int] = (FEW, MANY), forms: Sequence[str] = FORMATS) -> None:
    """Print articles/s, MB/s and peak memory, of few and of many articles."""
    with tempfile.TemporaryDirectory() as folder:
        for count in counts:
            path = Path(folder) / f"{count}.db"
            fill(path, count)
            print(f"{count} articles, database {path.stat().st_size / 1e6:.0f} MB")
            for name, command in commands(path, forms):
                seconds, peak, size = measured(command, path)
                rates = f"{count / seconds:7.0f} articles/s  {size / 1e6 / seconds:5.1f} MB/s"
                print(f"  {name:38} {rates}  peak {peak:4.0f} MB", flush=True)
            path.unlink()


def commands(path: Path, forms: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Name and command of the baseline and of each format; the last argument is the file."""
    out = str(path.with_suffix(".out"))
    yield "plain sqlite3 + json.dumps, news alone", [sys.executable, "-c", PLAIN, str(path), out]
    for form in forms:
        command = [sys.executable, "-c", OURS, "export", form, "--out", out]
        yield f"newscrawler export {form}", command


def measured(command: list[str], path: Path) -> tuple[float, float, int]:
    """Seconds, peak memory in MB and bytes written."""
    environment = os.environ | {"NEWSCRAWLER_DATABASE_URL": f"sqlite:///{path}"}
    began = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - began
    out = path.with_suffix(".out")
    size = out.stat().st_size
    out.unlink()
    return seconds, int(done.stderr) / 1000, size


def fill(path: Path, count: int) -> None:
    """A database of so many articles (a multiple of STORED)."""
    with closing(open_database(f"sqlite:///{path}")) as database:
        prepare(database)
        with database.write() as conn:
            run_id = runs.start(conn, "bench", "crawl", NOW, None, None)
            articles.save(conn, run_id, [*Corpus(STORED)], NOW, [])
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF;")
        for more in range(STORED, count, STORED):
            for table in ("articles", "revisions", "images", "securities", "related", "changes"):
                raw.execute(copying(raw, table, more))
        raw.commit()
        raw.execute("PRAGMA journal_mode = WAL")


def copying(raw: sqlite3.Connection, table: str, more: int) -> str:
    """The statement that copies the stored articles, under numbers higher by `more`."""
    (lines,) = raw.execute(f"SELECT max(seq) FROM changes WHERE article_id <= {STORED}").fetchone()  # noqa: S608
    moved = {
        "article_id": f"article_id + {more}",
        "seq": f"seq + {more // STORED * lines}",
        "change_seq": f"change_seq + {more // STORED * lines}",
    }
    if table == "articles":
        moved["external_id"] = f"external_id || '-{more}'"
    names = [row[1] for row in raw.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(moved.get(name, name) for name in names)
    return (
        f"INSERT INTO {table} ({', '.join(names)})"  # noqa: S608 - our own names
        f" SELECT {values} FROM {table} WHERE article_id <= {STORED}"
    )


if __name__ == "__main__":
    main([int(sys.argv[1])], sys.argv[2:] or FORMATS)
