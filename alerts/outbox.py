"""Send what waits: every delivery at least once, each attempt its own commit.

A delivery is marked as sent only after the other side took it. A crash in between sends it once more, under
the same key. A flood for one person goes out as one digest (digest.py). A channel that nobody answers by is
tried a few times in a pass, and the rest of what goes by it waits for the next pass: it holds up no other.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.corrections import reviewed
from alerts.digest import bundle_floods
from alerts.links import linked
from alerts.message import EARLY, Message, sender
from alerts.reader import Reader
from alerts.routes import unwanted
from alerts.sisters import with_places
from monitor.errors import DeliveryError
from monitor.model import ABOUT_AN_ALERT, Alert, Delivery, Notice, Relation
from monitor.settings import Settings
from monitor.store import Connection, Store, notices, reviews
from monitor.store import alerts as stored

#: How long to wait after the first, second … failure; after the last one the delivery is parked (3 days).
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    *[timedelta(hours=10)] * 7,
)
RETRY_AFTER_AT_MOST = timedelta(hours=24)  #: so long we wait where the other side asks us to
SILENT_AT_MOST = 3  #: so often in one pass a channel is tried that nobody answers by
JITTER = 0.1  #: a wait is longer by up to this share, so that many failures do not come back at once


Renew = Callable[[Connection], None]  #: says in this transaction that we still send


@dataclass(frozen=True, slots=True)
class Sent:
    """What one pass over the outbox came to.

    failed ones wait for another attempt, parked ones do not; what was put off was not tried in this pass.
    """

    sent: int = 0
    failed: int = 0
    parked: int = 0
    put_off: int = 0


@dataclass(frozen=True, slots=True)
class _Pass:
    """What every attempt of one pass needs."""

    store: Store
    settings: Settings
    now: Callable[[], datetime]
    environ: Mapping[str, str]
    renew: Renew


def send_waiting(
    store: Store,
    settings: Settings,
    now: Callable[[], datetime],
    environ: Mapping[str, str],
    limit: int = 1000,
    renew: Renew = lambda conn: None,
) -> Sent:
    """Try each delivery that is due once, at most `limit` of them. `now` gives aware UTC.

    One that fails does not hold up the others. Raises StoreError where the store cannot be used.
    """
    ours = _Pass(store, settings, now, environ, renew)
    bundle_floods(store, settings, now())
    with store.read() as conn:  # what failed before goes first: so a channel is soon known to be dead
        due = sorted(stored.due(conn, now()), key=lambda one: -one.attempts)
    outcomes: Counter[str] = Counter()
    silent: Counter[str] = Counter()  # channel → how often nobody answered
    for delivery in due:
        if silent[delivery.channel] >= SILENT_AT_MOST:
            outcomes["put_off"] += 1
        elif sum(outcomes[each] for each in ("sent", "failed", "parked")) < limit:
            outcome, answered = _attempt(ours, delivery)
            outcomes[outcome] += 1
            silent[delivery.channel] += not answered
    return Sent(outcomes["sent"], outcomes["failed"], outcomes["parked"], outcomes["put_off"])


def next_attempt_at(
    delivery: Delivery, now: datetime, retry_after: timedelta | None = None
) -> datetime | None:
    """When to try again after this failure, or None after the last one. The same delivery, the same wait.

    retry_after: as the other side asked; it may make the wait longer, up to a day.
    """
    if delivery.attempts >= len(WAITS):
        return None
    digest = hashlib.sha256(f"{delivery.key} {delivery.attempts}".encode()).digest()
    wait = WAITS[delivery.attempts] * (1 + JITTER * digest[0] / 255)
    return now + max(wait, min(retry_after or timedelta(0), RETRY_AFTER_AT_MOST))


def _attempt(ours: _Pass, delivery: Delivery) -> tuple[str, bool]:
    """Send, then write down what came of it: (sent, failed, parked or gone; whether anybody answered)."""
    with ours.store.begin() as conn:  # what is written and marked in one: nothing can join it any more
        if not stored.is_due(conn, delivery.id, ours.now()):
            return "gone", True
        message = _message(conn, delivery, ours.settings)
        stored.mark_under_way(conn, delivery.id)
    try:
        _send(message, delivery, ours)
    except DeliveryError as error:
        return _record_failure(ours, delivery, error), not error.unreachable
    with ours.store.begin() as conn:
        stored.mark_sent(conn, delivery.id, ours.now())
        ours.renew(conn)
    return "sent", True


def _send(message: Message, delivery: Delivery, ours: _Pass) -> None:
    """Hand it over by the channel as the settings have it today; they may no longer want it."""
    if why := unwanted(delivery, ours.settings):
        raise DeliveryError(why, permanent=True)
    channel = ours.settings.channels[delivery.channel]
    sender(channel.kind).send(message, channel, ours.environ, ours.now())


def _message(conn: Connection, delivery: Delivery, settings: Settings) -> Message:
    own = settings.network.allow_hosts
    content: Alert | Notice
    if delivery.notice_id:
        content = notices.get(conn, delivery.notice_id)
        about = stored.get(conn, content.about) if content.kind in ABOUT_AN_ALERT else None
    else:
        alert = with_places(conn, stored.get(conn, delivery.alert_id), delivery.id)
        content = about = linked(alert, settings.desk.url)
    zone = next((one.zone for one in settings.routes if one.name == delivery.route), "UTC")
    message = Message(content, delivery.key, delivery.route, delivery.recipient, own, Reader(zone))
    return _in_its_thread(conn, message, delivery, about) if about else message


def _in_its_thread(conn: Connection, message: Message, delivery: Delivery, about: Alert) -> Message:
    """The message, with what this recipient was told before of this commitment."""
    ids = [*(one.alert_id for one in reversed(about.follows)), about.id]
    told = [one for id in dict.fromkeys(ids) for one in stored.told_to(conn, id) if _is_to(one, delivery)]
    early = next((one.sent_at for one in told if one.key in _early_keys(about, delivery)), None)
    earlier = tuple(one.key for one in told if one.key != delivery.key)
    judged = reviews.of_alert(conn, about.id)
    reader = replace(message.reader, told_early_at=early, reviewed=reviewed(judged[-1]) if judged else "")
    return replace(message, reader=reader, thread=about.first_id, earlier=earlier)


def _early_keys(about: Alert, delivery: Delivery) -> set[str]:
    """The keys under which this recipient may have been told of it before it was confirmed."""
    ids = [about.id, *(one.alert_id for one in about.follows if one.relation is Relation.CONFIRMS)]
    return {f"{id}/{delivery.route}/{delivery.recipient}{EARLY}" for id in ids}


def _is_to(told: stored.Told, delivery: Delivery) -> bool:
    addressed = (delivery.route, delivery.channel, delivery.recipient)
    return (told.route, told.channel, told.recipient) == addressed


def _record_failure(ours: _Pass, delivery: Delivery, error: DeliveryError) -> str:
    now = ours.now()
    again = None if error.permanent else next_attempt_at(delivery, now, error.retry_after)
    with ours.store.begin() as conn:
        stored.mark_failed(conn, delivery.id, now, again, str(error))
        ours.renew(conn)
    return "failed" if again else "parked"
