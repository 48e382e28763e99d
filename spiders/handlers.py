"""The download handler: Scrapy's own, with a small head, a whole body and one time limit for each page.

Scrapy takes heads of megabytes, leaves unread what comes after Content-Length, and gives every redirect its
full time again. It also notes when each request truly left and when its answer was there.
"""

import logging
from time import monotonic
from typing import Any, NoReturn

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.internet.defer import Deferred
from twisted.web._newclient import ParseError
from twisted.web.http import _IdentityTransferDecoder

from monitor.model import Access
from spiders.failures import AnswerError

MOST_HEAD_BYTES = 32 * 1024  #: of all the heads that come before one body, with those of 1xx answers
MOST_HEAD_LINES = 256
_LARGE_HEAD = f"the head of the answer has more than {MOST_HEAD_BYTES} bytes or {MOST_HEAD_LINES} lines"
_NOT_HTTP = "what came back is not an answer of HTTP"
_LEAST_SECONDS = 0.01  #: Scrapy takes 0 for "the usual time"

# Its warnings (too large, cut off) are Failures of ours.
logging.getLogger("scrapy.core.downloader.handlers.http11").setLevel(logging.ERROR)


class Timed(HTTP11DownloadHandler):
    """Leaves started_at (kept over redirects) and ended_at in meta, by the spider's clock.

    A redirect has the time that the hops before it have left of download_timeout.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        spider: Any = crawler.spider
        self._clock = spider.clock
        # Scrapy keeps alive as many connections as a foreign host may have at once: one. Ours may have more.
        self._pool.maxPersistentPerHost = crawler.settings.getint("CONCURRENT_REQUESTS")
        self._pool._factory = _Factory

    async def download_request(self, request: Request) -> Response:
        """See BaseDownloadHandler."""
        request.meta.setdefault("started_at", self._clock())
        began = monotonic()
        try:
            return await super().download_request(request)
        finally:
            request.meta["ended_at"] = self._clock()
            left = request.meta["download_timeout"] - (monotonic() - began)
            request.meta["download_timeout"] = max(left, _LEAST_SECONDS)


class _Parser(_LenientHTTPClientParser):
    """Counts what comes before the body, and looks at what comes behind it."""

    _bytes = _lines = 0  # class attributes: Scrapy's way to set a parser's class calls no __init__

    def lineReceived(self, line: bytes) -> None:  # noqa: N802 (Twisted's names)
        """Every line of every head: status lines, headers, and those of any 1xx answers before."""
        self._bytes += len(line) + 1
        self._lines += 1
        if self._bytes > MOST_HEAD_BYTES or self._lines > MOST_HEAD_LINES:
            self._refuse(Access.TOO_LARGE, _LARGE_HEAD)
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802
        """A single line that is longer than Twisted holds."""
        self._refuse(Access.TOO_LARGE, _LARGE_HEAD)

    def statusReceived(self, status: bytes) -> None:  # noqa: N802
        """The status line. Twisted takes any number for a status, and any protocol."""
        try:
            super().statusReceived(status)  # type: ignore[no-untyped-call]
        except ParseError:
            self._refuse(Access.CONNECTION, _NOT_HTTP)
        if not status.startswith(b"HTTP/"):
            self._refuse(Access.CONNECTION, _NOT_HTTP)
        if not 100 <= self.response.code <= 599:
            self._refuse(Access.CONNECTION, f"the answer has the status {self.response.code}: there is none")

    def _finished(self, rest: bytes) -> None:
        """The body is as long as promised. More than blanks behind it: then it was cut there."""
        if isinstance(self.bodyDecoder, _IdentityTransferDecoder) and rest.strip():
            self.bodyDecoder.contentLength = len(rest)  # so the decoder itself says that data was lost
            self._refuse(Access.PARTIAL, "the body is longer than its Content-Length says: it is cut there")
        super()._finished(rest)  # type: ignore[no-untyped-call]

    def _refuse(self, kind: Access, problem: str) -> NoReturn:
        """End the request, and the connection: a server that goes on sending is not listened to."""
        self.transport._producer.abortConnection()  # type: ignore[union-attr]
        raise AnswerError(kind, problem)


class _Protocol(_LenientHTTP11ClientProtocol):
    """A connection whose answers are read by our parser."""

    def request(self, request: Any) -> "Deferred[Any]":
        """See HTTP11ClientProtocol."""
        answer = super().request(request)
        self._parser.__class__ = _Parser  # the same way as in the class above
        return answer


class _Factory(_LenientHTTP11ClientFactory):
    """Builds our connections."""

    def buildProtocol(self, addr: Any) -> _Protocol:  # noqa: N802
        return _Protocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
