"""Alerts that are held for a person: part of a mass change, not sent until they are released.

A row stays for ever: what was released once is not held again.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from monitor.model import Alert
from monitor.store import chain
from monitor.store.alerts import GATHERED, WAITING
from monitor.store.tables import alerts, deliveries, holds


@dataclass(frozen=True, slots=True)
class Hold:
    """Why an alert is held, and since when (UTC)."""

    alert_id: str
    held_at: datetime
    why: str


def hold(conn: Connection, new: Hold) -> None:
    """Hold an alert that was never held."""
    row = {"alert_id": new.alert_id, "held_at": new.held_at, "why": new.why, "released_at": None}
    conn.execute(insert(holds), row)
    chain.note(conn, holds, new.alert_id)


def held(conn: Connection) -> dict[str, Hold]:
    """Alert id → its hold, for what is held now, oldest first."""
    query = select(holds.c.alert_id, holds.c.held_at, holds.c.why).where(holds.c.released_at.is_(None))
    rows = conn.execute(query.order_by(holds.c.held_at, holds.c.alert_id))
    return {row.alert_id: Hold(**row._mapping) for row in rows}


def release(conn: Connection, alert_id: str, now: datetime) -> None:
    """Let it go out with whatever is sent next."""
    is_held = (holds.c.alert_id == alert_id) & holds.c.released_at.is_(None)
    conn.execute(update(holds).where(is_held).values(released_at=now))
    chain.note(conn, holds, alert_id)


def unjudged(conn: Connection) -> list[Alert]:
    """The alerts that nobody was tried to be told of yet and that were never held, oldest first."""
    untried = select(deliveries.c.id).where(
        deliveries.c.alert_id == alerts.c.id,
        deliveries.c.state.in_([WAITING, GATHERED]),
        deliveries.c.attempts == 0,
    )
    was_held = select(holds.c.alert_id).where(holds.c.alert_id == alerts.c.id)
    query = select(alerts.c.alert).where(untried.exists(), ~was_held.exists())
    return list(conn.scalars(query.order_by(alerts.c.raised_at, alerts.c.id)))
