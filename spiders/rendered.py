"""The rendered spider: pages that only say something once a browser has run their scripts.

Each is fetched like a plain page; a browser then shows what came, and the document as it holds it then is the
body, in UTF-8. Needs the optional dependency group "rendered" (playwright) and Chromium; imported only when a
page asks for it. Conditional requests are not made: what scripts load may change under an unchanged document.
"""

from dataclasses import replace
from hashlib import sha256
from time import monotonic
from typing import Any, Self

from playwright.async_api import Error as BrowserError
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from monitor.model import Access, Failure, Page
from monitor.settings import Network
from spiders.base import NO_BROWSER, DeclaredPages, Target
from spiders.chromium import Chromium, NoBrowserError
from spiders.door import Door
from spiders.failures import Refused
from spiders.pipelines import Fetched
from spiders.settings import DOWNLOADER_MIDDLEWARES
from spiders.visit import Seen, Wish, visit

_HTML = ("text/html", "application/xhtml+xml")
_UTF_8 = {"Content-Type": "text/html; charset=utf-8"}
_LEAST_SECONDS = 0.01
_MOST_SAID = 300  # characters of what a browser says


class RenderedSpider(DeclaredPages):
    """Fetches pages as a reader sees them."""

    name = "rendered"

    def __init__(self, *, door: Door, limit: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.door, self.limit = door, limit

    def headers(self, target: Target) -> dict[str, str]:
        """No validators: a browser has nothing to show for a 304."""
        return {"Accept-Language": target.page.language}

    def meta(self, target: Target) -> dict[str, Any]:
        """The page goes with its request, for Render."""
        return {"page": target.page}

    def arrived(self, response: Response, number: int) -> Any:
        """As for any page, with the picture if there is one."""
        picture: bytes = response.meta.get("screenshot", b"")
        for fetched in super().arrived(response, number):
            yield _with_picture(fetched, picture) if picture else fetched


def _with_picture(fetched: Fetched, picture: bytes) -> Fetched:
    fetch = replace(fetched.fetch, screenshot_sha256=sha256(picture).hexdigest())
    return replace(fetched, fetch=fetch, screenshot=picture)


class Render:
    """Downloader middleware, the last that an answer passes: web pages go through the browser."""

    def __init__(self, crawler: Crawler, spider: RenderedSpider) -> None:
        self._spider = spider
        self._most_hops = crawler.settings.getint("REDIRECT_MAX_TIMES")
        self._chromium = Chromium(spider.door.url)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        assert isinstance(crawler.spider, RenderedSpider)
        render = cls(crawler, crawler.spider)
        crawler.signals.connect(render._chromium.close, signals.spider_closed)
        return render

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """The document that the browser read; or the next hop, where a script sends its reader on."""
        page: Page | None = request.meta.get("page")
        if page is None or not _is_web_page(response):
            return response
        seen = await self._timed(request, _wish(page, request, response, self._spider))
        if isinstance(seen, Failure):
            raise Refused(seen, response)
        if seen.onward:
            return self._onward(request, response, seen.onward)
        request.meta["screenshot"] = seen.screenshot
        headers = response.headers.copy()
        headers.update(_UTF_8)
        return response.replace(body=seen.body, headers=headers, encoding="utf-8")

    async def _timed(self, request: Request, wish: Wish) -> Seen | Failure:
        """What is visited takes its part of the time for the whole page, further hops included."""
        began = monotonic()
        seen = await self._visit(wish)
        request.meta["ended_at"] = self._spider.clock()
        request.meta["download_timeout"] = max(wish.seconds - (monotonic() - began), _LEAST_SECONDS)
        return seen

    async def _visit(self, wish: Wish) -> Seen | Failure:
        try:
            return await visit(self._chromium, self._spider.door, wish)
        except NoBrowserError:
            return Failure(Access.RENDERED_NEEDED, NO_BROWSER)
        except BrowserError as error:
            said = " ".join(error.message.partition("Call log:")[0].split())[:_MOST_SAID]
            return Failure(Access.CONNECTION, f"{wish.url}: the browser says {said}")

    def _onward(self, request: Request, response: Response, url: str) -> Request:
        """One redirect more, noted with the status that the document had."""
        hops = request.meta.get("redirect_times", 0) + 1
        if hops > self._most_hops:
            problem = (
                f"{request.url}: its script sends the reader on, more than {self._most_hops} times by now"
            )
            raise Refused(Failure(Access.ERROR_PAGE, problem), response)
        following = request.replace(url=url, priority=request.priority + 1)
        following.meta.pop("download_slot", None)
        following.meta["redirect_times"] = hops
        following.meta["redirect_urls"] = [*request.meta.get("redirect_urls", ()), request.url]
        following.meta["redirect_reasons"] = [*request.meta.get("redirect_reasons", ()), response.status]
        return following


def _is_web_page(response: Response) -> bool:
    """Anything else (a PDF, an error, nothing) is taken as it came."""
    kind = (response.headers.get("Content-Type") or b"").decode("latin-1").partition(";")[0].strip().lower()
    return 200 <= response.status < 300 and kind in _HTML and bool(response.body)


def _wish(page: Page, request: Request, response: Response, spider: RenderedSpider) -> Wish:
    headers = (
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    )
    return Wish(
        url=response.url,
        headers=tuple(headers),
        body=response.body,
        most_bytes=spider.limit,
        seconds=request.meta["download_timeout"],
        user_agent=spider.sent_as,
        language=page.language,
        third_parties=page.third_parties,
        contains=page.contains,
        screenshot=page.screenshot,
    )


def settings(network: Network, door: Door) -> dict[str, Any]:
    """What Scrapy needs besides the settings of every crawl."""
    return {
        "DOWNLOADER_MIDDLEWARES": {**DOWNLOADER_MIDDLEWARES, "spiders.rendered.Render": 90},
        "CONCURRENT_REQUESTS": min(2, network.concurrent_requests),
    }
