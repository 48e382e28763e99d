"""Chromium, started when the first page asks for it: one for a crawl, with a fresh context for each page."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from playwright.async_api import Browser, BrowserContext, Playwright, async_playwright
from playwright.async_api import Error as BrowserError

from spiders.browser import find_browser

_FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",  # its name in older Chromium
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # it asks nobody for names: the door does
)

_CLOSE_SECONDS = 5.0  # what does not close by then ends with the browser


class NoBrowserError(Exception):
    """No Chromium can be started on this machine."""


class Chromium:
    """`await chromium.close()` at the end. proxy: the way out for the browser itself, which leads nowhere."""

    def __init__(self, proxy: str) -> None:
        self._proxy = proxy
        self._starting = asyncio.Lock()
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    @asynccontextmanager
    async def context(self, proxy: str, **wishes: Any) -> AsyncIterator[BrowserContext]:
        """A context that shares nothing with any other, and has this way out. Raises NoBrowserError."""
        browser = await self._started()
        context = await browser.new_context(
            proxy=_proxy(proxy),  # type: ignore[arg-type]
            service_workers="block",
            accept_downloads=False,
            **wishes,
        )
        try:
            yield context
        finally:
            with suppress(BrowserError, TimeoutError):
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await context.close()

    async def close(self) -> None:
        """End the browser, if there is one."""
        if self._browser is not None:
            await self._browser.close()
        if self._playwright is not None:
            await self._playwright.stop()

    async def _started(self) -> Browser:
        """The browser; another one where the last one has crashed."""
        async with self._starting:
            if self._playwright is None:
                self._playwright = await async_playwright().start()
            if self._browser is None or not self._browser.is_connected():
                self._browser = await _launch(self._playwright, self._proxy)
            return self._browser


async def _launch(playwright: Playwright, proxy: str) -> Browser:
    flags = list(_FLAGS)
    if os.geteuid() == 0:
        flags.append("--no-sandbox")  # Chromium refuses to start for root with its sandbox
    try:
        return await playwright.chromium.launch(
            executable_path=find_browser(os.environ) or None,
            args=flags,
            proxy=_proxy(proxy),  # type: ignore[arg-type]
        )
    except BrowserError as error:
        raise NoBrowserError(error.message.partition("\n")[0]) from error


def _proxy(url: str) -> dict[str, str]:
    """Without its exceptions: by itself, Chromium reaches this machine past any proxy."""
    return {"server": url, "bypass": "<-loopback>"}
