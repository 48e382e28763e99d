"""pledgewatch run: tick, and let each check be a process of its own.

APScheduler only ticks. What is due is a question to the store, so a missed tick costs nothing, and a
crawl that hangs or crashes takes nobody with it.
"""

import signal
import subprocess
import sys
from datetime import UTC, datetime
from types import FrameType

from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.interval import IntervalTrigger

from app.home import Home
from app.watch import due_pages, refuse_without_contact
from monitor.store import alerts
from monitor.wire import utc_text

TICK_SECONDS = 60
_CRAWLS = 4  #: of one check at most: pages, rendered pages, canaries, linked documents
_READING_SECONDS = 1_800  #: for all that a check does besides
_GRACE_SECONDS = 20  #: after SIGTERM, before SIGKILL


class Daemon:
    """Asks at each tick what is due, and starts `pledgewatch check` when something is."""

    def __init__(self, home: Home, command: list[str], tick_seconds: float = TICK_SECONDS) -> None:
        self.home, self.command, self.tick_seconds = home, command, tick_seconds
        self.scheduler = BlockingScheduler(timezone=UTC)
        self.child: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        """Tick until SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        trigger = IntervalTrigger(seconds=self.tick_seconds, timezone=UTC)
        self.scheduler.add_job(
            self.tick,
            trigger,
            next_run_time=datetime.now(UTC),
            coalesce=True,
            misfire_grace_time=None,
            max_instances=1,
        )
        self.scheduler.start()
        return 0

    def tick(self) -> None:
        """One look at the store."""
        if self._something_is_due():
            self._check()

    def _something_is_due(self) -> bool:
        now = datetime.now(UTC)
        with self.home.open_store() as store:
            if due_pages(self.home, store, now):
                return True
            with store.read() as conn:
                return bool(alerts.due(conn, now))

    def _check(self) -> None:
        self.child = subprocess.Popen(self.command, start_new_session=True)
        deadline = _CRAWLS * self.home.settings.network.deadline_seconds + _READING_SECONDS
        try:
            code = self.child.wait(timeout=deadline)
            print(f"{_now()} check ended with exit code {code}", file=sys.stderr)
        except subprocess.TimeoutExpired:
            print(f"{_now()} check stopped: it ran longer than {deadline:.0f} s", file=sys.stderr)
            self._end_child()
        finally:
            self.child = None

    def _end_child(self) -> None:
        child = self.child
        if child is None or child.poll() is not None:
            return
        child.terminate()
        try:
            child.wait(timeout=_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._end_child()
        self.scheduler.shutdown(wait=False)


def run_daemon(home: Home, options: tuple[str | None, str | None]) -> int:
    """Check the configuration, then tick. Raises ConfigError and StoreError before anything starts."""
    home.read_words()
    refuse_without_contact(home, home.watchlist.pages)
    home.open_store().close()
    command = [sys.executable, "-m", "app", *_options(options), "check"]
    pages = len(home.watchlist.pages)
    watched = f"{pages} page{'s' * (pages != 1)}"
    print(f"{_now()} watching {watched}; stop with Ctrl-C or SIGTERM", file=sys.stderr)
    return Daemon(home, command).run()


def _options(options: tuple[str | None, str | None]) -> list[str]:
    return [
        part
        for name, value in zip(("--home", "--config"), options, strict=True)
        if value
        for part in (name, value)
    ]


def _now() -> str:
    return utc_text(datetime.now(UTC))
