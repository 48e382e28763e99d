"""What stands when a route begins is one message for each recipient, once; no statement of it is an alert."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.routes import deliveries
from alerts.welcome import OF_ONE_AT_MOST, STATEMENTS_AT_MOST, tell_welcome
from monitor.model import WELCOME, Access, Item, Notice, Organization, Page, Reading, Role, Standing
from monitor.settings import Channel, Route, Settings
from monitor.standing import standing_of
from monitor.store import Store, fetches, notices, pages, readings, standing
from monitor.store import alerts as stored
from monitor.watchlist import Watchlist
from tests.sample_alerts import alert
from tests.store_values import fetch
from tests.texts import english, statements

pytest_plugins = ["tests.postgres"]

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 22, 6, 2, tzinfo=UTC)
ADA, BEA = "ada@x.example", "bea@x.example"
CHANNELS = {
    "mail": Channel("email", host="mail.example", sender="watch@pledges.example"),
    "log": Channel("file", path="told.jsonl"),
}
STAFF = Route("staff", "mail", recipients=(ADA, BEA))
ARCHIVE = Route("archive", "log")


def page(organization: str, name: str = "terms", role: Role = Role.TERMS) -> Page:
    return Page(f"{organization}/{name}", organization, f"https://{organization}.example/{name}", role)


CORVID = Organization(
    "corvid", "Corvid Cloud", "vendor", pages=(page("corvid"), page("corvid", "pledge", Role.PLEDGE))
)
HERON = Organization("heron", "Heron Air", "airline", pages=(page("heron"),))
BIRD = Organization("canary", "Canary", "canary", pages=(page("canary"),))
WATCHED = Watchlist((BIRD, CORVID, HERON))


def stands(quote: str, **changes: Any) -> Standing:
    plain = Standing(
        quote, quote, (), NOW, "refuses", technologies=("face_recognition",), parties=("police",)
    )
    return replace(plain, **changes)


def keep(store: Store, of: Page, *statements: Standing) -> None:
    with store.begin() as conn:
        pages.sync(conn, WATCHED.pages, NOW)
        id = fetches.record(conn, fetch(page_id=of.id)).id
        readings.record(conn, Reading(id, of.id, NOW, Access.OK))
        standing.keep(conn, standing.OnPage(of.id, "f" * 64, "w", statements))


def tell(store: Store, *routes: Route, watched: Watchlist = WATCHED, at: datetime = NOW) -> int:
    with store.begin() as conn:
        return tell_welcome(conn, Settings(channels=CHANNELS, routes=routes), watched, at)


def told(store: Store) -> list[tuple[str, str, Notice]]:
    with store.read() as conn:
        waiting = [one for one in stored.waiting(conn) if one.notice_id]
        return [(one.route, one.recipient, notices.get(conn, one.notice_id)) for one in waiting]


def one(store: Store, **narrowed: Any) -> Notice:
    """The one welcome of a route for a place."""
    tell(store, replace(ARCHIVE, **narrowed))
    ((_, _, notice),) = told(store)
    return notice


# --------------------------------------------------------------------------- who, and when


def test_nobody_is_welcomed_before_a_page_was_read(store: Store) -> None:
    assert tell(store, STAFF, ARCHIVE) == 0
    keep(store, CORVID.pages[0])
    assert tell(store, STAFF, ARCHIVE) == 3
    assert [(route, to) for route, to, _ in told(store)] == [("staff", ADA), ("staff", BEA), ("archive", "")]
    assert {notice.kind for _, _, notice in told(store)} == {WELCOME}


def test_once_is_enough_whatever_is_watched_later(store: Store) -> None:
    keep(store, CORVID.pages[0])
    assert tell(store, STAFF) == 2
    keep(store, HERON.pages[0], stands("We do not scan faces."))
    assert tell(store, STAFF, at=NOW + timedelta(days=400)) == 0
    assert tell(store, replace(STAFF, every="weekly", kinds=("vendor",))) == 0
    assert tell(store, replace(STAFF, recipients=(ADA, "new@x.example"))) == 1
    assert tell(store, STAFF, ARCHIVE) == 1, "a new route"


def test_it_waits_for_a_page_of_its_own(store: Store) -> None:
    keep(store, CORVID.pages[0])
    assert tell(store, replace(STAFF, kinds=("airline",))) == 0
    keep(store, HERON.pages[0])
    assert tell(store, replace(STAFF, kinds=("airline",))) == 2


def test_a_route_for_canaries_only_is_never_welcomed(store: Store) -> None:
    keep(store, BIRD.pages[0], stands("We sing."))
    assert tell(store, replace(STAFF, kinds=("canary",)), replace(ARCHIVE, organizations=("canary",))) == 0


def test_canaries_are_never_named(store: Store) -> None:
    keep(store, BIRD.pages[0], stands("We sing."))
    keep(store, CORVID.pages[0], stands("We will not sell it."))
    notice = one(store, kinds=("canary", "vendor"))
    assert notice.headline.startswith("Watching 2 pages of 1 organization: what stands")
    assert "anary" not in str(notice) and "sing" not in str(notice)


@pytest.mark.parametrize("sent", [True, False])
def test_whoever_was_told_of_an_alert_already_needs_none(store: Store, sent: bool) -> None:
    by = Settings(channels=CHANNELS, routes=(replace(STAFF, recipients=(ADA,)),))
    keep(store, CORVID.pages[0])
    with store.begin() as conn:
        change = alert(page=CORVID.pages[0], organization=CORVID)
        stored.add(conn, change, deliveries(change, CORVID, CORVID.pages[0], by))
        if sent:
            stored.mark_sent(conn, stored.waiting(conn)[0].id, NOW)
    assert tell(store, STAFF) == (1 if sent else 2)
    assert BEA in [recipient for _, recipient, _ in told(store)]


def test_it_waits_for_no_digest(store: Store) -> None:
    keep(store, CORVID.pages[0])
    notice = one(store, every="daily", at="08:00", zone="Europe/Berlin")
    with store.read() as conn:
        assert [each.notice_id for each in stored.due(conn, NOW)] == [notice.id]
    first = "in one message (daily), the first on 2026-11-22 07:00 UTC (08:00 CET)."
    assert notice.lines[1] == f"What changes from now on is told {first}"


# --------------------------------------------------------------------------- what it says


def test_it_counts_and_quotes_what_protects_in_its_own_words(store: Store) -> None:
    keep(
        store,
        CORVID.pages[0],
        stands("delete templates after 30 days;", stance="requires", context=("Rules", "Customers must:")),
        stands("Police may use it.", protects=False, stance="permits"),
    )
    keep(store, CORVID.pages[1], stands("We will not sell it.", since=NOW - timedelta(days=2)))
    keep(store, HERON.pages[0])
    notice = one(store)
    assert notice.headline == "Watching 3 pages of 2 organizations: what stands there to protect people"
    assert notice.lines[0].startswith("This is what stands now: none of it is told as a change. The first ")
    assert notice.lines[1] == "What changes from now on is told as soon as it is confirmed."
    assert notice.lines[2].startswith("Head of the chain: link ")
    (corvid,) = notice.sections
    assert corvid.title == "Corvid Cloud"
    assert corvid.items == (
        Item(
            "“We will not sell it.” (pledge, seen since 2026-11-20 06:02 UTC)",
            url="https://corvid.example/pledge",
        ),
        Item(
            "Rules › Customers must: “delete templates after 30 days;” (terms, seen since 2026-11-22 06:02 UTC)",
            url="https://corvid.example/terms",
        ),
    )


def test_it_says_what_could_not_be_read_and_what_ends_or_ended(store: Store) -> None:
    keep(store, CORVID.pages[0], stands("Until May.", ends="2027-05-01"), stands("Over.", ends="2021-06-10"))
    notice = one(store)
    titles = {section.title: section for section in notice.sections}
    assert notice.lines[2] == (
        "Besides: ended by its own words: 1 commitment; ends by its own words within 180 days: 1 commitment; "
        "not read: 2 pages."
    )
    assert list(titles) == [
        "Corvid Cloud",
        "Ended by its own words: 1 commitment",
        "Ends by its own words within 180 days: 1 commitment",
        "Not read: 2 pages",
    ]
    ended, _, not_read = list(titles.values())[1:]
    assert ended.items[0].text == "2021-06-10, Corvid Cloud: “Over.”"
    assert [each.text for each in not_read.items] == [
        "Corvid Cloud, corvid/pledge: never looked at yet",
        "Heron Air, heron/terms: never looked at yet",
    ]


NESTED = """# Our pledge

We will never do any of the following:

- For law enforcement customers:
  - In the United States:
    - sell facial recognition technology to police departments
"""
LONG = """We, the directors and employees of this company and of all companies that belong to its group,
wherever they may be, wherever they may work, whoever asks them for it, and whatever they may be offered in
exchange for it by whomever, now and later, in this country and in every other one, on our own behalf and on
behalf of others, will not under any circumstances:

- sell facial recognition technology to police departments
"""


def test_no_refusal_is_quoted_without_the_line_that_makes_it_one(store: Store) -> None:
    found = [standing_of(statements(page), (), NOW, english()) for page in (NESTED, LONG)]
    assert [len(each) for each in found] == [1, 1]
    keep(store, CORVID.pages[0], *found[0], *found[1])
    section = one(store, organizations=("corvid",)).sections[0]
    assert (section.title, section.note) == ("Corvid Cloud", "… and more on their pages.")
    assert [item.text.split(": “")[0] for item in section.items] == [
        "Our pledge › We will never do any of the following › For law enforcement customers › In the United States"
    ]


def test_it_quotes_what_the_route_asked_for(store: Store) -> None:
    keep(store, CORVID.pages[0], stands("No faces."), stands("No gait.", technologies=("gait_recognition",)))
    (section,) = one(
        store, technologies=("gait_recognition",), organizations=("corvid",), roles=("terms",)
    ).sections
    assert [item.text[:10] for item in section.items] == ["“No gait.”"]


@pytest.mark.parametrize(
    ("organizations", "each", "quoted"),
    [
        pytest.param(1, 9, OF_ONE_AT_MOST, id="many of one"),
        pytest.param(12, 5, 60, id="just enough"),
        pytest.param(25, 5, 50, id="two of each"),
        pytest.param(70, 2, STATEMENTS_AT_MOST, id="one of each, as long as there is room"),
    ],
)
def test_so_many_are_quoted_and_the_rest_is_counted(
    store: Store, organizations: int, each: int, quoted: int
) -> None:
    them = [
        Organization(f"o{n:02}", f"O {n:02}", "vendor", pages=(page(f"o{n:02}"),))
        for n in range(organizations)
    ]
    for organization in them:
        keep(store, organization.pages[0], *(stands(f"We will not, {n}.") for n in range(each)))
    tell(store, ARCHIVE, watched=Watchlist(tuple(them)))
    ((_, _, notice),) = told(store)
    sections = [section for section in notice.sections if section.title.startswith("O ")]
    assert sum(len(section.items) for section in sections) == quoted
    assert len(sections) == organizations
    for section in sections:
        left_out = each - len(section.items)
        assert section.note == ("… and more on their pages." if left_out else "")


# --------------------------------------------------------------------------- quiet by construction


def test_a_first_check_raises_no_alert_and_welcomes_each_once_and_a_second_tells_nothing(
    tmp_path: Path,
) -> None:
    command = (sys.executable, "-m", "tests.welcome_watch", str(tmp_path / "home"))
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    first, second = json.loads(done.stdout)
    assert [first["asked"], first["alerts"], second["asked"], second["alerts"]] == [6, 0, 6, 0]
    assert [(route, to) for route, to, _ in first["deliveries"]] == [
        ("staff", "ada@x.invalid"),
        ("staff", "bea@x.invalid"),
        ("archive", ""),
    ]
    assert len({id for _, _, id in first["deliveries"]}) == 3
    assert {notice["kind"] for notice in first["notices"]} == {WELCOME}
    for notice in first["notices"]:
        assert notice["headline"].startswith("Watching 6 pages of 3 organizations: ")
        assert len(notice["sections"]) >= 3, "all three have something to quote"
    assert (second["notices"], second["deliveries"]) == (first["notices"], first["deliveries"])
