"""What is watched: the demo's six editions, and real captures as live pages. Only the clock is moved."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from alerts.outbox import Sent
from app import watch
from app.demo import MovingClock
from app.demo_site import PLACEHOLDER, DemoServer, bodies, load_site, serving
from app.due import due_pages
from app.home import SHIPPED_CONFIG, Home
from monitor.mementos import Memento, body_of, read_manifest
from monitor.model import Page
from monitor.store import alerts as stored
from tests.benchmarks.messages.places import Places
from tests.loopback import Answer, Loopback
from tests.shared import SHARED
from tests.timelapse_watch import make_home

#: Each capture is looked at so many hours after it was taken: what confirmation needs, whatever the change.
LOOKS = (0, 7, 80, 170, 340)
LAST = timedelta(days=8)  #: one more look at the end, after the last digest's day

_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Look:
    """One check, and the alerts that the store held unconfirmed after it."""

    at: datetime
    sent: Sent
    unconfirmed: tuple[str, ...]


World = Callable[[Places], AsyncIterator[Look]]


async def demo(places: Places) -> AsyncIterator[Look]:
    """The demo, with other routes."""
    source = SHIPPED_CONFIG / "demo"
    site = load_site(source)
    with serving() as server:
        home = _demo_home(places, source, server)
        clock = MovingClock(site.editions[0].date)
        for number, edition in enumerate(site.editions):
            server.pages = bodies(source, site, number)
            for hours in site.reading_hours:
                clock.now = edition.date + timedelta(hours=hours)
                yield await _look(home, home.watchlist.pages, clock, places)
        clock.now += LAST
        yield await _look(home, home.watchlist.pages, clock, places)


def _demo_home(places: Places, source: Path, server: DemoServer) -> Home:
    config = places.folder / "config"
    (config / "watchlist").mkdir(parents=True)
    for declaration in sorted((source / "watchlist").glob("*.toml")):
        text = declaration.read_text(encoding="utf-8").replace(PLACEHOLDER, server.base)
        (config / "watchlist" / declaration.name).write_text(text, encoding="utf-8")
    (config / "settings.toml").write_text(places.settings, encoding="utf-8")
    return Home(places.folder, config)


async def timelapse(places: Places) -> AsyncIterator[Look]:
    """The captures of ../shared/timelapse: each page shows the one that was newest."""
    mementos = read_manifest(SHARED / "timelapse")
    with Loopback({}) as site:
        home = make_home(places.folder, mementos, site)
        (home.config / "settings.toml").write_text(places.settings, encoding="utf-8")
        for at, ids in _looks(mementos):
            for id in ids:
                page = home.watchlist.page(id)
                site.routes[urlsplit(page.url).path] = Answer(body=body_of(_newest(mementos, id, at)))
            asked = tuple(home.watchlist.page(id) for id in ids)
            yield await _look(home, asked, MovingClock(at), places)


def _looks(mementos: tuple[Memento, ...]) -> list[tuple[datetime, list[str]]]:
    """When which pages are looked at, in order."""
    looks: dict[datetime, set[str]] = {}
    for one in mementos:
        for hours in LOOKS:
            looks.setdefault(one.captured_at + timedelta(hours=hours), set()).add(one.page.id)
    looks[max(looks) + LAST] = {one.page.id for one in mementos}
    return [(at, sorted(looks[at])) for at in sorted(looks)]


def _newest(mementos: tuple[Memento, ...], page_id: str, at: datetime) -> Memento:
    return [one for one in mementos if one.page.id == page_id and one.captured_at <= at][-1]


async def _look(home: Home, asked: tuple[Page, ...], clock: MovingClock, places: Places) -> Look:
    with home.open_store() as store:
        due_pages(home, store, clock(), everything=True)
        done = await watch.check(home, store, asked, clock, places.environ)
        with store.read() as conn:
            early = [one.id for one in stored.all(conn, _ALL) if one.after.confirmed_at is None]
    return Look(clock(), done.sent, tuple(early))
