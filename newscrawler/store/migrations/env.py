"""Called by Alembic: runs the steps on the connection that migrate.py opened."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table=context.config.attributes["version_table"],
    transaction_per_migration=True,
    transactional_ddl=context.config.attributes["transactional_ddl"],
)
with context.begin_transaction():
    context.run_migrations()
