"""Two that work on one store share it page by page, and nobody waits for the dead."""

from datetime import timedelta

import pytest

from app import owner
from monitor.store import Store, leases
from tests.store_values import NOW

pytest_plugins = ["tests.postgres"]

ALIVE = {"one": True, "two": True, "dead": False, "far": None}.get
SECOND = timedelta(seconds=1)


def take(store: Store, who: str, *names: str, after: timedelta = timedelta(0)) -> list[str]:
    with store.begin() as conn:
        taken, _ = leases.take(conn, names, who, NOW + after, ALIVE)
    return taken


def test_what_one_holds_another_does_not_get(store: Store) -> None:
    assert take(store, "one", "a", "b") == ["a", "b"]
    assert take(store, "two", "b", "c") == ["c"]
    with store.begin() as conn:
        taken, others = leases.take(conn, ["a"], "two", NOW, ALIVE)
    assert (taken, [(one.name, one.owner) for one in others]) == ([], [("a", "one")])


def test_the_same_owner_may_take_again(store: Store) -> None:
    take(store, "one", "a")
    assert take(store, "one", "a", "a", after=SECOND) == ["a"]
    with store.read() as conn:
        (lease,) = leases.all(conn)
    assert (lease.since, lease.until) == (NOW, NOW + SECOND + leases.LASTS)


def test_what_was_released_is_free(store: Store) -> None:
    take(store, "one", "a", "b")
    with store.begin() as conn:
        leases.release(conn, "one", ["a"])
    assert take(store, "two", "a", "b") == ["a"]
    with store.begin() as conn:
        leases.release(conn, "one")
    assert take(store, "two", "a", "b") == ["a", "b"]


@pytest.mark.parametrize(
    ("holder", "after", "free"),
    [
        ("dead", timedelta(0), True),
        ("one", leases.LASTS + leases.STUCK - SECOND, False),  # it lives
        ("one", leases.LASTS + leases.STUCK, True),  # … and hangs
        ("one", -timedelta(days=400), False),
        ("far", leases.LASTS - SECOND, False),
        ("far", leases.LASTS, True),
        ("far", -SECOND, True),  # the clock went back: it would last too long
    ],
)
def test_whose_lease_ends_when(store: Store, holder: str, after: timedelta, free: bool) -> None:
    take(store, holder, "a")
    assert take(store, "two", "a", after=after) == ["a"] * free


def test_renewing_makes_it_last(store: Store) -> None:
    take(store, "far", "a")
    with store.begin() as conn:
        leases.renew(conn, "far", NOW + leases.LASTS - SECOND)
    assert take(store, "two", "a", after=leases.LASTS + SECOND) == []


def test_who_lives() -> None:
    ours = owner.this_process()
    machine, pid, started = ours.split(" ")
    assert owner.is_alive(ours) is True
    assert owner.process_id(ours) == pid
    assert owner.is_alive(f"{machine} {pid} {int(started) + 1}") is False  # its number was given away anew
    assert owner.is_alive(f"{machine} 99999999 1") is False
    assert owner.is_alive(f"elsewhere/1 {pid} {started}") is None
    assert owner.is_alive("nonsense") is None


@pytest.mark.parametrize(
    ("ours", "theirs", "alive"),
    [
        ("box/4026531836", "box/4026532201", None),  # we are outside, it may run in a container of our name
        ("c0ffee/4026532201", "c0ffee/4026532100", False),  # this container, before it was started anew
        ("c0ffee/4026532201", "decaf/4026532100", None),
        ("c0ffee/4026532201", "c0ffee", None),
    ],
)
def test_a_container_that_was_started_anew_was_killed_before(
    monkeypatch: pytest.MonkeyPatch, ours: str, theirs: str, alive: bool | None
) -> None:
    monkeypatch.setattr(owner, "_machine", lambda: ours)
    assert owner.is_alive(f"{theirs} 1 5") is alive
