"""One visit: Chromium is handed a document that was fetched, runs its scripts, and shows what became of it.

The document itself never comes through the browser: the spider fetched it like any other (robots.txt, guard,
certificate, whole bodies, redirects), and it is laid under its own address. The browser only loads what the
document asks for besides, by a way that leads to its own site and the third parties that its page declares.

Not loaded, as it is no text of this document: images, media, fonts, objects, frames; workers neither. Not
possible: forms, new windows, downloads, dialogs. A script that sends its reader on ends the visit.
"""

import asyncio
from base64 import b64decode, b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from playwright.async_api import BrowserContext, CDPSession
from playwright.async_api import Error as BrowserError

from monitor.model import Access, Failure
from spiders.chromium import Chromium
from spiders.door import Door, Way
from spiders.sight import LOOK, READ
from spiders.site import Reach, site_of_url

TEXT_SECONDS = 10.0  #: so long a page has time to fill, and to come to rest
_LOOK_SECONDS = 0.25
_UNCHANGED = 2  # so often in a row a look shows what the one before it showed: the text has come to rest
_LAST_SECONDS = 2.0  # of the time for a visit: for reading what is there
_LOADS = 4  # times the limit for a document: what a page may load altogether
_TRIES = 3  # at a picture
_TALLEST = 16_384  # pixels: Chromium draws no taller picture
_RULES = (
    "sandbox allow-scripts allow-same-origin; img-src 'none'; media-src 'none'; font-src 'none'; "
    "object-src 'none'; frame-src 'none'; worker-src 'none'; manifest-src 'none'; form-action 'none'"
)
_OF_THE_TRANSFER = ("content-encoding", "content-length", "transfer-encoding", "content-disposition")
_NO_PEERS = "delete self.RTCPeerConnection; delete self.webkitRTCPeerConnection; delete self.WebTransport"
_ENDLESS = ("EventSource", "WebSocket", "Ping")  # nobody waits for these


@dataclass(frozen=True, slots=True)
class Wish:
    """A document to show: as it was fetched (body: bytes as decoded), and how its page is declared.

    most_bytes: of the document as read. seconds: for the whole visit.
    """

    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    most_bytes: int
    seconds: float
    user_agent: str = ""
    language: str = "en"
    third_parties: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    screenshot: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of it: the document as HTML in UTF-8; or `onward`, where its script sends the reader.

    screenshot: PNG, b"" where none was asked for or could be made.
    """

    body: bytes = b""
    screenshot: bytes = b""
    onward: str = ""


async def visit(chromium: Chromium, door: Door, wish: Wish) -> Seen | Failure:
    """Show the document; never longer than wish.seconds. Raises NoBrowserError and playwright's Error."""
    reach = Reach(site_of_url(wish.url), wish.third_parties)
    try:
        async with asyncio.timeout(wish.seconds), door.way(reach, _LOADS * wish.most_bytes) as way:
            wishes = {"user_agent": wish.user_agent, "locale": wish.language}
            async with chromium.context(way.url, **wishes) as context:
                return await _shown(context, way, wish)
    except TimeoutError:
        problem = (
            f"{wish.url}: the browser was busy for {wish.seconds:.0f} seconds (see network.timeout_seconds)"
        )
        return Failure(Access.TIMEOUT, problem)


async def _shown(context: BrowserContext, way: Way, wish: Wish) -> Seen | Failure:
    await context.add_init_script(_NO_PEERS)
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    showing = _Showing(session, way, wish)
    try:
        seen = await showing.run()
    except BrowserError:
        if showing.end is None:
            raise
        return showing.end
    return showing.end or seen


class _Showing:
    """One document in one tab. end: why it came to an early end, once it has."""

    def __init__(self, session: CDPSession, way: Way, wish: Wish) -> None:
        self._session, self._way, self._wish = session, way, wish
        self._frame = ""
        self._loading: set[str] = set()
        self._bytes_left = _LOADS * wish.most_bytes
        self.end: Seen | Failure | None = None

    async def run(self) -> Seen | Failure:
        """Lay the document under its address, wait for its text, and read it."""
        loop = asyncio.get_running_loop()
        until = loop.time() + min(TEXT_SECONDS, self._wish.seconds - _LAST_SECONDS)
        self._listen()
        await self._session.send("Network.enable")
        await self._session.send("Fetch.enable", {"patterns": [{"resourceType": "Document"}]})
        went = await self._session.send("Page.navigate", {"url": self._wish.url})
        if self.end is None and went.get("errorText"):
            raise BrowserError(went["errorText"])
        world = await self._world(went["frameId"])
        await self._wait_for_text(world, until)
        return self.end or await self._read(world)

    async def _wait_for_text(self, world: int, until: float) -> None:
        unchanged = 0
        while self.end is None and asyncio.get_running_loop().time() < until:
            is_at_rest = await self._run(world, LOOK, list(self._wish.contains))
            unchanged = unchanged + 1 if is_at_rest and not self._loading else 0
            if unchanged == _UNCHANGED:
                return
            await asyncio.sleep(_LOOK_SECONDS)

    # ----------------------------------------------------------------- what the browser tells

    def _listen(self) -> None:
        self._session.on("Fetch.requestPaused", self._paused)
        self._session.on("Network.requestWillBeSent", self._started)
        self._session.on("Network.loadingFinished", self._ended)
        self._session.on("Network.loadingFailed", self._ended)
        self._session.on("Network.dataReceived", self._came)

    async def _paused(self, event: Mapping[str, Any]) -> None:
        """A document is asked for: ours, once; any other would be another page in its place, or a frame."""
        with suppress(BrowserError):  # the tab may be gone by now
            if not self._frame:
                self._frame = event["frameId"]
                await self._session.send("Fetch.fulfillRequest", _answer(event["requestId"], self._wish))
                return
            if event["frameId"] == self._frame:
                asked = event["request"]
                self.end = self.end or _sent_on(self._wish.url, asked["method"], asked["url"])
            refusal = {"requestId": event["requestId"], "errorReason": "Aborted"}
            await self._session.send("Fetch.failRequest", refusal)

    def _started(self, event: Mapping[str, Any]) -> None:
        if event.get("type") not in (*_ENDLESS, "Document"):
            self._loading.add(event["requestId"])

    def _ended(self, event: Mapping[str, Any]) -> None:
        self._loading.discard(event["requestId"])

    def _came(self, event: Mapping[str, Any]) -> None:
        """Counted as decoded: what comes through the door may be packed."""
        if event["requestId"] in self._loading:
            self._bytes_left -= event["dataLength"]
        if self._bytes_left < 0:
            self.end = self.end or self._too_much()

    def _too_much(self) -> Failure:
        return _too_large(f"{self._wish.url}: what the page loads", _LOADS * self._wish.most_bytes)

    # ----------------------------------------------------------------- what we ask of it

    async def _world(self, frame: str) -> int:
        """A world of our own to look from: the page's scripts cannot change what our words mean there."""
        made = await self._session.send("Page.createIsolatedWorld", {"frameId": frame})
        return int(made["executionContextId"])

    async def _run(self, world: int, function: str, argument: Any) -> Any:
        said = await self._session.send(
            "Runtime.callFunctionOn",
            {
                "executionContextId": world,
                "functionDeclaration": function,
                "arguments": [{"value": argument}],
                "returnByValue": True,
            },
        )
        if "exceptionDetails" in said:
            raise BrowserError(str(said["exceptionDetails"].get("exception", {}).get("description", "")))
        return said["result"].get("value")

    async def _read(self, world: int) -> Seen | Failure:
        if self._way.is_spent:
            return self._too_much()
        html = await self._run(world, READ, self._wish.most_bytes)
        body = b"" if html is None else html.encode("utf-8", "replace")  # scripts can leave half characters
        if html is None or len(body) > self._wish.most_bytes:
            return _too_large(f"{self._wish.url}: the rendered page", self._wish.most_bytes)
        return Seen(body, await self._picture() if self._wish.screenshot else b"")

    async def _picture(self) -> bytes:
        """A busy Chromium refuses a picture now and then; what cannot be drawn was read all the same."""
        for _ in range(_TRIES):
            with suppress(BrowserError):
                return await self._drawn()
            await asyncio.sleep(_LOOK_SECONDS)
        return b""

    async def _drawn(self) -> bytes:
        """The whole page as far as Chromium can draw it."""
        size = (await self._session.send("Page.getLayoutMetrics"))["cssContentSize"]
        clip = {
            "x": 0,
            "y": 0,
            "scale": 1,
            "width": size["width"],
            "height": min(size["height"], _TALLEST),
        }
        drawn = await self._session.send(
            "Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True, "clip": clip}
        )
        return b64decode(drawn["data"])


def _answer(request_id: str, wish: Wish) -> dict[str, Any]:
    """The document as it was fetched, under rules that are stricter than its own."""
    headers = [(name, value) for name, value in wish.headers if name.lower() not in _OF_THE_TRANSFER]
    headers.append(("Content-Security-Policy", _RULES))
    return {
        "requestId": request_id,
        "responseCode": 200,
        "responseHeaders": [{"name": name, "value": value} for name, value in headers],
        "body": b64encode(wish.body).decode("ascii"),
    }


def _sent_on(url: str, method: str, target: str) -> Seen | Failure:
    """A page sends its reader on: followed on its own site, as one more redirect."""
    if method != "GET":
        problem = f"{url}: its script sends a form to {target}, which we do not"
    elif site_of_url(target) != site_of_url(url):
        problem = f"{url}: its script sends the reader on to {target}, another site, which is not followed"
        problem += "; if the page is there now, write that address in the watchlist"
    else:
        return Seen(onward=target)
    return Failure(Access.BLOCKED_BY_POLICY, problem)


def _too_large(what: str, most_bytes: int) -> Failure:
    return Failure(Access.TOO_LARGE, f"{what} is larger than {most_bytes} bytes (see network.max_bytes)")
