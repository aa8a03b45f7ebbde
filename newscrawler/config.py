"""The effective configuration, from the one place that reads files and environment.

Order: defaults < newscrawler.toml < environment NEWSCRAWLER_<NAME> < what the command line says.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from newscrawler.config_registry import SETTINGS, SITES, Config, Given, Setting
from newscrawler.errors import ConfigError

__all__ = ["SETTINGS", "SITES", "Config", "Given", "Setting", "load"]

FILE = "newscrawler.toml"
_PREFIX = "NEWSCRAWLER_"
_FILE_VARIABLE = "NEWSCRAWLER_CONFIG"
_KUBERNETES = re.compile(r"SERVICE_(HOST|PORT)(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?")
"""Variables that Kubernetes sets in every pod beside a service called "newscrawler"."""
_CREDENTIALS = re.compile(r"//[^/@]*@")


def load(*, overrides: Mapping[str, str], env: Mapping[str, str], cwd: Path) -> Config:
    """Return the effective configuration.

    `overrides` are what the command line says of our own settings. The file is the one that the
    environment's NEWSCRAWLER_CONFIG names, else newscrawler.toml in `cwd`, if there.

    Raises:
        ConfigError: an unknown or unreadable setting, or an unreadable file.
    """
    given = {name: Given(name, setting.default, "default") for name, setting in SETTINGS.items()}
    in_file, scrapy = _from_file(env, cwd)
    for layer in (in_file, _from_env(env), [Given(*one, "-s") for one in overrides.items()]):
        for one in layer:
            _require_known(one)
            given[one.name] = one
    read = {name.lower(): _value(one) for name, one in given.items()}
    urls = [(site, read.pop(f"{site}_base_url")) for site in SITES]
    return Config(
        **read,
        base_urls=tuple(pair for pair in urls if pair[1]),
        scrapy=scrapy,
        given=tuple(given.values()),
    )


def _from_env(env: Mapping[str, str]) -> list[Given]:
    names = sorted(name for name in env if name.startswith(_PREFIX) and name != _FILE_VARIABLE)
    return [
        Given(short, env[name], f"environment {name}")
        for name in names
        for short in [name.removeprefix(_PREFIX)]
        if not _KUBERNETES.fullmatch(short)
    ]


def _from_file(env: Mapping[str, str], cwd: Path) -> tuple[list[Given], tuple[Any, ...]]:
    named = env.get(_FILE_VARIABLE, "")
    path = cwd / (named or FILE)
    if not named and not path.exists():
        return [], ()
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"cannot read the configuration file {path}: {error}") from error
    scrapy = table.pop("scrapy", {})
    if not isinstance(scrapy, dict) or not all(name.isupper() for name in scrapy):
        raise ConfigError(f"{path}: [scrapy] is to hold Scrapy's settings, such as LOG_LEVEL")
    origin = named or FILE
    return [Given(key.upper(), _as_text(key, v, origin), origin) for key, v in table.items()], (
        tuple(sorted(scrapy.items()))
    )


def _as_text(key: str, value: object, origin: str) -> str:
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ",".join(value)
    if value is False:
        return "off"
    if isinstance(value, str | int | float) and value is not True:
        return str(value)
    _require_known(Given(key.upper(), "", origin))
    raise ConfigError(f"{key.upper()} ({origin}) is to be text, a number or a list of texts")


def _require_known(one: Given) -> None:
    if one.name not in SETTINGS:
        near = difflib.get_close_matches(one.name.upper(), SETTINGS, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else "newscrawler config lists all settings"
        raise ConfigError(f"unknown setting {one.name} ({one.origin}); {hint}")


def _value(one: Given) -> Any:
    setting = SETTINGS[one.name]
    try:
        return setting.read(one.text)
    except ValueError as error:
        # A secret that cannot be read cannot be masked either.
        got = "" if setting.mask else f", not {_CREDENTIALS.sub('//', one.text)[:80]!r}"
        raise ConfigError(f"{one.name} ({one.origin}) takes {error}{got}") from error
