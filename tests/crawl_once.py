"""One crawl in a process of its own (a reactor starts only once): the tests' way to run the spiders.

Run as a script it reads {"crawls": [[{"id", "url", …}], …], "network": {…}, …} from standard input and writes
the fetches as one pickle to standard output; `crawl_in_process` is the other end.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.model import Fetch, Page, Role
from monitor.settings import Network

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

    def of(self, page_id: str, crawl: int = 0) -> Fetch:
        """The only fetch of this page in this crawl."""
        (fetch,) = [
            fetch for number, fetch, _ in self.recorded if (number, fetch.page_id) == (crawl, page_id)
        ]
        return fetch

    def body(self, page_id: str) -> bytes:
        """The body of the first fetch of this page."""
        return next(body for _, fetch, body in self.recorded if fetch.page_id == page_id)


@dataclass(frozen=True)
class _Order:
    crawls: Sequence[Sequence[Wanted]]
    network: Network
    record_fails_at: int = -1
    hidden_modules: Sequence[str] = field(default=())


def crawl_in_process(
    *crawls: Sequence[Wanted],
    network: Network,
    record_fails_at: int = -1,
    hidden_modules: Sequence[str] = (),
    environ: Mapping[str, str] | None = None,
) -> Outcome:
    """Run these crawls one after the other in one new process, warnings being errors."""
    order = _Order(crawls, network, record_fails_at, hidden_modules)
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
    return Outcome(outcome.recorded, outcome.raised, log)


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
    from monitor.errors import StoreError
    from spiders.crawl import Stamp, Target, crawl, run, user_agent

    recorded: list[tuple[int, Fetch, bytes]] = []
    raised = ""
    clock = _SteppingClock()

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
                lambda fetch, body, number=number: record(number, fetch, body),  # type: ignore[misc]
                clock,
            )

    try:
        run(crawls)
    except StoreError as error:
        raised = str(error)
    sys.stdout.buffer.write(pickle.dumps(Outcome(tuple(recorded), raised)))


if __name__ == "__main__":
    from tests import crawl_once  # so that the pickled classes have the same name at both ends

    crawl_once._main()
