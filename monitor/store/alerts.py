"""Alerts and their deliveries, written in one transaction: the outbox sends them later, at least once."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from monitor.errors import InputError
from monitor.model import Alert, Delivery
from monitor.store.tables import alerts, deliveries

WAITING, SENT, PARKED = "waiting", "sent", "parked"


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A message to be sent. key is the same at every attempt, and no other delivery has it."""

    key: str
    route: str
    channel: str
    recipient: str


_DELIVERY = select(*(deliveries.c[each.name] for each in fields(Delivery)))


def add(conn: Connection, alert: Alert, addressed: Sequence[NewDelivery]) -> bool:
    """Keep an alert and its deliveries, due at once; False, with nothing kept, if it is there already."""
    if conn.execute(select(alerts.c.id).where(alerts.c.id == alert.id)).first():
        return False
    conn.execute(insert(alerts), {"id": alert.id, "raised_at": alert.raised_at, "alert": alert})
    if addressed:
        conn.execute(insert(deliveries), [_waiting(alert, each) for each in addressed])
    return True


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
    """The waiting deliveries whose next attempt is due, longest overdue first."""
    query = _DELIVERY.where(deliveries.c.state == WAITING, deliveries.c.next_attempt_at <= now)
    rows = conn.execute(query.order_by(deliveries.c.next_attempt_at, deliveries.c.id))
    return [Delivery(**row._mapping) for row in rows]


def waiting(conn: Connection) -> list[Delivery]:
    """Every delivery that is still to be sent, oldest first."""
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


def _waiting(alert: Alert, new: NewDelivery) -> dict[str, Any]:
    untried = {"alert_id": alert.id, "state": WAITING, "attempts": 0, "last_error": ""}
    return asdict(new) | untried | {"next_attempt_at": alert.raised_at}


def _close_attempt(conn: Connection, delivery_id: int, **outcome: Any) -> None:
    is_open = (deliveries.c.id == delivery_id) & (deliveries.c.state == WAITING)
    conn.execute(update(deliveries).where(is_open).values(attempts=deliveries.c.attempts + 1, **outcome))
