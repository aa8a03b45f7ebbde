"""What holds for the checkout as a whole: links, file sizes, locks, CI, nothing of one machine."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

from tests import vocabulary

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements/runtime.txt", "requirements/dev.txt", "requirements/fuzz.txt")

MACHINE_PATH = re.compile(r"(?<![\w.~/])/(work|root|home|Users|opt)/[\w.-]+")
REGISTRY = re.compile(r"\b(files\.pythonhosted|pypi\.(org|python)|deb\.debian|registry\.npmjs)\b")
LINK = re.compile(r"\[[^\]]*\]\((?!\w+:|#)([^)#\s]+)")


@cache
def files() -> tuple[Path, ...]:
    """Every file under version control or about to be; without git, all that are not hidden."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    if (ROOT / ".git").exists() and shutil.which("git"):
        listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        names = listed.stdout.rstrip("\0").split("\0")
    else:
        names = [str(path.relative_to(ROOT)) for path in ROOT.glob("[!.]*/**/*")]
        names = [name for name in names if "__pycache__" not in name]
    return tuple(path for path in map(ROOT.joinpath, names) if path.is_file())


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace")


def readme_commands() -> list[str]:
    block = text_of(ROOT / "README.md").partition("```sh\n")[2].partition("```")[0]
    return [line.partition("#")[0].strip() for line in block.splitlines() if line.strip()]


def test_readme_begins_with_the_two_commands() -> None:
    assert readme_commands() == ["make demo", "make test"]


def test_ci_runs_the_commands_of_the_readme() -> None:
    script = text_of(ROOT / ".ci" / "run").replace("suite ", "step make ").splitlines()
    assert [command for command in readme_commands() if f"step {command}" not in script] == []


def test_make_help_lists_every_target() -> None:
    makefile = text_of(ROOT / "Makefile")
    phony = re.search(r"^\.PHONY:((?:.*\\\n)*.*)$", makefile, flags=re.MULTILINE)
    assert phony
    targets = set(phony[1].replace("\\", " ").split())
    shown = subprocess.run(["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True)
    assert set(re.findall(r"^  make (\S+)", shown.stdout, flags=re.MULTILINE)) == targets


PAGES = [
    name_of(path)
    for path in files()
    if path.suffix == ".md" and "posts" not in path.parts  # those link pages of another site
]


@pytest.mark.parametrize("path", PAGES)
def test_links_lead_somewhere(path: str) -> None:
    page = ROOT / path
    dead = [link for link in LINK.findall(text_of(page)) if not (page.parent / link).exists()]
    assert dead == []


def test_no_file_names_one_machine_or_registry() -> None:
    found = [
        f"{name_of(path)}: {match[0]}"
        for path in files()
        for pattern in (MACHINE_PATH, REGISTRY)
        if (match := pattern.search(text_of(path))) and path != Path(__file__).resolve()
    ]
    assert found == []


def test_no_module_is_longer_than_300_lines() -> None:
    sizes = {
        name_of(path): len(text_of(path).splitlines()) for path in files() if path.suffix == ".py"
    }
    assert {name: size for name, size in sizes.items() if size >= 300} == {}


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_has_a_hash_for_every_version_and_no_address(lock: str) -> None:
    text = text_of(ROOT / lock)
    pinned = re.findall(
        r"^[\w.-]+==\S+.*(?:\\\n    --hash=sha256:[0-9a-f]{64} ?)+", text, re.MULTILINE
    )
    required = re.findall(r"^\w", text, re.MULTILINE)
    assert len(pinned) == len(required) > 30
    assert "://" not in text
    assert not re.search(r"^-", text, re.MULTILINE)


def test_locks_agree() -> None:
    runtime, dev, fuzz = (
        set(re.findall(r"^\S+==\S+", text_of(ROOT / lock), re.MULTILINE)) for lock in LOCKS
    )
    assert runtime < dev
    assert runtime < fuzz
    assert {each.partition("=")[0] for each in fuzz - dev} == {"atheris"}


def test_lock_has_every_direct_dependency() -> None:
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[\[<>=;~ ]", each)[0].lower() for each in wanted}
    locked = set(re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==", text_of(ROOT / LOCKS[1]), re.MULTILINE))
    assert names - locked == set()


def _names(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names]


def test_every_package_we_import_is_a_declared_dependency() -> None:
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))
    declared = {re.split(r"[\[<>=;~ ]", each)[0] for each in project["project"]["dependencies"]}
    imported = {
        name.partition(".")[0]
        for module in vocabulary.modules(with_replica=True)
        for node in ast.walk(module)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in _names(node)
    }
    foreign = imported - set(sys.stdlib_module_names) - {"newscrawler", "pipelines"}
    assert foreign - declared == set()


def test_every_module_has_its_place_in_the_import_rules() -> None:
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))
    (layers,) = [
        set(re.findall(r"newscrawler\.\w+", " ".join(contract["layers"])))
        for contract in project["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers"
    ]
    modules = {
        f"newscrawler.{path.relative_to(ROOT / 'newscrawler').parts[0].removesuffix('.py')}"
        for path in files()
        if path.suffix == ".py" and path.is_relative_to(ROOT / "newscrawler")
    }
    assert modules - layers == {"newscrawler.__init__"}
