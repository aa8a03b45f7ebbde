"""The views as the third migration makes them: bodies are stored once and read from there.

Frozen. A later migration that changes a view takes the others from here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from newscrawler.store.migrations.views_0001 import VIEWS as _FIRST


@dataclass(frozen=True, slots=True)
class _Dialect:
    """Expressions that the databases spell differently; arguments are SQL."""

    hex: str
    newline: str
    concat: Callable[..., str]
    pieces: str
    """body_html from a JSON list of pieces (see compact.py), of the revision `r`."""
    blocks: str
    """What to join to the revision `r`: each line of its body as `l.position`, `l.line`."""
    position: str
    layout: Callable[[int], str]
    """Part n of the entry of `r.layout` that is about `l.position`."""
    market: str
    code: str


def _escaped(text: str) -> str:
    return f"replace(replace(replace({text}, '&', '&amp;'), '<', '&lt;'), '>', '&gt;')"


def _pipes(*parts: str) -> str:
    return " || ".join(parts)


def _concat(*parts: str) -> str:
    return f"concat({', '.join(parts)})"


def _lines(a: str, b: str, newline: str, backslash: str, concat: Callable[..., str]) -> str:
    """The body's lines as a JSON list.

    Backslashes step aside (as a control character, which no text has) while JSON is made, so that
    the escape of a line's end can be told from the same characters in the text.
    """
    body = f"replace(replace(r.body, '{backslash}', {a}), {newline}, {b})"
    quoted = f"""replace(json_quote({body}), '{backslash}u0003', '","')"""
    whole = f"replace({quoted}, '{backslash}u0002', '{backslash}{backslash}')"
    return concat("'['", whole, "']'")


def _line_or_html(dialect: str, is_html: str, is_bare: str, html: str, line: str) -> str:
    paragraph = (_concat if dialect == "mariadb" else _pipes)("'<p>'", _escaped(line), "'</p>'")
    return (
        f"CASE WHEN {is_html} THEN {html} WHEN {is_bare} THEN {_escaped(line)} ELSE {paragraph} END"
    )


_SQLITE_LINES = _lines("char(2)", "char(3)", "char(10)", "\\", _pipes)
_SQLITE = _Dialect(
    hex="lower(hex({}))",
    newline="char(10)",
    concat=_pipes,
    pieces="(SELECT group_concat("
    + _line_or_html(
        "sqlite",
        "m.type = 'text'",
        "m.value < 0",
        "m.value",
        f"json_extract({_SQLITE_LINES}, '$[' || (abs(m.value) - 1) || ']')",
    )
    + ", '') FROM json_each(r.body_html) AS m)",
    blocks=f"JOIN json_each({_SQLITE_LINES}) AS l ON l.key < r.paragraph_count",
    position="l.key + 1",
    layout=lambda n: f"""json_extract(r.layout, '$."' || (l.key + 1) || '"[{n}]')""",
    market="substr(s.security, 1, instr(s.security, '.') - 1)",
    code="substr(s.security, instr(s.security, '.') + 1)",
)
_POSTGRESQL_LINES = "CASE WHEN r.body = '' THEN ARRAY[''] ELSE string_to_array(r.body, chr(10)) END"
_POSTGRESQL = _Dialect(
    hex="encode({}, 'hex')",
    newline="chr(10)",
    concat=_pipes,
    pieces="(SELECT string_agg("
    + _line_or_html(
        "postgresql",
        "json_typeof(m.value) = 'string'",
        "(m.value #>> '{}')::integer < 0",
        "m.value #>> '{}'",
        f"({_POSTGRESQL_LINES})[abs((m.value #>> '{{}}')::integer)]",
    )
    + ", '' ORDER BY m.number)"
    + " FROM json_array_elements(r.body_html::json) WITH ORDINALITY AS m(value, number))",
    blocks=f"CROSS JOIN LATERAL unnest({_POSTGRESQL_LINES}) WITH ORDINALITY AS l(value, position)",
    position="l.position::integer",
    layout=lambda n: f"r.layout::json -> l.position::text ->> {n}",
    market="substr(s.security, 1, strpos(s.security, '.') - 1)",
    code="substr(s.security, strpos(s.security, '.') + 1)",
)
_MARIADB_TEXT = "LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"
"""Else it would be in the character set of the database, whatever that is."""
_MARIADB_LINES = _lines("char(2 USING utf8mb4)", "char(3 USING utf8mb4)", "'\\n'", "\\\\", _concat)
_MARIADB_LINE = "substring_index(substring_index(r.body, '\\n', abs(m.value)), '\\n', -1)"
_MARIADB = _Dialect(
    hex="lower(hex({}))",
    newline="'\\n'",
    concat=_concat,
    pieces="(SELECT group_concat("
    + _line_or_html(
        "mariadb", "left(m.value, 1) = '<'", "left(m.value, 1) = '-'", "m.value", _MARIADB_LINE
    )
    + " ORDER BY m.number SEPARATOR '') FROM json_table(r.body_html, '$[*]'"
    + f" COLUMNS (number FOR ORDINALITY, value {_MARIADB_TEXT} PATH '$')) AS m)",
    blocks=f"JOIN json_table({_MARIADB_LINES}, '$[*]'"
    + f" COLUMNS (position FOR ORDINALITY, value {_MARIADB_TEXT} PATH '$')) AS l",
    position="l.position",
    layout=lambda n: f"""json_value(r.layout, concat('$."', l.position, '"[{n}]'))""",
    market="substr(s.security, 1, instr(s.security, '.') - 1)",
    code="substr(s.security, instr(s.security, '.') + 1)",
)
_DIALECTS = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL, "mysql": _MARIADB, "mariadb": _MARIADB}

_CURRENT = (
    "articles AS a JOIN revisions AS r ON r.article_id = a.article_id AND r.revision = a.revision"
)


def views(dialect: str) -> dict[str, str]:
    """The SELECT of every view, by name; `dialect` as SQLAlchemy calls it."""
    d = _DIALECTS[dialect]
    return _FIRST | {
        "news": _news(d),
        "news_paragraphs": _paragraphs(d),
        "news_securities": _securities(d),
        "news_revisions": _revisions(d),
    }


def _news(d: _Dialect) -> str:
    body = f"replace({_escaped('r.body')}, {d.newline}, '</p><p>')"
    paragraphs = d.concat("'<p>'", body, "'</p>'")
    plain = f"CASE WHEN r.paragraph_count = 0 THEN '' ELSE {paragraphs} END"
    html = (
        f"CASE WHEN r.body_html IS NULL THEN {plain}"
        f" WHEN substr(r.body_html, 1, 1) = '[' THEN {d.pieces} ELSE r.body_html END"
    )
    return (
        "SELECT a.article_id, a.site, a.external_id, a.url, r.title, s.name AS source,"
        " s.slug AS source_slug, a.published_at, r.published_local, r.summary, r.body,"
        f" {html} AS body_html, r.paragraph_count, r.language, r.editor, a.duplicate_of,"
        " a.revision, a.first_seen_at, a.last_seen_at, a.updated_at, a.gone_at, r.run_id,"
        " a.change_seq, a.duplicate_reason, r.published_from, r.parser_version,"
        f" r.original_title, {d.hex.format('r.content_hash')} AS content_hash,"
        f" {d.hex.format('a.text_hash')} AS text_hash"
        f" FROM {_CURRENT} JOIN sources AS s ON s.source_id = a.source_id"
    )


def _paragraphs(d: _Dialect) -> str:
    where = "" if d is _SQLITE else " WHERE l.position <= r.paragraph_count"
    return (
        f"SELECT a.article_id, {d.position} AS position,"
        f" coalesce({d.layout(0)}, 'paragraph') AS kind,"
        f" coalesce({d.layout(1)}, l.value) AS text, {d.layout(2)} AS cells"
        f" FROM {_CURRENT} {d.blocks}{where}"
    )


def _securities(d: _Dialect) -> str:
    quoted = (
        f"(SELECT substr(r.body, s.evidence_at, s.evidence_length) FROM {_CURRENT}"
        " WHERE a.article_id = s.article_id)"
    )
    return (
        f"SELECT s.article_id, s.security, {d.market} AS market, {d.code} AS code, s.name,"
        f" s.kind, s.mentions, coalesce(s.evidence, {quoted}) AS evidence, s.confidence,"
        " s.position FROM securities AS s"
    )


def _revisions(d: _Dialect) -> str:
    return (
        "SELECT r.article_id, r.revision, r.title, r.published_at, s.name AS source, r.body,"
        f" {d.hex.format('r.content_hash')} AS content_hash, r.seen_at, r.run_id,"
        " r.parser_version, r.summary, r.published_local, r.published_from, r.notes"
        " FROM revisions AS r JOIN sources AS s ON s.source_id = r.source_id"
    )
