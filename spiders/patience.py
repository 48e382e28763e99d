"""Patience with a host: how far apart it wants our requests, and when it says "not now" (429 or 503).

Crawl-delay     our requests keep that distance, up to 300 s
Retry-After     nothing is asked of the host before then: up to 60 s its requests wait, beyond that they are
                refused and the time is remembered for the next crawl (at most 24 h)
three in a row  of "not now" stop the host for this crawl, and for an hour

Our own hosts (network.allow_hosts) keep the distance that network.own_delay_seconds says, whatever their
Crawl-delay: it speaks to strangers, and the operator has said what is right there.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Self

from scrapy import Request, signals
from scrapy.core.downloader import Downloader, Slot
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.asyncio import call_later
from scrapy.utils.httpobj import urlparse_cached

from monitor.model import Access, Failure, Host
from spiders.base import NOT_REACHED, DeclaredPages
from spiders.failures import Refused
from spiders.memory import LONGEST, origin_of, wait

_NOT_NOW = (429, 503)
_WAITED_FOR = timedelta(seconds=60)
_IN_A_ROW = 3
_STOPPED_FOR = timedelta(hours=1)


def retry_after(value: str, now: datetime) -> datetime | None:
    """When to ask again (UTC, from now to 24 h later) by this header; None where it says nothing sensible."""
    value = value.strip()
    try:
        if value.isascii() and value.isdigit():
            return now + min(timedelta(seconds=min(int(value), 10**9)), LONGEST)
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError):  # also a number of more than 4,300 digits
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return min(max(at, now), now + LONGEST)


def told_not_now(host: Host, status: int, header: str, in_a_row: int, now: datetime) -> Host:
    """The host after it has answered with 429 or 503, for the in_a_row-th time, with this Retry-After."""
    until, why = retry_after(header, now), f"it answered with status {status} and Retry-After"
    if in_a_row >= _IN_A_ROW:
        until = max(until or now, now + _STOPPED_FOR)
        why = f"it answered {in_a_row} times in a row with status 429 or 503"
    if until is None or (host.not_before is not None and host.not_before >= until):
        return host
    return replace(host, not_before=until, why=why)


def _too_soon(url: str, host: Host) -> Refused:
    assert host.not_before is not None
    until = f"{host.not_before:%Y-%m-%d %H:%M:%S} UTC"
    return Refused(
        Failure(Access.RATE_LIMITED, f"{url}: {host.origin} is not asked before {until}: {host.why}")
    )


class Patience:
    """Downloader middleware next to the downloader; it holds back, or empties, the queue of a host there.

    It listens to Scrapy's signals for that: they come before the next request of the queue leaves.
    """

    def __init__(self, crawler: Crawler, spider: DeclaredPages) -> None:
        self._crawler, self._memory, self._clock = crawler, spider.memory, spider.clock
        self._own_hosts = frozenset(host.lower() for host in crawler.settings.getlist("ALLOW_HOSTS"))
        self._seconds = crawler.settings.getfloat("CLOSESPIDER_TIMEOUT")
        self._least_delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self._hosts: dict[str, Host] = {}
        self._distances: dict[str, float] = {}  # seconds between requests, by slot: the name of a host
        self._held: dict[str, datetime] = {}
        self._in_a_row: Counter[str] = Counter()
        self._is_over = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        assert isinstance(crawler.spider, DeclaredPages)
        patience = cls(crawler, crawler.spider)
        crawler.signals.connect(patience._opened, signals.spider_opened)
        crawler.signals.connect(patience._closed, signals.spider_closed)
        crawler.signals.connect(patience._reached, signals.request_reached_downloader)
        crawler.signals.connect(patience._answered, signals.response_downloaded)
        return patience

    def process_request(self, request: Request) -> None:
        """Raise Refused for a host that is to be left alone for longer than we wait."""
        if self._is_over:
            raise Refused(NOT_REACHED)
        origin = origin_of(request.url)
        if origin not in self._hosts:
            self._hosts[origin] = self._memory.host(origin)
        host = self._hosts[origin]
        if host.not_before is not None and wait(host.not_before, self._clock()) > _WAITED_FOR:
            raise _too_soon(request.url, host)

    def process_response(self, request: Request, response: Response) -> Response:
        """Remember what _answered heard: here, because an error in a signal's receiver would be swallowed."""
        origin = origin_of(response.url)
        host = self._hosts.get(origin)
        if response.status in _NOT_NOW and host is not None and host.not_before is not None:
            known = self._memory.host(origin)
            self._memory.remember(replace(known, not_before=host.not_before, why=host.why))
        return response

    def give_up(self) -> None:
        """The crawl is over: who waits for a turn gets none."""
        self._is_over = True
        for slot in self._downloader.slots.values():
            _refuse(slot, lambda request: Refused(NOT_REACHED))

    @property
    def _downloader(self) -> Downloader:
        assert self._crawler.engine is not None
        return self._crawler.engine.downloader

    def _opened(self) -> None:
        self._timer = call_later(self._seconds, self.give_up)

    def _closed(self) -> None:
        self._timer.cancel()

    def _reached(self, request: Request) -> None:
        key = request.meta["download_slot"]
        slot = self._downloader.slots[key]
        self._keep_distance(key, slot, request)
        self._hold(key, slot, self._hosts[origin_of(request.url)])

    def _answered(self, response: Response) -> None:
        origin = origin_of(response.url)
        if response.status not in _NOT_NOW:
            self._in_a_row.pop(origin, None)
            return
        self._in_a_row[origin] += 1
        header = (response.headers.get("Retry-After") or b"").decode("latin-1")
        known = self._hosts.get(origin, Host(origin))
        host = told_not_now(known, response.status, header, self._in_a_row[origin], self._clock())
        self._hosts[origin] = host
        key = urlparse_cached(response).hostname or ""
        if key in self._downloader.slots:
            self._hold(key, self._downloader.slots[key], host)

    def _keep_distance(self, key: str, slot: Slot, request: Request) -> None:
        if key in self._own_hosts:
            return
        seconds = max(request.meta.get("crawl_delay", 0.0), self._distances.get(key, 0.0))
        delay = seconds / (1 - slot.jitter)
        if delay > self._least_delay:
            self._distances[key] = seconds
            slot.delay = max(slot.delay, delay)
            request.meta["autothrottle_dont_adjust_delay"] = True  # it would shorten the distance again

    def _hold(self, key: str, slot: Slot, host: Host) -> None:
        """Let the queue of this slot wait; where that would be too long, refuse what waits for the host."""
        if host.not_before is None:
            return
        left = wait(host.not_before, self._clock())
        if left > _WAITED_FOR:
            _refuse(slot, lambda request: _too_soon(request.url, host), host.origin)
        elif left:
            self._hold_until(key, slot, host.not_before, left)

    def _hold_until(self, key: str, slot: Slot, until: datetime, left: timedelta) -> None:
        longest = self._held.get(key)  # another port of the host may have asked for more
        if slot.latercall is not None:
            if longest is not None and longest >= until:
                return
            slot.latercall.cancel()
        self._held[key] = until
        slot.latercall = call_later(left.total_seconds(), self._downloader._latercall, slot)


def _refuse(slot: Slot, why: Callable[[Request], Refused], origin: str = "") -> None:
    """Take what waits in the queue of this slot (for this origin, if one is given) out of it."""
    waiting = list(slot.queue)
    slot.queue.clear()
    for request, answer in waiting:
        if origin and origin_of(request.url) != origin:
            slot.queue.append((request, answer))
        else:
            answer.errback(why(request))
