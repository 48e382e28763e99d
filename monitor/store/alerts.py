"""Alerts and their deliveries, written in one transaction: the outbox sends them later, at least once.

The deliveries of notices (notices.py) are among them; those of an alert that is held (holds.py) are not due.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from monitor.errors import InputError
from monitor.model import Alert, Delivery
from monitor.store import chain
from monitor.store.tables import alerts, deliveries, holds

WAITING, SENT, PARKED = "waiting", "sent", "parked"


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A message to be sent. key is the same at every attempt, and no other delivery has it."""

    key: str
    route: str
    channel: str
    recipient: str


_IS_HELD = (
    select(holds.c.alert_id)
    .where(holds.c.alert_id == deliveries.c.alert_id, holds.c.released_at.is_(None))
    .exists()
)
_DELIVERY = select(
    *(deliveries.c[name] for name in ("id", "key", "route", "channel", "recipient", "state", "attempts")),
    *(deliveries.c[name] for name in ("next_attempt_at", "last_error")),
    func.coalesce(deliveries.c.alert_id, "").label("alert_id"),
    func.coalesce(deliveries.c.notice_id, "").label("notice_id"),
    _IS_HELD.label("held"),
)


def add(conn: Connection, alert: Alert, addressed: Sequence[NewDelivery]) -> bool:
    """Keep an alert and its deliveries, due at once; False, with nothing kept, if it is there already.

    An alert that was there unconfirmed gives way to the confirmed one: whoever was not told of it yet is told
    of this one only.
    """
    known = conn.scalar(select(alerts.c.alert).where(alerts.c.id == alert.id))
    if known is not None and (known.after.confirmed_at or not alert.after.confirmed_at):
        return False
    row = {"id": alert.id, "raised_at": alert.raised_at, "alert": alert}
    if known is None:
        conn.execute(insert(alerts), row)
    else:
        conn.execute(update(alerts).where(alerts.c.id == alert.id).values(row))
        _take_back(conn, alert.id)
    chain.note(conn, alerts, alert.id)
    put(conn, addressed, alert.raised_at, alert_id=alert.id)
    return True


def put(
    conn: Connection,
    addressed: Sequence[NewDelivery],
    at: datetime,
    *,
    alert_id: str | None = None,
    notice_id: str | None = None,
) -> None:
    """Keep the deliveries of an alert or of a notice, due at this time."""
    untried = {"state": WAITING, "attempts": 0, "last_error": "", "next_attempt_at": at}
    told = {"alert_id": alert_id, "notice_id": notice_id}
    if addressed:
        conn.execute(insert(deliveries), [asdict(each) | untried | told for each in addressed])
        written = select(deliveries.c.id).where(deliveries.c.key.in_([each.key for each in addressed]))
        chain.note(conn, deliveries, *conn.scalars(written.order_by(deliveries.c.id)))


def get(conn: Connection, id_or_unique_prefix: str) -> Alert:
    """The alert whose id begins like this. Raises InputError where there is none, or more than one."""
    prefix = id_or_unique_prefix.strip().lower()
    query = select(alerts.c.alert).where(func.substr(alerts.c.id, 1, len(prefix)) == prefix).limit(2)
    found: list[Alert] = list(conn.scalars(query)) if prefix else []
    if not found:
        raise InputError(f"no alert has an id that begins with {prefix!r}: `alerts list` shows them all")
    if len(found) > 1:
        raise InputError(f"more than one alert has an id that begins with {prefix!r}: give more of it")
    return found[0]


def all(conn: Connection, limit: int = 1000) -> list[Alert]:
    """The newest alerts, newest first."""
    return list(
        conn.scalars(select(alerts.c.alert).order_by(alerts.c.raised_at.desc(), alerts.c.id).limit(limit))
    )


def due(conn: Connection, now: datetime) -> list[Delivery]:
    """The waiting deliveries whose next attempt is due and that are not held, longest overdue first."""
    query = _DELIVERY.where(deliveries.c.state == WAITING, deliveries.c.next_attempt_at <= now, ~_IS_HELD)
    rows = conn.execute(query.order_by(deliveries.c.next_attempt_at, deliveries.c.id))
    return [Delivery(**row._mapping) for row in rows]


def waiting(conn: Connection) -> list[Delivery]:
    """Every delivery that is still to be sent, held or not, oldest first."""
    return _in_state(conn, WAITING)


def parked(conn: Connection) -> list[Delivery]:
    """Every delivery that was given up, oldest first, with the error that ended it."""
    return _in_state(conn, PARKED)


def mark_sent(conn: Connection, delivery_id: int, now: datetime) -> None:
    """The recipient has it."""
    _close_attempt(conn, delivery_id, state=SENT, sent_at=now, next_attempt_at=None, last_error="")


def mark_failed(
    conn: Connection, delivery_id: int, now: datetime, next_attempt_at: datetime | None, error: str
) -> None:
    """An attempt failed at this time: try again then; None parks the delivery."""
    state = PARKED if next_attempt_at is None else WAITING
    _close_attempt(conn, delivery_id, state=state, next_attempt_at=next_attempt_at, last_error=error)


def _in_state(conn: Connection, state: str) -> list[Delivery]:
    query = _DELIVERY.where(deliveries.c.state == state).order_by(deliveries.c.id)
    return [Delivery(**row._mapping) for row in conn.execute(query)]


def _take_back(conn: Connection, alert_id: str) -> None:
    """What still waits for an alert is not sent."""
    is_waiting = (deliveries.c.alert_id == alert_id) & (deliveries.c.state == WAITING)
    chain.note(conn, deliveries, *conn.scalars(select(deliveries.c.id).where(is_waiting)))
    conn.execute(delete(deliveries).where(is_waiting))


def _close_attempt(conn: Connection, delivery_id: int, **outcome: Any) -> None:
    is_open = (deliveries.c.id == delivery_id) & (deliveries.c.state == WAITING)
    conn.execute(update(deliveries).where(is_open).values(attempts=deliveries.c.attempts + 1, **outcome))
    chain.note(conn, deliveries, delivery_id)
