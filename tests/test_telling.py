"""Between deciding and sending: whom an alert reaches, and what is raised besides what pages showed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.home import Home
from app.telling import who_gets
from monitor.blobs import Blobs
from monitor.model import Alert, Review, Verdict
from monitor.store import Store, open_store, reviews, sqlite_url
from monitor.store import alerts as stored
from tests.chained import must_hold
from tests.sample_alerts import CORVID, NOW, TERMS, alert, finding, unconfirmed

ALERT = alert()
_MUTE = """\
[[mutes]]
page = "corvid/terms"
author = "Ana"
reason = "Made up."
since = 2026-11-01
until = 2026-12-31
"""
_SETTINGS = """\
[channels.log]
kind = "file"
path = "alerts.jsonl"
[[routes]]
name = "archive"
channel = "log"
"""
_CORVID = """\
name = "Corvid Cloud"
kind = "vendor"
[pages.terms]
url = "https://corvid.example/terms"
role = "terms"
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    for name, text in (("settings.toml", _SETTINGS), ("watchlist/corvid.toml", _CORVID)):
        file = tmp_path / "config" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return Home(tmp_path, tmp_path / "config")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(sqlite_url(tmp_path / "pledgewatch.db"), Blobs(tmp_path / "blobs")) as opened:
        yield opened
        must_hold(opened)


def reached(home: Home, store: Store, told: Alert = ALERT, days: int = 0) -> int:
    with store.read() as conn:
        return len(who_gets(home, conn, told, CORVID, TERMS, NOW + timedelta(days=days)))


def test_an_alert_reaches_whom_the_routes_name(home: Home, store: Store) -> None:
    assert reached(home, store) == 1


def test_what_a_person_muted_reaches_nobody_until_the_mute_ends(home: Home, store: Store) -> None:
    (home.config / "mutes.toml").write_text(_MUTE, encoding="utf-8")
    assert [reached(home, store), reached(home, store, days=60)] == [0, 1]


def test_a_mute_never_hides_that_words_are_gone(home: Home, store: Store) -> None:
    (home.config / "mutes.toml").write_text(_MUTE, encoding="utf-8")
    assert reached(home, store, alert(finding(kind="withdrawn", after_quote=""))) == 1


def test_an_early_word_that_was_judged_wrong_is_not_told_again_when_it_is_confirmed(
    home: Home, store: Store
) -> None:
    early = unconfirmed(alert())
    with store.begin() as conn:
        stored.add(conn, early, [])
        reviews.add(conn, Review(early.id, NOW, "Ana", Verdict.PAGE_NOISE))
    assert reached(home, store) == 0
    with store.begin() as conn:
        reviews.add(conn, Review(early.id, NOW, "Ana", Verdict.RIGHT))
    assert reached(home, store, replace(alert(), raised_at=NOW)) == 1
