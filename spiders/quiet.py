"""Scrapy's log messages about single pages: none, since every fetch is recorded."""

from typing import Any

from scrapy.logformatter import LogFormatter


class QuietFormatter(LogFormatter):
    """Says nothing about pages fetched and items passed on."""

    def crawled(self, *_: Any, **__: Any) -> None:  # type: ignore[override]
        return None

    def scraped(self, *_: Any, **__: Any) -> None:  # type: ignore[override]
        return None
