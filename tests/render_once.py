"""One crawl of rendered pages in a process of its own; as crawl_once, but for whole declarations (Page)."""

import pickle
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from monitor.model import Fetch, Page
from monitor.settings import Network
from tests.crawl_once import ROOT
from tests.sockets import names_from, watch_connects


@dataclass(frozen=True)
class Rendered:
    """What came of each page by its id: the fetch, its body, and whatever else was recorded with it."""

    fetches: Mapping[str, Fetch]
    bodies: Mapping[str, bytes]
    pictures: Mapping[str, bytes]
    connects: Sequence[tuple[str, int]]
    log: str = ""

    def text(self, page_id: str) -> str:
        """The body of this page."""
        return self.bodies[page_id].decode("utf-8")


def render(pages: Sequence[Page], network: Network, names: Sequence[str] = ()) -> Rendered:
    """Crawl these pages; names resolve to 127.0.0.1, no other name to anything, and nothing leaves this machine."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.render_once"],
        input=pickle.dumps((pages, network, names)),
        capture_output=True,
        timeout=180,
        check=False,
        cwd=ROOT,
    )
    log = done.stderr.decode()
    assert done.returncode == 0, log
    return Rendered(*pickle.loads(done.stdout), log=log)


def _main() -> None:
    pages, network, names = pickle.load(sys.stdin.buffer)
    connects: list[tuple[str, int]] = []
    watch_connects(connects, alone=True)
    socket.getaddrinfo = names_from({name: [["127.0.0.1"]] for name in names})
    from spiders.crawl import Stamp, Target, crawl, run, user_agent

    recorded: list[tuple[Fetch, bytes, bytes]] = []

    def record(fetch: Fetch, body: bytes, picture: bytes = b"") -> None:
        recorded.append((fetch, body, picture))

    async def one_crawl() -> None:
        agent = user_agent("https://watch.example/contact", "1.2.3")
        await crawl([Target(page) for page in pages], network, agent, Stamp(), record)

    run(one_crawl)
    columns: list[dict[str, Any]] = [{row[0].page_id: row[place] for row in recorded} for place in range(3)]
    sys.stdout.buffer.write(pickle.dumps((*columns, connects)))


if __name__ == "__main__":
    _main()
