"""What the demo tells reaches two people, a webhook, three chats and a file exactly once, in whole sentences."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.demo_site import load_site
from app.home import SHIPPED_CONFIG
from monitor.headline import AT_MOST

ROOT = Path(__file__).resolve().parent.parent
CHANGES = load_site(SHIPPED_CONFIG / "demo").expected.changes
WHOSE = r"[A-Z][\w ]+'s? (terms|policy|pledge|customers|product) page"
BECAME = r"( changed “.+” to “.+”| now (says|has) .+| no longer (says|has) .+|, which said .+, is gone.*)"


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """Of the benchmark's demo part, which runs in a process of its own: a reactor starts once."""
    command = [sys.executable, "-m", "tests.benchmarks.messages", "--only", "demo", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    (world,) = json.loads(done.stdout)
    return dict(world)


def test_each_alert_and_each_welcome_came_to_each_place_exactly_once(told: dict[str, Any]) -> None:
    assert (told["missing"], told["twice"], told["not_due"]) == ([], [], [])
    assert (told["failed"], told["waiting"]) == (0, 0)
    at_places = {place: received for place, (_, received) in told["rows"].items() if " by " not in place}
    assert at_places == dict.fromkeys(["file", "hook", "slack", "teams", "telegram"], len(CHANGES) + 1)


@pytest.mark.parametrize("person", ["ada@x.invalid", "bea@x.invalid"])
def test_a_person_gets_alerts_at_once_early_ones_twice_and_a_digest_a_week(
    told: dict[str, Any], person: str
) -> None:
    mails = {route: told["rows"][f"{person} by {route}"][1] for route in ("staff", "early", "weekly")}
    welcome, changes = 1, len(CHANGES)
    assert mails["staff"] == welcome + changes
    assert mails["early"] == welcome + changes + told["early"] and told["early"] == changes
    assert mails["weekly"] == welcome + told["digests"] and told["digests"] > changes
    assert told["digested"] == [], "each alert is in one digest"
    assert told["unsettled"] == [], "what was told early was confirmed"


def test_every_subject_says_what_its_mail_says(told: dict[str, Any]) -> None:
    assert told["garbled"] == []


def test_every_call_is_signed_and_fits_the_published_schema(told: dict[str, Any]) -> None:
    assert (told["bad_signatures"], told["schema_errors"]) == (0, [])


def test_every_headline_is_a_sentence(told: dict[str, Any]) -> None:
    assert len(told["headlines"]) == len(CHANGES)
    for headline in told["headlines"]:
        assert re.match(WHOSE + BECAME, headline), "whose page, and what became of it"
        assert headline.count("“") == headline.count("”") and not re.search(r"\s\s|[\n{}]|\.$", headline)
        assert len(headline) <= AT_MOST
