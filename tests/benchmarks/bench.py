"""make bench: our whole check beside a bare download, our detector beside other diffs, every view of the desk.

Only the desk, the portfolio and the dossier have limits that fail it (desk.py, portfolio.py, dossier.py).
"""

import argparse
import os
import platform
import sys

from tests.benchmarks import beside, desk, detector, dossier, portfolio, whole_check

_MANY = 2000  # pages from which one round must do, so that all of it stays under four minutes


def main() -> int:
    """Print the tables; 1 where a view of the desk, the portfolio or a dossier is over its limits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, nargs="+", default=[200, _MANY], help="(default: 200 2000)")
    parser.add_argument("--rounds", type=int, help="interleaved rounds (default: 3, from 2000 pages 1)")
    wanted = parser.parse_args()
    print(
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"load {os.getloadavg()[0]:.1f}: only ratios within one run count."
    )
    for count in wanted.pages:
        rounds = wanted.rounds or (1 if count >= _MANY else 3)
        print("", *whole_check.report(count, rounds), sep="\n", flush=True)
    print("", *beside.report(), sep="\n", flush=True)
    print("", *detector.report(), "", sep="\n", flush=True)
    slow = portfolio.main([]) | dossier.main([])
    print(flush=True)
    return desk.main([]) or slow


if __name__ == "__main__":
    sys.exit(main())
