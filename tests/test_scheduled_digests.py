"""The digests of routes: one for each recipient and moment, with all that waited, whatever clocks and kills do."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from alerts.digest import bundle_digests, due_digests, is_due
from alerts.routes import deliveries, to_one
from alerts.sisters import join_sisters
from monitor.blobs import Blobs
from monitor.errors import StoreError
from monitor.model import DIGEST, Alert, Notice, Organization, Page, Role
from monitor.settings import Channel, Route, Settings
from monitor.store import Store, chain, checks, holds, notices, open_store, sqlite_url
from monitor.store import alerts as stored
from monitor.store.alerts import Gathered
from monitor.watchlist import Watchlist
from tests.sample_alerts import CORVID, alert, finding, unconfirmed

pytest_plugins = ["tests.postgres"]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAGES = tuple(
    Page(f"corvid/{number}", "corvid", f"https://corvid.example/{number}", Role.TERMS) for number in range(40)
)
WATCHED = Watchlist((replace(CORVID, pages=PAGES),))
CHANNELS = {
    "mail": Channel("email", host="mail.example", sender="watch@pledges.example"),
    "log": Channel("file", path="alerts.jsonl"),
}
ADA, BEA = "ada@x.example", "bea@x.example"
STAFF = Route("staff", "mail", recipients=(ADA,), every="daily", at="08:00", unconfirmed=True)
HOURLY, WEEKLY = replace(STAFF, every="hourly"), replace(STAFF, every="weekly", on="monday")
FIRST = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)  # a Sunday
EIGHT = FIRST + 2 * HOUR


def to(*routes: Route) -> Settings:
    return Settings(channels=CHANNELS, routes=routes)


def check(store: Store, at: datetime) -> None:
    with store.begin() as conn:
        checks.finish(conn, checks.start(conn, at), at + timedelta(minutes=5), {})


def told(number: int, at: datetime) -> Alert:
    return replace(alert(finding(), page=PAGES[number], organization=CORVID), raised_at=at)


def raise_(store: Store, by: Settings, number: int, at: datetime) -> Alert:
    one = told(number, at)
    with store.begin() as conn:
        assert stored.add(conn, one, deliveries(one, CORVID, PAGES[number], by))
    return one


def bundle(store: Store, by: Settings, at: datetime, watched: Watchlist = WATCHED) -> int:
    """One pass, as the daemon makes it: only where it is said to be due."""
    with store.read() as conn:
        due = due_digests(conn, by, at)
        astray = set(states(store)) - {"gathered", "bundled"}
    made = bundle_digests(store, by, watched, at)
    assert due or not made, "what is made was said to be due"
    assert made or not due or astray != set(states(store)) - {"gathered", "bundled"}, (
        "and the other way round"
    )
    with store.read() as conn:
        assert not due_digests(conn, by, at), "nothing is due for ever"
    return made


def digests(store: Store) -> list[tuple[str, Notice]]:
    """(recipient, digest), in the order in which they were made."""
    with store.read() as conn:
        waiting = [one for one in stored.waiting(conn) if one.notice_id]
        return [(one.recipient, notices.get(conn, one.notice_id)) for one in waiting]


def named(notice: Notice) -> list[str]:
    return [item.alert_id for section in notice.sections for item in section.items if item.alert_id]


def states(store: Store) -> dict[str, int]:
    with store.read() as conn:
        waiting = [one.state for one in stored.waiting(conn) if one.alert_id]
    return {state: waiting.count(state) for state in set(waiting)}


# --------------------------------------------------------------------------- when


@pytest.mark.parametrize(
    ("every", "told_at", "began", "ripe", "due"),
    [
        pytest.param("daily", -24, -1, False, True, id="the one before was for the moment before"),
        pytest.param("daily", 0.1, -1, True, False, id="it was made already"),
        pytest.param("daily", None, -1, False, True, id="the first one, and we watched at that moment"),
        pytest.param("daily", None, 1, False, False, id="a moment from before the route was there"),
        pytest.param("daily", None, 1, True, True, id="… but something waits since then"),
        pytest.param("daily", None, None, False, False, id="nothing was checked yet"),
        pytest.param("weekly", -168, -1, False, True, id="a quiet week is told"),
        pytest.param("hourly", -1, -1, False, False, id="a quiet hour is not"),
        pytest.param("hourly", -1, -1, True, True, id="an hour with something to tell"),
        pytest.param("hourly", 0.1, -1, True, False, id="that hour was told"),
    ],
)
def test_when_one_is_due(
    every: str, told_at: float | None, began: float | None, ripe: bool, due: bool
) -> None:
    def at(hours: float | None) -> datetime | None:
        return None if hours is None else EIGHT + hours * HOUR

    assert is_due(every, EIGHT, at(told_at), at(began), ripe) is due


def test_what_is_gathered_goes_out_at_the_next_moment_in_one_message(store: Store) -> None:
    by = to(STAFF)
    check(store, FIRST)
    raised = [raise_(store, by, number, FIRST + number * HOUR / 9) for number in range(3)]
    assert states(store) == {"gathered": 3}
    assert bundle(store, by, EIGHT - timedelta(seconds=1)) == 0
    assert bundle(store, by, EIGHT) == 1
    assert bundle(store, by, EIGHT + 23 * HOUR) == 0
    assert states(store) == {"bundled": 3}
    ((_, only),) = digests(store)
    assert sorted(named(only)) == sorted(one.id for one in raised)
    assert only.headline == "3 changes on pages of Corvid Cloud: 3 weaker"


def test_it_shares_the_fate_of_what_it_stands_for(store: Store) -> None:
    by = to(STAFF)
    check(store, FIRST)
    one = raise_(store, by, 0, FIRST)
    bundle(store, by, EIGHT)
    with store.begin() as conn:
        (own,) = stored.due(conn, EIGHT)
        assert (own.route, own.channel, own.recipient, bool(own.notice_id)) == ("staff", "mail", ADA, True)
        stored.mark_sent(conn, own.id, EIGHT)
        assert [each.recipient for each in stored.told_to(conn, one.id)] == [ADA]


def test_each_recipient_of_each_route_has_one_and_places_too(store: Store) -> None:
    by = to(replace(STAFF, recipients=(ADA, BEA)), Route("archive", "log", every="daily"))
    check(store, FIRST)
    raise_(store, by, 0, FIRST)
    assert bundle(store, by, EIGHT) == 3
    assert [recipient for recipient, _ in digests(store)] == [ADA, BEA, ""]
    assert len({notice.id for _, notice in digests(store)}) == 3


def test_what_comes_after_the_moment_waits_for_the_next(store: Store) -> None:
    by = to(HOURLY)
    check(store, FIRST)
    raise_(store, by, 0, FIRST + HOUR / 2)
    assert bundle(store, by, FIRST + 0.9 * HOUR) == 0
    assert bundle(store, by, FIRST + HOUR) == 1
    late = raise_(store, by, 1, FIRST + 3.5 * HOUR)
    assert bundle(store, by, FIRST + 3.6 * HOUR) == 0, "though there was none at nine"
    assert bundle(store, by, FIRST + 4 * HOUR) == 1
    assert named(digests(store)[-1][1]) == [late.id]


def test_a_route_that_was_just_added_tells_nothing_of_before(store: Store) -> None:
    check(store, FIRST)
    check(store, EIGHT + HOUR)
    by = to(STAFF, replace(STAFF, name="new", every="weekly"), replace(STAFF, name="hour", every="hourly"))
    assert bundle(store, by, EIGHT + 2 * HOUR) == 0
    raise_(store, by, 0, EIGHT + 2.1 * HOUR)
    assert bundle(store, by, EIGHT + 2.9 * HOUR) == 0, "what it gathers waits for its moment"
    assert bundle(store, by, EIGHT + 3 * HOUR) == 1, "of the hourly one"
    check(store, EIGHT + 20 * HOUR)
    assert bundle(store, by, EIGHT + DAY) == 2, "Monday, eight o'clock"


def test_a_quiet_day_is_told_too_and_counts_from_the_one_before(store: Store) -> None:
    by = to(STAFF)
    check(store, FIRST)
    assert [bundle(store, by, EIGHT + day * DAY) for day in range(3)] == [1, 1, 1]
    assert bundle(store, to(replace(HOURLY, name="other")), EIGHT + 3 * DAY) == 0
    last = digests(store)[-1][1]
    assert last.lines[0].startswith("Since 2026-11-23 08:00 UTC")
    assert last.headline.startswith("No page was read")


def test_a_week_that_was_slept_through_is_one_digest(store: Store) -> None:
    by = to(STAFF)
    check(store, FIRST)
    assert bundle(store, by, EIGHT) == 1
    assert bundle(store, by, EIGHT + 7.5 * DAY) == 1
    assert bundle(store, by, EIGHT + 7.6 * DAY) == 0


def test_what_is_held_stays_gathered_until_it_is_released(store: Store) -> None:
    by = to(STAFF)
    check(store, FIRST)
    one, other = raise_(store, by, 0, FIRST), raise_(store, by, 1, FIRST)
    with store.begin() as conn:
        assert {each.id for each in holds.unjudged(conn)} == {one.id, other.id}
        holds.hold(conn, holds.Hold(one.id, FIRST, "so much changed"))
    bundle(store, by, EIGHT)
    assert states(store) == {"gathered": 1, "bundled": 1}
    assert named(digests(store)[0][1]) == [other.id]
    assert "1 alert held until a person has looked." in digests(store)[0][1].lines
    with store.begin() as conn:
        holds.release(conn, one.id, EIGHT + HOUR)
    assert bundle(store, by, EIGHT + 2 * HOUR) == 0
    assert bundle(store, by, EIGHT + DAY) == 1
    assert named(digests(store)[1][1]) == [one.id]


def test_what_is_confirmed_meanwhile_is_told_once_and_as_confirmed(store: Store) -> None:
    by = to(STAFF)
    check(store, FIRST)
    one = told(0, FIRST)
    for each in (unconfirmed(one), one):
        with store.begin() as conn:
            stored.add(conn, each, deliveries(each, CORVID, PAGES[0], by))
    bundle(store, by, EIGHT)
    ((_, only),) = digests(store)
    assert [item.marks for item in only.sections[0].items] == [()]


def test_pages_that_share_a_change_share_its_entry(store: Store) -> None:
    by = to(STAFF, Route("archive", "log", every="daily", organizations=("corvid",)))
    check(store, FIRST)
    first, other = raise_(store, by, 0, FIRST), raise_(store, by, 1, FIRST)
    join_sisters(store)
    assert bundle(store, by, EIGHT) == 2
    for _, notice in digests(store):
        (item,) = notice.sections[0].items
        assert (item.alert_id, item.marks) == (first.id, ("on 2 pages",))
        assert not [line for line in notice.lines if "other alert" in line], f"{other.id} is told"


# --------------------------------------------------------------------------- what it costs


def never(*_: object, **__: object) -> Any:
    raise AssertionError("too dear at every tick")


def test_no_alert_is_looked_into_to_know_whether_one_is_due(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = to(STAFF)
    check(store, FIRST)
    raise_(store, by, 0, FIRST)
    for name in ("get", "all", "gathered", "waiting"):
        monkeypatch.setattr(stored, name, never)
    monkeypatch.setattr(notices, "get", never)
    with store.read() as conn:
        assert not due_digests(conn, by, EIGHT - HOUR)
        assert due_digests(conn, by, EIGHT)
        assert due_digests(conn, to(replace(STAFF, every="at_once")), FIRST)


def test_each_alert_is_loaded_once_for_all_recipients(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    by, loaded, really = to(replace(STAFF, recipients=(ADA, BEA))), list[str](), stored.get
    check(store, FIRST)
    raised = [raise_(store, by, number, FIRST) for number in range(3)]
    monkeypatch.setattr(stored, "all", lambda conn: stored.of_page(conn, PAGES[0].id))
    monkeypatch.setattr(stored, "get", lambda conn, id: (loaded.append(id), really(conn, id))[1])
    assert bundle(store, by, EIGHT) == 2
    assert sorted(loaded) == sorted(one.id for one in raised[1:]), "the newest ones are at hand"
    assert [sorted(named(notice)) for _, notice in digests(store)] == [sorted(one.id for one in raised)] * 2


def test_what_waits_is_counted_by_recipient_with_its_oldest_and_newest(store: Store) -> None:
    by = to(replace(STAFF, recipients=(ADA, BEA)), Route("archive", "log", every="daily"))
    for number in range(3):
        held = raise_(store, by, number, FIRST + number * HOUR)
    with store.begin() as conn:
        holds.hold(conn, holds.Hold(held.id, FIRST, "so much changed"))
        of_bea = [one.id for one in stored.gathered(conn) if one.recipient == BEA]
        stored.let_go(conn, of_bea[:1], FIRST)
        assert stored.gathered_since(conn) == [
            Gathered("archive", "log", "", 2, FIRST, FIRST + HOUR),
            Gathered("staff", "mail", ADA, 2, FIRST, FIRST + HOUR),
            Gathered("staff", "mail", BEA, 1, FIRST + HOUR, FIRST + HOUR),
        ]


def test_the_newest_digest_to_each_is_found_by_the_order_in_which_they_were_made(store: Store) -> None:
    def notice(id: str, hours: int, kind: str = DIGEST) -> Notice:
        return Notice(id * 64, FIRST + hours * HOUR, kind, '"kind":"digest"')

    made = [("a", 1, DIGEST), ("b", 9, DIGEST), ("c", 2, DIGEST), ("d", 3, "welcome")]
    to_ada = {(STAFF.name, ADA), (STAFF.name, BEA)}
    with store.begin() as conn:
        for id, hours, kind in made:
            one = notice(id, hours, kind)
            notices.add(conn, one, [to_one(one, STAFF, ADA)])
        for hours, expected in ((0, None), (1, "a"), (8, "c"), (9, "c")):
            found = notices.newest_to_each(conn, DIGEST, to_ada, FIRST + hours * HOUR)
            assert {whom: one.id[0] for whom, one in found.items()} == (
                {(STAFF.name, ADA): expected} if expected else {}
            )


# --------------------------------------------------------------------------- settings that changed


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(to(replace(STAFF, every="at_once")), id="at once"),
        pytest.param(to(replace(STAFF, recipients=(BEA,))), id="another recipient"),
        pytest.param(to(replace(STAFF, name="other")), id="the route is gone"),
        pytest.param(Settings(channels={"log": CHANNELS["log"]}, routes=()), id="the channel is gone"),
        pytest.param(
            Settings(channels={"post": CHANNELS["mail"]}, routes=(replace(STAFF, channel="post"),)),
            id="the route has another channel, and its old one is gone",
        ),
    ],
)
def test_what_no_digest_will_take_waits_like_any_other(store: Store, now: Settings) -> None:
    check(store, FIRST)
    one = raise_(store, to(STAFF), 0, FIRST)
    assert bundle(store, now, FIRST + HOUR) == 0
    with store.read() as conn:
        assert [(each.alert_id, each.state) for each in stored.due(conn, FIRST + HOUR)] == [
            (one.id, "waiting")
        ]
        assert not due_digests(conn, now, FIRST + HOUR)


def test_a_schedule_that_changed_brings_no_second_one_at_once(store: Store) -> None:
    check(store, FIRST)
    assert bundle(store, to(STAFF), EIGHT) == 1
    assert bundle(store, to(replace(STAFF, at="07:30")), EIGHT + HOUR) == 0
    assert bundle(store, to(replace(STAFF, zone="Europe/Berlin")), EIGHT + HOUR) == 0


# --------------------------------------------------------------------------- clocks and kills

YEAR = timedelta(days=364)  # the same day of the week


@pytest.mark.parametrize("asked", [STAFF, WEEKLY, HOURLY], ids=lambda route: route.every)
def test_a_clock_that_ran_a_year_ahead_silences_nothing(store: Store, asked: Route) -> None:
    by, monday = to(asked), EIGHT + DAY
    check(store, FIRST)
    raise_(store, by, 0, FIRST)
    assert bundle(store, by, monday + YEAR) == 1, "by a wrong clock"
    raise_(store, by, 1, FIRST + YEAR)
    assert bundle(store, by, monday) == 1, "it was set right"
    raise_(store, by, 2, monday + HOUR / 2)
    check(store, monday + 6 * DAY)
    assert bundle(store, by, monday + 7 * DAY) == 1
    raise_(store, by, 3, monday + 7 * DAY + HOUR)
    assert bundle(store, by, monday + YEAR) == 1, "the day that the wrong clock had used up"
    assert [len(named(notice)) for _, notice in digests(store)] == [1] * 4


@pytest.mark.parametrize("asked", [STAFF, WEEKLY, HOURLY], ids=lambda route: route.every)
@pytest.mark.parametrize("has_earlier", [True, False])
def test_a_clock_that_is_set_back_a_little_makes_no_second_one_and_keeps_none_waiting(
    store: Store, asked: Route, has_earlier: bool
) -> None:
    by, monday = to(asked), EIGHT + DAY
    check(store, FIRST - 7 * DAY)
    if has_earlier:
        raise_(store, by, 9, FIRST - 7 * DAY)
        assert bundle(store, by, monday - 7 * DAY) == 1
    raise_(store, by, 0, FIRST)
    assert bundle(store, by, monday + HOUR / 2) == 1
    late = raise_(store, by, 1, monday + HOUR / 3)
    assert [bundle(store, by, monday + minutes * HOUR / 60) for minutes in (1, 10, 29, 30, 31, 59)] == [0] * 6
    following = {"hourly": HOUR, "daily": DAY, "weekly": 7 * DAY}[asked.every]
    assert bundle(store, by, monday + following) == 1
    assert named(digests(store)[-1][1]) == [late.id]


def dies(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str) -> None:
    """The next call of this function does its work, and then the process is killed."""
    really: Callable[..., Any] = getattr(module, name)

    def cut_short(*args: Any, **more: Any) -> Any:
        monkeypatch.setattr(module, name, really)
        really(*args, **more)
        raise StoreError("the power is gone")

    monkeypatch.setattr(module, name, cut_short)


@pytest.mark.parametrize(
    ("module", "name"), [(notices, "add"), (stored, "bundle"), (stored, "let_go"), (chain, "seal")]
)
def test_a_kill_at_any_step_leaves_all_or_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str
) -> None:
    by = to(replace(STAFF, recipients=(ADA, BEA)))
    check(store, FIRST)
    for number in range(3):
        raise_(store, by, number, FIRST)
    dies(monkeypatch, module, name)
    with pytest.raises(StoreError):
        bundle_digests(store, by, WATCHED, EIGHT)
    assert states(store) == {"gathered": 6} and digests(store) == []
    assert bundle(store, by, EIGHT + HOUR) == 2
    assert states(store) == {"bundled": 6}


steps = some.lists(
    some.tuples(some.sampled_from(["raise", "bundle", "check", "bundle"]), some.integers(1, 40 * 60)),
    max_size=30,
)
back_and_forth = some.lists(
    some.tuples(some.sampled_from(["raise", "bundle", "check", "bundle"]), some.integers(-30 * 60, 40 * 60)),
    max_size=30,
)


@settings(max_examples=20, deadline=None)
@given(some.sampled_from([STAFF, HOURLY, WEEKLY]), back_and_forth)
def test_by_whatever_clock_every_alert_is_in_exactly_one_digest(
    tmp_path_factory: pytest.TempPathFactory, asked: Route, steps: list[tuple[str, int]]
) -> None:
    by, at, latest, raised = to(asked), FIRST, FIRST, list[Alert]()
    folder = Path(tmp_path_factory.mktemp("digests"))
    with open_store(sqlite_url(folder / "x.db"), Blobs(folder / "blobs")) as store:
        for step, minutes in steps:
            at += timedelta(minutes=minutes)
            latest = max(at, latest)
            if step == "raise":
                raised.append(raise_(store, by, len(raised), at))
            elif step == "check":
                check(store, at)
            else:
                bundle(store, by, at)
        check(store, latest)
        bundle(store, by, latest + 7 * DAY + HOUR)
        made = [id for _, notice in digests(store) for id in named(notice)]
        assert sorted(made) == sorted(one.id for one in raised)


@settings(max_examples=20, deadline=None)
@given(some.sampled_from([STAFF, HOURLY, WEEKLY]), steps)
def test_every_alert_is_in_exactly_one_digest_and_no_moment_has_two(
    tmp_path_factory: pytest.TempPathFactory, asked: Route, steps: list[tuple[str, int]]
) -> None:
    by, at, raised = to(replace(asked, zone="Australia/Lord_Howe")), FIRST, list[Alert]()
    folder = Path(tmp_path_factory.mktemp("digests"))
    with open_store(sqlite_url(folder / "x.db"), Blobs(folder / "blobs")) as store:
        for step, minutes in [*steps, ("check", 1), ("bundle", 8 * 24 * 60)]:
            at += timedelta(minutes=minutes)
            if step == "raise":
                raised.append(raise_(store, by, len(raised), at))
            elif step == "check":
                check(store, at)
            else:
                bundle(store, by, at)
                assert bundle(store, by, at) == 0
        made = [notice for _, notice in digests(store)]
        assert sorted(id for one in made for id in named(one)) == sorted(one.id for one in raised)
        assert states(store) in ({}, {"bundled": len(raised)})
        assert asked.every != "hourly" or all(named(one) for one in made)


def test_an_organization_that_is_watched_no_more_is_still_told_of(store: Store) -> None:
    by = to(STAFF)
    check(store, FIRST)
    one = raise_(store, by, 0, FIRST)
    assert bundle(store, by, EIGHT, Watchlist((Organization("heron", "Heron Systems", "vendor"),))) == 1
    ((_, only),) = digests(store)
    assert named(only) == [one.id] and only.kind == DIGEST
