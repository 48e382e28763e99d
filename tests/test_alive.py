"""The alive message and the notice of a silent canary: when they are due, what they say, who hears them."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerts.alive import facts_of, tell_alive, why_silent
from alerts.render import subject, text
from alerts.routes import deliveries
from monitor.alive import (
    CANARY,
    KIND,
    PAGES_AT_MOST,
    SILENT_AT_MOST,
    Facts,
    alive_notice,
    canary_notice,
    canary_overdue,
    is_time,
)
from monitor.announce import alert_of
from monitor.model import Access, Notice, Organization, Page, Reading, Role
from monitor.settings import Channel, Daemon, Route, Settings
from monitor.store import Store, alerts, chain, checks, fetches, holds, notices, pages, readings
from monitor.store.alerts import NewDelivery
from monitor.watchlist import Watchlist
from monitor.wire import content_json
from monitor.words import STATES
from tests.sample_alerts import AFTER, BEFORE, finding, tracked
from tests.store_values import HOUR, NOW, PLEDGE, TERMS, fetch, page

pytest_plugins = ["tests.postgres"]

DAY = timedelta(days=1)
POLICY = Page("canary/policy", CANARY, "http://127.0.0.1:8322/canary", Role.POLICY)
HERON = Organization("heron", "Heron Systems", "vendor", pages=(page(), page(PLEDGE)))
BIRD = Organization("canary", "Canary", CANARY, pages=(POLICY,))
WATCHED, WITH_CANARY = Watchlist((HERON,)), Watchlist((BIRD, HERON))
SETTINGS = Settings(
    channels={"log": Channel("file", path="told.jsonl")},
    routes=(
        Route("desk", "log", operations=True),
        Route("readers", "log"),
        Route("bird", "log", kinds=(CANARY,)),
    ),
)
QUIET = Facts(NOW - 7 * DAY, 14, 0, 0, 28, 0, 0, 2, links=90, head="f" * 64)


# --------------------------------------------------------------------------- when


@pytest.mark.parametrize(
    ("newest", "first_check", "days", "due"),
    [
        pytest.param(None, None, 7, False, id="nothing was checked yet"),
        pytest.param(None, -6.9, 7, False, id="the first check is not long ago"),
        pytest.param(None, -7, 7, True, id="so long ago"),
        pytest.param(-6.9, -700, 7, False, id="told lately"),
        pytest.param(-7, -700, 7, True, id="told so long ago"),
        pytest.param(-100, -700, 0, False, id="never"),
        pytest.param(-0.5, -1, 0.5, True, id="twice a day"),
    ],
)
def test_when_it_is_told(newest: float | None, first_check: float | None, days: float, due: bool) -> None:
    told = Notice("id", NOW + newest * DAY, KIND, "The watch is running.") if newest is not None else None
    first = NOW + first_check * DAY if first_check is not None else None
    assert is_time(told, first, days, NOW) is due


@pytest.mark.parametrize(
    ("told", "fetched", "silent"),
    [
        pytest.param(None, None, False, id="never fetched, or not declared"),
        pytest.param(None, -50, False, id="fetched for the longest that it may take"),
        pytest.param(None, -50.1, True, id="fetched for longer, and nothing told"),
        pytest.param(-50, -900, False, id="told the longest ago that it may be"),
        pytest.param(-50.1, -900, True, id="told longer ago"),
    ],
)
def test_when_a_canary_is_silent(told: float | None, fetched: float | None, silent: bool) -> None:
    def at(hours: float | None) -> datetime | None:
        return None if hours is None else NOW + hours * HOUR

    assert bool(canary_overdue(at(told), at(fetched), NOW)) is silent


# --------------------------------------------------------------------------- what it says


def said(facts: Facts) -> str:
    one = alive_notice(facts, NOW)
    return "\n".join((one.headline, *one.lines))


def test_a_quiet_week_says_what_was_done_and_proves_it() -> None:
    told = said(QUIET)
    for words in (
        "The watch is running: 2 pages are watched, none failed when we looked last.",
        "Since 2026-02-22 06:00 UTC: 14 checks ended.",
        "Pages were read 28 times, and 0 times they could not be read.",
        "0 alerts raised.",
        "Every page was read when we looked last.",
        f"sealed by link 90 of the chain: {'f' * 64}",
    ):
        assert words in told


def unread(number: int, access: Access = Access.WALL, days: float = 0) -> tuple[Reading, datetime]:
    at = NOW + days * DAY
    return Reading(number, f"heron/{number:03}", at, access), at


def test_pages_that_cannot_be_read_are_named_in_plain_words_the_oldest_first() -> None:
    told = said(replace(QUIET, unread=(unread(1), unread(2, Access.DNS, -3)), never=1))
    assert "2 could not be read when we looked last" in told
    assert "1 page never looked at yet." in told
    older = f"heron/002: {STATES[Access.DNS]}, since 2026-02-26 06:00 UTC"
    newer = f"heron/001: {STATES[Access.WALL]}, since 2026-03-01 06:00 UTC"
    assert f"{older}\n{newer}" in told


def test_at_most_so_many_pages_are_named() -> None:
    told = said(replace(QUIET, unread=tuple(unread(number) for number in range(PAGES_AT_MOST + 2))))
    assert told.count("heron/") == PAGES_AT_MOST
    assert "… and 2 more pages: pledgewatch status --json" in told


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"cut_short": 2}, "2 did not end", id="checks that were stopped"),
        pytest.param({"doubted": 3}, "3 with a remark", id="checks that decided nothing"),
        pytest.param(
            {"waiting": 4, "waiting_since": NOW}, "sent: 4, the oldest since 2026-03-01", id="waiting"
        ),
        pytest.param({"parked": 5}, "not sent: 5.", id="given up"),
        pytest.param({"held": 6}, "held for a person: 6.", id="held"),
        pytest.param({"canary": "It is silent."}, "CANARY: It is silent.", id="the canary"),
        pytest.param({"links": 0}, "Nothing is recorded yet.", id="no chain"),
        pytest.param({"watched": 1}, "1 page is watched", id="one page"),
    ],
)
def test_what_else_it_says(change: dict[str, object], words: str) -> None:
    assert words in said(replace(QUIET, **change))  # type: ignore[arg-type]


def test_every_channel_can_carry_it() -> None:
    one = alive_notice(replace(QUIET, unread=(unread(1),)), NOW)
    assert subject(one).startswith("[pledgewatch] The watch is running")
    assert "f" * 64 in text(one), "the head stands on one line"
    assert content_json(one)["kind"] == KIND


# --------------------------------------------------------------------------- from the store


def fill(store: Store) -> None:
    """A week: two checks, one of them cut short, a page that cannot be read, one delivery each of every kind."""
    with store.begin() as conn:
        pages.sync(conn, HERON.pages, NOW)
        checks.finish(conn, checks.start(conn, NOW), NOW + HOUR, {"read": 1, "not_readable": 1}, "An outage.")
        checks.start(conn, NOW + 2 * HOUR)
        good = fetches.record(conn, fetch()).id
        bad = fetches.record(conn, fetch(1, page_id=PLEDGE, status=503)).id
        readings.record(conn, Reading(good, TERMS, NOW, Access.OK, words=812))
        readings.record(conn, Reading(bad, PLEDGE, NOW + HOUR, Access.ERROR_PAGE, ("503",)))
        raised = raise_alert(HERON, page(), NOW + HOUR, store, conn)
        alerts.mark_failed(conn, alerts.waiting(conn)[0].id, NOW, None, "gone")
        held = replace(raised, id="c" * 64)
        alerts.add(conn, held, [NewDelivery("held", "readers", "log", "")])
        holds.hold(conn, holds.Hold(held.id, NOW, "much at once"))


def raise_alert(organization: Organization, of: Page, at: datetime, store: Store, conn: object) -> object:
    raised = alert_of(organization, of, [tracked(finding())], BEFORE, AFTER, at)
    alerts.add(conn, raised, deliveries(raised, organization, of, SETTINGS))  # type: ignore[arg-type]
    return raised


def tell(store: Store, now: datetime, watched: Watchlist = WATCHED, settings: Settings = SETTINGS) -> bool:
    with store.begin() as conn:
        return tell_alive(conn, settings, watched, now)


def told(store: Store) -> list[tuple[str, str]]:
    """(kind, route) of every notice that waits."""
    with store.read() as conn:
        waiting = [one for one in alerts.waiting(conn) if one.notice_id]
        return [(notices.get(conn, one.notice_id).kind, one.route) for one in waiting]


def test_what_the_store_says_of_a_week(store: Store) -> None:
    fill(store)
    with store.read() as conn:
        facts, head = facts_of(conn, WITH_CANARY, NOW, ""), chain.head(conn)
    assert head is not None
    expected = Facts(NOW, 1, 1, 1, 1, 1, 2, 3, 1, facts.unread, 1, NOW + HOUR, 1, 1, "", head.id, head.sha256)
    assert facts == expected
    (only,) = facts.unread
    assert (only[0].page_id, only[1]) == (PLEDGE, NOW + HOUR)


def test_what_was_before_the_period_is_not_counted_again(store: Store) -> None:
    fill(store)
    with store.read() as conn:
        facts = facts_of(conn, WATCHED, NOW + DAY, "")
    assert (facts.checks, facts.cut_short, facts.read, facts.alerts) == (0, 0, 0, 0)
    assert len(facts.unread) == 1, "what is open stays open"


def test_it_is_told_once_a_period_to_who_asked_for_it(store: Store) -> None:
    assert not tell(store, NOW), "nothing was checked yet"
    fill(store)
    assert not tell(store, NOW + 7 * DAY - HOUR)
    assert tell(store, NOW + 7 * DAY)
    assert not tell(store, NOW + 7 * DAY)
    assert not tell(store, NOW + 14 * DAY - HOUR)
    assert tell(store, NOW + 14 * DAY)
    assert told(store) == [(KIND, "desk")] * 2


def test_a_period_begins_where_the_last_one_ended(store: Store) -> None:
    fill(store)
    assert tell(store, NOW + 7 * DAY) and tell(store, NOW + 14 * DAY)
    with store.read() as conn:
        newest = notices.newest(conn, KIND, NOW + timedelta(days=999))
    assert newest and newest.lines[0] == "Since 2026-03-08 06:00 UTC: 0 checks ended."


def test_a_clock_that_ran_a_year_ahead_does_not_silence_it(store: Store) -> None:
    fill(store)
    assert tell(store, NOW + 400 * DAY)
    assert tell(store, NOW + 7 * DAY), "the clock was set right"
    assert not tell(store, NOW + 8 * DAY)


def test_who_wants_none_gets_none(store: Store) -> None:
    fill(store)
    assert not tell(store, NOW + 90 * DAY, settings=replace(SETTINGS, daemon=Daemon(alive_days=0)))


def test_a_silent_canary_is_told_once_a_day(store: Store) -> None:
    settings = replace(SETTINGS, daemon=Daemon(alive_days=0))
    with store.begin() as conn:
        fetches.record(conn, fetch(page_id=POLICY.id))
    silent = NOW + SILENT_AT_MOST + HOUR
    assert not tell(store, silent, WATCHED, settings), "it is not declared any more"
    assert not tell(store, NOW + SILENT_AT_MOST, WITH_CANARY, settings)
    assert tell(store, silent, WITH_CANARY, settings)
    assert not tell(store, silent + 23 * HOUR, WITH_CANARY, settings)
    assert tell(store, silent + 24 * HOUR, WITH_CANARY, settings)
    assert told(store) == [(CANARY, "desk")] * 2


def test_only_what_was_delivered_of_the_canary_itself_counts(store: Store) -> None:
    with store.begin() as conn:
        fetches.record(conn, fetch(page_id=POLICY.id))
        raise_alert(HERON, page(), NOW + HOUR, store, conn)
        for waiting in alerts.waiting(conn):
            alerts.mark_sent(conn, waiting.id, NOW + 60 * HOUR)
        raise_alert(BIRD, POLICY, NOW + HOUR, store, conn)
    with store.read() as conn:
        assert "no alert on it was ever delivered" in why_silent(conn, WITH_CANARY, NOW + 60 * HOUR)
    with store.begin() as conn:
        (song,) = alerts.waiting(conn)
        alerts.mark_sent(conn, song.id, NOW + 10 * HOUR)
    with store.read() as conn:
        assert why_silent(conn, WITH_CANARY, NOW + 60 * HOUR) == ""
        assert "delivered 2026-03-01 16:00 UTC" in why_silent(conn, WITH_CANARY, NOW + 61 * HOUR)


def test_a_change_that_still_waits_does_not_hide_the_one_that_was_told(store: Store) -> None:
    with store.begin() as conn:
        fetches.record(conn, fetch(page_id=POLICY.id))
        raise_alert(BIRD, POLICY, NOW + HOUR, store, conn)
        alerts.mark_sent(conn, alerts.waiting(conn)[0].id, NOW + 10 * HOUR)
        today = alert_of(BIRD, POLICY, [tracked(finding(), "another")], BEFORE, AFTER, NOW + 40 * HOUR)
        alerts.add(conn, today, deliveries(today, BIRD, POLICY, SETTINGS))
        assert len(alerts.waiting(conn)) == 1
    with store.read() as conn:
        assert why_silent(conn, WITH_CANARY, NOW + 60 * HOUR) == ""


def test_hostile_words_in_an_alert_do_not_hide_the_canary(store: Store) -> None:
    """The databases' own JSON functions give up on these, and a quote may look like our JSON."""
    with store.begin() as conn:
        fetches.record(conn, fetch(page_id=POLICY.id))
        hostile = alert_of(
            HERON,
            page(),
            [tracked(finding(before_quote='\x00 \ud800 "page":{"id":"canary/policy"', after_quote=""))],
            BEFORE,
            AFTER,
            NOW + HOUR,
        )
        alerts.add(conn, hostile, deliveries(hostile, HERON, page(), SETTINGS))
        for waiting in alerts.waiting(conn):
            alerts.mark_sent(conn, waiting.id, NOW + HOUR)
    with store.read() as conn:
        assert "no alert on it was ever delivered" in why_silent(conn, WITH_CANARY, NOW + 60 * HOUR)


def test_the_notice_says_what_to_do() -> None:
    one = canary_notice("It is silent.", NOW)
    assert (one.kind, one.headline) == (CANARY, "It is silent.")
    assert any("pledgewatch doctor" in line for line in one.lines)
