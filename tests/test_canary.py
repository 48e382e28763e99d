"""The canary: a page that changes each day goes through fetching, confirming and telling, or is missed."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from alerts.routes import deliveries, matches
from app.canary import canary_page
from app.home import SHIPPED_CONFIG, Home
from app.metrics import metrics_text
from app.setup import Wishes, make_home
from monitor.alive import CANARY, canary_pages, watched_for_others
from monitor.compare import compare
from monitor.lexicon import Lexicons
from monitor.mass import Changed, mass_of
from monitor.model import Direction, Document, Fetch, Organization, Page, Role, Segment, Tier
from monitor.settings import Channel, MassChange, Route, Settings, load_settings
from monitor.store import fetches
from monitor.watchlist import load_watchlist
from tests.homes import ROOT, Screen, at_home, program
from tests.sample_alerts import AFTER, CORVID, TERMS, alert

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BIRD = Organization("canary", "Canary", CANARY)
POLICY = Page("canary/policy", "canary", "http://127.0.0.1:8322/canary", Role.POLICY)
SONG = alert(page=POLICY, organization=BIRD)


def document(day: datetime) -> Document:
    (statement,) = [line for line in canary_page(day).split("<p>") if "facial recognition" in line]
    return Document((Segment(statement.partition("</p>")[0]),), language="en")


# --------------------------------------------------------------------------- what it says


def test_it_changes_at_midnight_utc_and_not_before() -> None:
    morning, midnight = NOON.replace(hour=0), NOON.replace(hour=0) + DAY
    assert canary_page(morning) == canary_page(midnight - timedelta(microseconds=1))
    assert canary_page(midnight) != canary_page(morning)


def test_each_day_is_one_trusted_change_and_no_text_comes_back() -> None:
    lexicon = Lexicons(SHIPPED_CONFIG, SHIPPED_CONFIG)["en"]
    days = [NOON + number * DAY for number in range(70)]  # texts that came and went are known for 60
    assert len({canary_page(day) for day in days}) == len(days)
    for before, after in pairwise(days[:8]):
        (found,) = compare(document(before), document(after), lexicon).findings
        weaker = found.direction is Direction.WEAKER
        assert (found.tier, weaker) == (Tier.ALERT, bool(after.toordinal() % 2))


# --------------------------------------------------------------------------- who hears of it


@pytest.mark.parametrize(
    ("route", "hears"),
    [
        pytest.param(Route("all", "log"), False, id="a route for everything"),
        pytest.param(Route("terms", "log", roles=("policy",)), False, id="one for a role"),
        pytest.param(Route("canary", "log", kinds=(CANARY,)), True, id="one that asks for the kind"),
        pytest.param(Route("both", "log", kinds=("vendor", CANARY)), True, id="one that asks for it too"),
        pytest.param(Route("vendors", "log", kinds=("vendor",)), False, id="one for another kind"),
        pytest.param(Route("bird", "log", organizations=("canary",)), True, id="one that names it"),
        pytest.param(Route("corvid", "log", organizations=("corvid",)), False, id="one that names another"),
    ],
)
def test_only_who_asks_for_a_canary_hears_of_it(route: Route, hears: bool) -> None:
    assert matches(route, SONG, BIRD, POLICY) is hears
    settings = Settings(channels={"log": Channel("file", path="told")}, routes=(route,))
    assert bool(deliveries(SONG, BIRD, POLICY, settings)) is hears


def test_all_others_are_told_as_before() -> None:
    assert matches(Route("all", "log"), alert(), CORVID, TERMS)


def test_it_neither_counts_as_a_mass_change_nor_is_held_with_one() -> None:
    seen, watched = AFTER.fetched_at, {"corvid": 9}
    changed = [Changed(f"corvid/{number}", "corvid", seen) for number in range(9)]
    limits = MassChange(0.2, 0.3, 5)
    assert mass_of(alert(), {seen}, changed, watched, limits), "a mass change it is"
    assert mass_of(SONG, {seen}, changed, watched, limits) is None


# --------------------------------------------------------------------------- declaring it


def test_init_declares_it_with_a_route_of_its_own(tmp_path: Path, capsys: Screen) -> None:
    assert program("init", tmp_path / "home", "--canary", "--allow-host", "desk.example.org") == 0
    assert "the canary alone" in capsys.readouterr().out
    config = tmp_path / "home" / "config"
    settings, watchlist = load_settings(config), load_watchlist(config)
    assert settings.daemon.listen == "127.0.0.1:8322"
    assert settings.network.allow_hosts == ("desk.example.org", "127.0.0.1")
    assert [one.name for one in settings.routes if one.kinds == (CANARY,)] == ["canary"]
    (page,) = canary_pages(watchlist)
    assert (page.id, page.url) == ("canary/policy", "http://127.0.0.1:8322/canary")
    assert Home(tmp_path / "home", config).watchlist.pages == (page,), "the routes ask for what is watched"


def test_it_stands_beside_other_wishes(tmp_path: Path) -> None:
    make_home(tmp_path / "home", Wishes(webhook="https://example.org/h", with_watchlist=True, canary=True))
    watchlist = load_watchlist(tmp_path / "home" / "config")
    assert len(canary_pages(watchlist)) == 1
    assert watched_for_others(watchlist) == load_watchlist(ROOT / "config").pages


def test_without_the_wish_there_is_none(tmp_path: Path) -> None:
    make_home(tmp_path / "home", Wishes())
    assert load_watchlist(tmp_path / "home" / "config").pages == ()
    assert load_settings(tmp_path / "home" / "config").daemon.listen == ""


# --------------------------------------------------------------------------- through the whole pipeline


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """Two and a half days with the real spider and store, and then a daemon that does not answer."""
    home = tmp_path_factory.mktemp("canary") / "home"
    command = [sys.executable, "-W", "error", "-m", "tests.canary_watch", str(home)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1]), home


def test_each_day_is_told_once_and_soon(watched: tuple[dict[str, Any], Path]) -> None:
    found, _ = watched
    told = [datetime.fromisoformat(one["at"]) for one in found["told"]]
    assert [at.date().isoformat() for at in told] == ["2026-11-23", "2026-11-24"]
    assert all(at.hour <= 13 for at in told), "6 hours until it is looked at, 6 until it is believed"
    assert [one["direction"] for one in found["told"]] == ["weaker", "stronger"]
    assert [one["after"][0][:19] for one in found["told"]] == ["On 23 November 2026", "On 24 November 2026"]


def test_it_is_delivered_to_its_own_route_alone(watched: tuple[dict[str, Any], Path]) -> None:
    found, home = watched
    lines = (home / "canary.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["page"]["id"] for line in lines] == ["canary/policy"] * 2
    assert found["waiting"] == 0, "the console, which hears of all else, has nothing of it"
    assert found["last_told"] == found["told"][-1]["at"]


def test_it_is_missed_once_it_falls_silent(watched: tuple[dict[str, Any], Path]) -> None:
    found, _ = watched
    assert found["well"] == ""
    assert "its last alert was delivered 2026-11-24" in found["silent"]


# --------------------------------------------------------------------------- where it is shown


def test_status_and_metrics_say_that_it_is_silent(tmp_path: Path, capsys: Screen) -> None:
    folder = tmp_path / "home"
    make_home(folder, Wishes(canary=True))
    home = Home(folder, folder / "config")
    at = datetime(2026, 3, 1, tzinfo=UTC)
    with home.open_store() as store, store.begin() as conn:
        fetches.record(conn, Fetch(POLICY.id, POLICY.url, at, at))
    assert "\npledgewatch_canary_overdue 0.0\n" in metrics_text(home, at + 50 * HOUR)
    assert "\npledgewatch_canary_overdue 1.0\n" in metrics_text(home, at + 51 * HOUR)
    capsys.readouterr()
    assert at_home(folder, "status") == 0
    assert "Canary       The canary page changes each day, and no alert on it" in capsys.readouterr().out
    assert at_home(folder, "status", "--json") == 0
    assert json.loads(capsys.readouterr().out)["canary"].startswith("The canary page changes each day")


def test_a_change_that_was_told_is_dated_in_the_metrics(watched: tuple[dict[str, Any], Path]) -> None:
    found, folder = watched
    told = datetime.fromisoformat(found["last_told"])
    text = metrics_text(Home(folder, folder / "config"), told)
    line = f"pledgewatch_canary_last_delivered_timestamp_seconds {told.timestamp():.9e}"
    assert line.partition("e+")[0].rstrip("0") in text
