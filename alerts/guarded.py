"""What lets a library that speaks HTTP by `requests` speak to judged addresses alone, and not for ever.

Within `guarded` every connection of urllib3 in this process goes through dialling.py. No proxy and no
password of the environment is used, no redirect is followed, every certificate is checked, an answer has at
most a megabyte, and when the time is up the line is cut. A destructor that asks afterwards gets no line.
"""

import ssl
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socket import socket
from threading import Lock
from time import monotonic, sleep
from types import ModuleType
from typing import Any, ClassVar

import requests
import urllib3.util.connection
from requests.adapters import HTTPAdapter

from alerts.deadline import hanging_up
from alerts.dialling import dialled
from monitor.errors import DeliveryError

TIMEOUT_SECONDS = 20.0  #: for each connection and for each part of an answer
ANSWER_BYTES = 1_000_000

_ONE_AT_A_TIME = Lock()


@dataclass(slots=True)
class Line:
    """The way out of one sending, and what came back by it: answers are statuses with their Retry-After."""

    allow_hosts: Collection[str]
    place: str  #: what a sentence says for the host
    ends: float  #: when it is cut, by the monotonic clock
    answers: list[tuple[int, str]] = field(default_factory=list)
    refused: DeliveryError | None = None  #: why a host was not connected to
    newest: socket | None = None  #: a copy of the newest connection, to hang up by

    def dial(self, address: tuple[str, int], *rest: Any, **more: Any) -> socket:
        """In the place of urllib3's own. requests.Timeout where it is too late."""
        self._check()
        try:
            found = dialled(*address, self.allow_hosts, self.place, min(TIMEOUT_SECONDS, self._left()))
        except DeliveryError as error:
            self.refused = error
            raise
        found.settimeout(TIMEOUT_SECONDS)
        self.let_go()
        self.newest = found.dup()  # TLS takes the first one apart
        self._check()
        return found

    def pause(self, last_io: object = None, wait: float | None = None) -> None:
        """Wait as the other side asks (seconds), but not past the end: then it is requests.Timeout."""
        sleep(min(max(wait or 0.0, 0.0), self._left()))
        self._check()

    def let_go(self) -> None:
        if self.newest is not None:
            self.newest.close()

    def _check(self) -> None:
        if not self._left():
            raise requests.Timeout("the time is up")

    def _left(self) -> float:
        return max(0.0, self.ends - monotonic())


@contextmanager
def guarded(allow_hosts: Collection[str], place: str, seconds: float) -> Iterator[Line]:
    """For so many seconds in all, requests and urllib3 have this line and no other."""
    with _ONE_AT_A_TIME:
        line = Line(allow_hosts, place, monotonic() + seconds)
        session = type("_ThisSession", (_Session,), {"line": line})
        try:
            with (
                _instead(requests, "Session", session),
                _instead(requests.sessions, "Session", session),
                _instead(urllib3.util.connection, "create_connection", line.dial),
                hanging_up(lambda: line.newest, seconds),
            ):
                yield line
        finally:
            line.ends = 0.0
            line.let_go()


@contextmanager
def _instead(module: ModuleType, name: str, ours: object) -> Iterator[None]:
    theirs = getattr(module, name)
    setattr(module, name, ours)
    try:
        yield
    finally:
        setattr(module, name, theirs)


class _Session(requests.Session):
    """A session whose caller has no say in what is safe."""

    line: ClassVar[Line]

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False
        self.mount("https://", _Adapter())

    def request(self, method: Any, url: Any, *rest: Any, **options: Any) -> requests.Response:
        safe = {"allow_redirects": False, "verify": True, "timeout": TIMEOUT_SECONDS, "proxies": None}
        return super().request(method, url, *rest, **(options | safe))

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        answer = super().send(request, **(options | {"stream": True}))
        self.line.answers.append((answer.status_code, answer.headers.get("Retry-After") or ""))
        answer._content = _read(answer)
        answer._content_consumed = True
        return answer


class _Adapter(HTTPAdapter):
    """Trusts what webhooks and mail trust, so that SSL_CERT_FILE counts here too."""

    def init_poolmanager(self, *rest: Any, **options: Any) -> None:
        super().init_poolmanager(*rest, **(options | {"ssl_context": ssl.create_default_context()}))


def _read(answer: requests.Response) -> bytes:
    """What it says, unpacked. requests.ConnectionError where that is too much."""
    body = b""
    for part in answer.iter_content(65_536):
        body += part
        if len(body) > ANSWER_BYTES:
            answer.close()
            raise requests.ConnectionError("the answer is too long")
    return body
