"""Organizations, one organization, and one watched page, as they are served; and what the store says for them."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from app.desk.pages.organization import CHANGES, asks_of, grouped
from app.home import Home
from app.indexing import index_new
from app.outlook import outlook
from monitor.confirm import Need, Policy
from monitor.ledger import Commitment, Status
from monitor.model import Access, Direction, Review, Saying, Touched, Verdict
from monitor.store import Store, alerts, findings, pages, raised, readings, reviews, tables
from tests.desk_world import DAY, HOUR, follow, home_of, look, raise_alert, served, watch
from tests.desks import NOW, home_at, open_desk
from tests.store_values import alert, page, tracked

pytest_plugins = ["tests.postgres"]

WALK = "heron/terms", "heron/pledge", "heronry/terms"


# --------------------------------------------------------------------------- what the store says


@pytest.mark.parametrize("older", [{}, {"direction": None}, {"direction": None, "page_id": None}])
def test_alerts_are_listed_by_direction_by_page_and_by_organization(
    store: Store, older: dict[str, None]
) -> None:
    """Also as older versions of the schema kept them."""
    with store.begin() as conn:
        made = [
            raise_alert(conn, WALK[number % 3], NOW - number * HOUR, direction)
            for number, direction in enumerate([*Direction, Direction.WEAKER])
        ]
        if older:
            conn.execute(update(tables.alerts).values(older))
        weaker, stronger, mixed, neutral, unclear, earlier = made
        since = NOW - 10 * HOUR
        assert raised.newest(conn, since, 9) == [weaker, earlier, mixed, unclear, stronger, neutral]
        assert raised.newest(conn, since, 2, 1) == [earlier, mixed]
        if "page_id" not in older:
            left = [earlier, mixed, unclear, stronger]
            assert raised.newest(conn, since, 9, without={"heron/terms"}) == left
        assert raised.newest(conn, NOW - 2 * HOUR, 9) == [weaker, mixed, stronger]
        assert raised.directions(conn, since) == {one: 1 + (one is Direction.WEAKER) for one in Direction}
        assert raised.by_page(conn, since, ["heron"])["heron/pledge", Direction.STRONGER] == 1
        assert raised.by_page(conn, since, ["her"]) == {}
        assert raised.of_organization(conn, "heron", 9) == [weaker, stronger, neutral, unclear]
        assert raised.of_organization(conn, "heron", 1, 2) == [neutral]
        assert raised.of_organization(conn, "her", 9) == []


def test_a_headline_cannot_pretend_another_direction(store: Store) -> None:
    headline = 'x","direction":"stronger","findings":['
    with store.begin() as conn:
        made = raise_alert(conn, WALK[0], NOW)
        alerts.add(conn, replace(made, id="f" * 64, headline=headline), [])
        conn.execute(update(tables.alerts).values(direction=None))  # as before schema 0005
        assert raised.newest(conn, NOW - DAY, 2)[0].direction is Direction.WEAKER
        assert raised.directions(conn, NOW - DAY) == {Direction.WEAKER: 2}


def test_the_newest_verdict_on_each_of_some_alerts(store: Store) -> None:
    with store.begin() as conn:
        first, second, third = (raise_alert(conn, WALK[0], NOW - age * HOUR).id for age in range(3))
        for id, verdict in ((first, Verdict.RIGHT), (first, Verdict.DUPLICATE), (third, Verdict.RIGHT)):
            reviews.add(conn, Review(id, NOW, "Ana", verdict))
        found = reviews.newest_of(conn, [first, second])
        assert {id: one.verdict for id, one in found.items()} == {first: Verdict.DUPLICATE}
        assert reviews.newest_of(conn, []) == {}


def test_findings_of_an_organization_and_what_waits(store: Store) -> None:
    with store.begin() as conn:
        fetch_id = look(conn, WALK[0], NOW)
        made = [follow(conn, one, fetch_id, NOW - number * HOUR) for number, one in enumerate(WALK)]
        assert findings.of_organization(conn, "heron") == [(WALK[1], made[1]), (WALK[0], made[0])]
        assert findings.first_pending(conn, 2) == [(WALK[0], made[0]), (WALK[1], made[1])]
        assert findings.states(conn, {WALK[2]}) == {(WALK[2], "k"): made[2].state}
        assert findings.states(conn, set()) == {}


def test_what_cannot_be_read_now_and_what_lies_ahead(store: Store) -> None:
    with store.begin() as conn:
        assert pages.ahead(conn, NOW) == pages.Ahead(0, 0, None)
        pages.sync(conn, [page(one) for one in WALK], NOW)
        pages.set_next_due(conn, WALK[0], NOW + HOUR)
        look(conn, WALK[0], NOW - DAY, Access.WALL)
        look(conn, WALK[0], NOW)
        look(conn, WALK[1], NOW - DAY)
        look(conn, WALK[1], NOW, Access.WALL)
        assert [one.page_id for one in readings.unreadable(conn)] == [WALK[1]]
        assert readings.unread_since(conn, [WALK[0]]) == {}
        assert readings.unread_since(conn, [WALK[1]]) == {WALK[1]: NOW}
        assert set(readings.latest(conn, [WALK[1]])) == {WALK[1]}
        assert pages.ahead(conn, NOW) == pages.Ahead(3, 2, NOW)
        assert (pages.due_at(conn, WALK[0]), pages.due_at(conn, "no/page")) == (NOW + HOUR, None)


def test_what_is_believed_when() -> None:
    policy = Policy(Need(2, 6 * HOUR), Need(3, 72 * HOUR))
    ahead = outlook(tracked(1, first_seen_at=NOW), policy)
    assert (ahead.next_look, ahead.believed_from) == (NOW + 36 * HOUR, NOW + 72 * HOUR)


# --------------------------------------------------------------------------- the list


@pytest.fixture
def home(tmp_path: Path) -> Home:
    more = 'country = "NZ"\naliases = ["Ōtūkaikino Eyes"]\nparent = "org1"\n[identifiers]\nticker = "ORG"\n'
    home = home_of(tmp_path / "home", 3, 2, more)
    with home.open_store() as store, store.begin() as conn:
        watch(conn, home.watchlist.pages)
        look(conn, "org0/p0", NOW - 2 * DAY, text="a")
        look(conn, "org0/p0", NOW - DAY, text="b")
        look(conn, "org0/p1", NOW - DAY, Access.WALL)
        raise_alert(conn, "org0/p0", NOW - DAY)
        raise_alert(conn, "org0/p0", NOW - 91 * DAY)
        raise_alert(conn, "org0/old", NOW - 2 * DAY, Direction.STRONGER)
    return home


def shown(home: Home, address: str, status: int = 200) -> str:
    with open_desk(home) as client:
        answer = client.get(address)
    assert answer.status_code == status
    return answer.text


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", ["org0", "org1", "org2"]),
        ("organization+1", ["org1"]),
        ("VENDOR", ["org0", "org1", "org2"]),
        ("nz", ["org0"]),
        ("ōtūkaikino", ["org0"]),
        ("org+ORG0", ["org0"]),
        ("nobody", []),
    ],
)
def test_the_list_is_filtered_by_words(home: Home, words: str, expected: list[str]) -> None:
    html = shown(home, f"/organizations?words={words}").partition("<main")[2]
    assert re.findall(r'href="/organizations/(\w+)"', html) == expected
    assert expected or "No organization fits these words." in html


def test_the_list_counts_pages_changes_and_what_cannot_be_read(home: Home) -> None:
    html = shown(home, "/organizations")
    row = html.partition("Organization 0")[2].partition("</tr>")[0]
    cells = [" ".join(re.sub("<[^>]+>", "", cell).split()) for cell in row.split("<td>")[1:]]
    assert cells == ["vendor", "2", "▼ Weaker 1 ▲ Stronger 1", "1"]


def test_an_empty_list_says_how_to_begin(tmp_path: Path) -> None:
    assert 'href="/watchlist/add"' in shown(home_of(tmp_path / "none", 0), "/organizations")


def test_a_long_list_is_shown_in_parts(tmp_path: Path) -> None:
    home = home_of(tmp_path / "many", 101, 1)
    assert len(re.findall('href="/organizations/org', shown(home, "/organizations"))) == 100
    assert len(re.findall('href="/organizations/org', shown(home, "/organizations?page=2"))) == 1


# --------------------------------------------------------------------------- one organization


def saying(key: str = "a", **more: object) -> Saying:
    made = Saying(
        *("org0/p0", "org0", "en", key * 64, "We will not sell it.", (), "refuses", "company"),
        *((), (), (), True, "", 0, 1, NOW - 9 * DAY, 2, NOW, True, True),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def commitment(status: Status, days: float, key: str = "a") -> Commitment:
    since = NOW - days * DAY
    return Commitment(key * 64, status, saying(key), since, None, (), ("org0/p0",), (key * 64,), since)


def test_commitments_are_grouped_what_stands_first_and_within_it_the_newest() -> None:
    kept = [
        commitment(Status.WITHDRAWN, 3, "a"),
        commitment(Status.STANDING, 9, "b"),
        commitment(Status.STANDING, 2, "c"),
    ]
    groups = grouped(kept)
    assert [(one.status, [each.key[0] for each in one.shown]) for one in groups] == [
        (Status.STANDING, ["c", "b"]),
        (Status.WITHDRAWN, ["a"]),
    ]
    assert all(one in {each.status for each in grouped([commitment(one, 1)])} for one in Status)


def test_asks_are_told_with_the_changes_that_touch_them() -> None:
    def touching(*ids: str) -> object:
        return replace(alert(), asks=tuple(Touched(id, f"Ask {id}", "why") for id in ids))

    newest = [touching("B"), touching("A", "B"), touching()]
    found = asks_of(newest)  # type: ignore[arg-type]
    assert [(ask.id, its) for ask, its in found] == [("B", newest[:2]), ("A", newest[1:2])]


def test_an_organization_tells_who_it_is_what_changed_and_how_its_pages_are(home: Home) -> None:
    html = shown(home, "/organizations/org0")
    for words in (
        "NZ",
        "Ōtūkaikino Eyes",
        "made up",
        "ORG",
        '<a href="/organizations/org1">Organization 1</a>',
    ):
        assert words in html
    assert re.findall(r"Headline \d\.", html) == ["Headline 0.", "Headline 2.", "Headline 1."]
    assert "not readable since 2027-02-28" in html and 'href="/feeds/organizations/org0.atom"' in html


def test_one_that_is_watched_no_more_is_still_told(home: Home) -> None:
    with home.open_store() as store, store.begin() as conn:
        raise_alert(conn, "former/terms", NOW)
    assert "not on the watchlist any more" in shown(home, "/organizations/former")
    assert "never was one" in shown(home, "/organizations/nobody", 404)


def test_its_changes_go_on_on_the_next_part(home: Home) -> None:
    with home.open_store() as store, store.begin() as conn:
        for number in range(CHANGES):
            raise_alert(conn, "org1/p0", NOW - number * HOUR)
        raise_alert(conn, "org1/p0", NOW - 90 * HOUR)
    assert len(re.findall("Headline", shown(home, "/organizations/org1"))) == CHANGES
    assert len(re.findall("Headline", shown(home, "/organizations/org1?page=2"))) == 1


def test_the_demo_tells_its_commitments_in_words_in_a_picture_and_in_a_table(own_demo_world: Path) -> None:
    home = home_at(own_demo_world)
    with home.open_store() as store:
        index_new(home, store, NOW)
    html = shown(home, "/organizations/corvellam-cloud")
    picture, table = html.partition("<svg")[2].partition("</svg>")[0], html.partition("<details>")[2]
    bars = picture.count('<rect class="bar')
    assert bars == table.partition("</details>")[0].count('<th scope="row">') > 4
    assert picture.count('<polygon class="mark weaker"') > 0 and 'role="img"' in picture
    assert "<title" in picture and "<desc" in picture and "style=" not in html
    assert "No longer on the page we watch" in html and "Standing (" in html
    links = re.findall(r'href="/organizations/corvellam-cloud/commitments/([0-9a-f]+)"', html)
    assert len(links) == len(set(links)) == bars and {len(one) for one in links} == {64}


# --------------------------------------------------------------------------- one page


def test_a_page_tells_how_it_goes_and_which_texts_it_held(home: Home) -> None:
    html = shown(home, "/pages/org0/p0")
    assert 'href="https://org0.example/0" rel="noreferrer noopener"' in html
    assert re.findall(r'href="/compare\?before=(\d+)&amp;after=(\d+)"', html) == [("1", "2")]
    assert "Read on 2 of the last 3 days" in html and "the first text that we have" in html
    blocked = shown(home, "/pages/org0/p1")
    assert "It cannot be read now" in blocked and "&lt;b&gt;403" in blocked


def test_a_page_that_waits_says_when_it_is_believed(home: Home) -> None:
    with home.open_store() as store, store.begin() as conn:
        follow(conn, "org0/p0", 1, NOW)
    html = shown(home, "/pages/org0/p0")
    assert '<time datetime="2027-03-04T09:00:00Z"' in html and "Seen 1 of 3 times since" in html


def test_a_change_on_a_paused_page_promises_no_look(tmp_path: Path) -> None:
    paused = '[pages.still]\nurl = "https://org0.example/still"\nrole = "terms"\npaused = true\n'
    home = home_of(tmp_path / "home", 1, 1, paused)
    with home.open_store() as store, store.begin() as conn:
        follow(conn, "org0/still", look(conn, "org0/still", NOW), NOW)
    for address in ("/organizations/org0", "/pages/org0/still"):
        html = shown(home, address)
        assert "nobody looks" in html.partition('id="pending"')[2] + html.partition("Seen 1 of 3")[2]
        assert "believed at the earliest" not in html
    with open_desk(home) as client:
        (pending,) = client.get("/api/v1/status").json()["pending"]
    assert (pending["next_look_at"], pending["looks_at"]) == (None, [])


def test_an_imported_capture_is_no_look_of_ours(home: Home) -> None:
    with home.open_store() as store, store.begin() as conn:
        watch(conn, home.watchlist.pages)
        look(conn, "org2/p1", NOW - 3 * DAY)
        look(conn, "org2/p1", NOW - 2 * DAY, Access.WALL)
        look(conn, "org2/p1", NOW - DAY, archive_url="https://archive.example/1")
        assert readings.unread_since(conn, ["org2/p1"]) == {"org2/p1": NOW - 2 * DAY}
        assert "org2/p1" in [one.page_id for one in readings.unreadable(conn)]
    html = shown(home, "/pages/org2/p1")
    assert "It cannot be read now" in html and "Read on 1 of the last 4 days" in html


def test_pages_without_readings_or_without_a_place_on_the_watchlist(home: Home) -> None:
    assert "We have not looked at it yet." in shown(home, "/pages/org2/p1")
    with home.open_store() as store, store.begin() as conn:
        look(conn, "former/terms", NOW)
    assert "not on the watchlist any more" in shown(home, "/pages/former/terms")
    assert "never was one" in shown(home, "/pages/org0/nothing", 404)


@pytest.mark.parametrize("address", ["/organizations", "/organizations/org0", "/pages/org0/p0"])
def test_as_many_questions_however_much_there_is(tmp_path: Path, address: str) -> None:
    def asked(size: int) -> int:
        home = home_of(tmp_path / str(size), size, 3)
        with home.open_store() as store, store.begin() as conn:
            watch(conn, home.watchlist.pages)
            for number, one in enumerate(home.watchlist.pages * size):
                id = look(conn, one.id, NOW - number * HOUR, text=str(number))
                raise_alert(conn, one.id, NOW - number * HOUR)
                follow(conn, one.id, id, NOW - HOUR, f"k{number}")
        return served(home, address)[1]

    assert asked(1) == asked(5)
