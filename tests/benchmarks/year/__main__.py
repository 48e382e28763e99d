"""Print what a simulated year brought; exit 1 where something was told falsely, late or not at all."""

import argparse
import sys
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory

from tests.benchmarks.year.failures import FAILURES
from tests.benchmarks.year.noise import noise
from tests.benchmarks.year.plan import plans
from tests.benchmarks.year.simulate import Result, simulate
from tests.benchmarks.year.standing import standing
from tests.shared import SHARED, WHY_NOT


def main() -> int:
    """The tables."""
    wanted = _arguments()
    made = plans(wanted.pages, wanted.days, wanted.changes, Random(wanted.seed))
    with TemporaryDirectory() as folder:
        result = simulate(Path(folder), made, wanted.days)
    _print_failures(result)
    _print_changes(result)
    with TemporaryDirectory() as folder:
        stood = standing(Path(folder))
    print(f"\nFailures that stand for 60 days: {stood.trials} trials, {len(stood.told)} alerts")
    if not SHARED.is_dir():
        print(f"Recorded noise: not run, {WHY_NOT}")
        return int(bool(result.false or result.late or stood.told))
    with TemporaryDirectory() as folder:
        recorded = noise(Path(folder))
    print(
        f"Recorded noise (before, noise, restored, twice): {recorded.trials} sequences, {len(recorded.told)} withdrawn"
    )
    for line in recorded.told:
        print(f"  {line}")
    return int(bool(result.false or result.late or stood.told or recorded.told))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.year", description=__doc__)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--changes", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _print_failures(result: Result) -> None:
    print(f"{'failure':24}{'trials':>7}  days by access state")
    for name in FAILURES:
        states = sorted(
            (state.value, count) for (failure, state), count in result.states.items() if failure == name
        )
        print(
            f"{name:24}{result.trials[name]:>7}  {', '.join(f'{count} {state}' for state, count in states)}"
        )
    print(f"{'in all':24}{sum(result.trials.values()):>7}")


def _print_changes(result: Result) -> None:
    asked = result.told + sum(day is None for _, day in result.late)
    print(f"\nReal changes: {asked}; told {result.told}, kind and direction right {result.right}")
    if result.waits:
        print(f"Days from the change to its alert: median {median(result.waits)}, most {result.waits[-1]}")
    print(f"Not told by their day: {len(result.late)}")
    for one, day in result.late[:20]:
        print(f"  page {one.page}, day {one.day}, told {day}: {one.statement}")
    print(f"Told falsely: {len(result.false)}")
    for day, alert, finding in result.false[:20]:
        print(
            f"  day {day}, {alert.page['id']}: {finding.kind} {finding.before_quote} → {finding.after_quote}"
        )


if __name__ == "__main__":
    sys.exit(main())
