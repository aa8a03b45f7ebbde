"""Make a virtual environment with exactly what a lock names, and the project (`make` calls this).

    python3 requirements/install.py .venv            to develop: dev.txt, the project as it stands
    python3 requirements/install.py DIR runtime      to run: runtime.txt, the project copied

Standard library only, and written so that an old Python can read it far enough to say so.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent.parent


def main(venv: Path, lock: str = "dev") -> None:
    """Bring `venv` to the state of requirements/<lock>.txt with the project itself in it."""
    if sys.version_info < OLDEST:
        stop(
            f"This is Python {sys.version.split()[0]}; newscrawler needs 3.11 or newer.",
            "Install one, then name it: make PYTHON=python3.12 …",
        )
    if not is_usable(venv):
        create(venv)
    pip = pip_for(venv)
    packages = f"requirements/{lock}.txt"
    project = ["--editable", "."] if lock == "dev" else ["."]
    say(f"Installing {packages} into {venv} (a minute the first time)")
    run([*pip, "install", "--quiet", "--no-compile", "--require-hashes", "-r", packages])
    run([*pip, "install", "--quiet", "--no-deps", "--no-build-isolation", *project])
    stamp_of(venv).write_text(f"{ROOT}\n", encoding="utf-8")


def is_usable(venv: Path) -> bool:
    """Whether `venv` was not moved and has a Python that runs and is new enough: it is kept."""
    stamp = stamp_of(venv)
    if stamp.exists() and stamp.read_text(encoding="utf-8") != f"{ROOT}\n":
        return False
    check = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    return succeeds([str(python_of(venv)), "-c", check])


def create(venv: Path) -> None:
    """Create an empty environment, without pip where ensurepip is not installed (Debian)."""
    say(f"Creating {venv} with Python {sys.version.split()[0]}")
    command = [sys.executable, "-m", "venv", "--clear", str(venv)]
    if not succeeds([sys.executable, "-c", "import ensurepip"]):
        command.append("--without-pip")
    if not succeeds(command):
        stop(
            f"This Python cannot create virtual environments ({' '.join(command)} failed).",
            "Debian, Ubuntu: apt-get install python3-venv python3-pip",
            "Fedora: dnf install python3 python3-pip; Alpine: apk add python3 py3-pip",
        )


def pip_for(venv: Path) -> list[str]:
    """The environment's own pip, else this Python's pip working on the environment."""
    python = str(python_of(venv))
    own, outer = [python, "-m", "pip"], [sys.executable, "-m", "pip", "--python", python]
    if succeeds([*own, "--version"]):
        return own
    if not succeeds([*outer, "--version"]):
        stop(
            f"There is no pip (22.3 or newer) for {sys.executable}.",
            "Debian, Ubuntu: apt-get install python3-pip; Fedora: dnf install python3-pip",
        )
    return outer


def stamp_of(venv: Path) -> Path:
    """The file that says when, and for which checkout, the installation was last completed."""
    return venv / ".installed"


def python_of(venv: Path) -> Path:
    return venv.absolute() / "bin" / "python"


def succeeds(command: list[str]) -> bool:
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True).returncode == 0
    except OSError:
        return False


def run(command: list[str]) -> None:
    # Wheels only, unless the caller says otherwise: building a source package fetches tools
    # that no lock names.
    defaults = {"PIP_ONLY_BINARY": ":all:", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    environment = {**defaults, **os.environ, "PIP_USER": "0"}
    if subprocess.run(command, cwd=ROOT, env=environment).returncode:
        stop(f"Failed: {' '.join(command)}", "pip's own message stands above.")


def say(line: str) -> None:
    sys.stderr.write(line + "\n")


def stop(*lines: str) -> NoReturn:
    sys.exit("\n".join(lines))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
