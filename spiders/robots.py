"""robots.txt, obeyed as RFC 9309 says, and every decision kept as evidence.

No robots.txt (4xx) allows; rules decide; a server error, or a file that cannot be had, disallows (Scrapy's
own middleware would let us in). "Too many requests" (429) counts as a server error. A web page in the place
of robots.txt holds no rules.
"""

import asyncio
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from monitor.model import Access, Failure, Robots
from spiders.failures import TROUBLE, Refused, failure_of

PRODUCT = "pledgewatch"  #: the name that robots.txt knows us by
_BLANK = b"\xef\xbb\xbf \t\r\n"
_MOST_BYTES = 512_000  # RFC 9309: at least 500 KiB are read


@dataclass(frozen=True, slots=True)
class Rules:
    """What one origin's robots.txt says: the decision for its pages, unless parsed rules refine it."""

    robots: Robots
    parsed: Protego | None = None
    failure: Failure | None = None

    def decide(self, url: str) -> Robots:
        """The decision for one URL."""
        if self.parsed is not None and not self.parsed.can_fetch(url, PRODUCT):
            return replace(self.robots, decision="disallowed")
        return self.robots


def rules(url: str, response: Response) -> Rules:
    """Read an answer to the request for robots.txt at url."""
    if 400 <= response.status < 500 and response.status != 429:
        return Rules(Robots("allowed", url))
    if not 200 <= response.status < 300:
        problem = (
            f"{url} answered with status {response.status}: until it can be read, nothing there is fetched"
        )
        return Rules(Robots("unreachable", url), failure=Failure(Access.ROBOTS_DISALLOWED, problem))
    robots = Robots("allowed", url, sha256(response.body).hexdigest())
    if response.body.lstrip(_BLANK)[:1] == b"<":
        return Rules(robots)
    return Rules(robots, Protego.parse(response.body[:_MOST_BYTES].decode("utf-8-sig", "replace")))


class ObeyRobots:
    """Downloader middleware: asks each origin's robots.txt once a crawl, and leaves the decision in meta."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._rules: dict[str, asyncio.Task[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise Refused where robots.txt keeps us out."""
        if request.meta.get("is_robots_txt"):
            return
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(request.url))
        if origin not in self._rules:
            self._rules[origin] = asyncio.create_task(self._ask(f"{origin}/robots.txt"))
        said = await self._rules[origin]
        robots = request.meta["robots"] = said.decide(request.url)
        if said.failure is not None:
            raise Refused(said.failure)
        if robots.decision == "disallowed":
            problem = f"{request.url}: {robots.url} asks us to stay away; the page is not fetched"
            raise Refused(Failure(Access.ROBOTS_DISALLOWED, problem))

    async def _ask(self, url: str) -> Rules:
        request = Request(url, callback=NO_CALLBACK, priority=1000, meta={"is_robots_txt": True})
        try:
            response = await self._crawler.engine.download_async(request)
        except TROUBLE as error:
            failure = failure_of(error, url, getattr(self._crawler.spider, "refused", {}))
            if failure is None:
                raise
            return Rules(Robots("unreachable", url), failure=failure)
        return rules(url, response)
