"""Simulated days of the real daemon and the real store: only the machine, its clocks and the pages are made up.

Time is kept twice: as it truly passes, and as the machine's wall clock says, which is set forward and back.
The machine sleeps and is started anew, daemons and checks are killed, and a second daemon always tries too.
"""

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

from app import due, owner, watch
from app.daemon import Daemon
from app.home import Home
from app.steady_config import InForce, SteadyConfig
from monitor.clock import Moment
from monitor.model import Fetch, Page
from monitor.store import fetches, leases
from tests.one_page import PROMISE, html

START = datetime(
    2026, 1, 1, 6, tzinfo=UTC
)  # both changes of daylight saving lie ahead, in either half of the world
TICK = timedelta(minutes=30)
ZONES = ("Europe/London", "America/New_York", "Australia/Lord_Howe")
CADENCES = {"daily": (24.0, 6), "twice": (12.0, 3), "often": (6.0, 2), "weekly": (168.0, 1)}
LEAST = 0.94  #: of its cadence must pass before a page is asked again
LATE = timedelta(hours=3)  #: a check takes a while, and one that was killed begins anew

_SETTINGS = """\
[operator]
contact = "days@example.org"
[network]
allow_hosts = ["127.0.0.1"]
deadline_seconds = 3600.0
"""


@dataclass
class Machine:
    """True time passes; the wall clock and the time since the start are what programs see of it."""

    true: datetime = START
    set_by: timedelta = timedelta(0)
    started: datetime = START
    boots: int = 1
    away: list[tuple[datetime, datetime]] = field(
        default_factory=list
    )  #: when nothing could run, in true time

    def moment(self) -> Moment:
        uptime = (self.true - self.started).total_seconds() + 100
        return Moment(self.true + self.set_by, f"boot-{self.boots}", uptime)

    def now(self) -> datetime:
        return self.moment().at

    def sleep(self, long: timedelta) -> None:
        self.away.append((self.true, self.true + long))
        self.true += long

    def start_anew(self, off: timedelta) -> None:
        self.sleep(off)
        self.boots, self.started = self.boots + 1, self.true

    def able(self, due: datetime) -> datetime:
        """When what is due then can be done: at once, or when the machine is back."""
        for begin, end in self.away:
            if begin - LATE < due < end:
                due = end
        return due


class SimulatedCheck:
    """What `pledgewatch check` does to the store, in simulated time: take, fetch, read."""

    def __init__(self, world: "World", home: Home, long: timedelta) -> None:
        self.world, self.home, self.who = world, home, world.new_process("check")
        self.fetch_at = world.machine.true + long / 2
        self.end_at = world.machine.true + long
        self.asked: tuple[Page, ...] | None = None
        self.code: int | None = None

    def poll(self) -> int | None:
        """Go on as far as time has come; a process that was killed has ended."""
        if self.code is None and self.who not in self.world.living:
            self.code = -9
        if self.code is None:
            with self.world.acting(self.who):
                self._go_on()
        return self.code

    def _go_on(self) -> None:
        machine = self.world.machine
        with self.home.open_store() as store:
            if self.asked is None:
                wanted = [page.id for page in self.home.watchlist.pages]
                watch.read_pages(self.home, store, machine.now, lambda page_id: None)
                self.asked, _ = due.take_pages(self.home, store, machine.now(), wanted)
                self.fetched = False
            if not self.fetched and machine.true >= self.fetch_at:
                self.fetched, self.set_by = True, machine.set_by
                with store.begin() as conn:
                    for page in self.asked:
                        self.world.asked.setdefault(page.id, []).append((machine.true, machine.set_by))
                        fetches.record(conn, self.world.answer(store.blobs.put(self.world.body), page))
            if machine.true >= self.end_at:
                doubt = "The clock was set." if machine.set_by != self.set_by else ""
                watch.read_pages(self.home, store, machine.now, lambda page_id: None, doubt)
                with store.begin() as conn:
                    leases.release(conn, self.who)
                self.code = 0

    def wait(self, timeout: float | None = None) -> int:
        return self.poll() or 0

    def terminate(self) -> None:
        self.world.living.discard(self.who)

    kill = terminate


class World:
    """The machine, a home with pages, the processes that live, and when each page was truly asked."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.machine, self.random = Machine(), random.Random(seed)
        self.living: set[str] = set()
        self.processes = 0
        self.asked: dict[str, list[tuple[datetime, timedelta]]] = {}  #: true time, and how the clock was set
        self.body = html(PROMISE)
        self.happened: dict[str, int] = {}
        self.folder = folder
        self.sets: list[tuple[datetime, timedelta]] = []  #: when the clock was set (true time), and how
        self.home = _home(folder)
        self.checks: list[SimulatedCheck] = []
        self.daemons = [self.new_daemon(), self.new_daemon()]

    def new_process(self, what: str) -> str:
        self.processes += 1
        who = f"machine {self.processes} {what}"
        self.living.add(who)
        return who

    def new_daemon(self) -> Daemon:
        config = SteadyConfig((str(self.folder), None), {})
        return Daemon(
            config, self.start, self.machine.moment, self.new_process("daemon"), self.hear, self.hear
        )

    def hear(self, event: str, **fields: object) -> None:
        """What daemons say is for nobody here."""

    def start(self, in_force: InForce) -> SimulatedCheck:
        minutes = self.random.choice([2, 10, 30])
        self.checks.append(SimulatedCheck(self, in_force.home, timedelta(minutes=minutes)))
        self.checks[-1].poll()
        return self.checks[-1]

    def answer(self, sha256: str, page: Page) -> Fetch:
        now = self.machine.now()
        headers = (("Content-Type", "text/html"),)
        return Fetch(page.id, page.url, now, now, page.url, status=200, headers=headers,
                     body_sha256=sha256, body_bytes=len(self.body))  # fmt: skip

    @contextmanager
    def acting(self, who: str) -> Iterator[None]:
        """Be this process."""
        with (
            patch.object(watch, "this_process", lambda: who),
            patch.object(watch, "is_alive", self.is_alive),
            patch.object(due, "this_process", lambda: who),
            patch.object(due, "is_alive", self.is_alive),
            patch.object(owner, "is_alive", self.is_alive),
        ):
            yield

    def is_alive(self, who: str) -> bool:
        return who in self.living

    def set_when_read(self, asked: datetime) -> timedelta:
        """How the clock was set a good while after this moment: an answer was read by then."""
        return next((by for at, by in reversed(self.sets) if at <= asked + LATE), timedelta(0))

    def tick(self) -> None:
        """One step of true time, with whatever happens in it."""
        self.machine.true += TICK
        self._happen()
        for check in self.checks:
            check.poll()  # also those whose daemon was killed
        self.checks = [check for check in self.checks if check.code is None]
        for daemon in self.daemons:
            with self.acting(daemon.who):
                daemon.tick()

    def _happen(self) -> None:
        for what, every in EVENTS.items():
            if self.random.random() < TICK / every:
                self.happened[what] = self.happened.get(what, 0) + 1
                getattr(self, what)()

    def daemon_is_killed(self) -> None:
        place = self.random.randrange(2)
        self.living.discard(self.daemons[place].who)
        self.daemons[place] = self.new_daemon()

    def check_is_killed(self) -> None:
        self.living -= {check.who for check in self.checks}

    def machine_sleeps(self) -> None:
        self.machine.sleep(timedelta(hours=self.random.uniform(1, 60)))

    def machine_starts_anew(self) -> None:
        self.machine.start_anew(timedelta(hours=self.random.uniform(0.1, 8)))
        self.living.clear()
        self.daemons = [self.new_daemon(), self.new_daemon()]

    def clock_is_set(self) -> None:
        hours = self.random.choice([0.05, 1, 5, 24, 48]) * self.random.choice([1, -1])
        self.machine.set_by += timedelta(hours=hours)
        self.sets.append((self.machine.true, self.machine.set_by))

    def zone_changes(self) -> None:
        os.environ["TZ"] = self.random.choice(ZONES)
        time.tzset()


#: What happens, and how often on average.
EVENTS = {
    "daemon_is_killed": timedelta(days=4),
    "check_is_killed": timedelta(days=1),
    "machine_sleeps": timedelta(days=15),
    "machine_starts_anew": timedelta(days=20),
    "clock_is_set": timedelta(days=8),
    "zone_changes": timedelta(days=10),
}


@dataclass(frozen=True, slots=True)
class Count:
    """What came of it. missed and doubled name the page and the true times.

    again: asked once more because the clock was set before the first answer was read: nothing was decided on it.
    """

    asked: int
    again: int
    missed: tuple[str, ...]
    doubled: tuple[str, ...]
    happened: dict[str, int]


def simulate(folder: Path, days: int, seed: int) -> Count:
    """So many days; the zone of this process is put back afterwards."""
    world = World(folder, seed)
    zone = os.environ.get("TZ")
    try:
        while world.machine.true < START + timedelta(days=days):
            world.tick()
    finally:
        os.environ.pop("TZ", None)
        os.environ.update({"TZ": zone} if zone else {})
        time.tzset()
    return _count(world)


def _count(world: World) -> Count:
    missed, doubled, again = [], [], 0
    for page in world.home.watchlist.pages:
        cadence = timedelta(hours=page.every_hours)
        asked = world.asked.get(page.id, [])
        for (before, by), (after, _) in pairwise(asked):
            if after - before < LEAST * cadence:
                if by != world.set_when_read(before):
                    again += 1
                else:
                    doubled.append(f"{page.id}: {before} and {after}")
        for before, after in pairwise([START, *(true for true, _ in asked), world.machine.true]):
            if after > world.machine.able(before + cadence) + LATE:
                missed.append(f"{page.id}: not between {before} and {after}")
    total = sum(len(times) for times in world.asked.values())
    return Count(total, again, tuple(missed), tuple(doubled), world.happened)


def _home(folder: Path) -> Home:
    watchlist = folder / "config" / "watchlist"
    watchlist.mkdir(parents=True)
    (folder / "config" / "settings.toml").write_text(_SETTINGS, encoding="utf-8")
    lines = ['name = "Days"', 'kind = "vendor"', 'why = ["made up"]']
    for name, (hours, count) in CADENCES.items():
        for number in range(count):
            url = f"http://127.0.0.1:9/{name}-{number}"
            lines += [
                f"[pages.{name}-{number}]",
                f'url = "{url}"',
                'role = "terms"',
                f"every_hours = {hours}",
            ]
    (watchlist / "days.toml").write_text("\n".join(lines), encoding="utf-8")
    return Home(folder, folder / "config")
