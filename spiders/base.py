"""Declared pages → requests; response or failure → Fetch. Every target gives exactly one Fetch.

The spiders know nothing of meaning: they say honestly what was asked, what came back and when.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import chain, zip_longest
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure as TwistedFailure

from monitor.addresses import refusal
from monitor.model import Access, Failure, Fetch, Page, Redirect, Robots
from spiders.failures import Refused, failure_of
from spiders.memory import Forgetful, Memory
from spiders.pipelines import Fetched

#: Why a page with fetch = "rendered" cannot be read on this machine.
NO_BROWSER = (
    'this page needs a browser: install the optional dependencies with `pip install "pledgewatch[rendered]"` '
    "and a Chromium with `apt-get install chromium` or `playwright install chromium`"
)
#: Why a page has no answer when the crawl is over.
NOT_REACHED = Failure(
    Access.NOT_REACHED,
    "its turn did not come before the crawl ended (a crawl takes at most network.deadline_seconds)",
)

Record = Callable[[Fetch, bytes, bytes], None]  #: told a fetch, its body and its screenshot (b"" for none)
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The only clock of the spiders, unless another one is passed in."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Target:
    """A page to fetch now, with the validators of its last good snapshot ("" where there are none)."""

    page: Page
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who fetched, as evidence: the program's version and the SHA-256 of its configuration."""

    program_version: str = ""
    config_sha256: str = ""


def by_turns(targets: Iterable[Target]) -> Iterator[Target]:
    """The same targets, hosts taking turns, so that one host's delay does not hold up the others."""
    hosts: dict[str, list[Target]] = defaultdict(list)
    for target in targets:
        hosts[target.page.url.partition("//")[2].partition("/")[0]].append(target)
    return (target for target in chain.from_iterable(zip_longest(*hosts.values())) if target is not None)


class DeclaredPages(Spider):
    """Fetches its targets, once each. Subclasses say how."""

    def __init__(
        self,
        targets: Sequence[Target] = (),
        record: Record = lambda fetch, body, screenshot: None,
        user_agent: str = "",
        stamp: Stamp = Stamp(),
        clock: Clock = utc_now,
        refused: Mapping[str, str] | None = None,
        memory: Memory | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.memory: Memory = Forgetful() if memory is None else memory
        self.record, self.clock, self.stamp, self.sent_as = record, clock, stamp, user_agent
        self.refused: Mapping[str, str] = {} if refused is None else refused
        self._waiting = dict(enumerate(by_turns(targets)))

    async def start(self) -> AsyncIterator[Request | Fetched]:
        """One request a target; a URL that cannot be asked for is a Fetch at once."""
        for number, target in list(self._waiting.items()):
            problem = refusal(target.page.url)
            if problem:
                yield self._fetched(number, None, None, Failure(Access.BLOCKED_BY_POLICY, problem))
            else:
                yield self._request(number, target)

    def _request(self, number: int, target: Target) -> Request:
        return Request(
            target.page.url,
            headers=self.headers(target),
            meta=self.meta(target),
            callback=self.arrived,
            errback=self.failed,
            cb_kwargs={"number": number},
        )

    def headers(self, target: Target) -> dict[str, str]:
        """What we say about ourselves and about what we have."""
        wanted = {
            "Accept-Language": target.page.language,
            "If-None-Match": target.etag,
            "If-Modified-Since": target.last_modified,
        }
        return {name: value for name, value in wanted.items() if value}

    def meta(self, target: Target) -> dict[str, Any]:
        """What Scrapy must know about this request."""
        return {}

    def arrived(self, response: Response, number: int) -> Iterator[Fetched]:
        """An answer, whatever its status. A redirect that Scrapy did not follow leads to no web page."""
        failure = None
        if 300 <= response.status < 400 and "Location" in response.headers:
            location = (response.headers["Location"] or b"").decode("latin-1")
            problem = f"{response.url} redirects to {location!r}, which is not fetched"
            failure = Failure(Access.BLOCKED_BY_POLICY, problem)
        yield self._fetched(number, response.request, response, failure)

    def failed(self, trouble: TwistedFailure) -> Iterator[Fetched]:
        """No answer, or one that we do not take."""
        request: Request = trouble.request  # type: ignore[attr-defined]
        error = trouble.value
        assert error is not None
        failure = self.failure_of(error, request)
        if failure is None:
            raise error
        response = error.response if isinstance(error, Refused) else None
        yield self._fetched(request.cb_kwargs["number"], request, response, failure)

    def failure_of(self, error: BaseException, request: Request) -> Failure | None:
        """What this exception means; None for a bug."""
        return failure_of(error, request.url, self.refused)

    def left(self, why: Failure) -> Iterator[Fetched]:
        """A Fetch for each target that got none while the crawl ran."""
        return (self._fetched(number, None, None, why) for number in list(self._waiting))

    def _fetched(
        self, number: int, request: Request | None, response: Response | None, failure: Failure | None
    ) -> Fetched:
        target = self._waiting.pop(number)
        meta = {} if request is None else request.meta
        body = b"" if response is None or failure is not None else response.body
        now = self.clock()
        fetch = Fetch(
            page_id=target.page.id,
            requested_url=target.page.url,
            started_at=meta.get("started_at", now),
            ended_at=meta.get("ended_at", now),
            redirects=_redirects(meta),
            body_sha256=sha256(body).hexdigest() if body else "",
            body_bytes=len(body),
            robots=meta.get("robots", Robots("not_asked")),
            user_agent=self.sent_as,
            program_version=self.stamp.program_version,
            config_sha256=self.stamp.config_sha256,
            failure=failure,
            **({} if response is None else self.facts(response)),
        )
        return Fetched(fetch, body)

    def facts(self, response: Response) -> dict[str, Any]:
        """What an answer tells about itself: fields of Fetch."""
        return {
            "final_url": response.url,
            "status": response.status,
            "headers": _headers(response),
            "certificate_sha256": _certificate_sha256(response),
            "ip_address": "" if response.ip_address is None else str(response.ip_address),
        }


def _redirects(meta: Mapping[str, Any]) -> tuple[Redirect, ...]:
    hops = zip(meta.get("redirect_urls", ()), meta.get("redirect_reasons", ()), strict=False)
    return tuple(Redirect(url, int(status)) for url, status in hops)


def _headers(response: Response) -> tuple[tuple[str, str], ...]:
    """All of them, repeated ones too. Latin-1 maps every byte to one character, so nothing is lost."""
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    )


def _certificate_sha256(response: Response) -> str:
    certificate = response.certificate
    return "" if certificate is None else sha256(certificate.dump()).hexdigest()
