"""The daemon: what it starts when, what it says, and what no clock and no second daemon makes it do."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import owner
from app.daemon import Daemon, hold
from app.home import Home
from app.steady_config import LAST_GOOD, InForce, SteadyConfig
from app.ticker import Ticker
from monitor.clock import Moment
from monitor.errors import ConfigError, StoreError
from monitor.store import Store, alerts, leases, pages
from tests.days import simulate
from tests.homes import at_home, declared, home  # noqa: F401
from tests.store_values import alert

START = datetime(2026, 3, 1, 6, tzinfo=UTC)
ANOTHER = "machine 1 1"


@dataclass
class FakeCheck:
    """A check that runs until it is told to end."""

    code: int | None = None
    told: list[str] = field(default_factory=list)
    deaf: bool = False

    def poll(self) -> int | None:
        return self.code

    def wait(self, timeout: float | None = None) -> int:
        if self.code is None:
            raise subprocess.TimeoutExpired("check", timeout or 0)
        return self.code

    def terminate(self) -> None:
        self.told.append("terminate")
        self.code = None if self.deaf else -15

    def kill(self) -> None:
        self.told.append("kill")
        self.code = -9


@dataclass
class Watched:
    """A daemon over a home with one page, whose clock and checks are ours."""

    home: Path
    now: Moment = field(default_factory=lambda: Moment(START, "boot", 100.0))
    checks: list[FakeCheck] = field(default_factory=list)
    started: list[InForce] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.daemon = self.another()

    def another(self) -> Daemon:
        config = SteadyConfig((str(self.home), None), {})
        return Daemon(config, self.start, lambda: self.now, say=self.hear, warn=self.hear)

    def hear(self, event: str, **fields: object) -> None:
        self.said.append(" ".join([event, *map(str, fields.values())]))

    def start(self, in_force: InForce) -> FakeCheck:
        self.started.append(in_force)
        self.checks.append(FakeCheck())
        return self.checks[-1]

    def passes(self, wall: timedelta, ran: timedelta | None = None) -> None:
        """Time, by the wall clock and as it truly ran."""
        ran = wall if ran is None else ran
        self.now = Moment(self.now.at + wall, "boot", self.now.uptime + ran.total_seconds())

    def asked(self) -> None:
        """The page was looked at just now: it is due in a day."""
        self.checks[-1].code = 0
        with self.store() as store, store.begin() as conn:
            pages.set_next_due(conn, "acme/pledge", self.now.at + timedelta(days=1))

    def store(self) -> Store:
        return Home(self.home, self.home / "config").open_store()


@pytest.fixture
def watched(home: Path) -> Watched:  # noqa: F811
    url = "https://acme.example/pledge"
    assert at_home(home, "add", url, "--organization", "acme", "--role", "pledge") == 0
    return Watched(home)


HOUR = timedelta(hours=1)


def test_a_check_is_started_when_something_is_due_and_none_runs(watched: Watched) -> None:
    watched.daemon.tick()
    watched.daemon.tick()
    assert len(watched.started) == 1
    watched.asked()
    for _ in range(23):
        watched.passes(HOUR)
        watched.daemon.tick()
    assert len(watched.started) == 1
    watched.passes(HOUR)
    watched.daemon.tick()
    assert len(watched.started) == 2
    assert watched.said == ["check ended 0"]


@pytest.mark.parametrize("days", [1, -1, 400, -400])
def test_a_clock_that_is_set_makes_nothing_due_and_nothing_late(watched: Watched, days: int) -> None:
    watched.daemon.tick()
    watched.asked()
    watched.daemon.tick()
    watched.passes(timedelta(days=days) + HOUR, ran=HOUR)
    watched.daemon.tick()
    assert len(watched.started) == 1
    assert watched.said[-1] == f"clock set {timedelta(days=days).total_seconds()}"
    watched.passes(22 * HOUR)
    watched.daemon.tick()
    assert len(watched.started) == 1
    watched.passes(HOUR)
    watched.daemon.tick()
    assert len(watched.started) == 2


def test_a_week_asleep_is_one_check(watched: Watched) -> None:
    watched.daemon.tick()
    watched.asked()
    watched.passes(timedelta(days=7))
    watched.daemon.tick()
    watched.passes(timedelta(minutes=1))
    watched.asked()
    watched.daemon.tick()
    assert len(watched.started) == 2


def test_a_check_that_hangs_is_stopped(watched: Watched) -> None:
    watched.daemon.tick()
    watched.checks[0].deaf = True
    watched.passes(6 * HOUR)
    watched.daemon.tick()
    assert watched.checks[0].told == ["terminate", "kill"]
    assert watched.said == ["check stopped 16200.0"]
    assert len(watched.started) == 2


def test_a_check_that_was_running_ends_with_the_daemon(watched: Watched) -> None:
    watched.daemon.tick()
    watched.daemon.end()
    assert watched.checks[0].told == ["terminate"]
    with watched.store() as store, store.read() as conn:
        assert leases.all(conn) == []


def test_what_another_check_looks_at_is_left_to_it(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.due.is_alive", lambda who: True if who == ANOTHER else owner.is_alive(who))
    with watched.store() as store, store.begin() as conn:
        leases.take(conn, ["page acme/pledge"], ANOTHER, START, lambda who: True)
    watched.daemon.tick()
    assert watched.started == []
    with watched.store() as store, store.begin() as conn:
        leases.release(conn, ANOTHER)
    watched.daemon.tick()
    assert len(watched.started) == 1


def test_a_store_that_cannot_be_used_does_not_keep_a_check_from_being_stopped(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.daemon.tick()

    def held(*about: object) -> None:
        raise StoreError("another process has been writing")

    monkeypatch.setattr("app.daemon.look_at_clock", held)
    watched.passes(6 * HOUR)
    watched.daemon.tick()
    assert watched.checks[0].told == ["terminate"]


# --------------------------------------------------------------------------- a second one


def test_a_second_daemon_says_who_watches_and_waits(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, "is_alive", lambda who: True)
    with watched.store() as store:
        hold(store, ANOTHER, watched.now)
        with pytest.raises(StoreError, match=r"another pledgewatch run .*process 1 since 2026-03-01 06:00"):
            hold(store, "machine 2 2", watched.now)
    watched.daemon.tick()
    watched.daemon.tick()
    assert watched.started == []
    (sentence,) = watched.said
    assert "process 1 since" in sentence
    monkeypatch.setattr(owner, "is_alive", lambda who: who != ANOTHER)  # it was killed
    watched.daemon.tick()
    assert len(watched.started) == 1


# --------------------------------------------------------------------------- the configuration


def test_a_page_that_is_added_is_seen_without_a_restart(watched: Watched) -> None:
    watched.daemon.tick()
    watched.asked()
    watched.daemon.tick()
    at_home(watched.home, "add", "https://acme.example/terms", "--organization", "acme", "--role", "terms")
    watched.passes(timedelta(minutes=1))
    watched.daemon.tick()
    assert len(watched.started) == 2
    assert len(watched.started[-1].home.watchlist.pages) == 2


def test_a_configuration_that_cannot_be_followed_leaves_the_last_good_one(watched: Watched) -> None:
    watched.daemon.tick()
    good = declared(watched.home, "acme").read_text()
    declared(watched.home, "acme").write_text(good + "\nnonsense = 1\n")
    watched.asked()
    watched.passes(25 * HOUR)
    watched.daemon.tick()
    watched.daemon.tick()
    last = watched.started[-1]
    assert len(watched.started) == 2
    assert last.config == str(watched.home / LAST_GOOD)
    assert [page.id for page in last.home.watchlist.pages] == ["acme/pledge"]
    assert "nonsense" in watched.said[-1]
    assert watched.said[-1].endswith("; the last good configuration holds until it is mended")
    declared(watched.home, "acme").write_text(good)
    watched.asked()
    watched.passes(25 * HOUR)
    watched.daemon.tick()
    assert watched.started[-1].config == ""
    assert "trouble ended" in watched.said


def test_a_daemon_that_starts_on_a_bad_configuration_goes_on_with_the_last_good_one(watched: Watched) -> None:
    watched.daemon.tick()
    declared(watched.home, "acme").write_text("nonsense = 1\n")
    assert SteadyConfig((str(watched.home), None), {}).read().config == str(watched.home / LAST_GOOD)


def test_a_full_disk_is_no_reason_to_stop(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*about: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.steady_config.shutil.copyfile", full)
    watched.daemon.tick()
    assert len(watched.started) == 1
    assert not (watched.home / LAST_GOOD).exists()


def test_a_configuration_beside_or_above_the_home_is_copied_once(watched: Watched) -> None:
    config = SteadyConfig((str(watched.home), str(watched.home / "config")), {})
    above = SteadyConfig((str(watched.home / "config" / "var"), str(watched.home / "config")), {})
    for _ in range(3):
        config.read()
        above.read()
    copied = [file for file in watched.home.rglob("*.toml") if LAST_GOOD in str(file)]
    assert len(copied) == 2 * len(
        [file for file in (watched.home / "config").rglob("*.toml") if LAST_GOOD not in str(file)]
    )


def test_a_first_configuration_that_cannot_be_followed_is_refused(home: Path) -> None:  # noqa: F811
    declared(home, "acme").write_text("nonsense = 1\n")
    with pytest.raises(ConfigError, match="nonsense"):
        SteadyConfig((str(home), None), {}).read()


def test_a_store_that_cannot_be_used_is_said_once_and_tried_again(watched: Watched) -> None:
    watched.daemon.tick()
    file = watched.home / "pledgewatch.db"
    kept = file.read_bytes()
    watched.daemon._close()
    file.write_bytes(b"this is no database" * 100)
    for _ in range(3):
        watched.daemon.tick()
    assert len(watched.said) == 1 and "not a database" in watched.said[0]
    file.write_bytes(kept)
    watched.asked()
    watched.daemon.tick()
    assert watched.said[-2:] == ["check ended 0", "trouble ended"]


def test_what_stays_due_whatever_is_done_is_tried_ever_more_seldom(watched: Watched) -> None:
    watched.daemon.tick()
    watched.asked()
    with watched.store() as store, store.begin() as conn:
        alerts.add(conn, alert(), [alerts.NewDelivery("k", "everything", "console", "")])
    begun = []
    for second in range(0, 8_000, 10):
        before = len(watched.started)
        watched.daemon.tick()
        begun += [second] * (len(watched.started) - before)
        watched.passes(timedelta(seconds=10))
        watched.checks[-1].code = 0
    assert begun == [60, 120, 240, 480, 960, 1920, 3840, 7440]


def test_the_database_is_looked_through_each_day_when_nothing_is_due(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []
    monkeypatch.setattr("app.daemon.quick_check", lambda store: looks.append("looked") or "")
    watched.daemon.tick()
    assert looks == []  # what is due goes first
    watched.asked()
    for _ in range(20):
        watched.daemon.tick()
        watched.passes(HOUR)
    assert looks == ["looked"]
    monkeypatch.setattr("app.daemon.quick_check", lambda store: "It is damaged.")
    watched.passes(5 * HOUR)
    watched.asked()
    watched.daemon.tick()
    watched.daemon.tick()
    assert watched.said[-1] == "trouble It is damaged."
    assert len(watched.started) == 1


# --------------------------------------------------------------------------- the ticks


def run(seconds: float, tick: Callable[[Ticker], None]) -> Ticker:
    def once() -> None:
        tick(made[0])

    made = [Ticker(once, seconds)]
    made[0].run()
    return made[0]


def test_it_ticks_at_once_and_until_it_is_stopped() -> None:
    ticks: list[int] = []

    def tick(made: Ticker) -> None:
        ticks.append(1)
        if len(ticks) == 3:
            made.stop()

    run(0.02, tick)
    assert len(ticks) == 3


def test_a_bug_in_a_tick_ends_it() -> None:
    def tick(made: Ticker) -> None:
        raise KeyError("a bug")

    with pytest.raises(KeyError, match="a bug"):
        run(0.02, tick)


def test_a_clock_that_was_set_back_does_not_silence_it() -> None:
    made = Ticker(lambda: None, 10)
    made._scheduler.start(paused=True)
    made._ticking.modify(next_run_time=datetime.now(UTC) + timedelta(days=1))
    made._call_back()
    assert made._ticking.next_run_time <= datetime.now(UTC)
    soon = datetime.now(UTC) + timedelta(seconds=9)
    made._ticking.modify(next_run_time=soon)
    made._call_back()
    assert made._ticking.next_run_time == soon
    made._scheduler.shutdown()


# --------------------------------------------------------------------------- all of it, for some days


def test_simulated_days_miss_nothing_and_double_nothing(tmp_path: Path) -> None:
    count = simulate(tmp_path / "home", days=12, seed=5)
    assert (count.missed, count.doubled) == ((), ())
    assert count.asked > 150
    assert {"check_is_killed", "daemon_is_killed", "clock_is_set"} <= set(count.happened)
