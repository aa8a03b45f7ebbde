"""Single articles by share URL, article URL, infoCode or id: `scrapy crawl share -a url=…`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from newscrawler.errors import BadIdError, ConfigError
from newscrawler.items import Listing
from newscrawler.sites.eastmoney.ids import Target, parse_target
from newscrawler.spiders.eastmoney import EastmoneySpider


class ShareSpider(EastmoneySpider):
    """Fetches what it is told, through the same path as a crawl.

    Arguments: `url`, `infocode` (a comma list), `file` (one a line), `targets` (parsed already,
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
        targets: Sequence[Target] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        wanted = [text for text in (url, *infocode.split(",")) if text.strip()]
        if file:
            wanted += _read_lines(file)
        self.targets = list(targets)
        self.bad: list[str] = []
        for text in wanted:
            try:
                self.targets.append(parse_target(text.strip()))
            except BadIdError as error:
                self.bad.append(str(error))
        if not self.targets:
            why = self.bad[0] if self.bad else "give -a url=…, -a infocode=… or -a file=PATH"
            raise ConfigError(f"nothing to fetch: {why}")
        self.refresh = bool(refresh)

    async def discover(self) -> None:
        await self.ingest.announce(Listing(name="asked", url="", bad_ids=self.bad))
        seen: set[str] = set()
        for target in self.targets:
            if target.external_id not in seen:
                seen.add(target.external_id)
                await self.ingest.ask_for(
                    target.external_id,
                    target.id.info_code,
                    target.origin,
                    refresh=self.refresh,
                )


def _read_lines(path: str) -> list[str]:
    try:
        text = Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read {path}: {error}") from error
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]
