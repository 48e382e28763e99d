"""One crawl in a process of its own (a reactor starts only once): the tests' way to run the spiders.

Run as a script it reads {"crawls": [[{"id", "url", …}], …], "network": {…}, …} from standard input and writes
the fetches as one pickle to standard output; `crawl_in_process` is the other end.
"""

import os
import pickle
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from monitor.errors import StoreError
from monitor.model import Fetch, Host, Page, Role
from monitor.settings import Network
from spiders.memory import Forgetful
from tests.sockets import names_from, peak_bytes, watch_connects

ROOT = Path(__file__).resolve().parent.parent
START = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Wanted:
    """One page to fetch."""

    id: str
    url: str
    language: str = "en"
    fetch: str = "plain"
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of the crawls: (crawl, fetch, body) in the order of recording; what run() raised, as text."""

    recorded: tuple[tuple[int, Fetch, bytes], ...] = ()
    raised: str = ""
    log: str = ""
    connects: tuple[tuple[str, int], ...] = ()  #: every (address, port) that a socket was told to connect to
    peak_bytes: int = 0  #: the most memory that the process held
    hosts: Mapping[str, Host] = field(default_factory=dict)  #: what was remembered, where there is a memory

    def of(self, page_id: str, crawl: int = 0) -> Fetch:
        """The only fetch of this page in this crawl."""
        (fetch,) = [
            fetch for number, fetch, _ in self.recorded if (number, fetch.page_id) == (crawl, page_id)
        ]
        return fetch

    def body(self, page_id: str) -> bytes:
        """The body of the first fetch of this page."""
        return next(body for _, fetch, body in self.recorded if fetch.page_id == page_id)


class OneMemory(Forgetful):
    """A memory that all crawls of a process share. It may be damaged: then a body that it lacks cannot be read,
    or full: then nothing can be remembered."""

    def __init__(
        self, known: Sequence[Host] = (), bodies: Sequence[bytes] = (), is_full: bool = False
    ) -> None:
        super().__init__()
        self.hosts = {host.origin: host for host in known}
        self.bodies = {sha256(body).hexdigest(): body for body in bodies}
        self.is_full = is_full

    def robots_body(self, sha256: str) -> bytes:
        if sha256 not in self.bodies:
            raise StoreError("the blob is damaged")
        return super().robots_body(sha256)

    def remember(self, host: Host, robots_body: bytes = b"") -> None:
        if self.is_full:
            raise StoreError("the disk is full")
        super().remember(host, robots_body)


@dataclass(frozen=True)
class _Order:
    crawls: Sequence[Sequence[Wanted]]
    network: Network
    record_fails_at: int = -1
    hidden_modules: Sequence[str] = field(default=())
    names: Mapping[str, Sequence[Sequence[str]]] | None = None
    memory: OneMemory | None = None
    is_real_time: bool = False


def crawl_in_process(
    *crawls: Sequence[Wanted],
    network: Network,
    record_fails_at: int = -1,
    hidden_modules: Sequence[str] = (),
    environ: Mapping[str, str] | None = None,
    names: Mapping[str, Sequence[Sequence[str]]] | None = None,
    memory: OneMemory | None = None,
    is_real_time: bool = False,
) -> Outcome:
    """Run these crawls one after the other in one new process, warnings being errors.

    names: what a name resolves to, one answer after the other, the last one for ever. Where they are given,
    nobody is asked about any other name, and no connection leaves this machine. The clock starts at START and
    moves by a second each time that it is read, unless real time is asked for.
    """
    order = _Order(crawls, network, record_fails_at, hidden_modules, names, memory, is_real_time)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.crawl_once"],
        input=pickle.dumps(order),
        capture_output=True,
        timeout=120,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(environ or {})},
    )
    log = done.stderr.decode()
    assert done.returncode == 0, log
    outcome: Outcome = pickle.loads(done.stdout)
    return replace(outcome, log=log)


class _SteppingClock:
    """A clock that moves one second each time it is read."""

    def __init__(self) -> None:
        self._now = START

    def __call__(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now


def _main() -> None:
    order: _Order = pickle.load(sys.stdin.buffer)
    sys.modules.update(dict.fromkeys(order.hidden_modules))
    connects: list[tuple[str, int]] = []
    watch_connects(connects, alone=order.names is not None)
    if order.names is not None:
        socket.getaddrinfo = names_from(order.names)
    from spiders.crawl import Stamp, Target, crawl, run, user_agent, utc_now

    recorded: list[tuple[int, Fetch, bytes]] = []
    raised = ""
    clock = utc_now if order.is_real_time else _SteppingClock()

    def record(number: int, fetch: Fetch, body: bytes) -> None:
        if len(recorded) == order.record_fails_at:
            raise StoreError("the disk is full")
        recorded.append((number, fetch, body))

    async def crawls() -> None:
        agent, stamp = user_agent("https://watch.example/contact", "1.2.3"), Stamp("1.2.3", "c0ffee")
        for number, wanted in enumerate(order.crawls):
            targets = [
                Target(
                    Page(one.id, "acme", one.url, Role.TERMS, language=one.language, fetch=one.fetch),
                    one.etag,
                    one.last_modified,
                )
                for one in wanted
            ]
            await crawl(
                targets,
                order.network,
                agent,
                stamp,
                lambda fetch, body, screenshot, number=number: record(number, fetch, body),  # type: ignore[misc]
                clock,
                order.memory,
            )

    try:
        run(crawls)
    except StoreError as error:
        raised = str(error)
    hosts = {} if order.memory is None else order.memory.hosts
    outcome = Outcome(tuple(recorded), raised, "", tuple(connects), peak_bytes(), hosts)
    sys.stdout.buffer.write(pickle.dumps(outcome))


if __name__ == "__main__":
    from tests import crawl_once  # so that the pickled classes have the same name at both ends

    crawl_once._main()
