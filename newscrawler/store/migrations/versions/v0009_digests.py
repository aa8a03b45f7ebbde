"""A digest of each revision, by which reading an answer again knows that nothing has changed."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, inspect

from newscrawler.store.types import MARK

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    known = {each["name"] for each in inspect(op.get_bind()).get_columns("revisions")}
    if "digest" not in known:  # MariaDB commits each statement: a killed upgrade may have done it
        op.add_column("revisions", Column("digest", MARK))
