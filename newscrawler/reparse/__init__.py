"""Reads kept answers again, with today's reader, and says or writes what is different."""

from newscrawler.reparse.run import Plan, Summary, reparse

__all__ = ["Plan", "Summary", "reparse"]
