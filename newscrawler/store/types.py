"""Column types that mean the same on SQLite, PostgreSQL and MariaDB."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    String,
    Text,
    types,
)
from sqlalchemy.dialects.mysql import DATETIME, LONGBLOB, LONGTEXT, VARBINARY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import TypeEngine

MARIADB = ("mysql", "mariadb")
"""How SQLAlchemy names the dialects that a MariaDB server answers to."""

MARIADB_COLLATION = "utf8mb4_nopad_bin"
"""Byte by byte, trailing spaces included: two texts are equal only if they are the same."""


@compiles(ForeignKeyConstraint, "sqlite")
def _checked_before_the_commit(constraint: ForeignKeyConstraint, compiler: Any, **said: Any) -> Any:
    """So that SQLite need not be able to take one statement of many rows back (bulk.py)."""
    spelled = compiler.visit_foreign_key_constraint(constraint, **said)
    return spelled and f"{spelled} DEFERRABLE INITIALLY DEFERRED"


class UtcDateTime(types.TypeDecorator[datetime]):
    """An aware datetime in UTC, to the microsecond.

    TIMESTAMPTZ on PostgreSQL, DATETIME(6) on MariaDB, text `YYYY-MM-DD HH:MM:SS.ffffff` on SQLite.
    A naive datetime is refused with ValueError.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(26))
        if dialect.name in MARIADB:
            return dialect.type_descriptor(DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: the store takes aware ones only")
        moment = value.astimezone(UTC)
        if dialect.name == "sqlite":
            return moment.replace(tzinfo=None).isoformat(" ", "microseconds")
        return moment.replace(tzinfo=None) if dialect.name in MARIADB else moment

    def process_literal_param(self, value: datetime | None, dialect: Dialect) -> str:
        return repr(str(self.process_bind_param(value, dialect)))

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        if not isinstance(moment, datetime):
            raise TypeError(f"{moment!r} is no datetime")
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


class Digest(types.TypeDecorator[str]):
    """A SHA-256: in Python 64 hex digits (or ""), in the database its 32 bytes (or none)."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name in MARIADB:
            return dialect.type_descriptor(VARBINARY(32))
        return dialect.type_descriptor(LargeBinary())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else bytes.fromhex(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else bytes(value).hex()


def key_text(length: int) -> String:
    """Text that takes part in a key or an index: bounded, because MariaDB wants it so."""
    return String(length)


ID: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")
"""A row number; SQLite only counts by itself in a column of type INTEGER."""

LONG: TypeEngine[str] = Text().with_variant(LONGTEXT(), *MARIADB)
"""Text of any length."""

BYTES: TypeEngine[bytes] = LargeBinary().with_variant(LONGBLOB(), *MARIADB)
"""Bytes of any length."""

MARK: TypeEngine[bytes] = LargeBinary().with_variant(VARBINARY(32), *MARIADB)
"""At most 32 bytes."""

UTC_TIME = UtcDateTime()
DIGEST = Digest()


def moment(value: Any, dialect: Dialect) -> datetime:
    """What a plain query has of a column UTC_TIME."""
    found = UTC_TIME.process_result_value(value, dialect)
    if found is None:
        raise TypeError("there is no time")
    return found
