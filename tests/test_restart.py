"""A store that was grown in bulk is one that the program wrote, and `run` gets to work on it; memory stays flat.

Samples of `python -m tests.benchmarks.restart` and `python -m tests.benchmarks.memory`: no figure is asserted.
"""

import gc
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from weakref import ReferenceType

import pytest

from app.daemon import Daemon
from app.steady_config import InForce, SteadyConfig
from monitor.clock import Moment
from monitor.store import pages as schedule
from monitor.store import readings
from monitor.store.verify import Verification
from tests.benchmarks import memory, restart
from tests.long_store import NEVER_READ, grow, new_home
from tests.loopback import Loopback

DAY = timedelta(days=1)
TICKS = 200


def test_what_was_grown_in_bulk_is_what_the_program_would_have_written(tmp_path: Path) -> None:
    with Loopback({}) as site:
        home = new_home(tmp_path / "home", site, NEVER_READ)
        count = grow(home, 20 * NEVER_READ)  # and a few that were no pages: the hosts were probed
        with home.open_store() as store, store.read() as conn:
            unread = readings.unread_since(conn)
            looks = {page.id: len(readings.of_page(conn, page.id)) for page in home.watchlist.pages}
            verification = Verification(store)
            assert list(verification.damages()) == []
        assert len(unread) == 1
        assert set(looks.values()) == {20}
        welcome = 2  # the message and its delivery
        rows = count + 20 * NEVER_READ + len(looks) - len(unread) + 20 + welcome
        assert verification.rows == rows
        costs = restart.timed(home, site)
    assert all(cost.wall > 0 and cost.cpu > 0 for cost in costs.values())
    assert "run, its first page is asked" in costs


@dataclass
class Over:
    """A check that has ended by the time that somebody looks."""

    code: int = 0

    def poll(self) -> int:
        return self.code

    def wait(self, timeout: float | None = None) -> int:
        return self.code

    def terminate(self) -> None:
        """Nothing is left to end."""

    kill = terminate


@dataclass
class Machine:
    """A clock that is moved by hand, for a daemon whose checks do nothing but set when pages are due next."""

    uptime: float = 100.0
    started: int = 0
    said: int = 0
    homes: set[int] = field(default_factory=set)

    def moment(self) -> Moment:
        return Moment(datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=self.uptime), "boot", self.uptime)

    def start(self, in_force: InForce) -> Over:
        self.started += 1
        with in_force.home.open_store() as store, store.begin() as conn:
            for page in in_force.home.watchlist.pages:
                schedule.set_next_due(conn, page.id, self.moment().at + DAY)
        return Over()

    def say(self, event: str, **fields: object) -> None:
        self.said += 1


def held_now() -> tuple[int, int]:
    """How many objects there are, and how many open files. Weak references hold nothing: they come and go."""
    gc.collect()
    objects = sum(type(one) is not ReferenceType for one in gc.get_objects())
    return objects, len(list(Path("/proc/self/fd").iterdir()))


def test_a_daemon_holds_no_more_after_many_checks_than_after_some(tmp_path: Path) -> None:
    with Loopback({}) as site:
        new_home(tmp_path / "home", site, 3)
    machine = Machine()
    config = SteadyConfig((str(tmp_path / "home"), None), {})
    daemon = Daemon(config, machine.start, machine.moment, say=machine.say)
    held = []
    for _ in range(3):
        for _ in range(TICKS):
            daemon.tick()
            machine.uptime += DAY.total_seconds() / 4
        held.append(held_now())
    daemon.end()
    assert machine.started == machine.said == 3 * TICKS / 4
    (_, _), (objects, files), (more_objects, more_files) = held
    assert more_objects - objects < TICKS / 16  # a quarter of the checks in between
    assert more_files == files


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="only Linux says in /proc what a process holds"
)
def test_the_memory_of_the_real_daemon_is_measured_after_real_checks(tmp_path: Path) -> None:
    (figure,) = memory.measured(tmp_path, 3)
    assert figure.checks >= 3
    assert figure.daemon > 0
    assert figure.check_peak > 0
    assert memory.is_flat([figure])
