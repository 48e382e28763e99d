"""The memory of `run` over a thousand checks: does the daemon, or a check, need more the longer it goes on?

    python -m tests.benchmarks.memory [--checks 1000]

The real daemon on the demo's world, by a clock that leaps from check to check; each check is a process of its
own. Prints resident memory of the daemon at checks 10, 100, 500, 1,000 and the highest peak of a check until
then. Exits 1 where the last figure of the daemon is over 1.1 times the one at check 100 (or at the first mark).
"""

import argparse
import os
import platform
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from app.demo_site import serving
from monitor.store.tables import checks
from tests.honouring import receiving
from tests.week import Week
from tests.week_plan import Plan

MARKS = (10, 100, 500, 1_000)
MOST = 1.1  #: times what it was at the mark that counts
FROM = 100
_OFTEN = Plan(every_hours=4.0, leap=timedelta(hours=5), kills=0, at_receipts=0.0, hours=(0,))
_HANGS_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Figure:
    """MB (2^20 bytes) after so many checks: of the daemon, and the highest peak of a check until then."""

    checks: int
    daemon: float
    open_files: int
    check_peak: float
    seconds: float


def main() -> int:
    """The table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--checks", type=int, default=1_000)
    wanted = parser.parse_args().checks
    print(
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    )
    print(f"{'checks':>8}{'daemon MB':>12}{'open files':>12}{'check peak MB':>15}{'s':>8}", flush=True)
    with tempfile.TemporaryDirectory(prefix="pledgewatch-memory-") as folder:
        figures = measured(Path(folder), wanted, show=True)
    flat = is_flat(figures)
    print(f"The daemon's memory {'is flat' if flat else 'GROWS'}.")
    return int(not flat)


def is_flat(figures: list[Figure]) -> bool:
    """Whether the last figure is about what it was when all was loaded."""
    settled = next((one for one in figures if one.checks >= FROM), figures[0])
    return figures[-1].daemon <= MOST * settled.daemon


def measured(folder: Path, wanted: int, *, show: bool = False) -> list[Figure]:
    """Run so many checks; the figures at the marks and at the end."""
    marks = sorted({mark for mark in MARKS if mark < wanted} | {wanted})
    with serving() as site, receiving() as receivers:
        watch = Checks(Week(folder, _OFTEN, site, receivers))
        try:
            return [watch.until(mark, show=show) for mark in marks]
        finally:
            watch.week.end()


class Checks:
    """A daemon whose clock leaps on as soon as its check has ended."""

    def __init__(self, week: Week) -> None:
        self.week, self.peak, self.began = week, 0.0, time.monotonic()
        week.begin()

    def until(self, mark: int, *, show: bool) -> Figure:
        """Go on until so many checks have ended."""
        ended, moved_at = self._ended(), time.monotonic()
        while ended < mark:
            for pid in self.week.running():
                self.peak = max(self.peak, megabytes(pid, "VmHWM"))
            if self.week.step() and (now_ended := self._ended()) > ended:
                ended, moved_at = now_ended, time.monotonic()
            assert time.monotonic() - moved_at < _HANGS_SECONDS, "no check ended for a long time"
        pid = self.week.daemon.pid
        files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
        seconds = time.monotonic() - self.began
        figure = Figure(ended, megabytes(pid, "VmRSS"), files, self.peak, seconds)
        if show:
            print(f"{ended:>8}{figure.daemon:>12.1f}{files:>12}{self.peak:>15.1f}{seconds:>8.0f}", flush=True)
        return figure

    def _ended(self) -> int:
        with self.week.home.open_store() as store, store.read() as conn:
            return sum(row.ended_at is not None for row in conn.execute(checks.select()))


def megabytes(pid: int, what: str) -> float:
    """Of memory of this process, as the kernel calls it; 0 where it has just ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    _, _, found = status.partition(f"{what}:")
    return int(found.split()[0]) / 1024 if found else 0.0


if __name__ == "__main__":
    sys.exit(main())
