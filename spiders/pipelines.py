"""The one item pipeline: what a spider fetched goes to whoever asked for the crawl."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from scrapy.crawler import Crawler

from monitor.model import Fetch


@dataclass(frozen=True, slots=True)
class Fetched:
    """One fetch, its body as decoded, and the picture that a rendered page asked for; b"" for none."""

    fetch: Fetch
    body: bytes
    screenshot: bytes = b""


class RecordFetch:
    """Hands each fetch to the spider's `record`."""

    def __init__(self, record: Callable[[Fetch, bytes, bytes], None]) -> None:
        self._record = record

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.spider.record)  # type: ignore[union-attr]

    def process_item(self, item: Fetched) -> Fetched:
        """Record it; what `record` raises ends the crawl (see crawl.py)."""
        self._record(item.fetch, item.body, item.screenshot)
        return item
