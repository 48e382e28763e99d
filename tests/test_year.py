"""A sample of the simulated year (python -m tests.benchmarks.year runs all of it): nothing told falsely or late."""

from pathlib import Path
from random import Random

import pytest

from tests.benchmarks.year import noise as recorded
from tests.benchmarks.year.failures import FAILURES
from tests.benchmarks.year.plan import plans
from tests.benchmarks.year.simulate import simulate
from tests.benchmarks.year.standing import standing
from tests.shared import SHARED, WHY_NOT

DAYS = 60


def test_no_access_failure_is_told_and_every_change_is(tmp_path: Path) -> None:
    made = plans(pages=6, days=DAYS, injections=9, random=Random(7))
    result = simulate(tmp_path, made, DAYS)
    assert (result.false, result.late) == ((), ())
    assert (result.told, result.right) == (9, 9)
    assert {name for name, _ in result.states} == set(FAILURES)
    assert {access for _, access in result.states if access.is_reading} == set()


def test_a_failure_that_stands_tells_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.benchmarks.year.standing.PAGES_EACH", 1)
    monkeypatch.setattr("tests.benchmarks.year.standing.DAYS", 20)
    assert standing(tmp_path).told == ()


@pytest.mark.skipif(not SHARED.is_dir(), reason=WHY_NOT)
def test_recorded_noise_is_no_withdrawal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    every_ninth = recorded.rows("cases/access_noise.jsonl")[::9]
    monkeypatch.setattr(recorded, "rows", lambda name: every_ninth)
    monkeypatch.setattr(recorded, "_LONGEST", 20)
    assert recorded.noise(tmp_path).told == ()


def test_a_change_that_is_not_told_would_be_noticed(tmp_path: Path) -> None:
    """The measure itself: a page that cannot be read after its change is late."""
    (plan,) = plans(pages=1, days=DAYS, injections=1, random=Random(3))
    (change,) = plan.injections
    plan.failing |= dict.fromkeys(range(plan.expected(change, DAYS), DAYS), "500")
    result = simulate(tmp_path, [plan], DAYS)
    assert result.told == 0
    assert [one for one, _ in result.late] == [change]
