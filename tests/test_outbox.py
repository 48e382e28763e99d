"""The outbox: every delivery at least once, under one key; failures back off, for about three days."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts import outbox
from alerts.message import Message
from alerts.outbox import WAITS, Sent, next_attempt_at, send_waiting
from alerts.routes import deliveries, operational
from monitor.blobs import Blobs
from monitor.errors import DeliveryError, StoreError
from monitor.model import Alert, Delivery, Notice
from monitor.settings import Channel, Network, Route, Settings
from monitor.store import Connection, Store, holds, notices, open_store, sqlite_url
from monitor.store import alerts as stored
from tests.chained import must_hold
from tests.sample_alerts import CORVID, NOW, TERMS, alert, finding, notice, unconfirmed

LOG = Channel("file", path="alerts.jsonl")
STAFF = Route("staff", "mail", recipients=("a@x.example", "b@x.example"))
MAIL = Channel("email", host="mail.example", sender="watch@pledges.example")
TO_STAFF = Settings(channels={"mail": MAIL}, routes=(STAFF,))
TO_LOG = Settings(channels={"log": LOG}, routes=(Route("archive", "log"),))


@dataclass
class FakeMail:
    """A way out that notes each message, and refuses the recipients that a test names."""

    refuses: dict[str, DeliveryError] = field(default_factory=dict)
    got: list[Message] = field(default_factory=list)

    def send(self, message: Message, channel: Channel, environ: Mapping[str, str], now: datetime) -> None:
        if error := self.refuses.get(message.recipient):
            raise error
        self.got.append(message)


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> FakeMail:
    fake = FakeMail()
    monkeypatch.setattr(outbox, "sender", {"email": fake}.__getitem__)
    return fake


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(sqlite_url(tmp_path / "pledgewatch.db"), Blobs(tmp_path / "blobs")) as opened:
        yield opened
        must_hold(opened)


def put(store: Store, settings: Settings, *alerts: Alert) -> None:
    with store.begin() as conn:
        for one in alerts:
            stored.add(conn, one, deliveries(one, CORVID, TERMS, settings))


def waiting(store: Store) -> list[Delivery]:
    with store.read() as conn:
        return stored.waiting(conn)


def run(store: Store, settings: Settings, at: datetime = NOW, **options: Any) -> Sent:
    return send_waiting(store, settings, lambda: at, {}, **options)


def test_nothing_waits_nothing_happens(store: Store) -> None:
    assert run(store, TO_LOG) == Sent(0, 0, 0)


def test_what_waits_is_sent_once(store: Store, tmp_path: Path) -> None:
    put(store, TO_LOG, alert())
    environ = {"PLEDGEWATCH_HOME": str(tmp_path)}
    assert send_waiting(store, TO_LOG, lambda: NOW, environ) == Sent(sent=1)
    assert send_waiting(store, TO_LOG, lambda: NOW, environ) == Sent(sent=0)
    [line] = (tmp_path / "alerts.jsonl").read_text().splitlines()
    assert json.loads(line)["id"] == alert().id


def test_each_recipient_gets_a_message_under_a_key_of_its_own(store: Store, mail: FakeMail) -> None:
    put(store, TO_STAFF, alert())
    assert run(store, TO_STAFF) == Sent(sent=2)
    assert [(one.recipient, one.route) for one in mail.got] == [
        ("a@x.example", "staff"),
        ("b@x.example", "staff"),
    ]
    assert len({one.key for one in mail.got}) == 2
    assert mail.got[0].content == alert()


def test_one_that_fails_does_not_hold_up_the_others(store: Store, mail: FakeMail) -> None:
    put(store, TO_STAFF, alert())
    mail.refuses["a@x.example"] = DeliveryError("the server is full")
    assert run(store, TO_STAFF) == Sent(sent=1, failed=1)
    [left] = waiting(store)
    assert (left.recipient, left.attempts, left.last_error) == ("a@x.example", 1, "the server is full")
    assert left.next_attempt_at == next_attempt_at(Delivery(1, left.key, "", "", "", "", ""), NOW)


def test_a_failed_one_waits_and_is_then_sent_under_the_same_key(store: Store, mail: FakeMail) -> None:
    put(store, TO_STAFF, alert())
    mail.refuses["a@x.example"] = DeliveryError("greylisted")
    run(store, TO_STAFF)
    [left] = waiting(store)
    mail.refuses.clear()
    assert run(store, TO_STAFF, NOW + timedelta(seconds=59)) == Sent()
    assert run(store, TO_STAFF, NOW + timedelta(seconds=67)) == Sent(sent=1)
    assert mail.got[-1].key == left.key
    assert waiting(store) == []


def test_a_permanent_refusal_is_parked_at_once(store: Store, mail: FakeMail) -> None:
    put(store, TO_STAFF, alert())
    mail.refuses["a@x.example"] = DeliveryError("no such user", permanent=True)
    assert run(store, TO_STAFF) == Sent(sent=1, parked=1)
    assert waiting(store) == []
    assert run(store, TO_STAFF, NOW + timedelta(days=30)) == Sent()


def test_after_about_three_days_of_failures_a_delivery_is_parked(store: Store, mail: FakeMail) -> None:
    put(store, TO_STAFF, alert())
    mail.refuses["a@x.example"] = DeliveryError("closed")
    at, attempts = NOW, 1
    assert run(store, TO_STAFF) == Sent(sent=1, failed=1)
    while left := waiting(store):
        at = left[0].next_attempt_at or at
        attempts += 1
        outcome = run(store, TO_STAFF, at)
    assert outcome == Sent(parked=1)
    assert attempts == len(WAITS) + 1
    assert timedelta(days=3) < at - NOW < timedelta(days=4)


def test_the_waits_grow_and_are_spread_but_always_the_same() -> None:
    tries = [Delivery(1, f"key{n % 20}", "", "", "", "", "waiting", n // 20) for n in range(20 * len(WAITS))]
    for one in tries:
        wait = (next_attempt_at(one, NOW) or NOW) - NOW
        assert WAITS[one.attempts] <= wait <= WAITS[one.attempts] * 1.1
        assert next_attempt_at(one, NOW) == NOW + wait
    assert list(WAITS) == sorted(WAITS)
    assert len({next_attempt_at(one, NOW) for one in tries[:20]}) > 10


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("attempts", "asked", "least", "most"),
    [
        pytest.param(0, None, WAITS[0], WAITS[0] * 1.1, id="the schedule"),
        pytest.param(0, timedelta(0), WAITS[0], WAITS[0] * 1.1, id="at once is not sooner"),
        pytest.param(0, 2 * HOUR, 2 * HOUR, 2 * HOUR, id="longer"),
        pytest.param(6, 2 * HOUR, WAITS[6], WAITS[6] * 1.1, id="shorter than the schedule"),
        pytest.param(0, timedelta(days=400), 24 * HOUR, 24 * HOUR, id="a day at most"),
    ],
)
def test_whoever_asks_for_patience_gets_up_to_a_day(
    attempts: int, asked: timedelta | None, least: timedelta, most: timedelta
) -> None:
    one = Delivery(1, "key", "", "", "", "", "waiting", attempts)
    assert least <= (next_attempt_at(one, NOW, asked) or NOW) - NOW <= most


def test_patience_does_not_make_more_attempts() -> None:
    assert next_attempt_at(Delivery(1, "key", "", "", "", "", "waiting", len(WAITS)), NOW, HOUR) is None


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        pytest.param(Settings(), 'the route "staff" is no longer', id="route"),
        pytest.param(Settings(routes=(STAFF,)), 'the channel "mail" is no longer', id="channel"),
        pytest.param(
            Settings(channels={"mail": MAIL}, routes=(Route("staff", "mail", recipients=("c@x.example",)),)),
            'a@x.example is no longer a recipient of the route "staff"',
            id="recipient",
        ),
    ],
)
def test_what_the_settings_no_longer_want_is_parked(
    store: Store, mail: FakeMail, monkeypatch: pytest.MonkeyPatch, settings: Settings, why: str
) -> None:
    errors: list[str] = []
    marked = stored.mark_failed
    monkeypatch.setattr(stored, "mark_failed", lambda *args: (errors.append(args[-1]), marked(*args)))
    put(store, TO_STAFF, alert())
    assert run(store, settings) == Sent(parked=2)
    assert why in errors[0]
    assert mail.got == [] and waiting(store) == []


def test_at_most_so_many_in_one_pass(store: Store, mail: FakeMail) -> None:
    put(store, TO_STAFF, alert(), alert(finding(), finding()))
    assert run(store, TO_STAFF, limit=3) == Sent(sent=3)
    assert run(store, TO_STAFF, limit=3) == Sent(sent=1)


# --------------------------------------------------------------------------- a channel that nobody answers by

MANY = tuple(f"{number}@x.example" for number in range(10))
NOBODY = DeliveryError("no answer", unreachable=True)
TO_MANY = Settings(
    channels={"mail": MAIL, "other": MAIL},
    routes=(Route("staff", "mail", recipients=MANY), Route("desk", "other", recipients=("z@x.example",))),
)


def test_a_dead_channel_is_tried_three_times_in_a_pass_and_holds_up_no_other(
    store: Store, mail: FakeMail
) -> None:
    put(store, TO_MANY, alert())
    mail.refuses |= dict.fromkeys(MANY, NOBODY)
    before = waiting(store)
    assert run(store, TO_MANY) == Sent(sent=1, failed=3, put_off=7)
    assert [one.recipient for one in mail.got] == ["z@x.example"]
    assert waiting(store)[3:] == before[3:-1], "what was put off is as it was"
    assert [one.attempts for one in waiting(store)[:3]] == [1, 1, 1]
    mail.refuses.clear()
    assert run(store, TO_MANY) == Sent(sent=7), "the others do not wait for the first three"


def test_a_dead_channel_is_soon_known_as_one(store: Store, mail: FakeMail) -> None:
    """Not each of a thousand has to fail before one of them has failed three times."""
    put(store, TO_MANY, alert())
    mail.refuses |= dict.fromkeys(MANY, NOBODY)
    for minutes in (0, 2, 8):
        run(store, TO_MANY, NOW + timedelta(minutes=minutes))
    assert [one.attempts for one in waiting(store)] == [3, 3, 3, 0, 0, 0, 0, 0, 0, 0]


def test_who_answers_is_no_dead_channel(store: Store, mail: FakeMail) -> None:
    put(store, TO_MANY, alert())
    mail.refuses |= dict.fromkeys(MANY[:9], DeliveryError("no such user"))
    assert run(store, TO_MANY) == Sent(sent=2, failed=9)


def test_what_is_put_off_takes_no_place_in_the_pass(store: Store, mail: FakeMail) -> None:
    put(store, TO_MANY, alert())
    mail.refuses |= dict.fromkeys(MANY, NOBODY)
    assert run(store, TO_MANY, limit=4) == Sent(sent=1, failed=3, put_off=7)


# --------------------------------------------------------------------------- crashes, and others at work


@dataclass
class LosesPower:
    """A store that stops when something is to be written for the n-th time."""

    store: Store
    writes: int

    def read(self) -> Any:
        return self.store.read()

    @contextmanager
    def begin(self) -> Iterator[Any]:
        if self.writes == 0:
            raise StoreError("the power is gone")
        self.writes -= 1
        with self.store.begin() as conn:
            yield conn


@pytest.mark.parametrize("writes", [0, 1])
def test_a_crash_between_sending_and_marking_sends_again_and_loses_nothing(
    store: Store, mail: FakeMail, writes: int
) -> None:
    put(store, TO_STAFF, alert())
    with pytest.raises(StoreError):
        at = 2 * writes + 1  # each is first marked as under way, then as sent
        send_waiting(LosesPower(store, at), TO_STAFF, lambda: NOW, {})  # type: ignore[arg-type]
    assert len(mail.got) == writes + 1
    assert run(store, TO_STAFF) == Sent(sent=2 - writes)
    keys = [one.key for one in mail.got]
    assert len(keys) == 3
    assert len(set(keys)) == 2


@pytest.mark.parametrize("refused", [False, True], ids=["sent", "failed"])
def test_each_attempt_says_in_its_own_transaction_that_we_are_at_it(
    store: Store, mail: FakeMail, refused: bool
) -> None:
    put(store, TO_STAFF, alert())
    before = waiting(store)
    mail.refuses |= dict.fromkeys(STAFF.recipients, DeliveryError("later")) if refused else {}

    def lost(conn: Connection) -> None:
        raise StoreError("the lease is another's")

    with pytest.raises(StoreError):
        run(store, TO_STAFF, renew=lost)
    assert [replace(one, last_error="") for one in waiting(store)] == before
    calls: list[Connection] = []
    run(store, TO_STAFF, renew=calls.append)
    assert len(calls) == 2


@pytest.mark.parametrize("meanwhile", ["sent", "held", "taken back"])
def test_what_another_one_changed_meanwhile_is_not_sent(
    store: Store, mail: FakeMail, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    put(store, TO_STAFF, unconfirmed(alert()) if meanwhile == "taken back" else alert())
    settings = replace(TO_STAFF, routes=(replace(STAFF, unconfirmed=True),))
    if meanwhile == "taken back":
        with store.begin() as conn:
            stored.put(
                conn, deliveries(unconfirmed(alert()), CORVID, TERMS, settings), NOW, alert_id=alert().id
            )

    def send(message: Message, channel: Channel, environ: Mapping[str, str], now: datetime) -> None:
        mail.got.append(message)
        with store.begin() as conn:
            if meanwhile == "sent":
                stored.mark_sent(conn, stored.waiting(conn)[1].id, NOW)
            elif meanwhile == "held":
                holds.hold(conn, holds.Hold(alert().id, NOW, "so much changed"))
            else:
                stored.add(conn, alert(), ())

    monkeypatch.setattr(mail, "send", send)
    assert run(store, settings) == Sent(sent=1)
    assert [one.recipient for one in mail.got] == ["a@x.example"]


def test_a_bug_in_a_channel_is_not_hidden(store: Store, mail: FakeMail) -> None:
    put(store, TO_STAFF, alert())
    mail.refuses["a@x.example"] = ZeroDivisionError("a bug")  # type: ignore[assignment]
    with pytest.raises(ZeroDivisionError):
        run(store, TO_STAFF)
    assert len(waiting(store)) == 2


# --------------------------------------------------------------------------- before it is confirmed

EARLY = Settings(
    channels={"mail": MAIL},
    routes=(
        Route("early", "mail", recipients=("a@x.example",), unconfirmed=True),
        Route("patient", "mail", recipients=("b@x.example",)),
    ),
)


def told(mail: FakeMail) -> list[tuple[str, bool]]:
    """To whom, and whether it was confirmed by then."""
    return [(one.recipient, one.content.after.confirmed_at is not None) for one in mail.got]  # type: ignore[union-attr]


def test_what_was_told_early_is_told_again_when_it_is_confirmed(store: Store, mail: FakeMail) -> None:
    put(store, EARLY, unconfirmed(alert()))
    assert run(store, EARLY) == Sent(sent=1)
    put(store, EARLY, alert())
    assert run(store, EARLY) == Sent(sent=2)
    assert told(mail) == [("a@x.example", False), ("a@x.example", True), ("b@x.example", True)]
    assert len({one.key for one in mail.got}) == 3
    with store.read() as conn:
        assert stored.all(conn) == [alert()]


def test_what_could_not_be_told_before_it_was_confirmed_is_told_once(store: Store, mail: FakeMail) -> None:
    mail.refuses["a@x.example"] = DeliveryError("greylisted")
    put(store, EARLY, unconfirmed(alert()))
    assert run(store, EARLY) == Sent(failed=1)
    mail.refuses.clear()
    put(store, EARLY, alert())
    assert run(store, EARLY, NOW + timedelta(days=1)) == Sent(sent=2)
    assert told(mail) == [("a@x.example", True), ("b@x.example", True)]


@pytest.mark.parametrize(
    ("then", "kept"),
    [
        pytest.param([unconfirmed(alert()), unconfirmed(alert())], [True, False], id="early, twice"),
        pytest.param([alert(), unconfirmed(alert())], [True, False], id="early, too late"),
        pytest.param([alert(), alert()], [True, False], id="confirmed, twice"),
        pytest.param([unconfirmed(alert()), alert(), alert()], [True, True, False], id="early, confirmed"),
    ],
)
def test_an_alert_is_kept_once_a_state_and_never_goes_back(
    store: Store, then: list[Alert], kept: list[bool]
) -> None:
    with store.begin() as conn:
        assert [stored.add(conn, one, deliveries(one, CORVID, TERMS, EARLY)) for one in then] == kept
        (left,) = stored.all(conn)
    assert left == (alert() if alert() in then else unconfirmed(alert()))


# --------------------------------------------------------------------------- what is held


def test_what_is_held_waits_and_is_not_sent_until_it_is_released(store: Store, mail: FakeMail) -> None:
    put(store, TO_STAFF, alert(), alert(finding(), finding()))
    with store.begin() as conn:
        holds.hold(conn, holds.Hold(alert().id, NOW, "so much changed"))
    assert run(store, TO_STAFF) == Sent(sent=2)
    assert alert() not in [one.content for one in mail.got]
    assert [one.held for one in waiting(store)] == [True, True]
    with store.begin() as conn:
        assert holds.held(conn) == {alert().id: holds.Hold(alert().id, NOW, "so much changed")}
        holds.release(conn, alert().id, NOW)
        assert holds.held(conn) == {}
    assert [one.held for one in waiting(store)] == [False, False]
    assert run(store, TO_STAFF) == Sent(sent=2)


def test_what_is_held_early_stays_held_when_it_is_confirmed(store: Store, mail: FakeMail) -> None:
    put(store, EARLY, unconfirmed(alert()))
    with store.begin() as conn:
        holds.hold(conn, holds.Hold(alert().id, NOW, "so much changed"))
    put(store, EARLY, alert())
    assert run(store, EARLY, NOW + timedelta(days=9)) == Sent()
    assert [one.recipient for one in waiting(store)] == ["a@x.example", "b@x.example"]


def test_only_what_was_never_tried_and_never_held_is_still_to_be_judged(store: Store, mail: FakeMail) -> None:
    tried, fresh, held = (alert(*[finding()] * count) for count in (1, 2, 3))
    mail.refuses |= dict.fromkeys(STAFF.recipients, DeliveryError("greylisted"))
    put(store, TO_STAFF, tried)
    run(store, TO_STAFF)
    put(store, TO_STAFF, fresh, held)
    put(store, Settings(), alert(*[finding()] * 4))  # for nobody
    with store.begin() as conn:
        holds.hold(conn, holds.Hold(held.id, NOW, "so much changed"))
        holds.release(conn, held.id, NOW)
        assert holds.unjudged(conn) == [fresh]


# --------------------------------------------------------------------------- notices

OPERATIONS = Settings(
    channels={"mail": MAIL}, routes=(Route("desk", "mail", ("a@x.example",), operations=True),)
)


def raise_notice(store: Store, one: Notice) -> bool:
    with store.begin() as conn:
        return notices.add(conn, one, operational(one, OPERATIONS))


def test_a_notice_goes_out_once_by_the_same_outbox(store: Store, mail: FakeMail) -> None:
    assert raise_notice(store, notice()) is True
    assert raise_notice(store, notice()) is False
    [delivery] = waiting(store)
    assert (delivery.alert_id, delivery.notice_id, delivery.held) == ("", notice().id, False)
    assert run(store, OPERATIONS) == Sent(sent=1)
    assert [(one.content, one.recipient) for one in mail.got] == [(notice(), "a@x.example")]
    assert run(store, OPERATIONS) == Sent()


def test_the_newest_notice_of_a_kind_is_found(store: Store) -> None:
    for number, kind in enumerate(["outage", "outage", "mass_change"]):
        raise_notice(store, notice(id=str(number) * 64, kind=kind, raised_at=NOW + timedelta(number)))
    with store.read() as conn:
        assert notices.newest(conn, "outage", NOW + timedelta(days=999)) == notices.get(conn, "1" * 64)
        assert notices.newest(conn, "other", NOW + timedelta(days=999)) is None
        assert notices.newest(conn, "outage", NOW) == notices.get(
            conn, "0" * 64
        )  # the other one is dated ahead
        with pytest.raises(StoreError, match="has no notice x"):
            notices.get(conn, "x")


def test_a_channel_is_told_which_hosts_are_our_own(store: Store, mail: FakeMail) -> None:
    ours = replace(TO_STAFF, network=Network(allow_hosts=("desk.example",)))
    put(store, ours, alert())
    run(store, ours)
    assert {one.allow_hosts for one in mail.got} == {("desk.example",)}


def test_what_is_due_later_than_any_wait_comes_of_a_wrong_clock(store: Store, mail: FakeMail) -> None:
    put(store, TO_STAFF, replace(alert(), raised_at=NOW + timedelta(days=30)))
    assert run(store, TO_STAFF) == Sent(sent=2)


def test_a_delivery_that_was_taken_back_gives_its_number_to_no_other(store: Store, mail: FakeMail) -> None:
    early = unconfirmed(alert())
    settings = replace(TO_STAFF, routes=(replace(STAFF, unconfirmed=True),))
    with store.begin() as conn:
        stored.add(conn, early, deliveries(early, CORVID, TERMS, settings))
        under_way = stored.waiting(conn)
    with store.begin() as conn:  # another check confirms it while we hand the early one over
        stored.add(conn, alert(), deliveries(alert(), CORVID, TERMS, settings))
        for one in under_way:
            stored.mark_sent(conn, one.id, NOW)
    run(store, settings)
    assert {one.key for one in mail.got} == {one.key for one in deliveries(alert(), CORVID, TERMS, settings)}


def test_what_was_begun_and_not_marked_goes_into_no_digest(store: Store, mail: FakeMail) -> None:
    flood = replace(TO_STAFF, routes=(replace(STAFF, digest_from=2),))
    put(store, TO_STAFF, alert())
    with pytest.raises(StoreError):
        send_waiting(LosesPower(store, 1), TO_STAFF, lambda: NOW, {})  # type: ignore[arg-type]
    put(store, TO_STAFF, replace(alert(), id="e" * 64))
    (begun,) = mail.got
    run(store, flood)
    assert [one.key for one in mail.got if one.recipient == begun.recipient].count(begun.key) == 2
