"""A bare Scrapy spider that only downloads: what the network alone costs under Scrapy's own defaults.

python -m tests.benchmarks.download_only FILE      (one URL a line; prints how many pages came)
"""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response

_AT_ONCE = 8  # as many as pledgewatch asks of a host of its own

SETTINGS = {
    "CONCURRENT_REQUESTS": _AT_ONCE,
    "CONCURRENT_REQUESTS_PER_DOMAIN": _AT_ONCE,
    "DOWNLOAD_DELAY": 0,
    "LOG_LEVEL": "ERROR",
    "REMOTE_CONTROL_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
}


class DownloadOnly(Spider):
    """Asks for every URL and throws the pages away."""

    name = "download_only"
    came = 0

    async def start(self) -> AsyncIterator[Request]:
        for url in self.urls:
            yield Request(url)

    def parse(self, response: Response) -> None:
        DownloadOnly.came += 1


def main(file: Path) -> None:
    """Download, then say how many came."""
    process = AsyncCrawlerProcess(SETTINGS)
    process.crawl(DownloadOnly, urls=file.read_text().split())
    process.start()
    print(DownloadOnly.came, "read")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
