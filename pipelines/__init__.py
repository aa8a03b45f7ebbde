"""Pipeline steps, one a file; the order stands in newscrawler/settings.py."""
