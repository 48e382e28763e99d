"""What a digest says besides the changes: silence that can be relied on, what ends, what waits for a person."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from alerts.coverage import PAGES_AT_MOST, REVIEWS_AT_MOST, Coverage, coverage
from alerts.entries import QUOTE_CHARACTERS, quoted, said
from monitor.extract.ordinals import DEEPEST
from monitor.model import (
    Access,
    Alert,
    DateKind,
    Item,
    KnownDate,
    Organization,
    Page,
    Reading,
    Review,
    Role,
    Section,
    Standing,
    Tier,
    Verdict,
)
from monitor.settings import Channel, Desk, Route, Settings
from monitor.store import Store, alerts, fetches, findings, holds, pages, readings, reviews, standing
from monitor.watchlist import Watchlist
from tests.sample_alerts import alert, finding, unconfirmed
from tests.store_values import fetch, tracked

pytest_plugins = ["tests.postgres"]

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SINCE = NOW - DAY
ROUTE = Route("staff", "log", every="daily")


def pages_of(organization: str, number: int, role: Role = Role.TERMS) -> tuple[Page, ...]:
    return tuple(
        Page(f"{organization}/{one:02}", organization, f"https://{organization}.example/{one}", role)
        for one in range(number)
    )


CORVID = Organization("corvid", "Corvid Cloud", "vendor", pages=pages_of("corvid", 4))
HERON = Organization("heron", "Heron Air", "airline", pages=pages_of("heron", 2, Role.POLICY))
BIRD = Organization("canary", "Canary", "canary", pages=pages_of("canary", 1))
WATCHED = Watchlist((BIRD, CORVID, HERON))


def look(store: Store, page: Page, hours_ago: float, access: Access = Access.OK) -> None:
    with store.begin() as conn:
        pages.sync(conn, WATCHED.pages, NOW)
        id = fetches.record(conn, fetch(page_id=page.id)).id
        readings.record(conn, Reading(id, page.id, NOW - hours_ago * HOUR, access))


def covered(
    store: Store, watched: Watchlist = WATCHED, told: set[str] | None = None, desk: str = "", **narrowed: Any
) -> Coverage:
    by = Settings(channels={"log": Channel("file", path="a")}, desk=Desk(desk))
    route = replace(ROUTE, **narrowed)
    with store.read() as conn:
        return coverage(conn, by, route, watched, alerts.all(conn), told or set(), SINCE, NOW)


def titled(found: Coverage, title: str) -> Section | None:
    return next((one for one in found.sections if one.title.startswith(title)), None)


# --------------------------------------------------------------------------- what was looked at


def all_read(store: Store) -> None:
    for page in WATCHED.pages:
        look(store, page, 2)


def test_a_quiet_day_says_on_how_many_pages_nothing_changed(store: Store) -> None:
    all_read(store)
    look(store, CORVID.pages[0], 1, Access.UNCHANGED)
    found = covered(store)
    assert found.quiet == "No statement changed in substance on 6 pages; none failed when we looked last"
    (said,) = found.lines
    assert said.startswith("Since 2026-11-21 08:00 UTC: 6 pages read, 0 not. There were 7 good readings")
    assert said.endswith("(1 unchanged) and 0 failed ones.")
    assert found.sections == (), "the canary is named to nobody who did not ask for it"


def test_what_could_not_be_read_is_counted_and_named_with_why_and_since_when(store: Store) -> None:
    all_read(store)
    look(store, CORVID.pages[1], 1, Access.WALL)
    look(store, HERON.pages[0], 30, Access.OK)
    look(store, HERON.pages[0], 1.5, Access.DNS)
    found = covered(store, zone="Europe/Berlin")
    assert found.quiet == "No statement changed in substance on 4 pages; 2 not read"
    section = titled(found, "Not read")
    assert section and section.items == (
        Item(
            "Heron Air, heron/00: the name of its host was not found, since 2026-11-22 06:30 UTC (07:30 CET)",
            url="https://heron.example/0",
        ),
        Item(
            "Corvid Cloud, corvid/01: a bot wall stood before it, since 2026-11-22 07:00 UTC (08:00 CET)",
            url="https://corvid.example/1",
        ),
    )
    assert "nothing was told of them says nothing" in section.note


def test_what_was_never_looked_at_or_not_since_is_not_called_unchanged(store: Store) -> None:
    look(store, CORVID.pages[0], 2)
    look(store, CORVID.pages[1], 48)
    found = covered(store, organizations=("corvid",))
    assert found.quiet == "No statement changed in substance on 1 page; 2 not read"
    assert found.lines[0].endswith("1 page not looked at since then.")
    section = titled(found, "Not read")
    assert section and [one.text for one in section.items] == [
        "Corvid Cloud, corvid/02: never looked at yet",
        "Corvid Cloud, corvid/03: never looked at yet",
    ]


def test_where_nothing_was_read_nothing_is_said_of_changes(store: Store) -> None:
    assert covered(store).quiet == "No page was read: 6 could not be, 0 were not looked at"
    look(store, CORVID.pages[0], 48)
    assert covered(store).quiet == "No page was read: 5 could not be, 1 were not looked at"


def test_a_route_that_narrows_speaks_of_its_pages_only(store: Store) -> None:
    all_read(store)
    look(store, HERON.pages[0], 1, Access.WALL)
    assert (
        covered(store, roles=("terms",)).quiet
        == "No statement changed in substance on 4 pages; none failed when we looked last"
    )
    assert (
        covered(store, kinds=("airline",)).quiet == "No statement changed in substance on 1 page; 1 not read"
    )
    assert covered(store, organizations=("canary",)).quiet.startswith(
        "No statement changed in substance on 1 page"
    )


def test_at_most_so_many_pages_are_named_and_the_rest_is_counted(store: Store) -> None:
    many = Watchlist((replace(CORVID, pages=pages_of("corvid", PAGES_AT_MOST + 2)),))
    section = titled(covered(store, many), "Not read")
    assert section and len(section.items) == PAGES_AT_MOST
    assert section.note.startswith("… and 2 more pages.")


# --------------------------------------------------------------------------- what is not told here


def put(store: Store, page: Page, organization: Organization = CORVID, **changes: Any) -> Alert:
    one = replace(alert(finding(**changes), page=page, organization=organization), raised_at=NOW - HOUR)
    with store.begin() as conn:
        alerts.add(conn, one, [])
    return one


def test_nothing_changed_is_said_only_where_nothing_did(store: Store) -> None:
    all_read(store)
    one = put(store, CORVID.pages[0])
    assert covered(store, told={one.id}).quiet.startswith("No statement changed in substance on 6 pages")
    assert covered(store).quiet.startswith("There is no change to tell on 6 pages")
    (_, line) = covered(store).lines
    assert line == "1 other alert on these pages: not asked for by this route, muted, or judged wrong."
    assert covered(store, kinds=("airline",)).quiet.startswith("No statement changed in substance on 2 pages")


@pytest.mark.parametrize("at", [SINCE, NOW + HOUR], ids=["told by the one before", "by a clock ahead"])
def test_what_is_not_of_this_time_is_not_counted(store: Store, at: datetime) -> None:
    all_read(store)
    one = replace(alert(page=CORVID.pages[0], organization=CORVID), raised_at=at)
    with store.begin() as conn:
        alerts.add(conn, one, [])
    assert covered(store).quiet.startswith("No statement changed in substance")


def test_what_is_not_confirmed_yet_is_counted(store: Store) -> None:
    all_read(store)
    with store.begin() as conn:
        id = fetches.record(conn, fetch(page_id="corvid/00")).id
        findings.save(conn, "corvid/00", [tracked(id)])
        findings.save(conn, "corvid/01", [tracked(id, finding=finding(tier=Tier.LOG))])
    found = covered(store)
    assert found.quiet.startswith("There is no change to tell on 6 pages")
    assert found.lines[1] == "1 page with a change that is not confirmed yet: it is told once it is."


def test_what_is_held_is_counted_and_not_named(store: Store) -> None:
    all_read(store)
    one = put(store, CORVID.pages[0], tier=Tier.REVIEW)
    with store.begin() as conn:
        holds.hold(conn, holds.Hold(one.id, NOW, "so much changed"))
    found = covered(store)
    assert found.lines[1] == "1 alert held until a person has looked."
    assert one.id not in str(found) and one.headline not in str(found)


# --------------------------------------------------------------------------- what lies ahead


def stands(quote: str, ends: str = "", **changes: Any) -> Standing:
    return replace(
        Standing(quote, quote, (), SINCE, "refuses", technologies=("face_recognition",), ends=ends), **changes
    )


def keep(store: Store, page: Page, *statements: Standing) -> None:
    with store.begin() as conn:
        standing.keep(conn, standing.OnPage(page.id, "f" * 64, "w", statements))


@pytest.mark.parametrize(
    ("day", "title"),
    [
        pytest.param(-2, None, id="before the digest before"),
        pytest.param(-1, "Ended by its own words since 2026-11-21", id="ended since"),
        pytest.param(0, "Ends by its own words within 7 days", id="today is its last day"),
        pytest.param(7, "Ends by its own words within 7 days", id="a week"),
        pytest.param(8, "Ends by its own words within 30 days", id="a day more"),
        pytest.param(30, "Ends by its own words within 30 days", id="30 days"),
        pytest.param(90, "Ends by its own words within 90 days", id="90 days"),
        pytest.param(180, "Ends by its own words within 180 days", id="180 days"),
        pytest.param(181, None, id="later"),
    ],
)
def test_what_ends_is_told_by_when(store: Store, day: int, title: str | None) -> None:
    all_read(store)
    ends = (NOW + day * DAY).date().isoformat()
    keep(store, CORVID.pages[0], stands("We will not sell it.", ends, ends_text="for now"))
    expected = [f"{title}: 1 commitment"] if title else []
    assert [one.title for one in covered(store).sections] == expected
    for section in covered(store).sections:
        assert section.items == (
            Item(f"{ends} (“for now”), Corvid Cloud: “We will not sell it.”", url="https://corvid.example/0"),
        )


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"protects": False}, id="what protects nobody"),
        pytest.param({"technologies": ("gait_recognition",)}, id="another technology"),
        pytest.param({"ends": ""}, id="what names no end"),
    ],
)
def test_what_is_left_out_of_it(store: Store, changes: dict[str, Any]) -> None:
    all_read(store)
    keep(store, CORVID.pages[0], replace(stands("Until then.", "2026-12-01"), **changes))
    assert covered(store, technologies=("face_recognition",)).sections == ()


def test_the_soonest_comes_first_and_dropped_pages_count_no_more(store: Store) -> None:
    all_read(store)
    keep(store, CORVID.pages[1], stands("Later.", "2026-11-28"), stands("Sooner.", "2026-11-23"))
    keep(store, Page("gone/page", "gone", "https://gone.example/", Role.TERMS), stands("Gone.", "2026-11-23"))
    (section,) = covered(store).sections
    assert [one.text[:10] for one in section.items] == ["2026-11-23", "2026-11-28"]


def test_what_cannot_be_quoted_with_what_stands_above_it_is_named_without_words(store: Store) -> None:
    all_read(store)
    above = f"We{' and all that are of us' * 20} will not in any case:"
    keep(store, CORVID.pages[0], stands("sell it to police", "2026-12-01", context=(above,)))
    ((item,),) = (section.items for section in covered(store).sections)
    assert item.text == "2026-12-01, Corvid Cloud: a commitment with too much above it to be quoted here"


def known(day: int, **changes: Any) -> KnownDate:
    meeting = KnownDate((NOW + day * DAY).date(), DateKind.ANNUAL_MEETING, "the yearly one")
    return replace(meeting, **changes)


def test_the_days_of_the_watchlist_are_told_with_what_is_not_sure(store: Store) -> None:
    dates = (
        known(181),
        known(180, kind=DateKind.EXPIRY, certainty="by a press report", source="https://press.example/"),
        known(0, source="page 4 of the notice"),
        known(-1),
    )
    watched = Watchlist((replace(CORVID, dates=dates), replace(BIRD, dates=dates)))
    section = titled(covered(store, watched), "Other days within 180 days")
    assert section and section.items == (
        Item("2026-11-22, Corvid Cloud: annual meeting: the yearly one"),
        Item(
            f"{date(2027, 5, 21)}, Corvid Cloud: expiry: the yearly one",
            marks=("by a press report",),
            url="https://press.example/",
        ),
    )
    assert titled(covered(store, watched, organizations=("heron",)), "Other days") is None


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        pytest.param("We will not.", "“We will not.”", id="whole"),
        pytest.param("no " * 200, f"“{('no ' * 99).rstrip()}” …", id="the first words"),
        pytest.param("x" * 999, f"“{'x' * QUOTE_CHARACTERS}” …", id="one endless word"),
    ],
)
def test_a_quote_is_exact_words(words: str, shown: str) -> None:
    assert quoted(words) == shown


def said_of(*context: str, quote: str = "sell it to police") -> str:
    return said(stands(quote, context=context))


@pytest.mark.parametrize(
    ("context", "shown"),
    [
        pytest.param((), "“sell it to police”", id="nothing above it"),
        pytest.param(
            ("Our pledge", "We will never do this:", "For police:", "In any country:"),
            "Our pledge › We will never do this › For police › In any country: “sell it to police”",
            id="lines that go on from lines",
        ),
        pytest.param(("You may not,",), "You may not: “sell it to police”", id="a comma"),
        pytest.param(("：", " "), "“sell it to police”", id="lines without a word"),
        pytest.param(("x" * 300,), f"{'x' * 300}: “sell it to police”", id="just short enough"),
        pytest.param(("x" * 301,), "", id="one character too many"),
        pytest.param(("We will never:", "x" * 150, "y" * 150), "", id="too many all together"),
        pytest.param(
            ("a",) * (DEEPEST - 1), f"{' › '.join('a' * (DEEPEST - 1))}: “sell it to police”", id="deep"
        ),
        pytest.param(("a",) * DEEPEST, "", id="so deep that the first may be lost"),
    ],
)
def test_no_line_above_a_quote_is_cut_or_left_out(context: tuple[str, ...], shown: str) -> None:
    assert said_of(*context) == shown


@given(some.lists(some.text("ab no:,", max_size=80), max_size=14))
def test_what_is_quoted_has_every_word_that_stands_above_it(context: list[str]) -> None:
    words = [word for line in context for word in line.replace(":", " ").replace(",", " ").split()]
    shown = said_of(*context, quote="“").replace(":", " ").replace(",", " ").replace("›", " ").split()
    assert not shown or [word for word in shown if "“" not in word] == words


# --------------------------------------------------------------------------- what waits for a person


def test_what_waits_for_review_is_named_with_where_to_do_it(store: Store) -> None:
    all_read(store)
    one = put(store, CORVID.pages[0], tier=Tier.REVIEW)
    put(store, CORVID.pages[1])
    judged = put(store, CORVID.pages[2], tier=Tier.REVIEW)
    with store.begin() as conn:
        reviews.add(conn, Review(judged.id, NOW, "ada", Verdict.RIGHT))
    section = titled(covered(store, desk="https://desk.example"), "Waiting for review: 1 alert")
    assert section and section.items == (
        Item(one.headline, "weaker", ("for review",), f"https://desk.example/changes/{one.id}", one.id),
    )


@pytest.mark.parametrize(
    "narrowed",
    [
        {"directions": ("stronger",)},
        {"kinds": ("airline",)},
        {"parties": ("military",)},
        {"asks": ("ADS-1",)},
    ],
)
def test_it_is_narrowed_like_the_route_but_for_the_tier(store: Store, narrowed: dict[str, Any]) -> None:
    put(store, CORVID.pages[0], tier=Tier.REVIEW)
    assert titled(covered(store, **narrowed), "Waiting for review") is None


def test_what_the_digest_names_already_is_not_named_twice(store: Store) -> None:
    one = put(store, CORVID.pages[0], tier=Tier.REVIEW)
    assert titled(covered(store, told={one.id}), "Waiting for review") is None


def test_what_is_not_confirmed_waits_only_for_those_who_want_it(store: Store) -> None:
    one = unconfirmed(alert(finding(tier=Tier.REVIEW), page=CORVID.pages[0], organization=CORVID))
    with store.begin() as conn:
        alerts.add(conn, one, [])
    assert titled(covered(store), "Waiting for review") is None
    assert titled(covered(store, unconfirmed=True), "Waiting for review")


def test_what_the_sections_tell_stands_in_one_line_too(store: Store) -> None:
    all_read(store)
    look(store, CORVID.pages[1], 1, Access.WALL)
    keep(store, CORVID.pages[0], stands("Sooner.", "2026-11-23"), stands("Soon.", "2026-11-24"))
    put(store, CORVID.pages[0], tier=Tier.REVIEW)
    watched = Watchlist((replace(CORVID, dates=(known(9),)), HERON))
    assert covered(store, watched).lines[-1] == (
        "Besides: not read: 1 page; ends by its own words within 7 days: 2 commitments; "
        "other days within 180 days: 1; waiting for review: 1 alert."
    )


def test_at_most_so_many_alerts_are_named(store: Store) -> None:
    many = replace(CORVID, pages=pages_of("corvid", REVIEWS_AT_MOST + 1))
    for page in many.pages:
        put(store, page, tier=Tier.REVIEW)
    section = titled(covered(store, Watchlist((many,))), "Waiting for review: 21 alerts")
    assert section and len(section.items) == REVIEWS_AT_MOST and section.note == "… and 1 more alert."
