"""robots.txt, obeyed as RFC 9309 says, and every decision kept as evidence.

No robots.txt (4xx) allows; rules decide; a server error, or a file that cannot be had, disallows (Scrapy's
own middleware would let us in). "Too many requests" (429) counts as a server error. A web page in the place
of robots.txt holds no rules. A good answer is used for 24 h, over crawls; any other one only in its crawl.
"""

import asyncio
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Self

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from monitor.errors import StoreError
from monitor.model import Access, Failure, Robots
from spiders.base import DeclaredPages
from spiders.failures import TROUBLE, Refused, failure_of
from spiders.memory import origin_of

PRODUCT = "pledgewatch"  #: the name that robots.txt knows us by
LONGEST_CRAWL_DELAY = 300.0  #: seconds: who asks for more gets this

_BLANK = b"\xef\xbb\xbf \t\r\n"
_MOST_BYTES = 512_000  # RFC 9309: at least 500 KiB are read
_GOOD_FOR = timedelta(hours=24)  # RFC 9309: no longer than that
_USER_AGENT = re.compile(  # one such line, whatever ends lines here
    r"(?<![^\r\n])([ \t]*user-agent[ \t]*:[ \t]*)([a-z_-]+|\*(?![^ \t\r\n#]))[^#\r\n]*", re.IGNORECASE
)
_NOT_ASKED = (Access.RATE_LIMITED, Access.NOT_REACHED)


@dataclass(frozen=True, slots=True)
class Rules:
    """What one origin's robots.txt says: the decision for its pages, unless parsed rules refine it."""

    robots: Robots
    parsed: Protego | None = None
    failure: Failure | None = None

    @property
    def crawl_delay(self) -> float:
        """How many seconds it asks us to leave between two requests; 0.0 where it does not say."""
        delay = None if self.parsed is None else self.parsed.crawl_delay(PRODUCT)
        return min(delay or 0.0, LONGEST_CRAWL_DELAY)

    def decide(self, url: str) -> Robots:
        """The decision for one URL."""
        if self.parsed is not None and not self.parsed.can_fetch(url, PRODUCT):
            return replace(self.robots, decision="disallowed")
        return self.robots


def rules(url: str, status: int, body: bytes, at: datetime) -> Rules:
    """Read an answer to the request for robots.txt at url, which came at this time."""
    if 400 <= status < 500 and status != 429:
        return Rules(Robots("allowed", url, fetched_at=at))
    if not 200 <= status < 300:
        problem = f"{url} answered with status {status}: until it can be read, nothing there is fetched"
        return unreachable(url, Failure(Access.ROBOTS_DISALLOWED, problem), at)
    return of_copy(Robots("allowed", url, sha256(body).hexdigest() if body else "", at), body)


def of_copy(robots: Robots, body: bytes) -> Rules:
    """The rules in a good copy of robots.txt."""
    if body.lstrip(_BLANK)[:1] == b"<":
        return Rules(robots)
    return Rules(robots, Protego.parse(_whole_tokens(body[:_MOST_BYTES].decode("utf-8-sig", "replace"))))


def unreachable(url: str, failure: Failure, at: datetime) -> Rules:
    """robots.txt could not be had: nothing is fetched."""
    if failure.kind in _NOT_ASKED:
        return Rules(Robots("not_asked", url), failure=failure)
    return Rules(Robots("unreachable", url, fetched_at=at), failure=failure)


def is_fresh(robots: Robots, now: datetime) -> bool:
    """Whether this remembered answer still holds. One from the future tells of a clock that was wrong."""
    age = None if robots.fetched_at is None else now - robots.fetched_at
    return robots.decision == "allowed" and age is not None and timedelta(0) <= age < _GOOD_FOR


def _whole_tokens(text: str) -> str:
    """Product tokens as in RFC 9309: "pledgewatch/1.0" is us, "pledge" is not (for Protego it is)."""
    return _USER_AGENT.sub(_whole_token, text)


def _whole_token(line: re.Match[str]) -> str:
    token = line[2].lower()
    return line[1] + (token if token in ("*", PRODUCT) else f"not-us-{token}")


class ObeyRobots:
    """Downloader middleware: asks each origin's robots.txt once a crawl at most; the decision is in meta."""

    def __init__(self, crawler: Crawler, spider: DeclaredPages) -> None:
        self._crawler, self._spider = crawler, spider
        self._memory, self._clock = spider.memory, spider.clock
        self._rules: dict[str, asyncio.Task[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        assert isinstance(crawler.spider, DeclaredPages)
        return cls(crawler, crawler.spider)

    async def process_request(self, request: Request) -> None:
        """Raise Refused where robots.txt keeps us out."""
        if request.meta.get("is_robots_txt"):
            return
        origin = origin_of(request.url)
        if origin not in self._rules:
            self._rules[origin] = asyncio.create_task(self._of(origin))
        said = await self._rules[origin]
        robots = request.meta["robots"] = said.decide(request.url)
        request.meta["crawl_delay"] = said.crawl_delay
        if said.failure is not None:
            raise Refused(said.failure)
        if robots.decision == "disallowed":
            problem = f"{request.url}: {robots.url} asks us to stay away; the page is not fetched"
            raise Refused(Failure(Access.ROBOTS_DISALLOWED, problem))

    async def _of(self, origin: str) -> Rules:
        return self._remembered(origin) or await self._ask(origin)

    def _remembered(self, origin: str) -> Rules | None:
        robots = self._memory.host(origin).robots
        if not is_fresh(robots, self._clock()):
            return None
        if not robots.sha256:
            return Rules(robots)
        try:
            return of_copy(robots, self._memory.robots_body(robots.sha256))
        except StoreError:  # damaged
            return None

    async def _ask(self, origin: str) -> Rules:
        url = f"{origin}/robots.txt"
        request = Request(url, callback=NO_CALLBACK, priority=1000, meta={"is_robots_txt": True})
        assert self._crawler.engine is not None
        try:
            response = await self._crawler.engine.download_async(request)
        except TROUBLE as error:
            failure = failure_of(error, url, self._spider.refused)
            if failure is None:
                raise
            return unreachable(url, failure, self._clock())
        return self._keep(origin, url, response)

    def _keep(self, origin: str, url: str, response: Response) -> Rules:
        said = rules(url, response.status, response.body, self._clock())
        if said.failure is None:
            body = response.body if said.robots.sha256 else b""
            self._memory.remember(replace(self._memory.host(origin), robots=said.robots), body)
        return said
