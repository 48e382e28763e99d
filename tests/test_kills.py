"""A busy pipeline, killed: at random, at every named step, on both databases, and as a real program.

A sample of `python -m tests.benchmarks.kills`, in a process of its own: it forks, so it must have no threads.
"""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.named_steps import COMMIT, NAMES

pytest_plugins = ["tests.postgres"]

Tallies = dict[str, dict[str, Any]]
OF_PROGRAMS = 5


def killed(database: str, cycles: int, *more: str) -> Tallies:
    words = ["--database", database, "--cycles", str(cycles), "--processes", "1", "--json", *more]
    command = [sys.executable, "-m", "tests.benchmarks.kills", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    told: Tallies = json.loads(done.stdout)
    assert done.returncode == int(any(trouble(tally) for tally in told.values()))
    return told


def trouble(tally: dict[str, Any]) -> dict[str, Any]:
    """What must not be, and is."""
    never = ("lost", "duplicate_keys", "phantom", "corrupt", "broken")
    found = {name: tally[name] for name in never if tally[name]}
    return found | {"said": tally["said"]} if found else {}


@pytest.fixture(scope="module")
def sqlite() -> Tallies:
    return killed("sqlite", 60, "--mail", "--steps", "some", "--programs", str(OF_PROGRAMS))


def test_kills_at_random_instants_lose_double_and_break_nothing(sqlite: Tallies) -> None:
    tally = sqlite["at random"]
    assert trouble(tally) == {}
    assert tally["received"] == tally["expected"] > 0
    assert sum(tally["kills"].values()) > 35


@pytest.mark.parametrize("step", NAMES)
def test_a_kill_before_or_after_a_named_step_loses_doubles_and_breaks_nothing(
    sqlite: Tallies, step: str
) -> None:
    tally = sqlite[step]
    assert trouble(tally) == {}
    assert tally["received"] == tally["expected"] > 0
    assert sum(tally["kills"].values()) > (20 if step == COMMIT else 1)


def test_a_kill_while_a_store_is_made_leaves_one_that_is_made_by_the_next(sqlite: Tallies) -> None:
    assert trouble(sqlite["a store is made"]) == {}


def test_real_programs_that_are_killed_lose_double_and_break_nothing(sqlite: Tallies) -> None:
    tally = sqlite["programs"]
    assert trouble(tally) == {}
    assert tally["received"] == tally["expected"] > 0


def test_the_same_on_postgresql(postgresql_server: str) -> None:
    tally = killed("postgresql", 30, "--steps", "none", "--programs", "0")["at random"]
    assert trouble(tally) == {}
    assert tally["received"] == tally["expected"] > 0
