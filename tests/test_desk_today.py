"""Today, as it is served: what it shows, in which order, and what it says where there is nothing."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.calendaring import known_days
from app.desk.pages.today import CHANGES
from app.home import Home
from monitor.model import (
    PAGE_GONE,
    Access,
    Direction,
    Earlier,
    Finding,
    Relation,
    Review,
    Sighting,
    Standing,
    Verdict,
)
from monitor.store import Connection, alerts, checks, findings, holds, pages, reviews, standing
from monitor.store.holds import Hold
from monitor.store.standing import OnPage
from tests.desk_world import DAY, HOUR, check, follow, home_of, look, raise_alert, served, watch
from tests.desks import NOW, open_desk
from tests.store_values import alert, finding, tracked


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return home_of(tmp_path / "home")


def fill(home: Home) -> Iterator[Connection]:
    """`for conn in fill(home)`: once, in one transaction, with all pages on the schedule."""
    with home.open_store() as store, store.begin() as conn:
        watch(conn, home.watchlist.pages)
        yield conn


def shown(home: Home, address: str = "/") -> str:
    with open_desk(home) as client:
        answer = client.get(address)
    assert answer.status_code == 200
    return answer.text


def headlines(html: str) -> list[str]:
    return re.findall(r"Headline \d+\.", html)


def test_a_home_without_pages_says_how_to_add_one(tmp_path: Path) -> None:
    html = shown(home_of(tmp_path / "home", 0))
    assert "No page is watched yet." in html and 'href="/watchlist/add"' in html


def test_a_home_that_was_never_checked_says_how_to_check(home: Home) -> None:
    html = shown(home)
    assert "pledgewatch check" in html and "now: 4 pages are due" in html


def test_weaker_changes_come_first_and_the_newest_first_within_one_direction(home: Home) -> None:
    order = [Direction.NEUTRAL, Direction.WEAKER, Direction.STRONGER, Direction.UNCLEAR, Direction.MIXED]
    for conn in fill(home):
        for number, direction in enumerate([*order, Direction.WEAKER]):
            raise_alert(conn, "org0/p0", NOW - (9 - number) * HOUR, direction)
    assert headlines(shown(home)) == [f"Headline {number}." for number in (5, 1, 4, 3, 2, 0)]


@pytest.mark.parametrize(("days", "expected"), [("1", 1), ("7", 2), ("14", 3), ("90", 4), ("8", 3), ("x", 3)])
def test_the_days_can_be_chosen(home: Home, days: str, expected: int) -> None:
    for conn in fill(home):
        for age in (0.5, 5, 10, 60):
            raise_alert(conn, "org0/p0", NOW - age * DAY)
    assert len(headlines(shown(home, f"/?days={days}"))) == expected


def test_a_list_of_changes_goes_on_on_the_next_part(home: Home) -> None:
    for conn in fill(home):
        for number in range(CHANGES + 2):
            raise_alert(conn, "org0/p0", NOW - number * HOUR)
    assert len(headlines(shown(home))) == CHANGES
    assert len(headlines(shown(home, "/?page=2"))) == 2
    assert headlines(shown(home, "/?page=-1")) == headlines(shown(home))


def test_each_change_is_marked_with_what_is_to_be_known_of_it(home: Home) -> None:
    for conn in fill(home):
        held, judged, early, plain = (raise_alert(conn, "org0/p0", NOW - age * HOUR) for age in range(1, 5))
        holds.hold(conn, Hold(held.id, NOW, "too many at once"))
        reviews.add(conn, Review(judged.id, NOW, "Ana", Verdict.PAGE_NOISE))
    html = shown(home)
    parts = dict(zip(headlines(html), html.split("<h3")[1:], strict=False))
    assert "held for a person" in parts[held.headline]
    assert "judged: page noise" in parts[judged.headline]
    for one in (early, plain):
        assert "held" not in parts[one.headline] and "judged" not in parts[one.headline]


def test_an_unconfirmed_change_says_so(home: Home) -> None:
    for conn in fill(home):
        made = raise_alert(conn, "org0/p0", NOW - HOUR)
        unconfirmed = replace(made, id="f" * 64, after=replace(made.after, confirmed_at=None))
        alerts.add(conn, unconfirmed, [])
    html = shown(home)
    assert html.count("not confirmed; gone again") == 1


def test_what_waits_says_when_it_can_be_believed(home: Home) -> None:
    for conn in fill(home):
        look_id = look(conn, "org0/p0", NOW - 2 * HOUR)
        follow(conn, "org0/p0", look_id, NOW - 2 * HOUR)
        follow(conn, "gone/p0", look_id, NOW - 3 * HOUR, state=Sighting.PENDING)
        follow(conn, "org0/p1", look_id, NOW, state=Sighting.CONFIRMED)
    html = shown(home)
    assert html.count("Seen 1 of 3 times since") == 2
    assert '<time datetime="2027-03-04T07:00:00Z"' in html, "72 hours after it was seen first"
    assert html.count("nobody looks") == 1


def test_pages_that_cannot_be_read_are_told_by_reason_the_longest_unread_first(home: Home) -> None:
    for conn in fill(home):
        look(conn, "org0/p0", NOW - 2 * DAY)
        look(conn, "org0/p0", NOW - DAY, Access.WALL)
        look(conn, "org0/p1", NOW - 5 * DAY, Access.WALL)
        look(conn, "org1/p0", NOW - 3 * DAY, Access.GONE)
        look(conn, "org1/p1", NOW - DAY)
        look(conn, "dropped/p0", NOW - DAY, Access.WALL)
    html = shown(home).partition('id="unread"')[2]
    pages = re.findall(r'href="/pages/([^"]+)"', html)
    assert pages == ["org0/p1", "org1/p0", "org0/p0"]
    assert '<a href="/coverage?state=wall">a bot wall stood before it</a>: 2' in html
    assert "The server answered &lt;b&gt;403&lt;/b&gt;." in html


def test_pledges_that_end_soon_are_told_the_soonest_first(home: Home) -> None:
    def pledge(key: str, ends: str, stance: str = "refuses") -> Standing:
        return Standing(key * 64, f"Pledge {key}.", (), NOW - 400 * DAY, stance, ends=ends)

    stands = (
        *(pledge("a", "2027-06-01"), pledge("b", "2027-03-20"), pledge("c", "2028-06-01")),
        *(pledge("d", "2027-03-20", "permits"), pledge("e", "")),
    )
    for conn in fill(home):
        standing.keep(conn, OnPage("org0/p0", "t", "w", stands, NOW.date()))
    html = shown(home).partition('id="ending"')[2]
    assert re.findall(r"Pledge \w", html) == ["Pledge b", "Pledge a"]
    assert f'href="/organizations/org0/commitments/{"b" * 64}"' in html
    assert "19 days from now" in html


def test_a_pledge_on_a_page_that_is_gone_does_not_end_any_more(home: Home) -> None:
    pledge = Standing("a" * 64, "Pledge a.", (), NOW - 400 * DAY, "refuses", ends="2027-03-20")
    gone = replace(finding(), rule=PAGE_GONE)
    for conn in fill(home):
        for page, then in (("org0/p0", Access.GONE), ("org0/p1", Access.OK), ("org1/p0", Access.WALL)):
            standing.keep(conn, OnPage(page, "t", "w", (pledge,), NOW.date()))
            look(conn, page, NOW - 9 * DAY, Access.GONE)
            back = look(conn, page, NOW - 3 * DAY, Access.GONE if then is Access.GONE else Access.OK)
            look(conn, page, NOW - DAY, then)
            one = tracked(back, "gone", first_seen_at=NOW - 9 * DAY, last_seen_at=NOW, finding=gone)
            findings.save(conn, page, [replace(one, state=Sighting.CONFIRMED, confirmed_at=NOW - 8 * DAY)])
        gone_now = findings.gone_now(conn, {page.id for page in home.watchlist.pages})
        days = [one for one in known_days(conn, home) if one.on == date(2027, 3, 20)]
    assert gone_now == {"org0/p0"} and len(days) == 2
    html = shown(home).partition('id="ending"')[2].partition('id="watch"')[0]
    assert re.findall(r">(Organization \d): ends", html) == ["Organization 0", "Organization 1"]


def test_what_was_taken_back_or_judged_wrong_is_marked_and_counted_apart(home: Home) -> None:
    for conn in fill(home):
        plain, right, wrong, back = (raise_alert(conn, "org0/p0", NOW - age * HOUR) for age in range(6, 10))
        reviews.add(conn, Review(right.id, NOW, "Ana", Verdict.PAGE_NOISE))
        reviews.add(conn, Review(right.id, NOW, "Ana", Verdict.RIGHT))
        reviews.add(conn, Review(wrong.id, NOW, "Ana", Verdict.PAGE_NOISE))
        earlier = (Earlier(back.id, back.raised_at, back.headline, Relation.REVERSED),)
        later = raise_alert(conn, "org0/p0", NOW - HOUR, Direction.STRONGER, follows=earlier)
        early = replace(plain, id="f" * 64, after=replace(plain.after, confirmed_at=None))
        alerts.add(conn, early, [])
    html = shown(home)
    weaker, stronger = re.findall(r"(\d+)</li>", html.partition('class="tally"')[2])[:2]
    assert (weaker, stronger) == ("2", "1") and "And 3 that were judged not to be right" in html
    assert html.count("taken back <time") == 1 and f'class="badge early" href="/changes/{later.id}"' in html
    assert "taken back <time" in shown(home, f"/changes/{back.id}")
    with open_desk(home) as client:
        told = {one["id"]: one["taken_back_by"] for one in client.get("/api/v1/alerts").json()["alerts"]}
    assert [id for id, by in told.items() if by] == [back.id] and told[back.id] == later.id
    assert re.findall(r"Weaker</span> (\d+)", shown(home, "/organizations")) == ["2"]


def test_what_comes_and_goes_is_shown_on_every_page_that_it_concerns(home: Home) -> None:
    for conn in fill(home):
        id = look(conn, "org0/p0", NOW - DAY)
        follow(conn, "org0/p0", id, NOW - DAY, "twice", state=Sighting.VARIANT, flips=2)
        follow(conn, "org0/p1", id, NOW - DAY, "once", state=Sighting.VARIANT, flips=1)
    for address in ("/", "/organizations/org0", "/pages/org0/p0"):
        assert shown(home, address).count("Went again 2 times") == 1, address
    assert "Comes and goes" not in shown(home, "/pages/org0/p1")


def test_a_look_that_is_overdue_is_not_promised_for_the_past(home: Home) -> None:
    for conn in fill(home):
        follow(conn, "org0/p0", look(conn, "org0/p0", NOW - 40 * DAY), NOW - 40 * DAY)
        follow(conn, "org0/p1", look(conn, "org0/p1", NOW - 40 * DAY), NOW - 40 * DAY)
        pages.set_next_due(conn, "org0/p0", NOW + HOUR)
        pages.set_next_due(conn, "org0/p1", NOW - HOUR)
    for address in ("/", "/organizations/org0"):
        html = shown(home, address)
        assert 'Next look <time datetime="2027-03-01T10:00:00Z"' in html
        assert 'The next look is overdue, since <time datetime="2027-03-01T08:00:00Z"' in html


def test_a_broken_watchlist_leaves_out_what_goes_by_it(home: Home) -> None:
    for conn in fill(home):
        look(conn, "org0/p0", NOW - DAY, Access.WALL)
        check(conn, NOW - DAY)
    (home.config / "watchlist" / "org0.toml").write_text("name = ")
    html = shown(Home(home.root, home.config))
    assert "are left out until the configuration is mended" in html
    for claim in ("No page is watched", "was read.", "names an end", "0 pages are watched"):
        assert claim not in html, claim


def test_before_the_first_check_ended_what_was_read_is_not_denied(home: Home) -> None:
    for conn in fill(home):
        checks.start(conn, NOW - HOUR)
    assert "The first check is running." in shown(home)
    for conn in fill(home):
        look(conn, "org0/p0", NOW)
    html = shown(home)
    assert "No page was read yet" not in html and "the first one is not over" in html


NOTICES = {
    "silent for too long": (lambda conn: check(conn, NOW - 28 * HOUR), "No check has ended for 27 hours"),
    "a remark": (
        lambda conn: check(conn, NOW - HOUR, "The network was in doubt."),
        "The network was in doubt.",
    ),
    "held": (
        lambda conn: holds.hold(conn, Hold(raise_alert(conn, "org0/p0", NOW).id, NOW, "too many")),
        "1 alert is held until a person has looked",
    ),
}


@pytest.mark.parametrize("name", NOTICES)
def test_what_is_wrong_with_the_watch_stands_at_the_top(home: Home, name: str) -> None:
    act, sentence = NOTICES[name]
    assert "What needs care" not in shown(home)
    for conn in fill(home):
        act(conn)
    assert sentence in shown(home).partition('id="changes"')[0]


def test_a_check_within_a_day_is_no_silence(home: Home) -> None:
    for conn in fill(home):
        check(conn, NOW - 26 * HOUR)
    html = shown(home)
    assert "What needs care" not in html and "2 asked, 1 not readable" in html


def test_a_configuration_that_cannot_be_followed_is_told_and_the_rest_is_shown(home: Home) -> None:
    for conn in fill(home):
        raise_alert(conn, "org0/p0", NOW)
    (home.config / "watchlist" / "org1.toml").write_text("name = 3\n")
    broken = Home(home.root, home.config)
    html = shown(broken)
    assert "org1.toml" in html and headlines(html) == ["Headline 0."]


HOSTILE = "<script>alert(1)</script>\u202eevil"


def test_hostile_words_are_text(home: Home) -> None:
    for conn in fill(home):
        made = replace(raise_alert(conn, "org0/p0", NOW - HOUR), id="e" * 64, headline=HOSTILE)
        alerts.add(conn, made, [])
        look_id = look(conn, "org0/p0", NOW - HOUR)
        bad: Finding = replace(alert().findings[0], before_quote=HOSTILE)
        findings.save(conn, "org0/p0", [replace(follow(conn, "org0/p0", look_id, NOW, "z"), finding=bad)])
    html = shown(home)
    assert "<script>alert" not in html and html.count("⟨U+202E⟩") == 2


def populated(root: Path, size: int) -> Home:
    """Many of everything that is listed."""
    home = home_of(root, size, 4)
    with home.open_store() as store, store.begin() as conn:
        watch(conn, home.watchlist.pages)
        for number, page in enumerate(home.watchlist.pages):
            id = look(conn, page.id, NOW - number * HOUR, Access.WALL)
            raise_alert(conn, page.id, NOW - number * HOUR)
            follow(conn, page.id, id, NOW - HOUR)
            stands = Standing("a" * 64, "Words. " * 60, (), NOW - 400 * DAY, "refuses", ends="2027-04-01")
            standing.keep(conn, OnPage(page.id, "t", "w", (stands,), NOW.date()))
    return home


def test_it_stays_small_and_asks_as_many_questions_however_much_there_is(tmp_path: Path) -> None:
    _, few = served(populated(tmp_path / "small", 1), "/")
    size, many = served(populated(tmp_path / "large", 12), "/")
    assert few == many
    assert 20_000 < size < 60_000
