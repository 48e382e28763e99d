"""What crawls remember of hosts to the next: the port, and a memory that forgets. Light: no Scrapy here."""

from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from monitor.model import Host

LONGEST = timedelta(hours=24)  #: no host is left alone for longer
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class Memory(Protocol):
    """Where hosts are remembered. What it raises (StoreError) ends the crawl and is raised by it.

    Only robots_body may raise StoreError for one damaged body: then robots.txt is asked for again.
    """

    def host(self, origin: str) -> Host:
        """What is known of this origin ("https://example.org"); a Host with defaults where nothing is."""

    def robots_body(self, sha256: str) -> bytes:
        """The bytes of the robots.txt that a remembered host names."""

    def remember(self, host: Host, robots_body: bytes = b"") -> None:
        """Keep this in place of what was known; robots_body is what host.robots.sha256 names, if new."""


class Forgetful:
    """A memory for as long as it lives: what a single crawl needs."""

    def __init__(self) -> None:
        self.hosts: dict[str, Host] = {}
        self.bodies: dict[str, bytes] = {}

    def host(self, origin: str) -> Host:
        """See Memory."""
        return self.hosts.get(origin, Host(origin))

    def robots_body(self, sha256: str) -> bytes:
        """See Memory."""
        return self.bodies[sha256]

    def remember(self, host: Host, robots_body: bytes = b"") -> None:
        """See Memory."""
        self.hosts[host.origin] = host
        if robots_body:
            self.bodies[host.robots.sha256] = robots_body


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL ("https://example.org"); no port where the scheme implies it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(_DEFAULT_PORTS.get(parts.scheme, ':'))}"


def wait(until: datetime | None, now: datetime) -> timedelta:
    """How long it still is until then; nothing for more than a day, which tells of a clock that was wrong."""
    left = timedelta(0) if until is None else until - now
    return left if timedelta(0) < left <= LONGEST else timedelta(0)
