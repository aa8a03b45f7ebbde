"""newscrawler: Chinese financial news into SQL, nothing lost, nothing doubled."""

__version__ = "0.1.0"

PARSER_VERSION = 2
"""Grows whenever a parser change may alter stored content (news.parser_version)."""
