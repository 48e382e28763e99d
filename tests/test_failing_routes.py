"""A route by which nothing gets through is told elsewhere: once a day, never by itself, never in a circle."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from alerts.failing import KIND, Failing, failing_notice, failing_routes
from alerts.operations import tell_failing_routes
from alerts.routes import deliveries, operational
from monitor.model import Alert, Delivery, Notice
from monitor.settings import Channel, Route, Settings
from monitor.store import Store, holds, notices
from monitor.store import alerts as stored
from tests.sample_alerts import CORVID, NOW, TERMS, alert, finding, notice

pytest_plugins = ["tests.postgres"]

MAIL = Channel("email", host="mail.example", sender="watch@pledges.example")
CHANNELS = {"mail": MAIL, "post": MAIL, "hook": Channel("webhook", url="https://hook.example/")}
STAFF = Route("staff", "mail", recipients=("ada@x.example", "bea@x.example"))
DESK = Route("desk", "hook", operations=True)
SETTINGS = Settings(channels=CHANNELS, routes=(STAFF, DESK))
DAY = timedelta(days=1)


# --------------------------------------------------------------------------- which


def delivery(**changes: Any) -> Delivery:
    return replace(Delivery(1, "k", "a", "staff", "mail", "ada@x.example", "waiting"), **changes)


@pytest.mark.parametrize(
    ("waiting", "parked", "failing"),
    [
        pytest.param([], [], [], id="nothing"),
        pytest.param([delivery(attempts=2)], [], [], id="failed twice"),
        pytest.param([delivery(attempts=3)], [], ["staff"], id="failed three times"),
        pytest.param([delivery(attempts=3, route="gone")], [], [], id="nobody wants it any more"),
        pytest.param([], [delivery()], ["staff"], id="given up"),
        pytest.param([], [delivery(route="gone")], [], id="the route is gone"),
        pytest.param([], [delivery(channel="gone")], [], id="the channel is gone"),
        pytest.param([], [delivery(recipient="eve@x.example")], [], id="the recipient is gone"),
        pytest.param([delivery(attempts=5, held=True)], [], [], id="held for a person"),
        pytest.param([], [delivery(route="desk", channel="hook", recipient="")], ["desk"], id="a place"),
        pytest.param(
            [delivery(attempts=3)],
            [delivery(route="desk", channel="hook", recipient="")],
            ["desk", "staff"],
            id="two",
        ),
    ],
)
def test_which_routes_fail(waiting: list[Delivery], parked: list[Delivery], failing: list[str]) -> None:
    assert [one.route for one in failing_routes(waiting, parked, SETTINGS)] == failing


def test_what_is_told_of_one() -> None:
    left = (
        delivery(attempts=3, next_attempt_at=NOW, last_error="an older one"),
        delivery(id=2, attempts=4, next_attempt_at=NOW + DAY, last_error="no answer"),
        delivery(id=3),
    )
    told = failing_notice(Failing("staff", left, (delivery(id=4),)), SETTINGS, NOW - DAY, NOW)
    assert told.headline == (
        "Messages by the route staff (email by mail) are not taken: 3 wait, 1 was given up, "
        "the oldest since 2026-11-21 06:02 UTC."
    )
    assert (told.kind, told.about, told.raised_at) == (KIND, "staff", NOW)
    assert told.lines[0] == "The last error: no answer"
    for command in ("status", "alerts test staff", "alerts send --parked"):
        assert sum(f"pledgewatch {command}" in line for line in told.lines) == 1


@pytest.mark.parametrize(
    ("waiting", "parked", "said"),
    [(1, 0, "1 waits, the oldest"), (2, 0, "2 wait, the"), (0, 2, "taken: 2 were given up, the oldest")],
)
def test_how_many_are_counted(waiting: int, parked: int, said: str) -> None:
    some = Failing("staff", (delivery(attempts=3),) * waiting, (delivery(),) * parked)
    assert said in failing_notice(some, SETTINGS, NOW, NOW).headline


# --------------------------------------------------------------------------- telling


def put(store: Store, *alerts: Alert, settings: Settings = SETTINGS) -> None:
    with store.begin() as conn:
        for one in alerts:
            assert stored.add(conn, one, deliveries(one, CORVID, TERMS, settings))


def fail(store: Store, times: int = 3, *, route: str = "staff", parks: bool = False) -> None:
    """So many failures of each delivery of this route that waits, and then it is given up, or not."""
    with store.begin() as conn:
        for one in stored.waiting(conn):
            for number in range(times if one.route == route else 0):
                again = None if parks and number == times - 1 else NOW
                stored.mark_failed(conn, one.id, NOW, again, "no answer")


def tell(store: Store, at: datetime = NOW, settings: Settings = SETTINGS) -> list[str]:
    """The routes that are told of."""
    return [one.about for one in tell_failing_routes(store, settings, at)]


def addressed(store: Store) -> list[str]:
    """By which routes those notices wait."""
    with store.read() as conn:
        return [
            one.route
            for one in stored.waiting(conn)
            if one.notice_id and notices.get(conn, one.notice_id).kind == KIND
        ]


@pytest.mark.parametrize(
    ("times", "parks", "told"), [(2, False, []), (3, False, ["staff"]), (1, True, ["staff"])]
)
def test_a_route_that_fails_is_told_elsewhere(store: Store, times: int, parks: bool, told: list[str]) -> None:
    put(store, alert())
    fail(store, times, parks=parks)
    assert tell(store) == told
    assert addressed(store) == ["desk"] * len(told)
    with store.read() as conn:
        newest = notices.newest(conn, KIND, NOW + timedelta(days=999))
    assert (newest is not None) == bool(told)


def test_nothing_fails_nothing_is_told(store: Store) -> None:
    put(store, alert())
    assert tell(store) == []


def test_it_is_told_once_a_day_while_it_goes_on(store: Store) -> None:
    put(store, alert())
    fail(store)
    told = [tell(store, NOW + timedelta(hours=hours)) for hours in (0, 1, 23, 24, 25, 47, 48)]
    assert told == [["staff"], [], [], ["staff"], [], [], ["staff"]]


def test_what_was_given_up_is_told_once_and_what_follows_it_a_day_later(store: Store) -> None:
    put(store, alert())
    fail(store, 1, parks=True)
    assert tell(store) == ["staff"]
    assert tell(store, NOW + 9 * DAY) == [], "that stays in status"
    put(store, alert(finding(), finding()))
    fail(store, 1, parks=True)
    assert tell(store, NOW + 10 * DAY) == ["staff"]


def test_a_route_that_works_again_is_no_longer_told(store: Store) -> None:
    put(store, alert())
    fail(store)
    assert tell(store) == ["staff"]
    with store.begin() as conn:
        for one in stored.waiting(conn):
            stored.mark_sent(conn, one.id, NOW)
    assert tell(store, NOW + DAY) == []


def test_a_clock_that_was_set_back_silences_nothing(store: Store) -> None:
    put(store, alert())
    fail(store)
    assert tell(store, NOW + 400 * DAY) == ["staff"]
    assert tell(store, NOW) == ["staff"]


def test_nobody_is_told_by_the_channel_that_fails(store: Store) -> None:
    """Two routes by one channel: neither hears of the other. Where nobody else hears, nothing is raised."""
    same = Settings(channels=CHANNELS, routes=(STAFF, replace(STAFF, name="other", operations=True)))
    put(store, alert(), settings=same)
    fail(store)
    assert tell(store, settings=same) == [] and addressed(store) == []
    more = replace(same, routes=(*same.routes, Route("desk", "post", ("c@x.example",), operations=True)))
    assert tell(store, settings=more) == ["staff"], "it was not taken for told"
    assert addressed(store) == ["desk"]


def test_a_notice_that_fails_is_told_by_no_other(store: Store) -> None:
    """Two routes that hear of each other do not go on for ever."""
    both = Settings(channels=CHANNELS, routes=(replace(STAFF, operations=True), DESK))
    put(store, alert(), settings=both)
    fail(store)
    assert tell(store, settings=both) == ["staff"]
    with store.begin() as conn:
        for one in stored.waiting(conn):
            if one.route == "desk":
                stored.mark_sent(conn, one.id, NOW) if one.alert_id else stored.mark_failed(
                    conn, one.id, NOW, None, "gone"
                )
    assert tell(store, NOW + timedelta(hours=1), both) == []


def test_any_other_notice_that_fails_is_told(store: Store) -> None:
    outage: Notice = notice()
    both = Settings(channels=CHANNELS, routes=(replace(STAFF, operations=True), DESK))
    with store.begin() as conn:
        notices.add(conn, outage, operational(outage, both))
    fail(store)
    assert tell(store, settings=both) == ["staff"]


def test_what_is_held_or_bundled_is_not_counted(store: Store) -> None:
    held, one, two = (alert(*[finding()] * count) for count in (1, 2, 3))
    put(store, held, one, two)
    with store.begin() as conn:
        holds.hold(conn, holds.Hold(held.id, NOW, "so much changed"))
        digest = notice(kind="digest")
        notices.add(conn, digest, [stored.NewDelivery("d", "staff", "mail", "ada@x.example")])
        members = [
            d.id
            for d in stored.waiting(conn)
            if d.recipient == "ada@x.example" and d.alert_id in (one.id, two.id)
        ]
        stored.bundle(conn, members, digest.id)
        (waits,) = [d.id for d in stored.waiting(conn) if d.notice_id]
        stored.mark_failed(conn, waits, NOW, None, "550 no such user")
    (told,) = tell_failing_routes(store, SETTINGS, NOW)
    assert "taken: 2 wait, 1 was given up" in told.headline
