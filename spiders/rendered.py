"""The rendered spider: pages that only say something once a browser has run their scripts.

Needs the optional dependency group "rendered" (scrapy-playwright) and Chromium; imported only when a page
asks for it. The body is the document as the browser holds it, in UTF-8; conditional requests are not made.
"""

import asyncio
import logging
import os
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Error as BrowserError
from playwright.async_api import Page as BrowserPage
from playwright.async_api import TimeoutError as BrowserTimeout
from scrapy import Request
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler
from scrapy_playwright.page import PageMethod

from monitor.model import Access, Failure
from monitor.settings import Network
from spiders.base import NO_BROWSER, DeclaredPages, Target
from spiders.browser import find_browser
from spiders.door import Door
from spiders.failures import Refused, blocked
from spiders.handlers import Timed

_QUIET_SECONDS = 5.0  # how long we wait for a page to stop loading after its load event
_FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)
_KINDS = (  # the first mark found in the browser's message tells
    ("Executable doesn't exist", Access.RENDERED_NEEDED),
    ("Failed to launch", Access.RENDERED_NEEDED),
    ("missing dependencies", Access.RENDERED_NEEDED),
    ("ERR_CERT", Access.TLS),
    ("ERR_SSL", Access.TLS),
    ("ERR_TOO_MANY_REDIRECTS", Access.ERROR_PAGE),
    ("ERR_TIMED_OUT", Access.TIMEOUT),
)


class RenderedHandler(Timed, ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]
    """scrapy-playwright's, with the clock of Timed and an end for pages that keep the browser busy."""

    async def download_request(self, request: Request) -> Response:
        """See BaseDownloadHandler."""
        seconds = 2 * request.meta["download_timeout"] + _QUIET_SECONDS
        try:
            response: Response = await asyncio.wait_for(super().download_request(request), seconds)
        except TimeoutError as error:
            raise DownloadTimeoutError(f"the browser was busy for {seconds:g} seconds") from error
        return response


class RenderedSpider(DeclaredPages):
    """Fetches pages as a reader sees them."""

    name = "rendered"

    def __init__(self, *, door: Door, limit: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._door, self._limit = door, limit

    def headers(self, target: Target) -> dict[str, str]:
        """No validators: a browser has nothing to show for a 304."""
        return {"Accept-Language": target.page.language}

    def meta(self, target: Target) -> dict[str, Any]:
        """One fresh browser context a page, so that no page sees another's cookies."""
        return {
            "playwright": True,
            "playwright_context": target.page.id,
            "playwright_context_kwargs": {
                "user_agent": self.sent_as,
                "locale": target.page.language,
                "service_workers": "block",
                "accept_downloads": False,
            },
            "playwright_page_methods": [PageMethod(_wait_until_quiet)],
        }

    def arrived(self, response: Response, number: int) -> Any:
        """As for any page, within the size limit."""
        body = response.text.encode() if hasattr(response, "encoding") else response.body
        if len(body) <= self._limit:
            return super().arrived(response.replace(body=body), number)
        problem = f"{response.url}: the rendered page is larger than network.max_bytes allows"
        return iter([self._fetched(number, response.request, response, Failure(Access.TOO_LARGE, problem))])

    def facts(self, response: Response) -> dict[str, Any]:
        """The body is ours, in UTF-8; the address is the one that the door connected to."""
        facts = super().facts(response)
        headers = [
            (name, part)
            for name, value in facts["headers"]
            for part in value.split("\n")
            if name != "Content-Type"
        ]
        facts["headers"] = (*headers, ("Content-Type", "text/html; charset=utf-8"))
        facts["ip_address"] = self._door.addresses.get(urlsplit(response.url).hostname or "", "")
        return facts

    def failure_of(self, error: BaseException, request: Request) -> Failure | None:
        """The browser's own words, sorted."""
        if isinstance(error, Refused) or not isinstance(error, BrowserError):
            return super().failure_of(error, request)
        said = " ".join(error.message.partition("Call log:")[0].split())[:300]
        kind = next((kind for mark, kind in _KINDS if mark in said), Access.CONNECTION)
        host = urlsplit(request.url).hostname or ""
        if isinstance(error, BrowserTimeout):
            kind = Access.TIMEOUT
        elif kind is Access.RENDERED_NEEDED:
            return Failure(kind, NO_BROWSER)
        elif host in self._door.refused:
            return blocked(host, self._door.refused[host])
        elif host in self._door.unresolved:
            kind = Access.DNS
        return Failure(kind, f"{request.url}: the browser says {said}")


async def _wait_until_quiet(page: BrowserPage) -> None:
    """Some pages never stop loading: then what is there by now counts."""
    with suppress(BrowserTimeout):
        await page.wait_for_load_state("networkidle", timeout=_QUIET_SECONDS * 1000)


def settings(network: Network, door: Door) -> dict[str, Any]:
    """What Scrapy needs besides the settings of every crawl."""
    logging.getLogger("scrapy-playwright").setLevel(logging.CRITICAL)  # its warnings are our Failures
    handler = "spiders.rendered.RenderedHandler"
    launch: dict[str, Any] = {"args": list(_FLAGS), "proxy": {"server": door.url, "bypass": "<-loopback>"}}
    if os.geteuid() == 0:
        launch["args"].append("--no-sandbox")  # Chromium refuses to start for root with its sandbox
    if browser := find_browser(os.environ):
        launch["executable_path"] = browser
    return {
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
        "PLAYWRIGHT_BROWSER_TYPE": "chromium",
        "PLAYWRIGHT_LAUNCH_OPTIONS": launch,
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": network.timeout_seconds * 1000,
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 1,
        "CONCURRENT_REQUESTS": 2,
    }
