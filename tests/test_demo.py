"""The demo tells its four real changes, with their directions, and nothing else; twice the same."""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.request import urlopen

import pytest

from app.demo_site import Change, bodies, load_site
from app.home import SHIPPED_CONFIG

ROOT = Path(__file__).resolve().parent.parent
SOURCE = SHIPPED_CONFIG / "demo"
SITE = load_site(SOURCE)

#: Run in a process of its own, because the reactor starts once a process; prints what was told as JSON.
WATCH = """
import json, sys, tempfile
from pathlib import Path
from app.demo import watch_editions
with tempfile.TemporaryDirectory() as folder:
    told = watch_editions(Path(folder))
print(json.dumps([
    {"alerts": [{"id": alert.id, "page": alert.page["id"], "direction": alert.direction,
                 "findings": [[f.kind, f.before_quote, f.after_quote] for f in alert.findings]}
                for alert in each.alerts],
     "held": [[held.page_id, held.access, held.why] for held in each.held]}
    for each in told]))
"""


def output(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def told() -> list[dict[str, list[object]]]:
    import json

    return list(json.loads(output(sys.executable, "-c", WATCH)))


def alerts(told: Sequence[dict[str, list[object]]]) -> list[tuple[int, str]]:
    return [(n + 1, alert["page"]) for n, each in enumerate(told) for alert in each["alerts"]]  # type: ignore[index]


def test_exactly_the_expected_pages_are_told_in_their_editions(told: list[dict[str, list[object]]]) -> None:
    assert sorted(alerts(told)) == sorted((change.edition, change.page) for change in SITE.expected.changes)


@pytest.mark.parametrize("change", SITE.expected.changes, ids=lambda change: change.page)
def test_a_change_is_told_with_its_direction_and_words(
    told: list[dict[str, list[object]]], change: Change
) -> None:
    (alert,) = [one for one in told[change.edition - 1]["alerts"] if one["page"] == change.page]  # type: ignore[index]
    assert alert["direction"] == change.direction  # type: ignore[index]
    quotes = [(before, after) for kind, before, after in alert["findings"] if kind in change.kinds]  # type: ignore[index]
    assert any(
        before.strip() == change.before and after.strip() == change.after for before, after in quotes
    ), quotes


def test_what_is_held_back_was_judged_as_expected(told: list[dict[str, list[object]]]) -> None:
    held = {(n + 1, page): access for n, each in enumerate(told) for page, access, _ in each["held"]}  # type: ignore[misc]
    for silent in SITE.expected.silent:
        assert held[silent.edition, silent.page] == silent.access, silent


def test_the_program_prints_the_same_twice() -> None:
    first, second = (output(sys.executable, "-m", "app", "demo", "--no-open") for _ in range(2))
    assert first == second
    assert first.count("ALERT  ") == len(SITE.expected.changes)


def test_the_desk_stays_open_on_it() -> None:
    """At the demo's own time, with the page to add still served, until it is told to end."""
    command = [sys.executable, "-m", "app", "demo", "--serve", "--no-open", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        lines = iter(running.stdout.readline, "")
        to_add = next(line for line in lines if "add this page" in line).split()[-1]
        base = re.search(r"http://[^ ]+/", next(line for line in lines if "is open" in line))
        assert base is not None
        with urlopen(base[0]) as today, urlopen(to_add) as page:
            assert "Ashgrove Police Department" in today.read().decode()
            assert "Our commitments" in page.read().decode()
        running.terminate()
        assert running.wait() == 0


def test_every_edition_can_be_served() -> None:
    for number in range(len(SITE.editions)):
        served = bodies(SOURCE, SITE, number)
        assert len(served) == 6 + 1 and f"/{SITE.to_add}" in served
