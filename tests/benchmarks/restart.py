"""A store of a million fetches: how long until the program is at useful work?

    python -m tests.benchmarks.restart [--rows 1000000] [--pages 300] [--rounds 3] [--home DIR]

Each command once in so many rounds, wall seconds and CPU seconds of the best round; beside them the same on a
store of ten days. `run` is killed with SIGKILL each time and started again over what that left. Then every
question that a look at a page asks the store, one by one. Exits 1 where a command is not at work within 2 s.
--home keeps the store there, and uses the one that it finds.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from app.home import Home
from monitor.store import (
    Connection,
    alerts,
    checks,
    fetches,
    figures,
    findings,
    holds,
    hosts,
    readings,
    tables,
)
from monitor.store import pages as schedule
from tests.long_store import DAY, grow, new_home, set_due, sizes
from tests.loopback import Loopback
from tests.processes import children, kill_group

MOST_SECONDS = 2.0
SLOW_SECONDS = 0.1  #: a question to the store that takes longer is named
_HANGS_SECONDS = 60.0
_OPEN = "from app.home import find_home as f; f({home!r}, None, {{}}).open_store().close()"


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall and CPU seconds until something was done; nan where that cannot be told."""

    wall: float
    cpu: float


def main() -> int:
    """The tables."""
    asked = _asked()
    print(
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"load {os.getloadavg()[0]:.1f}: others use this machine too."
    )
    with tempfile.TemporaryDirectory(prefix="pledgewatch-restart-") as folder:
        small = measured(Path(folder) / "small", asked.pages, 10 * asked.pages, asked.rounds)
        large = measured(Path(asked.home or Path(folder) / "large"), asked.pages, asked.rows, asked.rounds)
    print(f"\n{'seconds until':<34}{'wall':>8}{'CPU':>8}    after ten days: wall{'CPU':>8}")
    for name, cost in large.items():
        beside = small[name]
        print(f"{name:<34}{cost.wall:>8.2f}{cost.cpu:>8.2f}{beside.wall:>24.2f}{beside.cpu:>8.2f}")
    late = [name for name, cost in large.items() if cost.wall > MOST_SECONDS]
    print(f"\nNot at work within {MOST_SECONDS:g} s: {', '.join(late) or 'none'}")
    return int(bool(late))


def measured(root: Path, pages: int, rows: int, rounds: int) -> dict[str, Cost]:
    """What → what it costs in a home with so many fetches. Prints how large the store is, and slow questions."""
    with Loopback({}) as site:
        began = time.monotonic()
        home, count = _made(root, site, pages, rows)
        lies = dict(sizes(home))
        print(
            f"\n{count} fetches of {pages} pages, made in {time.monotonic() - began:.0f} s; "
            f"{lies['database'] / count / 1000:.2f} MB of database per 1,000 fetches, "
            f"{lies['database'] / 1e6:.0f} MB in all",
            flush=True,
        )
        costs = [timed(home, site) for _ in range(rounds)]
        _show_questions(home)
    return {name: min((each[name] for each in costs), key=lambda cost: cost.wall) for name in costs[0]}


def _made(root: Path, site: Loopback, pages: int, rows: int) -> tuple[Home, int]:
    """The home, and how many fetches its store has. One that is there is kept, for the site's new address."""
    if (root / "pledgewatch.db").exists():
        (root / "config").rename(root / f"config.{time.time_ns()}")
    is_new = not (root / "pledgewatch.db").exists()
    home = new_home(root, site, pages)
    if is_new:
        return home, grow(home, rows)
    with home.open_store() as store, store.read() as conn:
        return home, conn.execute(select(func.count()).select_from(tables.fetches)).scalar_one()


def timed(home: Home, site: Loopback) -> dict[str, Cost]:
    """What → what it costs in this home, once, for the address of this site."""
    nothing_due = datetime.now(UTC) + timedelta(hours=12)
    set_due(home, nothing_due)
    opens = [sys.executable, "-c", _OPEN.format(home=str(home.root))]
    costs = {
        "open the store (Python and all)": _cost(opens),
        "status": _cost(_program(home, "status")),
        "check, nothing due": _cost(_program(home, "check")),
    }
    due = home.watchlist.pages[0].id
    set_due(home, datetime.now(UTC) - DAY, due)
    return costs | _restarted(home, site, f"/{due.rpartition('/p')[2]}")


def _restarted(home: Home, site: Loopback, path: str) -> dict[str, Cost]:
    """Start `run`, wait until it asks for this page, and kill it with its check: it is never read."""
    site.asked.clear()
    began = time.monotonic()
    daemon = subprocess.Popen(_program(home, "run"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        started = Cost(_until(lambda: bool(children(daemon.pid)), daemon, began), _cpu_of(daemon.pid))
        (check, *_) = children(daemon.pid)
        asked_at = _until(lambda: any(one.path == path for one in site.asked), daemon, began)
        asked = Cost(asked_at, _cpu_of(daemon.pid) + _cpu_of(check))
    finally:
        for pid in children(daemon.pid):
            kill_group(pid)
        daemon.kill()
        daemon.wait()
    return {"run, its first check is started": started, "run, its first page is asked": asked}


def _until(is_so: Callable[[], bool], daemon: "subprocess.Popen[bytes]", began: float) -> float:
    while not is_so():
        if daemon.poll() is not None or time.monotonic() - began > _HANGS_SECONDS:
            sys.exit("the daemon ended, or did nothing")
        time.sleep(0.005)
    return time.monotonic() - began


def _cpu_of(pid: int) -> float:
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _cost(command: list[str]) -> Cost:
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)} ended with exit code {process.returncode}: {said.decode()}")
    return Cost(time.monotonic() - began, used.ru_utime + used.ru_stime)


def _program(home: Home, *words: str) -> list[str]:
    return [sys.executable, "-m", "app", "--home", str(home.root), *words]


# --------------------------------------------------------------------------- questions to the store


def _show_questions(home: Home) -> None:
    seconds = dict(_questions(home))
    slow = {name: took for name, took in seconds.items() if took > SLOW_SECONDS}
    print(
        f"{len(seconds)} questions to the store, {sum(seconds.values()):.2f} s in all; over {SLOW_SECONDS:g} s:"
    )
    for name, took in sorted(slow.items(), key=lambda one: -one[1]) or [("none", 0.0)]:
        print(f"  {name:<44}{took:>8.2f}")


def _questions(home: Home) -> Iterator[tuple[str, float]]:
    """What → how long it takes, for what the program asks about one page and about all."""
    watched, now = home.watchlist.pages, datetime.now(UTC)
    page = watched[0].id
    with home.open_store() as store, store.read() as conn:
        newest = next(one for one in fetches.asked_since(conn, [page], now - 2 * DAY))
        asks: dict[str, Callable[[Connection], object]] = {
            "pages.due": lambda conn: schedule.due(conn, now),
            "pages.schedule": schedule.schedule,
            "hosts.all": hosts.all,
            "checks.last": checks.last,
            "fetches.newest_unread": fetches.newest_unread,
            "fetches.unread, one page": lambda conn: fetches.unread(conn, page),
            "fetches.validators, all pages": lambda conn: fetches.validators(conn, watched, now),
            "fetches.previous_body, one page": lambda conn: fetches.previous_body(conn, newest),
            "fetches.asked_since, all pages": lambda conn: fetches.asked_since(
                conn, [one.id for one in watched], now - DAY
            ),
            "fetches.newest_asides": lambda conn: fetches.newest_asides(conn, "linked house0 "),
            "fetches.newest_aside": lambda conn: fetches.newest_aside(conn, "probe http://127.0.0.1"),
            "readings.latest": readings.latest,
            "readings.unread_since": readings.unread_since,
            "readings.last, one page": lambda conn: readings.last(conn, page),
            "readings.of_page, one page": lambda conn: readings.of_page(conn, page),
            "findings.believed": findings.believed,
            "findings.all_pending": findings.all_pending,
            "findings.all_alternating": findings.all_alternating,
            "findings.tracked, one page": lambda conn: findings.tracked(conn, page),
            "alerts.due": lambda conn: alerts.due(conn, now),
            "alerts.waiting": alerts.waiting,
            "alerts.parked": alerts.parked,
            "holds.held": holds.held,
            "holds.unjudged": holds.unjudged,
            "figures.last_good_check": figures.last_good_check,
            "figures.checks_since, a week": lambda conn: figures.checks_since(conn, now - 7 * DAY),
        }
        for name, ask in asks.items():
            began = time.monotonic()
            ask(conn)
            yield name, time.monotonic() - began


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000, help="fetches")
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--home", default="", help="keep the large store in this folder")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
