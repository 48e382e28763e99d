"""What happens to every request and answer between the spider and the network, in Scrapy's terms.

Gate        is this URL ours to ask for, and with which manners
Whole       only whole bodies go on, decoded
Redirects   followed a few times, each hop as a new request through the same gate
Retries     a failed connection is tried again, after the host's delay; an answer never is

How a host's robots.txt and its wish for patience are obeyed stands in robots.py and patience.py.
"""

from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.utils.httpobj import urlparse_cached

from monitor.addresses import refusal
from monitor.model import Access, Failure
from monitor.tables import is_host
from spiders.decoders import ACCEPT_ENCODING, UndecodableError, decode
from spiders.failures import Refused, failure_of

_NO_BODY = (204, 304)
_RETRIED = (Access.CONNECTION, Access.DNS)
_ROBOTS_REDIRECTS = 5  # RFC 9309: at least so many are followed for robots.txt
_OF_ONE_ADDRESS = ("If-None-Match", "If-Modified-Since")  # elsewhere a 304 would tell of another page
_END_MARKS = (b"</html>", b"%%eof")


class Gate:
    """Refuses URLs by their shape, and exempts our own hosts from the throttle."""

    def __init__(self, own_hosts: list[str]) -> None:
        self._own_hosts = frozenset(host.lower() for host in own_hosts)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.settings.getlist("ALLOW_HOSTS"))

    def process_request(self, request: Request) -> None:
        """Raise Refused for a URL that is not fetched."""
        problem = refusal(request.url)
        if problem:
            raise Refused(Failure(Access.BLOCKED_BY_POLICY, problem))
        is_own = (urlparse_cached(request).hostname or "") in self._own_hosts
        request.meta["autothrottle_dont_adjust_delay"] = is_own
        request.meta["dont_retry"] = is_own  # there is no delay there that would space the attempts


class Whole:
    """Decodes bodies; one that is cut off, damaged or too large is no page."""

    def __init__(self, limit: int) -> None:
        self._limit = limit

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_request(self, request: Request) -> None:
        """Offer what we can decode."""
        request.headers.setdefault("Accept-Encoding", ACCEPT_ENCODING)

    def process_response(self, request: Request, response: Response) -> Response:
        """The answer with its body decoded, its headers as they came."""
        codings = _codings(response)
        if response.status in _NO_BODY:
            return response
        if "partial" in response.flags and not codings and not _has_end_mark(response.body):
            problem = f"{response.url}: the answer states no length and has no end mark: it may be cut off"
            raise Refused(Failure(Access.PARTIAL, problem), response)
        try:
            return response.replace(body=decode(response.body, codings, self._limit)) if codings else response
        except UndecodableError as error:
            raise Refused(Failure(error.failure.kind, f"{response.url}: {error}"), response) from error


def _codings(response: Response) -> list[str]:
    values = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
    return [coding for value in values.split(",") if (coding := value.strip().lower())]


def _has_end_mark(body: bytes) -> bool:
    tail = body[-1024:].lower()
    return any(mark in tail for mark in _END_MARKS)


class Redirects(RedirectMiddleware):
    """Scrapy's, with the last answer kept as evidence when there are too many."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self._limit = self.max_redirect_times  # Scrapy counts down from "redirect_ttl" and up to this number
        self.max_redirect_times = max(self._limit, _ROBOTS_REDIRECTS)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Without Scrapy's start-up warning: we send no Referer at all."""
        middleware = cls(crawler.settings)
        middleware.crawler = crawler
        return middleware

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """The next hop, or the answer itself."""
        limit = self.max_redirect_times if request.meta.get("is_robots_txt") else self._limit
        request.meta.setdefault("redirect_ttl", limit)
        try:
            following = super().process_response(request, response)
            if isinstance(following, Request) and not is_host(urlsplit(following.url).hostname or ""):
                raise ValueError(f"no host may be called as in {following.url}")
        except IgnoreRequest as error:
            problem = f"{request.url}: redirected more than {limit} times"
            raise Refused(Failure(Access.ERROR_PAGE, problem), response) from error
        except ValueError as error:
            problem = f"{request.url}: it redirects to what is no URL ({str(error)[:200]!r})"
            raise Refused(Failure(Access.BLOCKED_BY_POLICY, problem), response) from error
        if isinstance(following, Request):
            following.meta.pop("download_slot", None)  # another host has its own delay
            for name in _OF_ONE_ADDRESS:
                following.headers.pop(name, None)
        return following


class Retries(RetryMiddleware):
    """Scrapy's, for failed connections and name look-ups only."""

    def process_exception(self, request: Request, exception: Exception) -> Request | Response | None:  # type: ignore[override]
        """The request again, or None to give up."""
        failure = failure_of(exception, request.url, getattr(self.crawler.spider, "refused", {}))
        if failure is None or failure.kind not in _RETRIED or request.meta.get("dont_retry"):
            return None
        again = self._retry(request, exception)
        if isinstance(again, Request):
            again.meta.pop("started_at", None)
        return again
