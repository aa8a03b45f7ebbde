"""Rewrite the parts of docs/ that the code knows better: settings, commands, SQL views.

`make docs` calls this; tests/test_docs.py fails while a page is not what it would write.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from docs.sql import views
from newscrawler.cli import main as cli
from newscrawler.config import SETTINGS

DOCS = Path(__file__).resolve().parent


def settings() -> str:
    """A table of every setting, its default and its meaning."""
    rows = [
        f"| `{one.name}` | {f'`{one.default}`' if one.default else 'empty'} | {one.meaning} |"
        for one in SETTINGS.values()
    ]
    return "\n".join(["| name | default | meaning |", "| --- | --- | --- |", *rows])


def commands() -> str:
    """Every command's help text, as the program prints it."""
    return "\n\n".join(
        f"## newscrawler {name}\n\n```text\n{help_text(name, command)}\n```"
        for name, command in every_command(cli)
    )


def every_command(group: click.Group, above: str = "") -> Iterator[tuple[str, click.Command]]:
    """(name with its groups, command) of all commands, groups before what they hold."""
    context = click.Context(group)
    for short in group.list_commands(context):
        command = group.get_command(context, short)
        if command is not None:
            name = f"{above} {short}".strip()
            yield name, command
            if isinstance(command, click.Group):
                yield from every_command(command, name)


def help_text(name: str, command: click.Command) -> str:
    """What `newscrawler NAME --help` prints, 100 columns wide."""
    context = click.Context(
        command, info_name=f"newscrawler {name}", terminal_width=100, **cli.context_settings
    )
    return "\n".join(line.rstrip() for line in command.get_help(context).splitlines())


GENERATED: dict[str, Callable[[], str]] = {
    "settings.md": settings,
    "commands.md": commands,
    "sql.md": views,
}
"""Each page with a generated part, and what writes it."""

_PART = re.compile(r"(<!-- from the code: make docs -->\n).*?(<!-- end -->)", re.DOTALL)


def renewed(page: str) -> str:
    """The text of a page with its generated part as the code has it now."""
    old = (DOCS / page).read_text(encoding="utf-8")
    part = GENERATED[page]()
    new, count = _PART.subn(lambda mark: f"{mark[1]}\n{part}\n\n{mark[2]}", old)
    if count != 1:
        raise ValueError(f"docs/{page} needs one generated part, it has {count}")
    return new


def main() -> None:
    """Rewrite every page."""
    for page in GENERATED:
        (DOCS / page).write_text(renewed(page), encoding="utf-8")


if __name__ == "__main__":
    main()
