"""Scrapy's own commands, where ours must differ (COMMANDS_MODULE)."""
