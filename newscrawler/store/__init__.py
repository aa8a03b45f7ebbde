"""The store: articles, their revisions, the ledger and runs, in SQLite, PostgreSQL or MariaDB.

The only package that knows SQL. Every function that takes a connection works inside the caller's
transaction: `Database.write()`, `retry.transact` or, in a crawl, `writer.Writer`.
"""

from sqlalchemy import Connection

__all__ = ["Connection"]
