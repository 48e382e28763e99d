"""Watch the canary for some days with the real spider and a moved clock; prints what came of it as JSON.

Run it in a process of its own, because the reactor starts once a process: python -m tests.canary_watch FOLDER
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from alerts.alive import why_silent
from app import watch
from app.demo import MovingClock
from app.due import due_pages
from app.home import Home
from app.listening import listening
from app.setup import Wishes, make_home
from monitor.alive import canary_pages
from monitor.store import Store, alerts, figures
from spiders.crawl import run
from tests.sockets import free_port

START = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
ANSWERED = [half / 2 for half in range(120)]  #: hours after START at which somebody asks what is due
SILENT = [66, 116]  #: the same, while nobody listens any more


def home_with_canary(folder: Path) -> Home:
    """A new home as `init --canary` makes it, but on a port that is free."""
    make_home(folder, Wishes(contact="watch@example.org", canary=True))
    port = free_port()
    for file in (folder / "config").rglob("*.toml"):
        file.write_text(file.read_text("utf-8").replace("127.0.0.1:8322", f"127.0.0.1:{port}"), "utf-8")
    return Home(folder, folder / "config")


@contextmanager
def answering(home: Home, clock: MovingClock) -> Iterator[None]:
    with listening(home, lambda: clock.now, clock):
        yield


def silent(store: Store, home: Home, now: datetime) -> str:
    with store.read() as conn:
        return why_silent(conn, home.watchlist, now)


async def watched(home: Home) -> dict[str, Any]:
    clock = MovingClock(START)
    told: list[dict[str, Any]] = []
    with home.open_store() as store:
        with answering(home, clock):
            for hours in ANSWERED:
                told += await _look(home, store, clock, hours)
            well = silent(store, home, clock.now)
        for hours in SILENT:
            told += await _look(home, store, clock, hours)
        with store.read() as conn:
            waiting = len(alerts.waiting(conn))
            last = figures.told_at(conn, [page.id for page in canary_pages(home.watchlist)])
        return {
            "told": told,
            "well": well,
            "waiting": waiting,
            "last_told": last and last.isoformat(),
            "silent": silent(store, home, clock.now),
        }


async def _look(home: Home, store: Store, clock: MovingClock, hours: float) -> list[dict[str, Any]]:
    clock.now = START + timedelta(hours=hours)
    asked = due_pages(home, store, clock())
    if not asked:
        return []
    done = await watch.check(home, store, asked, clock, {})
    return [
        {
            "at": clock.now.isoformat(),
            "direction": alert.direction,
            "headline": alert.headline,
            "after": [finding.after_quote for finding in alert.findings],
        }
        for alert in done.alerts
    ]


if __name__ == "__main__":
    home = home_with_canary(Path(sys.argv[1]))
    found = run(lambda: watched(home))
    print(json.dumps(found))
