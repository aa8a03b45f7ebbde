"""A crawl, then a site: posts of recorded articles are the bytes that the old site wrote."""

from __future__ import annotations

from pathlib import Path

from tests.crawl.conftest import Shell
from tests.jekyll.conftest import HALF, POSTS

LAST_AT = "2022-"
"""The posts of 2022 are of the last generation of their list."""


def test_the_posts_of_a_crawl_are_those_of_the_old_site(shell: Shell) -> None:
    assert shell.newscrawler("crawl", "eastmoney").returncode == 0
    last = [path for path in POSTS if path.name.startswith(LAST_AT) and path.name != HALF]
    assert len(last) == 8
    for option in ("--fix", "--exact"):
        done = shell.newscrawler("export", "jekyll", option, "--out", option[2:])
        assert done.returncode == 0, done.stderr
        written = shell.folder / option[2:] / "_posts"
        assert different(last, written) == []


def different(posts: list[Path], written: Path) -> list[str]:
    return [path.name for path in posts if (written / path.name).read_bytes() != path.read_bytes()]
