"""One crawl by the real spider over every row of the hostile server, and what came of it."""

import ssl
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from monitor.settings import Network
from tests.crawl_once import Outcome, Wanted, crawl_in_process
from tests.hostile import Hostile
from tests.hostile_rows import MAX_BYTES, TIMEOUT_SECONDS, Row, cuts, rows
from tests.loopback import self_signed
from tests.sockets import Listener

NETWORK = Network(
    allow_hosts=("localhost",),
    delay_seconds=0.0,
    timeout_seconds=TIMEOUT_SECONDS,
    max_bytes=MAX_BYTES,
)


@dataclass(frozen=True)
class Happened:
    """What came of one row: an access state or a status, why, and the request heads that its server saw."""

    row: Row
    state: str
    message: str
    heads: tuple[bytes, ...]


@dataclass(frozen=True)
class Run:
    """All of it. knocks: at the listener that nobody may reach."""

    happened: tuple[Happened, ...]
    cuts: tuple[Happened, ...]
    outcome: Outcome
    knocks: int


def run(folder: Path) -> Run:
    """Serve all rows, crawl them once; certificates are made in the folder."""
    certificates = _certificates(folder)
    with ExitStack() as stack:
        listener = stack.enter_context(Listener())
        tried, cut = rows(listener.port), cuts()
        servers = [stack.enter_context(_server(row, certificates)) for row in (*tried, *cut)]
        wanted = [
            Wanted(str(number), server.url("/", scheme=row.scheme))
            for number, (row, server) in enumerate(zip((*tried, *cut), servers, strict=True))
        ]
        outcome = crawl_in_process(
            wanted, network=NETWORK, names={}, environ={"SSL_CERT_FILE": str(folder / "trusted.pem")}
        )
        happened = [
            _happened(row, outcome, str(number), server)
            for number, (row, server) in enumerate(zip((*tried, *cut), servers, strict=True))
        ]
        return Run(tuple(happened[: len(tried)]), tuple(happened[len(tried) :]), outcome, listener.knocks())


def _server(row: Row, certificates: dict[str, ssl.SSLContext]) -> Hostile:
    return Hostile({"/": row.page, **row.others}, certificates[row.tls] if row.tls else None, row.at_once)


def _happened(row: Row, outcome: Outcome, page_id: str, server: Hostile) -> Happened:
    fetch = outcome.of(page_id)
    if fetch.failure is None:
        state, message = f"status {fetch.status}", f"{fetch.body_bytes:,} bytes"
    else:
        state, message = str(fetch.failure.kind), fetch.failure.message
    return Happened(row, state, message, tuple(server.heads))


def _certificates(folder: Path) -> dict[str, ssl.SSLContext]:
    """One context a kind. All but the self-signed one are vouched for by folder/trusted.pem."""
    wanted = {
        "trusted": ("localhost", 1),
        "self-signed": ("localhost", 1),
        "expired": ("localhost", -1),
        "another host": ("another.example", 1),
    }
    contexts, vouched = {}, b""
    for kind, (host, days) in wanted.items():
        place = folder / kind
        place.mkdir()
        files = self_signed(place, host, days)
        contexts[kind] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        contexts[kind].load_cert_chain(*files)
        vouched += b"" if kind == "self-signed" else files[0].read_bytes()
    (folder / "trusted.pem").write_bytes(vouched)
    return contexts


def unexpected(happened: Sequence[Happened]) -> list[str]:
    """The rows that went otherwise, one line each."""
    return [
        f"{one.row.id} {one.row.tried}: {one.state} instead of {' or '.join(one.row.expected)}; {one.message}"
        for one in happened
        if one.state not in one.row.expected
    ]
