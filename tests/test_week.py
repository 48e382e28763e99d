"""Two days of the demo's world under the real daemon with kill -9: each alert comes once to each who honours keys.

A sample of `python -m tests.benchmarks.week`.
"""

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.model import WELCOME
from tests.other_clock import ASKS
from tests.week import spend
from tests.week_plan import Outcome, Plan

TWO_DAYS = Plan(
    length=timedelta(days=2),
    hours=(0, 6, 12, 18),
    every_hours=12.0,
    leap=timedelta(hours=3),
    kills=4,
    kill_seconds=2.0,
    at_receipts=0.5,
)


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return spend(tmp_path_factory.mktemp("week"), TWO_DAYS)


def test_each_alert_came_to_each_place_under_one_key_and_nothing_else_came(outcome: Outcome) -> None:
    assert outcome.expected == (2 + len([WELCOME])) * 3
    assert (outcome.lost, outcome.phantom, outcome.two_keys) == ([], [], [])
    assert outcome.received == outcome.expected


def test_it_was_killed_and_what_was_taken_unmarked_came_again_under_its_key(outcome: Outcome) -> None:
    assert outcome.kills.total() - outcome.kills["at a receipt"] > 1
    assert outcome.raw_duplicates >= outcome.kills["at a receipt"] > 0


def test_the_store_and_status_are_clean_after_that(outcome: Outcome) -> None:
    assert outcome.unclean == []
    assert outcome.said == []


def test_all_that_asks_for_the_time_goes_by_the_other_clock() -> None:
    """The ticker alone waits by the clock on our wall; the desk and accounts are no part of a week's watch."""
    besides = {"app.ticker", "app.accounting", "app.demo", "app.desk.serve"}
    root = Path(__file__).resolve().parent.parent
    files = [file for part in ("app", "alerts", "monitor", "spiders") for file in (root / part).rglob("*.py")]
    asks = {file.relative_to(root) for file in files if "datetime.now(" in file.read_text(encoding="utf-8")}
    assert {".".join(file.with_suffix("").parts) for file in asks} == {*ASKS, *besides}
