"""What Scrapy logs about our items and errors."""

from __future__ import annotations

import logging
from typing import Any

from scrapy import Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure

from newscrawler.errors import StoreError


class QuietLogFormatter(LogFormatter):
    """Set as `LOG_FORMATTER`: a lost store is one line in the report, not a traceback an item."""

    def item_error(
        self,
        item: Any,
        exception: BaseException,
        response: Response | Failure | None,
        spider: Spider,
    ) -> LogFormatterResult:
        if isinstance(exception, StoreError):
            return {
                "level": logging.DEBUG,
                "msg": "not stored: %(id)s",
                "args": {"id": item.external_id},
            }
        return super().item_error(item, exception, response, spider)
