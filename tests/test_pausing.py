"""A page that is paused is asked for no more, and is no page that could not be read."""

import json
from pathlib import Path

import pytest

from alerts.alive import facts_of
from alerts.coverage import not_read
from alerts.reader import Reader
from app.due import due_pages, take_pages, what_is_due
from app.metrics import metrics_text
from monitor.model import Access, Fetch, Reading
from monitor.store import Store, fetches, pages, readings
from monitor.watchlist import load_watchlist
from tests.desks import NOW, home_at
from tests.homes import Screen, at_home, declared, home

__all__ = ["home"]  # the fixture

HERON = """\
name = "Heron Systems"
kind = "vendor"
[pages.pledge]
url = "https://heron.example/pledge"
role = "pledge"
[pages.terms]
url = "https://heron.example/terms"
role = "terms"
"""


@pytest.fixture
def paused(home: Path) -> Path:
    """Heron's terms, that could not be read, and then were paused."""
    file = declared(home, "heron")
    file.write_text(HERON)
    with home_at(home).open_store() as store, store.begin() as conn:
        pages.sync(conn, home_at(home).watchlist.asked, NOW)
        url = "https://heron.example/terms"
        fetch = fetches.record(conn, Fetch("heron/terms", url, NOW, NOW, status=403))
        readings.record(conn, Reading(fetch.id, "heron/terms", NOW, Access.WALL, ("A wall.",)))
    file.write_text(HERON + "paused = true\n")
    return home


def ids(store: Store, folder: Path, *, everything: bool) -> list[str]:
    return [one.id for one in due_pages(home_at(folder), store, NOW, everything=everything)]


def test_it_is_declared_and_not_asked_for(paused: Path) -> None:
    watchlist = load_watchlist(paused / "config")
    assert [one.id for one in watchlist.pages] == ["heron/pledge", "heron/terms"]
    assert [one.id for one in watchlist.asked] == ["heron/pledge"]


def test_it_is_never_due(paused: Path) -> None:
    with home_at(paused).open_store() as store:
        assert ids(store, paused, everything=False) == ids(store, paused, everything=True) == ["heron/pledge"]
        assert what_is_due(home_at(paused), store, NOW) == {"page heron/pledge"}
        taken, _ = take_pages(home_at(paused), store, NOW, {"heron/pledge", "heron/terms"}, everything=True)
        assert [one.id for one in taken] == ["heron/pledge"]


def test_it_is_due_again_at_once_when_it_goes_on(paused: Path) -> None:
    with home_at(paused).open_store() as store:
        ids(store, paused, everything=False)
        declared(paused, "heron").write_text(HERON)
        assert ids(store, paused, everything=False) == ["heron/pledge", "heron/terms"]
        with store.read() as conn:
            assert readings.last(conn, "heron/terms"), "its history stays"


@pytest.mark.parametrize("synced", [True, False], ids=["after a check", "at once"])
def test_the_status_says_paused_and_not_unread(paused: Path, capsys: Screen, synced: bool) -> None:
    if synced:
        with home_at(paused).open_store() as store:
            ids(store, paused, everything=False)
    assert at_home(paused, "status", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["paused"], told["not_readable"], told["pages"]["watched"]) == (["heron/terms"], [], 1)
    at_home(paused, "status")
    said = capsys.readouterr().out
    assert "Paused, not asked for: 1\n  heron/terms\n" in said
    assert "Not readable: nothing" in said


def test_it_is_counted_nowhere_as_never_read(paused: Path) -> None:
    home = home_at(paused)
    with home.open_store() as store:
        ids(store, paused, everything=False)
        with store.read() as conn:
            facts = facts_of(conn, home.watchlist, NOW, "")
            theirs = [(one, page) for one in home.watchlist.organizations for page in one.pages]
            unread = [item.text for part in not_read(conn, theirs, Reader()) for item in part.items]
    assert (facts.never, facts.unread, len(unread)) == (1, (), 1)
    assert 'pledgewatch_pages{access="never"} 1.0' in metrics_text(home, NOW)
