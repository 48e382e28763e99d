"""A week of the demo's world under the real daemon, killed at random, and what two receivers got of it.

    this process ── kill -9, starts it again ──► pledgewatch run ──► pledgewatch check ──► receivers (here)
         └── lets the clock leap whenever no check runs: a week takes minutes

The editions come at hours of that week. The receivers count raw messages and honour keys; one may kill the
check that it hears from before it answers: taken, and not marked as sent.
"""

import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path
from random import Random
from threading import Lock

from app.demo_site import PLACEHOLDER, DemoServer, bodies, serving
from app.home import Home
from monitor.store.tables import checks
from monitor.store.verify import Verification
from tests.honouring import WELCOME_TO_ALL, Receivers, receiving
from tests.other_clock import OtherClock
from tests.processes import children, is_running, kill_group
from tests.week_plan import BEGIN, OVERTIME, PEOPLE, PLACES, SITE, SOURCE, Outcome, Plan

DAEMON, CHECK, BOTH = "daemon", "check", "both"
_LOOK_SECONDS = 0.03
_IDLE_SECONDS = 0.3  # so long no check must run before the clock leaps: a tick of the daemon at least
_TAKES_SECONDS = 2.0  # about as long as a check
_HANGS_SECONDS = 120
_TROUBLES = ("trouble", "clock set", "check stopped")
_SETTINGS = """\
operator.contact = "week@example.org"
store.free_bytes = 0
[network]
allow_hosts = ["127.0.0.1"]
[channels.hook]
kind = "webhook"
url = "http://127.0.0.1:{http}/hook"
[channels.mail]
kind = "email"
host = "127.0.0.1"
port = {smtp}
security = "none"
sender = "watch@pledges.example"
[[routes]]
name = "desk"
channel = "hook"
tiers = ["alert", "review"]
[[routes]]
name = "staff"
channel = "mail"
tiers = ["alert", "review"]
recipients = {people}
"""


def spend(folder: Path, plan: Plan) -> Outcome:
    """One such week in this folder, to its end."""
    began = time.monotonic()
    with serving() as site, receiving() as receivers:
        week = Week(folder, plan, site, receivers)
        try:
            week.run()
        finally:
            week.end()
        outcome = week.judged()
    outcome.seconds = time.monotonic() - began
    return outcome


class Week:
    """The clock, the world and the daemon, and who kills it."""

    def __init__(self, folder: Path, plan: Plan, site: DemoServer, receivers: Receivers) -> None:
        self.folder, self.plan, self.site, self.receivers = folder, plan, site, receivers
        self.random, self.kills, self.lock = Random(plan.seed), Counter[str](), Lock()
        self.clock = OtherClock(folder / "clock")
        self.home = new_home(folder / "home", site.base, receivers.ports, plan.every_hours)
        self.daemons = 0
        self.orphans: set[int] = set()
        self.busy_at = time.monotonic()
        self.next_kill = self._drawn()
        receivers.strike = self._at_receipt

    # ------------------------------------------------------------------- time and the world

    def run(self) -> None:
        """Until the week is over, nothing runs and all is told; what has not come days later is lost."""
        self.begin()
        while not self._is_over():
            self._kill_in_time()
            if self.daemon.poll() is not None:
                self.start()
            self.step()

    def begin(self) -> None:
        """The week, its first edition and the daemon."""
        self.clock.begin(BEGIN)
        self._show()
        self.start()

    def step(self) -> bool:
        """Wait a moment, and let the clock leap if nothing runs; whether it did."""
        time.sleep(_LOOK_SECONDS)
        if not self._is_idle():
            return False
        self.clock.leap(self.plan.leap)
        self._show()
        self.busy_at = time.monotonic()
        return True

    @property
    def passed(self) -> timedelta:
        return self.clock.now(UTC) - BEGIN

    def _show(self) -> None:
        come = sum(timedelta(hours=hours) <= self.passed for hours in self.plan.hours[: self.plan.editions])
        self.site.pages = bodies(SOURCE, SITE, come - 1)

    def _is_idle(self) -> bool:
        """Nothing ran for a while, and the daemon is up: it had its ticks at this time."""
        now = time.monotonic()
        if self.running() or not self._is_awake():
            self.busy_at = now
        return now - self.busy_at > _IDLE_SECONDS

    def _is_over(self) -> bool:
        if self.passed < self.plan.length or self.running():
            return False
        wanted = {(place, *what) for place in PLACES for what in {*self.plan.expected, WELCOME_TO_ALL}}
        came = {(one.place, *one.what) for one in self.receivers.came}
        return wanted <= came or self.passed > self.plan.length + OVERTIME

    # ------------------------------------------------------------------- processes

    def start(self) -> None:
        """The daemon, once more."""
        self.daemons += 1
        self.log = self.folder / f"daemon-{self.daemons}.log"
        with self.log.open("wb") as out, (self.folder / "checks.txt").open("ab") as printed:
            self.daemon = subprocess.Popen(self.program("run"), stdout=printed, stderr=out)

    def program(self, *words: str) -> list[str]:
        """The command line of pledgewatch by the clock of this week."""
        return [
            sys.executable,
            "-m",
            "tests.other_clock",
            str(self.clock.file),
            "--home",
            str(self.home.root),
            *words,
        ]

    def running(self) -> list[int]:
        """The checks that run: of this daemon, and of those that were killed."""
        self.orphans = {pid for pid in self.orphans if is_running(pid)}
        return sorted(self.orphans | set(children(self.daemon.pid)))

    def end(self) -> None:
        """Stop the daemon as a supervisor does, and whatever it started."""
        self.receivers.strike = None
        self.daemon.terminate()
        try:
            self.stopped = self.daemon.wait(_HANGS_SECONDS)
        finally:
            for pid in self.running():
                kill_group(pid)
            self.daemon.kill()

    def _is_awake(self) -> bool:
        return self.daemon.poll() is None and b'"watching"' in self.log.read_bytes()

    # ------------------------------------------------------------------- kills

    def _drawn(self) -> tuple[str, float]:
        """Who is killed next, and when. A check only while one runs."""
        is_more = self.kills.total() < self.plan.kills
        wait = self.random.expovariate(1 / self.plan.kill_seconds) if is_more else float("inf")
        return self.random.choice((DAEMON, CHECK, CHECK, BOTH)), time.monotonic() + wait

    def _kill_in_time(self) -> None:
        what, at = self.next_kill
        if time.monotonic() < at:
            return
        running = self.running()
        if what != DAEMON and not running:
            self.next_kill = what, time.monotonic() + self.random.uniform(0, _TAKES_SECONDS)
            return
        self._kill(what, running)
        self.next_kill = self._drawn()

    def _kill(self, what: str, running: list[int]) -> None:
        with self.lock:
            self.kills[what] += 1
            if what != DAEMON:
                for pid in running:
                    kill_group(pid)
            if what != CHECK:
                self.orphans |= set(running)
                self.daemon.kill()
                self.daemon.wait()

    def _at_receipt(self) -> None:
        """Called by a receiver that has a message and has not answered."""
        with self.lock:
            if self.random.random() < self.plan.at_receipts:
                self.kills["at a receipt"] += 1
                for pid in [*self.orphans, *children(self.daemon.pid)]:
                    kill_group(pid)

    # ------------------------------------------------------------------- judgement

    def judged(self) -> Outcome:
        """Hold what came against what had to, and look at the store."""
        told = self.receivers.told.values()
        got = Counter((one.place, *one.what) for one in told)
        wanted = {(place, *what) for place in PLACES for what in {*self.plan.expected, WELCOME_TO_ALL}}
        outcome = Outcome(self.kills, daemons=self.daemons, expected=len(wanted))
        outcome.received = len(wanted & got.keys())
        outcome.lost = [" ".join(one) for one in sorted(wanted - got.keys())]
        outcome.phantom = [" ".join(one) for one in sorted(got.keys() - wanted)]
        outcome.two_keys = [" ".join(one) for one, keys in sorted(got.items()) if keys > 1]
        outcome.raw = len(self.receivers.came)
        outcome.raw_duplicates = outcome.raw - len(told)
        outcome.words = frozenset((one.what, one.words) for one in told if one.words)
        outcome.unclean = [*self._unclean_store(outcome), *self._unclean_status()]
        outcome.said = [line for log in sorted(self.folder.glob("daemon-*.log")) for line in _troubles(log)]
        return outcome

    def _unclean_store(self, outcome: Outcome) -> Iterator[str]:
        with self.home.open_store() as store:
            yield from map(str, Verification(store).damages())
            with store.read() as conn:
                rows = conn.execute(checks.select()).all()
        outcome.checks = len(rows)
        outcome.unfinished = sum(row.ended_at is None for row in rows)

    def _unclean_status(self) -> Iterator[str]:
        if self.stopped:
            yield f"the daemon ended with exit code {self.stopped}"
        done = subprocess.run(self.program("status", "--json"), capture_output=True, text=True, check=False)
        if done.returncode:
            yield f"status ended with exit code {done.returncode}: {done.stderr}"
            return
        status = json.loads(done.stdout)
        for name in ("waiting", "parked", "held", "pending", "patience"):
            if status[name]:
                yield f"status: {name}: {status[name]}"


def new_home(root: Path, site: str, ports: tuple[int, int], every_hours: float) -> Home:
    """A home that watches the demo's world at this address, and tells the receivers."""
    watchlist = root / "config" / "watchlist"
    watchlist.mkdir(parents=True)
    for declaration in sorted((SOURCE / "watchlist").glob("*.toml")):
        text = declaration.read_text(encoding="utf-8").replace(PLACEHOLDER, site)
        often = re.sub(r"every_hours = \S+", f"every_hours = {every_hours}", text)
        (watchlist / declaration.name).write_text(often, encoding="utf-8")
    settings = _SETTINGS.format(http=ports[0], smtp=ports[1], people=json.dumps(PEOPLE))
    (root / "config" / "settings.toml").write_text(settings, encoding="utf-8")
    return Home(root, root / "config")


def _troubles(log: Path) -> Iterator[str]:
    """What a daemon logged that is no everyday event."""
    for line in log.read_text(errors="replace").splitlines():
        event = json.loads(line) if line.startswith("{") else {"level": "?", "event": line}
        is_ticker = event.get("from") == "apscheduler.scheduler"  # a tick took longer than ours are apart
        if not is_ticker and (event.get("level") != "info" or event["event"] in _TROUBLES):
            yield f"{log.name}: {line[:300]}"
