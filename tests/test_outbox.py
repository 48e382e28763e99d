"""The outbox: every delivery at least once, under one key; failures back off, for about three days."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts import outbox
from alerts.message import Message
from alerts.outbox import WAITS, Sent, next_attempt_at, send_waiting
from alerts.routes import deliveries
from monitor.blobs import Blobs
from monitor.errors import DeliveryError, StoreError
from monitor.model import Alert, Delivery
from monitor.settings import Channel, Route, Settings
from monitor.store import Store, open_store, sqlite_url
from monitor.store import alerts as stored
from tests.sample_alerts import CORVID, NOW, TERMS, alert, finding

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
    assert mail.got[0].alert == alert()


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
        send_waiting(LosesPower(store, writes), TO_STAFF, lambda: NOW, {})  # type: ignore[arg-type]
    assert len(mail.got) == writes + 1
    assert run(store, TO_STAFF) == Sent(sent=2 - writes)
    keys = [one.key for one in mail.got]
    assert len(keys) == 3
    assert len(set(keys)) == 2


def test_a_bug_in_a_channel_is_not_hidden(store: Store, mail: FakeMail) -> None:
    put(store, TO_STAFF, alert())
    mail.refuses["a@x.example"] = ZeroDivisionError("a bug")  # type: ignore[assignment]
    with pytest.raises(ZeroDivisionError):
        run(store, TO_STAFF)
    assert len(waiting(store)) == 2
