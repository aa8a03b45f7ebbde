"""The index of the raw archive, and what lists said before."""

from __future__ import annotations

from alembic import op

from newscrawler.store.migrations.steps import create_tables
from newscrawler.store.migrations.tables_raw import metadata

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    create_tables(op.get_bind(), metadata)
