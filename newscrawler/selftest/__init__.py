"""Proofs that users run on their own machine and database."""

from newscrawler.selftest.crash import crash_test
from newscrawler.selftest.verdict import CrashReport

__all__ = ["CrashReport", "crash_test"]
