"""Send what waits: every delivery at least once, each attempt its own commit.

A delivery is marked as sent only after the other side took it. A crash in between sends it once more, under
the same key.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.message import Message, sender
from monitor.errors import DeliveryError
from monitor.model import Alert, Delivery, Notice
from monitor.settings import Channel, Settings
from monitor.store import Connection, Store, notices
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
JITTER = 0.1  #: a wait is longer by up to this share, so that many failures do not come back at once


@dataclass(frozen=True, slots=True)
class Sent:
    """What one pass over the outbox came to. failed ones wait for another attempt, parked ones do not."""

    sent: int = 0
    failed: int = 0
    parked: int = 0


def send_waiting(
    store: Store,
    settings: Settings,
    now: Callable[[], datetime],
    environ: Mapping[str, str],
    limit: int = 1000,
) -> Sent:
    """Try each delivery that is due once, at most `limit` of them. `now` gives aware UTC.

    One that fails does not hold up the others. Raises StoreError where the store cannot be used.
    """
    with store.read() as conn:
        due = stored.due(conn, now())[:limit]
    outcomes = [_attempt(store, delivery, settings, now, environ) for delivery in due]
    return Sent(outcomes.count("sent"), outcomes.count("failed"), outcomes.count("parked"))


def next_attempt_at(delivery: Delivery, now: datetime) -> datetime | None:
    """When to try again after this failure, or None after the last one. The same delivery, the same wait."""
    if delivery.attempts >= len(WAITS):
        return None
    digest = hashlib.sha256(f"{delivery.key} {delivery.attempts}".encode()).digest()
    return now + WAITS[delivery.attempts] * (1 + JITTER * digest[0] / 255)


def _attempt(
    store: Store,
    delivery: Delivery,
    settings: Settings,
    now: Callable[[], datetime],
    environ: Mapping[str, str],
) -> str:
    """Send, then write down what came of it: sent, failed or parked."""
    with store.read() as conn:
        message = _message(conn, delivery, settings)
    try:
        channel = _channel(delivery, settings)
        sender(channel.kind).send(message, channel, environ, now())
    except DeliveryError as error:
        return _record_failure(store, delivery, error, now())
    with store.begin() as conn:
        stored.mark_sent(conn, delivery.id, now())
    return "sent"


def _message(conn: Connection, delivery: Delivery, settings: Settings) -> Message:
    content: Alert | Notice
    if delivery.notice_id:
        content = notices.get(conn, delivery.notice_id)
    else:
        content = stored.get(conn, delivery.alert_id)
    own = settings.network.allow_hosts
    return Message(content, delivery.key, delivery.route, delivery.recipient, own)


def _record_failure(store: Store, delivery: Delivery, error: DeliveryError, now: datetime) -> str:
    again = None if error.permanent else next_attempt_at(delivery, now)
    with store.begin() as conn:
        stored.mark_failed(conn, delivery.id, now, again, str(error))
    return "failed" if again else "parked"


def _channel(delivery: Delivery, settings: Settings) -> Channel:
    """The way out as the settings have it today; DeliveryError (permanent) where they no longer want it."""
    route = next((one for one in settings.routes if one.name == delivery.route), None)
    if route is None:
        raise DeliveryError(f'the route "{delivery.route}" is no longer in the settings', permanent=True)
    if delivery.recipient and delivery.recipient not in route.recipients:
        problem = f'{delivery.recipient} is no longer a recipient of the route "{route.name}"'
        raise DeliveryError(problem, permanent=True)
    if delivery.channel not in settings.channels:
        raise DeliveryError(f'the channel "{delivery.channel}" is no longer in the settings', permanent=True)
    return settings.channels[delivery.channel]
