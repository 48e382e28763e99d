"""The download handler: Scrapy's own, noting when each request truly left and when its answer was there."""

import logging
from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response

# Its warnings (too large, cut off) are Failures of ours.
logging.getLogger("scrapy.core.downloader.handlers.http11").setLevel(logging.ERROR)


class Timed(HTTP11DownloadHandler):
    """Leaves started_at (kept over redirects) and ended_at in meta, by the spider's clock."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        spider: Any = crawler.spider
        self._clock = spider.clock
        # Scrapy keeps alive as many connections as a foreign host may have at once: one. Ours may have more.
        self._pool.maxPersistentPerHost = crawler.settings.getint("CONCURRENT_REQUESTS")

    async def download_request(self, request: Request) -> Response:
        """See BaseDownloadHandler."""
        request.meta.setdefault("started_at", self._clock())
        try:
            return await super().download_request(request)
        finally:
            request.meta["ended_at"] = self._clock()
