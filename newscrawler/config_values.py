"""Text → typed value, for every kind of setting; each raises ValueError saying what is expected."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import timedelta
from ipaddress import IPv6Address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

ARTICLE_API_PATH = "/kuaixun/v2/api/article/{id}"

_DIALECTS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "mysql": "mariadb+pymysql",
    "mysql+pymysql": "mariadb+pymysql",
    "mariadb": "mariadb+pymysql",
    "mariadb+pymysql": "mariadb+pymysql",
}
_AGE = re.compile(r"([0-9]{1,6})\s*([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DATABASE = re.compile(r"(?:[^:/]*(?::[^@]*)?@)?([^/?]*)")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?\.?", re.ASCII)
_HOST_PORT = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(?::([0-9]{1,5}))?", re.ASCII)


def text(value: str) -> str:
    """One line of printable text, "" for none."""
    value = value.strip()
    if not value.isprintable():
        raise ValueError("one line of printable text")
    return value


def contact(value: str) -> str:
    """ASCII text that may stand in an HTTP header."""
    if not value.isascii() or len(value) > 200:
        raise ValueError("an e-mail address or URL in ASCII, at most 200 characters")
    return text(value)


def whole(minimum: int) -> Callable[[str], int]:
    """A reader of whole numbers from `minimum` on."""

    def read(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,15}", value.strip()) or int(value) < minimum:
            raise ValueError(f"a whole number, {minimum} or more")
        return int(value)

    return read


def seconds(minimum: float) -> Callable[[str], float]:
    """A reader of finite numbers of seconds from `minimum` on."""

    def read(value: str) -> float:
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not minimum <= number < 1e9:
            raise ValueError(f"a number of seconds, {minimum:g} or more")
        return number

    return read


def ages(value: str) -> tuple[timedelta, ...]:
    """Comma list of ages ("1h,6h,24h"; units s m h d w), ascending; () for "off" or nothing."""
    if value.strip().lower() in ("", "off"):
        return ()
    spans = set()
    for part in value.split(","):
        match = _AGE.fullmatch(part.strip().lower())
        if match is None or int(match[1]) == 0:
            raise ValueError('ages such as "1h,6h,24h" (units s, m, h, d, w), or "off"')
        spans.add(timedelta(**{_UNITS[match[2]]: int(match[1])}))
    return tuple(sorted(spans))


AUTO = timedelta(0)


def silence(value: str) -> timedelta | None:
    """How long a list may be silent: AUTO for "auto", None for "off", else one age ("6h")."""
    word = value.strip().lower()
    if word == "auto":
        return AUTO
    try:
        found = ages(value)
    except ValueError:
        found = (AUTO, AUTO)
    if len(found) > 1 or not word:
        raise ValueError('one age such as "6h" (units s, m, h, d, w), "auto" or "off"')
    return found[0] if found else None


def switch(value: str) -> bool:
    """ "on" or "off"."""
    known = {"on": True, "off": False}
    if value.strip().lower() not in known:
        raise ValueError('"on" or "off"')
    return known[value.strip().lower()]


def directory(value: str) -> Path | None:
    """A directory; None for "off"."""
    if value.strip().lower() == "off":
        return None
    if not value.strip() or "\0" in value:
        raise ValueError('a directory, or "off"')
    return Path(value.strip())


def split_host(value: str) -> tuple[str, int | None]:
    """Split "host", "host:port", "::1" or "[::1]:port" into lower-case host and port."""
    value = value.strip().lower()
    if value.count(":") > 1 and not value.startswith("["):
        return str(IPv6Address(value)), None
    match = _HOST_PORT.fullmatch(value)
    port = int(match[2]) if match and match[2] else None
    if match is None or (port is not None and not 0 < port < 65_536):
        raise ValueError("host or host:port")
    if match[1].startswith("["):
        return str(IPv6Address(match[1][1:-1])), port
    if not _HOST.fullmatch(match[1]):
        raise ValueError("host or host:port")
    return match[1], port


def join_host(host: str, port: int | None) -> str:
    """The opposite of `split_host`: "host:port", "[::1]:port"; without port the host alone."""
    if port is None:
        return host
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def hosts(value: str) -> tuple[str, ...]:
    """Comma list of hosts in canonical form, each once, in order."""
    try:
        found = [join_host(*split_host(part)) for part in value.split(",") if part.strip()]
    except ValueError as error:
        raise ValueError(
            'a comma list of host or host:port, such as "127.0.0.1:8899,mirror.lan" '
            "(no http://, no path, no network)"
        ) from error
    return tuple(dict.fromkeys(found))


def http_url(value: str) -> str:
    """An http or https URL without user, password and fragment."""
    parts = _split_http(value)
    shown = _origin(parts) + parts.path + (f"?{parts.query}" if parts.query else "")
    return text(shown)


def origin(value: str) -> str:
    """An http or https origin, "http://127.0.0.1:8899"; "" for none; a final slash is dropped."""
    if not value.strip():
        return ""
    parts = _split_http(value)
    if parts.path not in ("", "/") or parts.query:
        raise ValueError('an origin such as "http://127.0.0.1:8899", without a path')
    return _origin(parts)


def site_address(value: str) -> str:
    """An address that links are put behind, "//host" or with scheme; a final slash is dropped."""
    address = value.strip().rstrip("/")
    if address and not re.fullmatch(r"(?:https?:)?//[^\s/()<>\"]+(?:/[^\s()<>\"]*)?", address):
        raise ValueError('an address such as "https://news.example.org" or "//news.example.org"')
    return address


def article_api(value: str) -> str:
    """A URL template with `{id}`: appended if missing; an origin alone gets the standard path."""
    url = http_url(value)
    if "{id}" in url:
        return url
    if urlsplit(url).path in ("", "/"):
        return url.rstrip("/") + ARTICLE_API_PATH
    return url.rstrip("/") + "/{id}"


def host_of(url: str) -> str:
    """The "host:port" of an http(s) URL, with the scheme's port if it names none."""
    parts = urlsplit(url)
    return join_host(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))


def database_url(value: str) -> str:
    """An SQLAlchemy URL of a database we support, with the driver we use."""
    dialect, separator, rest = value.strip().partition("://")
    if not separator or dialect.lower() not in _DIALECTS or not rest.isprintable():
        raise ValueError(
            'an SQLAlchemy URL: "sqlite:///data/news.db", "postgresql://user:password@host/name" '
            'or "mariadb://user:password@host/name"'
        )
    url = f"{_DIALECTS[dialect.lower()]}://{rest}"
    if url.startswith("sqlite:") and rest and not rest.startswith("/"):
        raise ValueError('three slashes before a file name: "sqlite:///data/news.db"')
    database_host(url)
    return url


def database_host(url: str) -> str | None:
    """The "host:port" of a database URL; None for SQLite or a socket file."""
    dialect, _, rest = url.partition("://")
    match = _DATABASE.match(rest)
    if dialect == "sqlite" or match is None or not match[1]:
        return None
    if "@" in match[1]:
        raise ValueError('an SQLAlchemy URL; write "@" in a password as %40')
    host, port = split_host(match[1])
    return join_host(host, port or (5432 if dialect.startswith("postgresql") else 3306))


def _split_http(value: str) -> SplitResult:
    problem = 'an http or https URL such as "http://127.0.0.1:8899", without user and password'
    try:
        parts = urlsplit(value.strip())
        split_host(join_host(parts.hostname or "", parts.port))
    except ValueError as error:
        raise ValueError(problem) from error
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or parts.fragment:
        raise ValueError(problem)
    return parts


def _origin(parts: SplitResult) -> str:
    host = parts.hostname or ""
    bare = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{bare}" + (f":{parts.port}" if parts.port else "")
