"""The real program by a clock that leaps when a test says so: forward, and for every process alike.

    python -m tests.other_clock CLOCK words of pledgewatch …

Wall clock and time since the start leap together, as if the machine had run on: to the program no clock was
set. Between two leaps time passes as it does. Time-outs and waits of the network stay what they are. A daemon
ticks as often as it can, and its checks go by the same clock.
"""

import os
import struct
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from app import cli, daemon, owner

TICK_SECONDS = 0.2  #: in place of the daemon's own, by the clock on the wall of whoever waits
ASKS = (
    "app.alerting",
    "app.backup",
    "app.commands",
    "app.diligence",
    "app.doctor",
    "app.owner",
    "app.sending",
    "app.reporting",
    "app.reviewing",
    "app.validation",
    "spiders.base",
)
_NUMBER = struct.Struct("<d")


@dataclass(frozen=True, slots=True)
class OtherClock:
    """A clock in a file: by how many seconds it is ahead of the time since this machine was started."""

    file: Path

    def begin(self, at: datetime) -> None:
        """Say that it is this time now."""
        self._write(at.timestamp() - time.clock_gettime(time.CLOCK_BOOTTIME))

    def leap(self, by: timedelta) -> None:
        """Forward. One process alone may do that."""
        self._write(self._ahead() + by.total_seconds())

    def seconds(self) -> float:
        """Since 1970, and since the machine was started: of the two only differences count."""
        return time.clock_gettime(time.CLOCK_BOOTTIME) + self._ahead()

    def now(self, zone: tzinfo | None = None) -> datetime:
        """What datetime.now(zone) says by this clock."""
        return datetime.fromtimestamp(self.seconds(), zone)

    def _ahead(self) -> float:
        return float(_NUMBER.unpack(self.file.read_bytes())[0])

    def _write(self, seconds: float) -> None:
        fresh = self.file.with_suffix(".new")
        fresh.write_bytes(_NUMBER.pack(seconds))
        fresh.replace(self.file)


def go_by(clock: OtherClock) -> None:
    """From now on this process goes by this clock, and the checks that it starts do."""

    class Other(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return clock.now(tz)

    for name in ASKS:
        assert import_module(name).__dict__["datetime"] is datetime
        import_module(name).__dict__["datetime"] = Other
    owner.__dict__["time"] = SimpleNamespace(CLOCK_BOOTTIME=1, clock_gettime=lambda which: clock.seconds())
    began = owner.moment().at
    assert abs(began - clock.now(UTC)) < timedelta(minutes=1), began
    daemon.TICK_SECONDS = TICK_SECONDS  # type: ignore[assignment]
    really = daemon._command

    def command(*about: Any) -> Sequence[str]:
        program, _, _, _, *words = really(*about)  # python -P -m app …
        return [program, "-m", "tests.other_clock", str(clock.file), *words]

    daemon._command = command


if __name__ == "__main__":
    go_by(OtherClock(Path(sys.argv.pop(1)).absolute()))
    os.environ["COLUMNS"] = "200"
    cli.main()
