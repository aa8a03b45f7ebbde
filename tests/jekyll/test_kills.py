"""Killed at any moment, an import loses and doubles nothing and a site holds whole files only."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from newscrawler import failpoints
from newscrawler.jekyll.export import SiteOrder, export_site
from newscrawler.jekyll.folder import key_of
from newscrawler.store.engine import Database, open_database
from newscrawler.store.runs import find_dead
from tests.jekyll.archive import NOW, Repository, imported, lasting, real
from tests.jekyll.conftest import HALF, POSTS

KILLS = 50
IMPORT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from newscrawler.jekyll import importing
from newscrawler.store.engine import open_database
importing.BATCH = 3
print("go", flush=True)
db = open_database(sys.argv[1])
importing.import_archive(
    db, Path(sys.argv[2]), lambda: datetime.now(UTC), with_history=len(sys.argv) > 3
)
"""
EXPORT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from newscrawler.jekyll.export import SiteOrder, export_site
from newscrawler.store.engine import open_database
print("go", flush=True)
db = open_database(sys.argv[1])
export_site(db, Path(sys.argv[2]), SiteOrder(exact=sys.argv[3] == "exact"), datetime.now(UTC))
"""


def run(code: str, *arguments: object, point: str = "", after_s: float | None = None) -> int:
    """The exit code of a process that is killed at a point, or after a while if it still lives."""
    environment = os.environ | ({failpoints.VARIABLE: point} if point else {})
    command = [sys.executable, "-c", code, *map(str, arguments)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        if after_s is not None:
            time.sleep(after_s)
            process.kill()
        return process.wait(60)


def whole(site: Path, wanted: list[dict[str, bytes]]) -> bool:
    """Whether each post that is there is the old one or the new one."""
    return all(
        path.read_bytes() in [one.get(path.name) for one in wanted]
        for path in site.glob("*/*.md")
        if key_of(path.name)
    )


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """The real posts."""
    return real(tmp_path)


def slowly(*points: str) -> list[object]:
    """Points of the slow matrix: the fast suite has one of each kind."""
    return [pytest.param(point, marks=pytest.mark.faults) for point in points]


@pytest.mark.parametrize(
    "point",
    [
        "import_stored:3",
        *slowly("import_batch:2", "before_batch:2", "after_articles:2", "before_finish"),
    ],
)
def test_an_import_killed_at_any_step_goes_on(
    sqlite_db: Database, archive: Path, point: str
) -> None:
    address = f"sqlite:///{sqlite_db.path}"
    assert run(IMPORT, address, archive, point=point) == -signal.SIGKILL
    imported(sqlite_db, archive)
    assert_imported(sqlite_db)


def assert_imported(database: Database) -> None:
    """Every real article once, in one state; no run is left that nobody runs."""
    stored = lasting(database)
    assert len(stored["news"]) == len(stored["news_revisions"]) == 42
    assert len(stored["news_changes"]) == 42
    assert find_dead(database) == []


@pytest.mark.parametrize(
    "point",
    [
        "export_post_rename:5",
        *slowly("export_post_write:5", "export_post_renamed:5", "export_sync", "export_rename:2"),
    ],
)
def test_an_export_killed_at_any_step_is_made_good_by_the_next(
    sqlite_db: Database, archive: Path, tmp_path: Path, point: str
) -> None:
    imported(sqlite_db, archive)
    site = tmp_path / "site"
    export_site(sqlite_db, tmp_path / "once", SiteOrder(exact=True), NOW)
    killed = run(EXPORT, f"sqlite:///{sqlite_db.path}", site, "exact", point=point)
    assert killed == -signal.SIGKILL
    there = {path.name: path.read_bytes() for path in POSTS if path.name != HALF}
    assert whole(site, [there])
    export_site(sqlite_db, site, SiteOrder(exact=True), NOW)
    assert tree(site) == tree(tmp_path / "once")


AGAIN = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from newscrawler.jekyll.export import SiteOrder, export_site
from newscrawler.store.engine import open_database
from newscrawler.store.filters import Filters
print("go", flush=True)
db = open_database(sys.argv[1])
filters = Filters(since=datetime(2022, 1, 1, tzinfo=UTC)) if sys.argv[3] == "fewer" else Filters()
order = SiteOrder(exact=True, filters=filters, days=1 if sys.argv[3] == "older" else None)
export_site(db, Path(sys.argv[2]), order, datetime.now(UTC))
"""


@pytest.mark.faults
@pytest.mark.parametrize(
    ("what", "point"), [("older", "export_post_move:3"), ("fewer", "export_post_remove:3")]
)
def test_an_export_killed_while_posts_move_or_go_is_made_good_by_the_next(
    sqlite_db: Database, archive: Path, tmp_path: Path, what: str, point: str
) -> None:
    imported(sqlite_db, archive)
    url, site, once = f"sqlite:///{sqlite_db.path}", tmp_path / "site", tmp_path / "once"
    for folder in (site, once):
        assert run(AGAIN, url, folder, "all") == 0
    assert run(AGAIN, url, once, what) == 0
    assert run(AGAIN, url, site, what, point=point) == -signal.SIGKILL
    assert tree(site) != tree(once)
    assert run(AGAIN, url, site, what) == 0
    assert tree(site) == tree(once)


def tree(site: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(site)): path.read_bytes()
        for path in site.rglob("*")
        if path.is_file() and not path.name.startswith(".newscrawler-")
    }


@pytest.mark.faults
@pytest.mark.timeout(600)
def test_fifty_kills_of_an_import_lose_and_double_nothing(
    sqlite_template: Path, archive: Path, tmp_path: Path
) -> None:
    chance = random.Random(1)  # noqa: S311 - moments, not secrets
    database = tmp_path / "killed.db"
    killed = 0
    for _ in range(KILLS):
        if not database.exists():
            database.write_bytes(sqlite_template.read_bytes())
        moment = chance.uniform(0, 0.5)
        killed += run(IMPORT, f"sqlite:///{database}", archive, after_s=moment) == -signal.SIGKILL
    assert killed >= KILLS // 4
    with closing(open_database(f"sqlite:///{database}")) as opened:
        imported(opened, archive)
        assert_imported(opened)


@pytest.mark.faults
@pytest.mark.timeout(600)
def test_fifty_kills_of_an_import_of_a_history_lose_and_double_no_state(
    sqlite_template: Path, archive: Path, tmp_path: Path
) -> None:
    posts = {f"_posts/{each.name}": each.read_bytes() for each in archive.rglob("*.md")}
    repository = Repository(tmp_path / "history")
    repository.commit(posts)
    for number in range(4):
        some = list(posts)[number * 5 : number * 5 + 12]
        repository.commit({each: posts[each].replace(b"<p>", b"<p>%d" % number) for each in some})
    chance = random.Random(3)  # noqa: S311 - moments, not secrets
    killed, database = 0, tmp_path / "killed.db"
    for once in (database, tmp_path / "once.db"):
        once.write_bytes(sqlite_template.read_bytes())
    for _ in range(KILLS):
        arguments = (f"sqlite:///{database}", repository.folder, "history")
        killed += run(IMPORT, *arguments, after_s=chance.uniform(0, 0.5)) == -signal.SIGKILL
    assert killed >= KILLS // 4
    with (
        closing(open_database(f"sqlite:///{database}")) as after,
        closing(open_database(f"sqlite:///{tmp_path / 'once.db'}")) as unharmed,
    ):
        for each in (after, unharmed):
            imported(each, repository.folder, history=True)
        assert states(after) == states(unharmed)
        assert len(states(after)) > len(posts)
        assert find_dead(after) == []


def states(database: Database) -> list[tuple[object, ...]]:
    """Every revision: of which article, in which order, with which text, seen when."""
    names = {row["article_id"]: row["external_id"] for row in lasting(database)["news"]}
    return sorted(
        (names[row["article_id"]], row["revision"], row["content_hash"], str(row["seen_at"]))
        for row in lasting(database)["news_revisions"]
    )


@pytest.mark.faults
@pytest.mark.timeout(600)
def test_fifty_kills_of_an_export_leave_whole_files(
    sqlite_db: Database, archive: Path, tmp_path: Path
) -> None:
    imported(sqlite_db, archive)
    wanted = []
    for exact in (True, False):
        once = tmp_path / f"once-{exact}"
        export_site(sqlite_db, once, SiteOrder(exact=exact), NOW)
        wanted.append({path.name: path.read_bytes() for path in once.glob("*/*.md")})
    chance = random.Random(2)  # noqa: S311 - moments, not secrets
    site, killed = tmp_path / "site", 0
    for number in range(KILLS):
        mode = ("exact", "fix")[number % 2]
        code = run(
            EXPORT, f"sqlite:///{sqlite_db.path}", site, mode, after_s=chance.uniform(0, 0.2)
        )
        killed += code == -signal.SIGKILL
        assert whole(site, wanted)
    assert killed >= KILLS // 4
    export_site(sqlite_db, site, SiteOrder(), NOW)
    assert tree(site) == tree(tmp_path / "once-False")
