"""Single articles by share URL, article URL, infoCode or id: `scrapy crawl share -a url=…`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from newscrawler.errors import ConfigError
from newscrawler.sites.eastmoney.ids import parse_target
from newscrawler.spiders.eastmoney import EastmoneySpider


class ShareSpider(EastmoneySpider):
    """Fetches what it is told, through the same path as a crawl.

    Arguments: `url`, `infocode` (a comma list), `file` (one a line), `what` (several of any form,
    from Python), `refresh` (fetch although stored: any non-empty value).

    Raises:
        ConfigError: no target, an unreadable file, or text that is no article id or URL.
    """

    name = "share"
    kind = "fetch"

    def __init__(
        self,
        url: str = "",
        infocode: str = "",
        file: str = "",
        refresh: str = "",
        what: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        wanted = [text for text in (url, *infocode.split(","), *what) if text.strip()]
        if file:
            wanted += _read_lines(file)
        if not wanted:
            raise ConfigError("nothing to fetch: give -a url=…, -a infocode=… or -a file=PATH")
        self.targets = [parse_target(text.strip()) for text in wanted]
        self.refresh = bool(refresh)

    async def discover(self) -> None:
        seen: set[str] = set()
        for target in self.targets:
            if target.external_id not in seen:
                seen.add(target.external_id)
                await self.ingest.ask_for(
                    self.site, target.external_id, target.origin, refresh=self.refresh
                )


def _read_lines(path: str) -> list[str]:
    try:
        text = Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read {path}: {error}") from error
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]
