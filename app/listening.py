"""What the daemon answers on daemon.listen: /metrics, /healthz and /canary. Read-only, and bounded.

Each connection is one request, has a thread of its own, and is hung up on after a while; more than
_AT_ONCE at one moment are turned away.
"""

import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from threading import BoundedSemaphore, Thread, Timer
from typing import Any
from urllib.parse import urlsplit

from app import logs
from app.canary import canary_page
from app.home import Home
from app.metrics import BlobBytes, metrics_text
from monitor.errors import ConfigError, PledgewatchError, StoreError

TICK_AT_LATEST = timedelta(minutes=5)  #: a daemon that did not tick for so long is not well
_AT_ONCE = 16  #: connections
_SILENCE_SECONDS = 10.0  #: between two bytes of a request
_POLL_SECONDS = 0.1  #: how soon the end of the block is noticed
_WHOLE_SECONDS = 30.0  #: for a whole request and its answer
_HIGHEST_PORT = 65_535
_TEXT, _HTML = "text/plain; charset=utf-8", "text/html; charset=utf-8"
_METRICS = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back."""

    status: int
    body: str
    media_type: str = _TEXT


Page = Callable[[], Answer]


@contextmanager
def listening(
    home: Home,
    last_tick: Callable[[], datetime | None],
    clock: Callable[[], datetime],
    in_force: Callable[[], Home] | None = None,
) -> Iterator[str]:
    """Answer on daemon.listen until the block ends; yields "host:port". Raises ConfigError where it cannot.

    last_tick: when the daemon last did something (aware UTC), None before the first time. in_force: the home
    as its configuration is by then, where that may change.
    """
    with _bound(home, pages(in_force or (lambda: home), last_tick, clock)) as server:
        thread = Thread(target=server.serve_forever, args=(_POLL_SECONDS,), name="listening", daemon=True)
        thread.start()
        try:
            yield "{}:{}".format(*server.server_address[:2])
        finally:
            server.shutdown()
            thread.join()


def pages(
    in_force: Callable[[], Home], last_tick: Callable[[], datetime | None], clock: Callable[[], datetime]
) -> Mapping[str, Page]:
    """Path → what makes its answer."""
    blobs = BlobBytes(in_force().root / "blobs")
    return {
        "/metrics": lambda: _metrics(in_force(), clock(), blobs),
        "/healthz": lambda: _health(in_force(), last_tick(), clock()),
        "/canary": lambda: Answer(200, canary_page(clock()), _HTML),
    }


def _metrics(home: Home, now: datetime, blobs: BlobBytes) -> Answer:
    try:
        return Answer(200, metrics_text(home, now, blobs), _METRICS)
    except PledgewatchError:
        return Answer(503, _STORE_TROUBLE)


def _health(home: Home, ticked_at: datetime | None, now: datetime) -> Answer:
    if ticked_at is None:
        return Answer(503, "The daemon did not look at its store yet.\n")
    if now - ticked_at >= TICK_AT_LATEST:
        minutes = (now - ticked_at) // timedelta(minutes=1)
        return Answer(503, f"The daemon did not look at its store for {minutes} minutes.\n")
    try:
        home.open_store().close()
    except StoreError:
        return Answer(503, _STORE_TROUBLE)
    return Answer(200, "The daemon is at work.\n")


#: Not the error itself: it names files, and whoever may ask here need not know them.
_STORE_TROUBLE = "The store cannot be used; the daemon's log and pledgewatch doctor say why.\n"


# --------------------------------------------------------------------------- the server


class _Server(ThreadingMixIn, TCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 2 * _AT_ONCE

    def __init__(self, family: int, address: tuple[Any, ...], answers: Mapping[str, Page]) -> None:
        self.address_family = family
        self.answers = answers
        self.free = BoundedSemaphore(_AT_ONCE)
        super().__init__((address[0], address[1]), _Request)

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self.free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:  # no thread was started for it
            self.free.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        timer = Timer(_WHOLE_SECONDS, _hang_up, (request,))
        timer.daemon = True
        timer.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            timer.cancel()
            self.free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no event; a bug of ours is."""
        error = sys.exception()
        if error is not None and not isinstance(error, OSError):
            logs.bug(error)


def _hang_up(request: socket.socket) -> None:
    with suppress(OSError):
        request.shutdown(socket.SHUT_RDWR)


class _Request(BaseHTTPRequestHandler):
    """HTTP/1.0, so that each connection ends with its answer; http.server bounds lines and headers."""

    server: _Server
    server_version, sys_version = "pledgewatch", ""
    timeout = _SILENCE_SECONDS

    def do_GET(self) -> None:
        page = self.server.answers.get(urlsplit(self.path).path)
        self._send(page() if page else Answer(404, "There is nothing here.\n"))

    def do_HEAD(self) -> None:
        self.do_GET()

    def _refuse(self) -> None:
        self._send(Answer(405, "Only GET and HEAD are answered here.\n"))

    def __getattr__(self, name: str) -> Any:
        """http.server looks for do_<METHOD>."""
        if name.startswith("do_"):
            return self._refuse
        raise AttributeError(name)

    def _send(self, answer: Answer) -> None:
        body = answer.body.encode()
        self.send_response(answer.status)
        for name, value in _headers(answer, len(body)):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a scrape every few seconds is no event."""


def _headers(answer: Answer, length: int) -> Iterator[tuple[str, str]]:
    yield "Content-Type", answer.media_type
    yield "Content-Length", str(length)
    yield "Cache-Control", "no-store"
    yield "X-Content-Type-Options", "nosniff"
    yield "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"
    if answer.status == 405:
        yield "Allow", "GET, HEAD"


@contextmanager
def _bound(home: Home, answers: Mapping[str, Page]) -> Iterator[_Server]:
    listen = home.settings.daemon.listen
    host, _, port = listen.rpartition(":")
    try:
        if int(port) > _HIGHEST_PORT:  # which getaddrinfo would take for another one
            raise OverflowError("there is no such port")
        family, *_, address = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)[0]
        server = _Server(family, address, answers)
    except (OSError, OverflowError) as error:
        problem = f"{listen} cannot be listened on ({_why(error)}); name a free port of this machine"
        raise ConfigError(str(home.config / "settings.toml"), "daemon.listen", problem) from error
    with server:
        yield server


def _why(error: OSError | OverflowError) -> str:
    return getattr(error, "strerror", None) or str(error)
