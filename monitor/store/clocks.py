"""What the clock said when somebody looked last, and the schedule moved where it was set since."""

from datetime import timedelta

from sqlalchemy import Column, Connection, Table, delete, select, update

from monitor.clock import Moment, jump
from monitor.store import chain
from monitor.store.alerts import WAITING
from monitor.store.tables import clocks, deliveries, hosts, leases, pages, upsert


def last(conn: Connection) -> Moment | None:
    """What the clock said at the last look."""
    row = conn.execute(select(clocks)).one_or_none()
    return Moment(**row._mapping) if row else None


def look(conn: Connection, now: Moment) -> timedelta:
    """Remember what the clock says; returns by how much it was set since the last look, 0 for not at all.

    Where it was set, everything that is planned moves with it: what was due in an hour still is.
    """
    by = jump(last(conn), now)
    if by:
        _shift(conn, by)
    conn.execute(delete(clocks).where(clocks.c.boot_id != now.boot_id))
    row = {"boot_id": now.boot_id, "at": now.at, "uptime": now.uptime}
    conn.execute(upsert(conn.dialect.name, clocks, "boot_id"), row)
    return by


def _shift(conn: Connection, by: timedelta) -> None:
    _move(conn, pages, pages.c.next_due_at, by)
    _move(conn, hosts, hosts.c.not_before, by)
    _move(conn, leases, leases.c.until, by)
    waiting = deliveries.c.state == WAITING
    chain.note(conn, deliveries, *conn.scalars(select(deliveries.c.id).where(waiting)))
    for id, at in conn.execute(select(deliveries.c.id, deliveries.c.next_attempt_at).where(waiting)).all():
        conn.execute(update(deliveries).where(deliveries.c.id == id).values(next_attempt_at=at + by))


def _move(conn: Connection, table: Table, planned: "Column[object]", by: timedelta) -> None:
    """One row after the other: SQLite has no arithmetic for times."""
    (key,) = table.primary_key.columns
    for id, at in conn.execute(select(key, planned).where(planned.is_not(None))).all():
        conn.execute(update(table).where(key == id).values({planned: at + by}))
