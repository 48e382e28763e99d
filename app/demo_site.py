"""The demo's world: a loopback site whose pages move through dated editions (config/demo/site.toml)."""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from monitor.errors import ConfigError
from monitor.tables import build, read_toml

PLACEHOLDER = "http://demo.invalid"
_NONCE = "{{nonce}}"


@dataclass(frozen=True, slots=True)
class Replacement:
    """Words in a file, and what stands there instead."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class NamedEdit:
    """A small named change to a file."""

    what: str
    replace: tuple[Replacement, ...]


@dataclass(frozen=True, slots=True)
class Served:
    """What a page serves. kind: page, wall, consent or gone."""

    file: str
    edits: tuple[str, ...] = ()
    kind: str = "page"
    status: int = 200


@dataclass(frozen=True, slots=True)
class Edition:
    """One dated state of the world; pages that it does not name stay as they were."""

    date: datetime
    what: str
    pages: Mapping[str, Served] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """A real change that must be told. edition counts from 1."""

    edition: int
    page: str
    kinds: tuple[str, ...]
    direction: str
    before: str
    after: str
    why: str


@dataclass(frozen=True, slots=True)
class Silence:
    """What must not be told, and why."""

    edition: int
    page: str
    noise: str
    access: str
    why: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What the demo must tell, and what it must not."""

    changes: tuple[Change, ...]
    silent: tuple[Silence, ...]


@dataclass(frozen=True, slots=True)
class Site:
    """The whole of site.toml."""

    reading_hours: tuple[int, ...]
    to_add: str  #: a page that is served and not watched: to try out how one is added
    edits: Mapping[str, NamedEdit]
    editions: tuple[Edition, ...]
    expected: Expected


def load_site(folder: Path) -> Site:
    """config/demo/site.toml, checked. Raises ConfigError."""
    path = folder / "site.toml"
    site = build(Site, read_toml(path), str(path))
    for edition in site.editions:
        for page, served in edition.pages.items():
            for name in served.edits:
                if name not in site.edits:
                    raise ConfigError(str(path), f"editions.pages.{page}", f"no edit is named {name!r}.")
    return site


def bodies(folder: Path, site: Site, edition: int) -> dict[str, tuple[int, str]]:
    """Path → (status, HTML) of the whole world in this edition (0 is the first)."""
    served: dict[str, Served] = {}
    for each in site.editions[: edition + 1]:
        served |= each.pages
    return {f"/{page}": (one.status, _html(folder, site, one)) for page, one in served.items()}


def _html(folder: Path, site: Site, served: Served) -> str:
    text = (folder / "pages" / served.file).read_text(encoding="utf-8")
    for name in served.edits:
        for one in site.edits[name].replace:
            if one.before not in text:
                raise ConfigError(
                    str(folder / "site.toml"), f"edits.{name}", f"{served.file} has no {one.before!r}."
                )
            text = text.replace(one.before, one.after)
    return text


class DemoServer:
    """Serves one edition at a time. Each request gets another nonce, by count and not by chance."""

    def __init__(self) -> None:
        self.pages: Mapping[str, tuple[int, str]] = {}
        self.asked: Counter[str] = Counter()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                status, body = owner.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing: the demo's own lines are what people read."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, path: str) -> tuple[int, bytes]:
        """Status and body of one request."""
        status, text = self.pages.get(path, (404, "<!doctype html><title>Not found</title>"))
        self.asked[path] += 1
        nonce = sha256(f"{path} {self.asked[path]}".encode()).hexdigest()[:24]
        return status, text.replace(_NONCE, nonce).encode()


@contextmanager
def serving() -> Iterator[DemoServer]:
    """A running server, stopped at the end."""
    site = DemoServer()
    thread = threading.Thread(target=site.server.serve_forever, name="demo site", daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.server.shutdown()
        site.server.server_close()
        thread.join()
