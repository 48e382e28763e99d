"""A clock that is set moves what is planned with it; one that only runs on moves nothing."""

from datetime import timedelta

import pytest

from monitor.clock import Moment, jump
from monitor.model import Host
from monitor.store import Store, alerts, clocks, hosts, leases, pages
from tests.store_values import NOW, alert, page

pytest_plugins = ["tests.postgres"]

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("wall", "ran", "boot", "expected"),
    [
        (HOUR, HOUR, "b", timedelta(0)),
        (HOUR + timedelta(seconds=59), HOUR, "b", timedelta(0)),  # what a time server mends by and by
        (25 * HOUR, HOUR, "b", DAY),
        (-23 * HOUR, HOUR, "b", -DAY),
        (7 * DAY, 7 * DAY, "b", timedelta(0)),  # a week asleep
        (DAY, timedelta(0), "another start", timedelta(0)),  # nobody can tell
        (DAY, timedelta(0), "", timedelta(0)),
    ],
)
def test_jump(wall: timedelta, ran: timedelta, boot: str, expected: timedelta) -> None:
    before = Moment(NOW, "b", 100.0)
    assert jump(before, Moment(NOW + wall, boot, 100.0 + ran.total_seconds())) == expected
    assert jump(None, before) == timedelta(0)


def test_what_is_planned_moves_with_the_clock_once(store: Store) -> None:
    with store.begin() as conn:
        pages.sync(conn, [page()], NOW)
        hosts.save(conn, Host("https://heron.example", not_before=NOW, why="429"))
        leases.take(conn, ["a"], "one", NOW, lambda owner: None)
        alerts.add(conn, alert(), [alerts.NewDelivery("k", "desk", "mail", "a@example.org")])
        due_at = alerts.waiting(conn)[0].next_attempt_at
        assert clocks.look(conn, Moment(NOW, "b", 100.0)) == timedelta(0)
    for _ in range(2):  # whoever looks second finds it done
        with store.begin() as conn:
            clocks.look(conn, Moment(NOW + DAY, "b", 101.0))
    by = DAY - timedelta(seconds=1)
    with store.read() as conn:
        assert pages.schedule(conn) == [(page().id, NOW + by)]
        assert hosts.get(conn, "https://heron.example").not_before == NOW + by
        assert leases.all(conn)[0].until == NOW + leases.LASTS + by
        assert due_at is not None and alerts.waiting(conn)[0].next_attempt_at == due_at + by
        assert clocks.last(conn) == Moment(NOW + DAY, "b", 101.0)


def test_another_start_of_the_machine_is_no_jump(store: Store) -> None:
    with store.begin() as conn:
        pages.sync(conn, [page()], NOW)
        clocks.look(conn, Moment(NOW, "b", 100.0))
        assert clocks.look(conn, Moment(NOW + DAY, "c", 1.0)) == timedelta(0)
        assert pages.schedule(conn) == [(page().id, NOW)]
        assert clocks.last(conn) == Moment(NOW + DAY, "c", 1.0)
