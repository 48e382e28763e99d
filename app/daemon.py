"""pledgewatch run: tick, and let each check be a process of its own.

What is due is a question to the store, so a tick that is missed costs nothing, and a crawl that hangs or
crashes takes nobody with it. One daemon watches a store: it holds the lease on it.
"""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from math import inf
from types import FrameType
from typing import Protocol

from alerts.render import when
from app import logs, owner, supervisor
from app.due import refuse_without_contact, what_is_due
from app.home import Home
from app.listening import listening
from app.pings import new_run
from app.steady_config import InForce, Options, SteadyConfig
from app.ticker import Ticker
from app.timekeeping import look_at_clock
from monitor.clock import Moment
from monitor.errors import ConfigError, PledgewatchError, StoreError
from monitor.store import Store, leases
from monitor.store.opening import quick_check

TICK_SECONDS = 10
HOLD_SECONDS = 300  #: so often the lease on the store is renewed
LEAST_PAUSE_SECONDS, MOST_PAUSE_SECONDS = 60, 3_600  #: between the beginnings of two checks
LOOK_THROUGH_SECONDS = 86_400  #: so often, when nothing is due, the database is looked through for damage
_CRAWLS = 4  #: of one check at most: pages, rendered pages, canaries, linked documents
_READING_SECONDS = 1_800  #: for all that a check does besides
_GRACE_SECONDS = 20  #: after SIGTERM, before SIGKILL


class Child(Protocol):
    """A check that was started: what subprocess.Popen offers."""

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


class Daemon:
    """Asks at each tick what is due, and starts a check when something is and none runs."""

    def __init__(
        self,
        config: SteadyConfig,
        start: Callable[[InForce], Child],
        moment: Callable[[], Moment] = owner.moment,
        who: str = "",
        say: Callable[..., None] = logs.say,
        warn: Callable[..., None] = logs.warn,
    ) -> None:
        self.config, self.start, self.moment = config, start, moment
        self.say, self.warn = say, warn
        self.who = who or owner.this_process()
        self.child: Child | None = None
        self.started = -inf  #: uptime in seconds when the child was started
        self.longest = inf  #: seconds that it may take
        self.pause, self.last_due = float(LEAST_PAUSE_SECONDS), frozenset[str]()
        self.held: float | None = None  #: uptime in seconds when the lease on the store was renewed
        self.looked_through: float | None = None  #: uptime in seconds when the database was found whole
        self.trouble = ""  #: what was said last of what keeps us from checking
        self.opened: tuple[Home, Store] | None = None
        self.ticked_at: datetime | None = None  #: when a tick last went through without trouble of the store

    def tick(self) -> None:
        """One look at the store. What cannot be done now is said, and tried again at the next tick."""
        checking = self._is_checking()
        try:
            in_force = self.config.read()
            store = self._store(in_force.home)
            self._look_at_clock(store)
            self._hold(store)
            if not checking:
                self._do_what_is_due(in_force, store)
            held = f"{in_force.problem}; the last good configuration holds until it is mended"
            self._say_trouble(held if in_force.problem else "")
            self.ticked_at = self.moment().at
        except PledgewatchError as error:
            self._say_trouble(str(error))
            self._close()

    def end(self) -> None:
        """Let the check that runs end, and the store go."""
        self._end_child()
        try:
            with self._store(self.config.read().home).begin() as conn:
                leases.release(conn, self.who)
        except PledgewatchError as error:
            self._say_trouble(str(error))
        self._close()

    def _store(self, home: Home) -> Store:
        """The store of this home, opened anew after trouble and for another configuration."""
        if self.opened is None or self.opened[0] is not home:
            before = self.opened[1].place if self.opened else ""
            self._close()
            self.opened = home, home.open_store()
            if before not in (
                "",
                self.opened[1].place,
            ):  # nobody holds this one yet
                self.held = self.looked_through = None
        return self.opened[1]

    def _close(self) -> None:
        if self.opened is not None:
            self.opened[1].close()
        self.opened = None

    def _look_at_clock(self, store: Store) -> None:
        if by := look_at_clock(store, self.moment()):
            self.say("clock set", seconds=by.total_seconds())

    def _hold(self, store: Store) -> None:
        now = self.moment()
        if self.held is None or not 0 <= now.uptime - self.held < HOLD_SECONDS:
            hold(store, self.who, now)
            self.held = now.uptime

    def _do_what_is_due(self, in_force: InForce, store: Store) -> None:
        """Start a check where something is due; after one that changed nothing of it, wait ever longer."""
        due = what_is_due(in_force.home, store, self.moment().at)
        if not due:
            self.pause, self.last_due = LEAST_PAUSE_SECONDS, frozenset()
            self._look_through(store)
        elif self.moment().uptime - self.started >= self.pause:
            again = 2 * self.pause if due == self.last_due else LEAST_PAUSE_SECONDS
            self.pause, self.last_due = min(again, MOST_PAUSE_SECONDS), frozenset(due)
            self._start(in_force)

    def _look_through(self, store: Store) -> None:
        """Raises StoreError where the database is damaged: no check is started on one."""
        now = self.moment().uptime
        if self.looked_through is None or now - self.looked_through >= LOOK_THROUGH_SECONDS:
            if damage := quick_check(store):
                raise StoreError(damage)
            self.looked_through = now

    def _start(self, in_force: InForce) -> None:
        self.child, self.started = self.start(in_force), self.moment().uptime
        self.longest = _longest(in_force.home)

    def _is_checking(self) -> bool:
        if self.child is None:
            return False
        code = self.child.poll()
        if code is not None:
            self.say("check ended", code=code)
            self.child = None
        elif self.moment().uptime - self.started > self.longest:
            self.warn("check stopped", longer_than_seconds=self.longest)
            self._end_child()
        return self.child is not None

    def _end_child(self) -> None:
        child, self.child = self.child, None
        if child is None or child.poll() is not None:
            return
        child.terminate()
        try:
            child.wait(timeout=_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def _say_trouble(self, sentence: str) -> None:
        """Say what keeps us from checking, once for as long as it is the same."""
        if sentence and sentence != self.trouble:
            self.warn("trouble", why=sentence)
        elif self.trouble and not sentence:
            self.say("trouble ended")
        self.trouble = sentence


def hold(store: Store, who: str, now: Moment) -> None:
    """Take or renew the lease on watching this store. Raises StoreError where another daemon has it."""
    with store.begin() as conn:
        _, others = leases.take(conn, [leases.DAEMON], who, now.at, owner.is_alive)
    for other in others:
        raise StoreError(
            f"{store.place}: another pledgewatch run watches this store (process "
            f"{owner.process_id(other.owner)} since {when(other.since)}): stop it first"
        )


def run_daemon(options: Options, environ: Mapping[str, str]) -> int:
    """Tick until SIGTERM or SIGINT. Raises ConfigError and StoreError before anything starts."""
    config = SteadyConfig(options, environ)
    home = config.read().home
    refuse_without_contact(home, home.watchlist.pages)
    logs.prepare(home.settings, environ, sys.stderr)
    daemon = Daemon(config, partial(_start_check, options, environ))
    with home.open_store() as store:
        hold(store, daemon.who, daemon.moment())
    with _answering(home, daemon):
        _tick(daemon, len(home.watchlist.pages), environ)
    return 0


def _tick(daemon: Daemon, pages: int, environ: Mapping[str, str]) -> None:
    def tick() -> None:
        daemon.tick()  # one that hangs, or raises, does not tell that we are well
        supervisor.tell(f"{supervisor.WELL}\n{supervisor.status(_doing(daemon))}", environ)

    ticker = Ticker(tick, TICK_SECONDS)

    def stop(number: int, frame: FrameType | None) -> None:
        ticker.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    logs.say("watching", pages=pages)
    supervisor.tell(supervisor.READY, environ)
    try:
        ticker.run()
    finally:
        supervisor.tell(supervisor.STOPPING, environ)
        daemon.end()
        logs.say("stopped")


@contextmanager
def _answering(home: Home, daemon: Daemon) -> Iterator[None]:
    """Answer on daemon.listen, where the settings name one; where nobody can, the watch goes on without."""
    with ExitStack() as until_the_end:
        if home.settings.daemon.listen:
            answers = listening(
                home, lambda: daemon.ticked_at, lambda: daemon.moment().at, lambda: daemon.config.read().home
            )
            try:
                until_the_end.enter_context(answers)
            except ConfigError as error:
                logs.warn("not listening", why=str(error))
        yield


def _start_check(options: Options, environ: Mapping[str, str], in_force: InForce) -> Child:
    inside = {**environ, logs.RUN: new_run()}
    return subprocess.Popen(_command(options, in_force), start_new_session=True, env=inside)


def _doing(daemon: Daemon) -> str:
    """For people who ask the supervisor."""
    return daemon.trouble or ("A check runs." if daemon.child else "Waiting until something is due.")


def _command(options: Options, in_force: InForce) -> Sequence[str]:
    home, own = options
    given = (("--home", home), ("--config", in_force.config or own))
    named = [part for name, value in given if value for part in (name, value)]
    return [sys.executable, "-P", "-m", "app", *named, "check"]  # -P: no `app` of the folder where we are


def _longest(home: Home) -> float:
    """How long a check may take, in seconds."""
    return _CRAWLS * home.settings.network.deadline_seconds + _READING_SECONDS
