"""What the store keeps comes back as the same values, on SQLite and on PostgreSQL alike."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError

from monitor.errors import InputError, StoreError
from monitor.model import Access, Failure, Fetch, Host, Redirect, Robots, Sighting
from monitor.store import Connection, Store, alerts, checks, fetches, findings, hosts, pages, readings
from monitor.store.alerts import NewDelivery
from monitor.store.findings import Baseline
from tests.store_values import (
    FETCHES,
    HOUR,
    NOW,
    PLEDGE,
    TERMS,
    alert,
    failed,
    fetch,
    not_modified,
    page,
    reading,
    tracked,
)

pytest_plugins = ["tests.postgres"]


# --------------------------------------------------------------------------- pages


def test_a_new_page_is_due_at_once_and_a_dropped_one_never(store: Store) -> None:
    with store.begin() as conn:
        pages.sync(conn, [page(TERMS), page(PLEDGE)], NOW)
        pages.set_next_due(conn, TERMS, NOW + 24 * HOUR)
    with store.begin() as conn:
        assert pages.due(conn, NOW - HOUR) == []
        assert pages.due(conn, NOW) == [PLEDGE]
        assert pages.schedule(conn) == [(PLEDGE, NOW), (TERMS, NOW + 24 * HOUR)]
        pages.sync(conn, [page(TERMS), page("heron/news")], NOW + HOUR)
    with store.read() as conn:
        assert pages.schedule(conn) == [("heron/news", NOW + HOUR), (TERMS, NOW + 24 * HOUR)]
        assert pages.due(conn, NOW + 48 * HOUR) == ["heron/news", TERMS]


def test_a_page_that_is_not_scheduled_does_not_become_due(store: Store) -> None:
    with store.begin() as conn:
        pages.set_next_due(conn, TERMS, NOW)
        pages.sync(conn, [], NOW)
        assert pages.schedule(conn) == []


# --------------------------------------------------------------------------- fetches


@pytest.mark.parametrize("name", FETCHES)
def test_a_fetch_comes_back_with_every_fact(store: Store, name: str) -> None:
    with store.begin() as conn:
        kept = fetches.record(conn, FETCHES[name])
    with store.read() as conn:
        assert fetches.get(conn, kept.id) == kept == replace(FETCHES[name], id=kept.id)


def test_text_that_no_database_takes_is_kept_as_far_as_it_can_be(store: Store) -> None:
    odd = fetch(final_url="https://heron.example/\0\ud83dé", failure=Failure(Access.DNS, "cut \ud83d"))
    with store.begin() as conn:
        kept = fetches.get(conn, fetches.record(conn, odd).id)
    assert kept.final_url == "https://heron.example/\ufffd\ufffdé"
    assert kept.failure == odd.failure


def test_ids_grow_and_an_unknown_one_is_refused(store: Store) -> None:
    with store.begin() as conn:
        first, second = fetches.record(conn, fetch()), fetches.record(conn, fetch())
        assert 0 < first.id < second.id
        with pytest.raises(StoreError, match=f"no fetch {second.id + 1}"):
            fetches.get(conn, second.id + 1)


CHANGES = {
    "update": "UPDATE fetches SET status = 404",
    "delete": "DELETE FROM fetches",
    "replace": "INSERT OR REPLACE INTO fetches SELECT * FROM fetches",
    "truncate": "TRUNCATE fetches CASCADE",
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_fetch_is_never_changed_nor_deleted(store: Store, change: str) -> None:
    foreign = {"sqlite": "truncate", "postgresql": "replace"}[store.engine.dialect.name]
    if change == foreign:
        pytest.skip(f"{store.engine.dialect.name} has no such statement")
    with store.begin() as conn:
        kept = fetches.record(conn, fetch())
    with pytest.raises(IntegrityError, match="append-only"), store.begin() as conn:
        conn.execute(text(CHANGES[change]))
    with store.read() as conn:
        assert fetches.get(conn, kept.id) == kept


def test_times_of_any_zone_come_back_as_utc(store: Store) -> None:
    local = datetime(2026, 3, 1, 1, 30, 0, 123456, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    with store.begin() as conn:
        kept = fetches.get(conn, fetches.record(conn, fetch(started_at=local)).id)
    assert kept.started_at == local
    assert kept.started_at.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(StatementError, match="without a zone"), store.begin() as conn:
        fetches.record(conn, fetch(started_at=datetime(2026, 3, 1)))  # noqa: DTZ001


def test_unread_fetches_come_oldest_first_until_they_are_read(store: Store) -> None:
    with store.begin() as conn:
        later, earlier = fetches.record(conn, fetch(5)), fetches.record(conn, fetch(1))
        other = fetches.record(conn, fetch(page_id=PLEDGE))
        assert fetches.unread(conn, TERMS) == [earlier, later]
        readings.record(conn, reading(earlier.id))
        readings.record(conn, reading(other.id, page_id=PLEDGE))
        assert fetches.unread(conn, TERMS) == [later]


OK, UNREAD = Access.OK, None
PAIR = ('"v1"', "Sun, 01 Mar 2026 05:00:00 GMT")
HISTORIES: dict[str, tuple[list[tuple[Fetch, Access | None]], tuple[str, str] | None]] = {
    "never fetched": ([], None),
    "read well": ([(fetch(0), OK)], PAIR),
    "read well, same bytes": ([(fetch(0), OK), (fetch(1), Access.UNCHANGED)], PAIR),
    "not read yet": ([(fetch(0), UNREAD)], None),
    "a wall": ([(fetch(0), Access.WALL)], None),
    "a wall after a good one": ([(fetch(0), OK), (fetch(1), Access.WALL)], None),
    "304 after a good one": ([(fetch(0), OK), (not_modified(1), Access.UNCHANGED)], PAIR),
    "304 not read yet": ([(fetch(0), OK), (not_modified(1), UNREAD)], PAIR),
    "failed after a good one": ([(fetch(0), OK), (failed(1), Access.TIMEOUT)], None),
    "304 after a failure": ([(fetch(0), OK), (failed(1), UNREAD), (not_modified(2), OK)], None),
    "good after a failure": ([(failed(0), Access.TIMEOUT), (fetch(1), OK)], PAIR),
    "an error page without a body": ([(fetch(0), OK), (fetch(1, status=503, body_sha256=""), UNREAD)], None),
    "only a memento": ([(fetch(0, archive_url="https://archive.example/1"), OK)], None),
    "a memento later": ([(fetch(0), OK), (fetch(1, archive_url="https://archive.example/1"), UNREAD)], PAIR),
    "no such headers": ([(fetch(0, headers=()), OK)], None),
    "behind a redirect": ([(fetch(0, redirects=(Redirect("https://heron.example/terms", 302),)), OK)], None),
    "one header": ([(fetch(0, headers=(("etag", "W/x"),)), OK)], ("W/x", "")),
}


@pytest.mark.parametrize("name", HISTORIES)
def test_we_ask_conditionally_only_after_a_good_reading(store: Store, name: str) -> None:
    history, expected = HISTORIES[name]
    with store.begin() as conn:
        pages.sync(conn, [page(), page(PLEDGE)], NOW)
        for tried, access in history:
            kept = fetches.record(conn, tried)
            if access is not UNREAD:
                readings.record(conn, reading(kept.id, access=access))
        assert fetches.validators(conn) == ({} if expected is None else {TERMS: expected})


def test_a_page_that_moved_house_is_asked_for_in_full(store: Store) -> None:
    with store.begin() as conn:
        pages.sync(conn, [page(), page(PLEDGE)], NOW)
        readings.record(conn, reading(fetches.record(conn, fetch()).id))
        assert fetches.validators(conn, [page()]) == {TERMS: PAIR}
        assert fetches.validators(conn, [page(url="https://heron.example/new")]) == {}


@pytest.mark.parametrize(("days", "expected"), [(0, PAIR), (7, PAIR), (7.01, None), (30, None)])
def test_once_a_week_a_page_is_asked_for_in_full(
    store: Store, days: float, expected: tuple[str, str] | None
) -> None:
    """A 304 in between does not put it off."""
    with store.begin() as conn:
        pages.sync(conn, [page(), page(PLEDGE)], NOW)
        kept_with_reading(conn, fetch(0))
        kept_with_reading(conn, not_modified(1), Access.UNCHANGED)
        now = NOW + timedelta(days=days)
        assert fetches.validators(conn, [page()], now) == ({} if expected is None else {TERMS: expected})
        assert fetches.validators(conn, [page()]) == {TERMS: PAIR}


def test_only_what_is_watched_waits_to_be_read(store: Store) -> None:
    with store.begin() as conn:
        pages.sync(conn, [page()], NOW)
        fetches.record(conn, fetch(page_id=PLEDGE))
        fetches.record(conn, fetch(page_id="probe https://heron.example"))
        older, newer = (fetches.record(conn, fetch(hours)) for hours in (1, 2))
        assert fetches.newest_unread(conn) == [newer]
        readings.record(conn, reading(older.id))
        assert fetches.newest_unread(conn) == [newer]
        readings.record(conn, reading(newer.id))
        assert fetches.newest_unread(conn) == []


def test_the_newest_good_answer_to_an_aside(store: Store) -> None:
    probe = "probe https://heron.example"
    with store.begin() as conn:
        fetches.record(conn, fetch(1, page_id=probe))
        kept = fetches.record(conn, fetch(0, page_id=probe))  # the clock was set back
        fetches.record(conn, fetch(2, page_id=probe, status=404))
        fetches.record(conn, fetch(3, page_id=f"{probe}:8080"))
        assert fetches.newest_aside(conn, probe) == kept
        assert fetches.newest_aside(conn, "probe https://other.example") is None
        linked = [
            fetches.record(conn, fetch(page_id=f"linked {TERMS} https://heron.example/{n}")) for n in "ab"
        ]
        fetches.record(conn, fetch(page_id=f"linked {TERMS}2 https://heron.example/c"))
        assert fetches.newest_asides(conn, f"linked {TERMS} ") == linked


# --------------------------------------------------------------------------- hosts


def test_a_host_is_remembered_as_it_was_last(store: Store) -> None:
    bare = Host("https://heron.example")
    asked = replace(bare, robots=Robots("allowed", "https://heron.example/robots.txt", "d" * 64, NOW))
    busy = replace(asked, not_before=NOW + HOUR, why="it answered with status 429")
    with store.begin() as conn:
        assert hosts.get(conn, bare.origin) == bare
        for known in (asked, busy, Host("http://auk.example:8080")):
            hosts.save(conn, known)
    with store.read() as conn:
        assert hosts.get(conn, bare.origin) == busy
        assert hosts.all(conn) == [Host("http://auk.example:8080"), busy]


def kept_with_reading(conn: Connection, tried: Fetch, access: Access | None = OK) -> Fetch:
    """The fetch as recorded, with what was made of it."""
    kept = fetches.record(conn, tried)
    if access is not UNREAD:
        readings.record(conn, reading(kept.id, access=access, page_id=kept.page_id))
    return kept


def test_a_304_refers_to_our_newest_body_before_it(store: Store) -> None:
    with store.begin() as conn:
        assert fetches.previous_body(conn, not_modified(9)) is None
        first = kept_with_reading(conn, fetch(0))
        second = kept_with_reading(conn, fetch(1, body_sha256="d" * 64))
        kept_with_reading(conn, fetch(2, archive_url="https://archive.example/1"))
        kept_with_reading(conn, fetch(2, page_id=PLEDGE))
        kept_with_reading(conn, failed(3), Access.TIMEOUT)
        unchanged = fetches.record(conn, not_modified(4))
        kept_with_reading(conn, fetch(5))
        assert fetches.previous_body(conn, unchanged) == second
        assert fetches.previous_body(conn, second) == first
        assert fetches.previous_body(conn, first) is None


def test_at_the_same_time_the_order_of_recording_tells_what_was_before(store: Store) -> None:
    with store.begin() as conn:
        first, second = kept_with_reading(conn, fetch(0)), kept_with_reading(conn, fetch(0))
        assert fetches.previous_body(conn, second) == first
        assert fetches.previous_body(conn, first) is None


@pytest.mark.parametrize("access", [*Access, UNREAD])
def test_a_304_never_refers_to_a_body_that_was_not_the_page(store: Store, access: Access | None) -> None:
    with store.begin() as conn:
        page_itself = kept_with_reading(conn, fetch(0))
        between = kept_with_reading(conn, fetch(1, body_sha256="d" * 64), access)
        unchanged = fetches.record(conn, not_modified(2))
        is_the_page = access in (Access.OK, Access.UNCHANGED)
        assert fetches.previous_body(conn, unchanged) == (between if is_the_page else page_itself)


def test_a_304_with_no_page_before_it_refers_to_nothing(store: Store) -> None:
    with store.begin() as conn:
        kept_with_reading(conn, fetch(0, status=500), Access.ERROR_PAGE)
        kept_with_reading(conn, fetch(1), Access.WALL)
        assert fetches.previous_body(conn, fetches.record(conn, not_modified(2))) is None


def test_a_memento_is_known_by_page_time_and_bytes(store: Store) -> None:
    memento = fetch(0, archive_url="https://archive.example/1")
    with store.begin() as conn:
        fetches.record(conn, fetch(0))
        assert not fetches.has_memento(conn, memento)
        fetches.record(conn, memento)
        assert fetches.has_memento(conn, replace(memento, archive_url="https://elsewhere.example/1"))
        assert not fetches.has_memento(conn, replace(memento, body_sha256="0" * 64))


# --------------------------------------------------------------------------- readings


@pytest.fixture
def fetch_id(store: Store) -> int:
    with store.begin() as conn:
        return fetches.record(conn, fetch()).id


def test_a_reading_made_again_replaces_the_old_one(store: Store, fetch_id: int) -> None:
    with store.begin() as conn:
        readings.record(conn, reading(fetch_id, access=Access.WALL))
        readings.record(conn, reading(fetch_id, access=Access.OK))
        assert readings.of_page(conn, TERMS) == [reading(fetch_id, access=Access.OK)]


@pytest.mark.parametrize("access", Access)
def test_every_access_state_comes_back(store: Store, fetch_id: int, access: Access) -> None:
    with store.begin() as conn:
        readings.record(conn, reading(fetch_id, access=access))
        last = readings.last(conn, TERMS)
    assert last == reading(fetch_id, access=access)
    assert last is not None
    assert last.access is access


def test_readings_by_page_and_time(store: Store) -> None:
    with store.begin() as conn:
        pages.sync(conn, [page(), page(PLEDGE)], NOW)
        assert readings.last(conn, TERMS) is None
        assert readings.latest(conn) == {}
        ids = [fetches.record(conn, fetch()).id for _ in range(4)]
        third, first, second = (reading(ids[n], hours) for n, hours in enumerate((3, 1, 2)))
        other = reading(ids[3], 9, page_id=PLEDGE)
        for each in (third, first, second, other):
            readings.record(conn, each)
        assert readings.of_page(conn, TERMS) == [first, second, third]
        assert readings.of_page(conn, TERMS, since=NOW + 2 * HOUR) == [second, third]
        assert readings.last(conn, TERMS) == third
        assert readings.latest(conn) == {TERMS: third, PLEDGE: other}


def test_of_two_readings_at_once_the_later_fetch_is_the_newest(store: Store) -> None:
    with store.begin() as conn:
        pages.sync(conn, [page(), page(PLEDGE)], NOW)
        first, second = (reading(fetches.record(conn, fetch()).id) for _ in range(2))
        readings.record(conn, second)
        readings.record(conn, first)
        assert readings.last(conn, TERMS) == second
        assert readings.latest(conn) == {TERMS: second}


def test_since_when_a_page_could_not_be_read(store: Store) -> None:
    with store.begin() as conn:
        pages.sync(conn, [page(), page(PLEDGE)], NOW)
        ids = [fetches.record(conn, fetch(n)).id for n in range(6)]
        for number, access in enumerate([Access.WALL, Access.OK, Access.DNS, Access.TIMEOUT]):
            readings.record(conn, reading(ids[number], number, access=access))
        readings.record(conn, reading(ids[4], 4, page_id=PLEDGE, access=Access.LOGIN))
        assert readings.unread_since(conn) == {TERMS: NOW + 2 * HOUR, PLEDGE: NOW + 4 * HOUR}
        readings.record(conn, reading(ids[5], 5))
        assert readings.unread_since(conn) == {PLEDGE: NOW + 4 * HOUR}


def test_a_reading_needs_its_fetch(store: Store) -> None:
    with pytest.raises(IntegrityError), store.begin() as conn:
        readings.record(conn, reading(4711))


# --------------------------------------------------------------------------- findings


def test_a_page_has_one_baseline(store: Store, fetch_id: int) -> None:
    old = Baseline(TERMS, fetch_id, "f" * 64, NOW)
    new = replace(old, text_sha256="0" * 64, last_seen_at=NOW + HOUR)
    with store.begin() as conn:
        assert findings.baseline(conn, TERMS) is None
        findings.set_baseline(conn, old)
        assert findings.baseline(conn, TERMS) == old
        findings.set_baseline(conn, new)
        assert findings.baseline(conn, TERMS) == new
        assert findings.baseline(conn, PLEDGE) is None


def test_findings_are_followed_by_page_and_key(store: Store, fetch_id: int) -> None:
    one, two = tracked(fetch_id, "one"), tracked(fetch_id, "two", state=Sighting.VARIANT)
    later = replace(
        one, readings=2, last_seen_at=NOW + HOUR, state=Sighting.CONFIRMED, confirmed_at=NOW + HOUR, flips=1
    )
    with store.begin() as conn:
        findings.save(conn, TERMS, [])
        assert findings.tracked(conn, TERMS) == []
        findings.save(conn, TERMS, [one, two])
        findings.save(conn, PLEDGE, [one])
        assert findings.all_pending(conn) == [(PLEDGE, one), (TERMS, one)]
        findings.save(conn, TERMS, [later])
        assert findings.tracked(conn, TERMS) == [later, two]
        assert findings.tracked(conn, PLEDGE) == [one]
        assert findings.all_pending(conn) == [(PLEDGE, one)]


# --------------------------------------------------------------------------- alerts


def to(*recipients: str) -> list[NewDelivery]:
    return [NewDelivery(f"key-{name}", "desk", "email", f"{name}@example.org") for name in recipients]


def test_an_alert_comes_back_and_is_kept_once(store: Store) -> None:
    with store.begin() as conn:
        assert alerts.add(conn, alert(), to("ada")) is True
        assert alerts.add(conn, alert(), to("ada", "bea")) is False
    with store.read() as conn:
        assert alerts.get(conn, alert().id) == alert()
        assert [each.recipient for each in alerts.waiting(conn)] == ["ada@example.org"]


def test_alerts_are_listed_newest_first(store: Store) -> None:
    old, new = alert("1" * 64), alert("2" * 64, hours=1)
    with store.begin() as conn:
        assert alerts.all(conn) == []
        alerts.add(conn, old, [])
        alerts.add(conn, new, [])
        assert alerts.all(conn) == [new, old]
        assert alerts.all(conn, limit=1) == [new]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        pytest.param("ab1" + "0" * 61, "ab1" + "0" * 61, id="the whole id"),
        pytest.param("ab1", "ab1" + "0" * 61, id="enough of it"),
        pytest.param(" AB2 ", "ab2" + "0" * 61, id="in capitals, with blanks"),
        pytest.param("ab", "more than one alert", id="not enough"),
        pytest.param("cd", "no alert has an id", id="unknown"),
        pytest.param("", "no alert has an id", id="nothing"),
        pytest.param("%", "no alert has an id", id="a wildcard"),
        pytest.param("ab_", "no alert has an id", id="another wildcard"),
    ],
)
def test_an_alert_is_found_by_the_beginning_of_its_id(store: Store, asked: str, answer: str) -> None:
    with store.begin() as conn:
        for each in ("ab1", "ab2"):
            alerts.add(conn, alert(each + "0" * 61), [])
    with store.read() as conn:
        if len(answer) == 64:
            assert alerts.get(conn, asked).id == answer
        else:
            with pytest.raises(InputError, match=answer):
                alerts.get(conn, asked)


def test_a_delivery_waits_until_it_is_sent(store: Store) -> None:
    with store.begin() as conn:
        alerts.add(conn, alert(), to("ada", "bea"))
        assert alerts.due(conn, NOW - HOUR) == []
        ada, bea = alerts.due(conn, NOW)
        assert (ada.key, ada.alert_id, ada.route, ada.channel) == ("key-ada", alert().id, "desk", "email")
        assert (ada.state, ada.attempts, ada.next_attempt_at, ada.last_error) == ("waiting", 0, NOW, "")
        alerts.mark_sent(conn, ada.id, NOW)
        assert alerts.due(conn, NOW) == alerts.waiting(conn) == [bea]


def test_a_failed_delivery_waits_for_its_next_attempt(store: Store) -> None:
    with store.begin() as conn:
        alerts.add(conn, alert(), to("ada"))
        (ada,) = alerts.due(conn, NOW)
        alerts.mark_failed(conn, ada.id, NOW, NOW + HOUR, "451 try later \ud800")
        assert alerts.due(conn, NOW) == []
        (again,) = alerts.due(conn, NOW + HOUR)
        assert again == replace(
            ada, attempts=1, next_attempt_at=NOW + HOUR, last_error="451 try later \ufffd"
        )
        assert alerts.waiting(conn) == [again]


def test_a_parked_or_sent_delivery_stays_so(store: Store) -> None:
    with store.begin() as conn:
        alerts.add(conn, alert(), to("ada", "bea"))
        ada, bea = alerts.due(conn, NOW)
        alerts.mark_failed(conn, ada.id, NOW, None, "550 no such user")
        alerts.mark_sent(conn, bea.id, NOW)
        alerts.mark_failed(conn, bea.id, NOW, NOW + HOUR, "a late second attempt")
        alerts.mark_sent(conn, ada.id, NOW)
        assert alerts.waiting(conn) == []
        (given_up,) = alerts.parked(conn)
        states = conn.execute(text("SELECT recipient, state, attempts FROM deliveries ORDER BY id")).all()
    assert [tuple(row) for row in states] == [
        ("ada@example.org", "parked", 1),
        ("bea@example.org", "sent", 1),
    ]
    assert given_up == replace(
        ada, state="parked", attempts=1, next_attempt_at=None, last_error="550 no such user"
    )


def test_parked_deliveries_are_listed_oldest_first(store: Store) -> None:
    with store.begin() as conn:
        alerts.add(conn, alert(), to("ada", "bea", "cyd"))
        for each in reversed(alerts.waiting(conn)[:2]):
            alerts.mark_failed(conn, each.id, NOW, None, "550 no such user")
        assert [each.recipient for each in alerts.parked(conn)] == ["ada@example.org", "bea@example.org"]
        assert [each.recipient for each in alerts.waiting(conn)] == ["cyd@example.org"]


def test_no_two_deliveries_have_the_same_key_and_then_the_alert_is_not_kept_either(store: Store) -> None:
    with pytest.raises(IntegrityError), store.begin() as conn:
        alerts.add(conn, alert(), to("ada", "ada"))
    with store.read() as conn:
        assert alerts.all(conn) == []


# --------------------------------------------------------------------------- checks


def test_the_diary_of_checks(store: Store) -> None:
    with store.begin() as conn:
        assert checks.last(conn) is None
        first = checks.start(conn, NOW)
        assert checks.last(conn) == checks.Check(first, NOW, None, {})
        checks.finish(conn, first, NOW + HOUR, {"read": 2, "failed": 1})
        assert checks.last(conn) == checks.Check(first, NOW, NOW + HOUR, {"read": 2, "failed": 1})
        second = checks.start(conn, NOW - HOUR)  # a clock that was set back
        assert checks.last(conn) == checks.Check(second, NOW - HOUR, None, {})


# --------------------------------------------------------------------------- the bodies


def test_the_bodies_are_at_hand(store: Store) -> None:
    assert store.blobs.get(store.blobs.put(b"body")) == b"body"


READS: dict[str, Callable[[Connection], object]] = {
    "due": lambda conn: pages.due(conn, NOW),
    "schedule": pages.schedule,
    "unread": lambda conn: fetches.unread(conn, TERMS),
    "newest_unread": fetches.newest_unread,
    "of_page": lambda conn: readings.of_page(conn, TERMS),
    "tracked": lambda conn: findings.tracked(conn, TERMS),
    "all_pending": findings.all_pending,
    "all": alerts.all,
    "waiting": alerts.waiting,
    "parked": alerts.parked,
}


@pytest.mark.parametrize("name", READS)
def test_a_new_store_has_nothing_to_tell(store: Store, name: str) -> None:
    with store.read() as conn:
        assert READS[name](conn) == []
