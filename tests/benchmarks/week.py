"""A week of the demo's world under the real daemon with kill -9 at random: is each alert told exactly once?

    python -m tests.benchmarks.week [--days 7] [--seed N] [--kill-seconds 4] [--weeks 1]

First an undisturbed week says what is told, then others are killed: the daemon, its check, both, and the check
from which a receiver has just taken a message. Two receivers honour keys: one by webhook, one by mail for two
people. Exits 1 unless each alert came to each place under one key, none else came, and store and status are clean.
"""

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tests.week import spend
from tests.week_plan import Outcome, Plan


def main() -> int:
    """Print what came of each week."""
    asked = _asked()
    plan = Plan(asked.seed, timedelta(days=asked.days), kill_seconds=asked.kill_seconds)
    print(
        f"seed {asked.seed}, {asked.days:g} days, a kill every {asked.kill_seconds:g} s on average",
        flush=True,
    )
    undisturbed = _spent(replace(plan, kills=0, at_receipts=0.0))
    _show("undisturbed", undisturbed)
    holds = undisturbed.holds
    for number in range(asked.weeks):
        killed = _spent(replace(plan, seed=asked.seed + number))
        same_words = killed.words == undisturbed.words
        _show(f"killed, seed {asked.seed + number}", killed)
        print(f"  {'told in the same words':<26}{'yes' if same_words else 'NO'}", flush=True)
        holds = holds and killed.holds and same_words
    return int(not holds)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--days", type=float, default=7.0, help="of the demo's world, editions within")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    parser.add_argument("--kill-seconds", type=float, default=4.0, help="between two kills, on average")
    parser.add_argument("--weeks", type=int, default=1, help="that are killed, each with another seed")
    return parser.parse_args()


def _spent(plan: Plan) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="pledgewatch-week-") as folder:
        return spend(Path(folder), plan)


def _show(name: str, outcome: Outcome) -> None:
    kills = ", ".join(f"{what} {count}" for what, count in outcome.kills.most_common())
    rows = {
        "kills": f"{outcome.kills.total()} ({kills})" if kills else "0",
        "daemons started": outcome.daemons,
        "checks run": f"{outcome.checks}, {outcome.unfinished} of them never finished",
        "alerts × places expected": outcome.expected,
        "received": outcome.received,
        "lost": len(outcome.lost),
        "phantom": len(outcome.phantom),
        "under two keys": len(outcome.two_keys),
        "raw messages": f"{outcome.raw}, {outcome.raw_duplicates} of them duplicates",
        "store and status": "; ".join(outcome.unclean) or "clean",
    }
    print(f"{name}: {outcome.seconds:.0f} s, {'holds' if outcome.holds else 'DOES NOT HOLD'}")
    for what, value in rows.items():
        print(f"  {what:<26}{value}")
    for line in [*outcome.lost, *outcome.phantom, *outcome.two_keys, *outcome.said][:20]:
        print(f"    {line}")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
