"""Scrapy's log messages about single pages: none: every fetch is recorded, and trouble of ours is raised."""

import logging
from typing import Any

from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure

from monitor.errors import PledgewatchError


class QuietFormatter(LogFormatter):
    """Says nothing about pages fetched and items passed on, nor about what `crawl` raises anyway."""

    def crawled(self, *_: Any, **__: Any) -> None:  # type: ignore[override]
        return None

    def scraped(self, *_: Any, **__: Any) -> None:  # type: ignore[override]
        return None

    def item_error(self, item: Any, exception: BaseException, *more: Any) -> LogFormatterResult:
        return _quietly(exception, super().item_error(item, exception, *more))

    def spider_error(self, failure: Failure, *more: Any) -> LogFormatterResult:
        return _quietly(failure.value, super().spider_error(failure, *more))

    def download_error(self, failure: Failure, *more: Any) -> LogFormatterResult:
        return _quietly(failure.value, super().download_error(failure, *more))


def _quietly(error: BaseException | None, said: LogFormatterResult) -> LogFormatterResult:
    if isinstance(error, PledgewatchError):
        said["level"] = logging.DEBUG
    return said
