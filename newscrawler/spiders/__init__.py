"""Scrapy's spiders: one module a site, plus `share` for single articles."""
