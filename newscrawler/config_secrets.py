"""The secret parts of settings: hiding them, and listing them for whoever must not show them."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

HIDDEN = "***"
_PASSWORD = re.compile(r"(?<=://)([^:/@]*):.*@")
_PARAMETER = re.compile(r"([?&][^=&]*(?:pass|pwd|secret|token)[^=&]*=)[^&]*", re.IGNORECASE)
_SHORTEST = 4
"""Hiding every "ab" in a log would hide the log."""


def mask_database(url: str) -> str:
    """The database URL without its password."""
    return _PARAMETER.sub(rf"\1{HIDDEN}", _PASSWORD.sub(rf"\1:{HIDDEN}@", url))


def mask_hook(hook: str) -> str:
    """A webhook's origin (its path may be a token), or a command's program."""
    if hook.startswith(("http://", "https://")):
        scheme, _, rest = hook.partition("://")
        authority, slash, _ = rest.partition("/")
        host = authority.partition("?")[0].rpartition("@")[2]
        bare = not slash and host == authority
        return f"{scheme}://{host}" + ("" if bare else f"/{HIDDEN}")
    program, _, arguments = hook.partition(" ")
    return f"{program} {HIDDEN}" if arguments else program


def secrets_of(database_url: str, *hooks: str) -> tuple[str, ...]:
    """The secret texts of these settings, as written and decoded, longest first."""
    found = set()
    if match := _PASSWORD.search(database_url):
        found.add(match[0][len(match[1]) + 1 : -1])
    found.update(match[0][len(match[1]) :] for match in _PARAMETER.finditer(database_url))
    for hook in hooks:
        found.update(_tokens(hook))
    found.update([unquote(text) for text in found])
    return tuple(sorted((t for t in found if len(t) >= _SHORTEST), key=lambda t: (-len(t), t)))


def _tokens(hook: str) -> list[str]:
    """What of a webhook's URL lets its reader call it: password, parameters, the path's tail."""
    try:
        parts = urlsplit(hook)
    except ValueError:
        return []
    if parts.scheme not in ("http", "https"):
        return []
    tail = parts.path.rpartition("/")[2]
    values = [value for _, value in parse_qsl(parts.query)]
    return [parts.password or "", *values, *([tail] if len(tail) >= 16 else [])]
