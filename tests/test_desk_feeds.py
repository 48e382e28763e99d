"""Feeds and the calendar at the desk: the bytes of the command line, sent once, at addresses that stay."""

import json
from collections.abc import Iterator
from pathlib import Path

import feedparser
import pytest
from starlette.testclient import TestClient

from app.publishing import feed
from monitor.model import Review, Verdict
from monitor.store import holds, paged, reviews
from tests.desks import NOW, home_at, open_desk, statements_sent
from tests.homes import at_home, home, tree

__all__ = ["home"]  # the fixture


@pytest.fixture
def desk(own_demo_world: Path) -> Iterator[TestClient]:
    with open_desk(home_at(own_demo_world)) as client:
        yield client


def test_every_feed_is_the_file_that_feeds_write_gives(
    desk: TestClient, own_demo_world: Path, tmp_path: Path
) -> None:
    assert at_home(own_demo_world, "feeds", "write", tmp_path / "feeds") == 0
    files = tree(tmp_path / "feeds")
    assert len(files) > 10 and any(name.startswith("asks/") for name in files)
    for name, body in files.items():
        answer = desk.get(f"/feeds/{name}")
        assert (answer.status_code, answer.content) == (200, body), name
        kind = "application/atom+xml; charset=utf-8" if name.endswith("atom") else "application/feed+json"
        assert answer.headers["content-type"] == kind


def test_the_calendar_is_the_file_that_calendar_write_gives(
    desk: TestClient, own_demo_world: Path, tmp_path: Path
) -> None:
    assert at_home(own_demo_world, "calendar", "write", tmp_path / "days.ics") == 0
    answer = desk.get("/calendar.ics")
    assert answer.content == (tmp_path / "days.ics").read_bytes()
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"


@pytest.mark.parametrize("path", ["/feeds/all.atom", "/feeds/all.json", "/calendar.ics"])
def test_who_has_it_already_is_not_sent_it_again(desk: TestClient, path: str) -> None:
    first = desk.get(path)
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = desk.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    for unknown in ('"other"', "", "nonsense"):
        assert desk.get(path, headers={"If-None-Match": unknown}).content == first.content


def test_a_verdict_and_a_hold_are_in_the_next_answer(own_demo_world: Path) -> None:
    home = home_at(own_demo_world)
    with home.open_store() as store, open_desk(home) as desk:
        before = desk.get("/feeds/all.json")
        newest = before.json()["items"][0]["id"]
        with store.begin() as conn:
            reviews.add(conn, Review(newest, NOW, "Ana", Verdict.PAGE_NOISE))
        judged = desk.get("/feeds/all.json", headers={"If-None-Match": before.headers["etag"]})
        assert judged.status_code == 200 and judged.json()["items"][0]["title"].startswith("Corrected: ")
        with store.begin() as conn:
            holds.hold(conn, holds.Hold(newest, NOW, "much"))
        held = desk.get("/feeds/all.json", headers={"If-None-Match": judged.headers["etag"]})
        assert newest not in [one["id"] for one in held.json()["items"]]


def test_a_feed_that_stands_is_not_written_again(own_demo_world: Path) -> None:
    home = home_at(own_demo_world)
    with open_desk(home) as desk:
        store = desk.app.state.gate.desk.store  # type: ignore[attr-defined]
        desk.get("/feeds/all.atom")
        with statements_sent(store) as sent:
            desk.get("/feeds/all.atom")
    assert not [one for one in sent if "FROM alerts" in one]


@pytest.mark.parametrize(
    "path",
    [
        *("/feeds/all.xml", "/feeds/all", "/feeds/nothing.atom", "/feeds/organizations/nobody.atom"),
        *("/feeds/asks/NONE.json", "/feeds/canaries/all.atom", "/feeds/organizations/..%2Fall.atom"),
        *("/feeds/organizations/.atom", "/feeds/.atom", "/feeds/asks/%25.json"),
    ],
)
def test_there_is_no_other_feed(desk: TestClient, path: str) -> None:
    assert desk.get(path).status_code == 404


def test_every_feed_that_the_page_names_can_be_read(desk: TestClient) -> None:
    shown = desk.get("/feeds").text
    named = {
        part.split('"')[0] for part in shown.split('href="')[1:] if part.startswith(("/feeds/", "/calendar"))
    }
    assert {"/feeds/all.atom", "/feeds/all.json", "/calendar.ics"} < named
    for path in sorted(named):
        answer = desk.get(path)
        assert answer.status_code == 200, path
        if path.endswith(".atom"):
            assert not feedparser.parse(answer.content).bozo
        if path.endswith(".json"):
            assert json.loads(answer.content)["version"].startswith("https://jsonfeed.org/")


def test_a_watch_of_nobody_says_what_to_do(home: Path) -> None:
    with open_desk(home_at(home)) as desk:
        shown = desk.get("/feeds").text
    assert "Nobody is watched yet" in shown and 'href="/watchlist/add"' in shown


def test_a_feed_goes_on_until_it_is_full(own_demo_world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = home_at(own_demo_world)
    with home.open_store() as store:
        with store.begin() as conn:
            raised = paged.raised(conn, 100)
            for one in raised[:2]:
                holds.hold(conn, holds.Hold(one.id, NOW, "much"))
        with store.read() as conn:
            whole = feed(conn, home, "all")
            monkeypatch.setattr("app.publishing._BATCH", 1)
            assert whole and whole.entries and feed(conn, home, "all") == whole
