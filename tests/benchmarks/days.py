"""Four hundred simulated days: restarts, clocks that are set, sleep, changes of zone, a second daemon.

    python -m tests.benchmarks.days [--days 400] [--seed 1]

The real daemon asks the real store what is due; only the machine, its clocks and the pages are made up. Exits 1
where a page was asked later than its cadence allows, or twice within it.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.days import Count, simulate


def main() -> int:
    """Print what came of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pledgewatch-days-") as folder:
        count = simulate(Path(folder) / "home", wanted.days, wanted.seed)
    _show(wanted.days, count)
    return int(bool(count.missed or count.doubled))


def _show(days: int, count: Count) -> None:
    happened = ", ".join(
        f"{what.replace('_', ' ')} {times}" for what, times in sorted(count.happened.items())
    )
    print(f"{days} days: {count.asked} looks, {len(count.missed)} missed, {len(count.doubled)} doubled;")
    print(f"{count.again} asked again because the clock was set before the answer was read.")
    print(f"What happened: {happened}.")
    for sentence in (*count.missed, *count.doubled)[:20]:
        print(f"  {sentence}")


if __name__ == "__main__":
    sys.exit(main())
