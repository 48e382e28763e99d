"""kill -9 at any instant of a busy pipeline: is an alert lost, told under two keys, or a store broken?

    python -m tests.benchmarks.kills [--cycles 10000] [--database sqlite|postgresql] [--mail] [--seed N]
                                     [--processes 2] [--steps some|all|none] [--programs 100] [--json]

Forked pipelines are killed at random instants (cycles) and at every named step, then real programs. Exits 1
unless nothing was lost, doubled, made up or broken. Each process has a receiver and stores of its own.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from tests.kill_loops import at_random, looping
from tests.kill_programs import at_programs
from tests.kill_steps import at_creation, at_named_steps
from tests.tally import Tally

_ALONE = ("--json", "--steps", "none", "--programs", "0")


def main() -> int:
    asked = _asked()
    began = time.monotonic()
    tallies = {"at random": _shared_out(asked) if asked.processes > 1 else _alone(asked)}
    if asked.steps != "none":
        tallies |= _at_steps(asked)
    if asked.programs:
        with tempfile.TemporaryDirectory(prefix="pledgewatch-kills-") as folder:
            tallies["programs"] = at_programs(Path(folder), asked.programs, asked.seed)
    if asked.json:
        print(json.dumps({name: vars(tally) for name, tally in tallies.items()}))
    else:
        print(
            f"{asked.database}{' and mail' * asked.mail}, seed {asked.seed}, {time.monotonic() - began:.0f} s"
        )
        _show(tallies)
    return int(not all(tally.holds for tally in tallies.values()))


def _show(tallies: Mapping[str, Tally]) -> None:
    for name, tally in tallies.items():
        if name in ("at random", "programs"):
            print(f"{name}\n{tally.told()}")
        else:
            print(f"{name:<32}{tally.kills.total():>4} kills  {'holds' if tally.holds else tally.told()}")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cycles", type=int, default=10_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--mail", action="store_true", help="tell everything by mail too")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    parser.add_argument("--processes", type=int, default=2, help="that share the cycles")
    parser.add_argument("--steps", choices=["some", "all", "none"], default="all")
    parser.add_argument("--programs", type=int, default=100, help="real programs to kill")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _alone(asked: argparse.Namespace) -> Tally:
    with (
        tempfile.TemporaryDirectory(prefix="pledgewatch-kills-") as folder,
        looping(Path(folder), asked.database, mail=asked.mail, seed=asked.seed) as loop,
    ):
        return at_random(loop, asked.cycles, _progress) if asked.cycles else Tally()


def _at_steps(asked: argparse.Namespace) -> dict[str, Tally]:
    """Some: each step at its first time, every second commit, each fortieth statement that makes a new store."""
    with (
        tempfile.TemporaryDirectory(prefix="pledgewatch-kills-") as folder,
        looping(Path(folder), asked.database, mail=True, seed=asked.seed, drop=0) as loop,
    ):
        return {
            **at_named_steps(loop, thorough=asked.steps == "all"),
            "a store is made": at_creation(loop, 40 if asked.steps == "some" else 1),
        }


def _progress(tally: Tally) -> None:
    print(f"{tally.cycles} cycles, {tally.kills.total()} kills, {tally.lost} lost", file=sys.stderr)


def _shared_out(asked: argparse.Namespace) -> Tally:
    parts = [
        subprocess.Popen(_command(asked, place), stdout=subprocess.PIPE) for place in range(asked.processes)
    ]
    tally = Tally()
    for part in parts:
        told, _ = part.communicate()
        tally.add(json.loads(told)["at random"])
    return tally


def _command(asked: argparse.Namespace, place: int) -> list[str]:
    """For one of the processes, with its share of the cycles."""
    cycles, seed = asked.cycles // asked.processes, asked.seed + place
    shared = ["--database", asked.database, *["--mail"] * asked.mail, "--processes", "1", *_ALONE]
    return [sys.executable, "-m", __spec__.name, *shared, "--seed", str(seed), "--cycles", str(cycles)]


if __name__ == "__main__":
    sys.exit(main())
