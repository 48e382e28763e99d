"""pledgewatch status, through the real program: what was done, what comes, what waits, what is unreadable."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.home import Home
from monitor.model import Access, Reading
from monitor.store import Store, alerts, checks, fetches, findings, pages, readings
from monitor.store.alerts import NewDelivery
from tests.homes import Screen, at_home, declared, home
from tests.store_values import HOUR, NOW, PLEDGE, TERMS, alert, fetch, finding, page, tracked

__all__ = ["home"]  # the fixture

HERON = """
name = "Heron Systems"
kind = "vendor"
[pages.terms]
url = "https://heron.example/terms"
role = "terms"
[pages.pledge]
url = "https://heron.example/pledge"
role = "pledge"
"""
FAR = NOW + 365_000 * HOUR  #: later than any day on which this test is run


@pytest.fixture
def heron(home: Path) -> Path:
    """A home that watches two pages."""
    declared(home, "heron").write_text(HERON)
    return home


def store_of(folder: Path) -> Store:
    return Home(folder, folder / "config").open_store()


def fill(folder: Path, *, evidence: str = "The server answered 503.") -> None:
    """A finished check, an unreadable page, a pending withdrawal, a delivery that failed once, one given up."""
    with store_of(folder) as store, store.begin() as conn:
        pages.sync(conn, [page(), page(PLEDGE)], NOW)
        pages.set_next_due(conn, TERMS, FAR + HOUR)
        pages.set_next_due(conn, PLEDGE, FAR)
        checks.finish(conn, checks.start(conn, NOW), NOW + HOUR, {"asked": 2, "not_readable": 1})
        good = fetches.record(conn, fetch()).id
        bad = fetches.record(conn, fetch(1, page_id=PLEDGE, status=503)).id
        readings.record(conn, Reading(good, TERMS, NOW, Access.OK, words=812))
        readings.record(conn, Reading(bad, PLEDGE, NOW + HOUR, Access.ERROR_PAGE, (evidence,)))
        findings.save(conn, TERMS, [tracked(good, readings=2, last_seen_at=NOW + 7 * HOUR)])
        addressed = [
            NewDelivery("k", "team", "mail", "team@example.org"),
            NewDelivery("l", "hook", "hook", ""),
        ]
        alerts.add(conn, alert(), addressed)
        mail, hook = alerts.waiting(conn)
        alerts.mark_failed(conn, mail.id, NOW, NOW + HOUR, "the mail server answered 451")
        alerts.mark_failed(conn, hook.id, NOW, None, "hook.example answered 410 \x1b[2J")


def status(folder: Path, capsys: Screen) -> Any:
    assert at_home(folder, "status", "--json") == 0
    return json.loads(capsys.readouterr().out)


# --------------------------------------------------------------------------- for programs


def test_a_new_home_has_everything_to_do(heron: Path, capsys: Screen) -> None:
    told = status(heron, capsys)
    assert told["schema"] == "pledgewatch.status/1"
    assert told["pages"] == {"watched": 2, "due": 2}
    assert told["last_check"] is None
    assert told["next_due"]["page"] == "heron/terms"
    assert [told[what] for what in ("not_readable", "pending", "waiting", "parked")] == [[], [], [], []]


def test_an_empty_watchlist_has_nothing_to_do(home: Path, capsys: Screen) -> None:
    told = status(home, capsys)
    assert told["pages"] == {"watched": 0, "due": 0}
    assert told["next_due"] is None


def test_everything_that_the_store_knows_is_told(heron: Path, capsys: Screen) -> None:
    fill(heron)
    told = status(heron, capsys)
    assert told["pages"] == {"watched": 2, "due": 0}
    assert told["last_check"] == {
        "started_at": "2026-03-01T06:00:00Z",
        "ended_at": "2026-03-01T07:00:00Z",
        "counts": {"asked": 2, "not_readable": 1},
        "remark": "",
    }
    assert told["daemon"] is None
    assert told["next_due"] == {"page": PLEDGE, "at": f"{FAR:%Y-%m-%dT%H:%M:%SZ}"}
    assert told["not_readable"] == [
        {
            "page": PLEDGE,
            "at": "2026-03-01T07:00:00Z",
            "access": "error_page",
            "evidence": ["The server answered 503."],
            "since": "2026-03-01T07:00:00Z",
        }
    ]
    (waiting,) = told["waiting"]
    assert waiting == {
        "alert": "a" * 64,
        "notice": "",
        "held": False,
        "route": "team",
        "channel": "mail",
        "recipient": "team@example.org",
        "attempts": 1,
        "next_attempt_at": "2026-03-01T07:00:00Z",
        "last_error": "the mail server answered 451",
        "digest": "",
        "state": "waiting",
    }
    (parked,) = told["parked"]
    assert (parked["route"], parked["attempts"], parked["next_attempt_at"]) == ("hook", 1, None)
    assert parked["last_error"] == "hook.example answered 410 \x1b[2J"


def test_a_pending_finding_says_what_it_needs_and_when_to_look_again(heron: Path, capsys: Screen) -> None:
    """Two of three readings of a withdrawal over 72 h: the last one is due at the end of the span."""
    fill(heron)
    (pending,) = status(heron, capsys)["pending"]
    assert pending["page"] == TERMS
    assert pending["readings"] == 2
    assert pending["needs"] == {"readings": 3, "hours": 72.0}
    assert pending["next_look_at"] == f"{NOW + 72 * HOUR:%Y-%m-%dT%H:%M:%SZ}"
    assert pending["finding"]["before_quote"] == finding().before_quote


def test_the_settings_decide_what_it_needs(heron: Path, capsys: Screen) -> None:
    fill(heron)
    settings = heron / "config" / "settings.toml"
    settings.write_text(settings.read_text().replace("withdrawn_hours = 72.0", "withdrawn_hours = 24"))
    assert status(heron, capsys)["pending"][0]["needs"] == {"readings": 3, "hours": 24.0}


def test_a_page_that_is_no_longer_watched_is_not_called_unreadable(heron: Path, capsys: Screen) -> None:
    fill(heron)
    declared(heron, "heron").write_text(HERON.partition("[pages.pledge]")[0])
    told = status(heron, capsys)
    assert told["not_readable"] == []
    assert told["next_due"]["page"] == TERMS


def test_only_the_newest_reading_counts(heron: Path, capsys: Screen) -> None:
    fill(heron)
    with store_of(heron) as store, store.begin() as conn:
        later = fetches.record(conn, fetch(2, page_id=PLEDGE)).id
        readings.record(conn, Reading(later, PLEDGE, NOW + 2 * HOUR, Access.UNCHANGED))
    assert status(heron, capsys)["not_readable"] == []


# --------------------------------------------------------------------------- for people


def test_people_read_the_same_in_plain_lines(heron: Path, capsys: Screen) -> None:
    fill(heron)
    assert at_home(heron, "status") == 0
    told = capsys.readouterr().out
    for part in (
        "Last check   2026-03-01 06:00 UTC: 2 asked, 1 not readable",
        f"Next check   {FAR:%Y-%m-%d %H:%M} UTC (heron/pledge); 2 pages are watched",
        "heron/pledge  the server had trouble, since 2026-03-01 07:00 UTC",
        "                The server answered 503.",
        "weaker withdrawn: seen 2 of 3 times since 2026-03-01 06:00 UTC",
        "next look 2026-03-04 06:00 UTC, believed from 2026-03-04 06:00 UTC on if it stands until then",
        "team team@example.org  1 attempt, next 2026-03-01 07:00 UTC  the mail server answered 451",
        "Given up, not sent: 1\n  aaaaaaaaaaaa  hook  1 attempt  hook.example answered 410 ⟨U+001B⟩[2J",
    ):
        assert part in told
    assert [line for line in told.splitlines() if line != line.rstrip()] == []


def test_nothing_is_said_to_be_nothing(home: Path, capsys: Screen) -> None:
    assert at_home(home, "status") == 0
    told = capsys.readouterr().out
    assert "Last check   none yet" in told
    assert "Next check   none: no page is watched; add one with `pledgewatch add URL`" in told
    assert told.count(": nothing") == 4


def test_a_check_that_did_not_end_is_said(heron: Path, capsys: Screen) -> None:
    with store_of(heron) as store, store.begin() as conn:
        checks.start(conn, NOW)
    assert at_home(heron, "status") == 0
    assert "2026-03-01 06:00 UTC, not finished" in capsys.readouterr().out


def test_words_of_a_page_cannot_act_on_the_terminal(heron: Path, capsys: Screen) -> None:
    fill(heron, evidence="\x1b[2J\u202etext")
    assert at_home(heron, "status") == 0
    told = capsys.readouterr().out
    assert "⟨U+001B⟩[2J⟨U+202E⟩text" in told
    assert "\x1b" not in told


def test_long_lists_are_counted(heron: Path, capsys: Screen) -> None:
    with store_of(heron) as store, store.begin() as conn:
        first = fetches.record(conn, fetch()).id
        many = [tracked(first, f"k{number}", first_seen_at=NOW + timedelta(number)) for number in range(25)]
        findings.save(conn, TERMS, many)
    assert at_home(heron, "status") == 0
    told = capsys.readouterr().out
    assert "Waiting for confirmation: 25" in told
    assert "… and 5 more" in told


# --------------------------------------------------------------------------- trouble


def test_a_store_that_is_none_is_exit_code_3(heron: Path, capsys: Screen) -> None:
    (heron / "pledgewatch.db").write_bytes(b"this is not a database" * 100)
    assert at_home(heron, "status") == 3
    assert "not a database" in capsys.readouterr().err


def test_misspelt_settings_are_exit_code_2(heron: Path, capsys: Screen) -> None:
    (heron / "config" / "settings.toml").write_text("[operater]\n")
    assert at_home(heron, "status") == 2
    assert 'did you mean "operator"?' in capsys.readouterr().err
