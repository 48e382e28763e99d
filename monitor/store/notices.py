"""Operational messages and digests, each kept with its deliveries in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select

from monitor.errors import StoreError
from monitor.model import Notice
from monitor.store import chain
from monitor.store.alerts import NewDelivery, put
from monitor.store.tables import deliveries, notices


def add(conn: Connection, notice: Notice, addressed: Sequence[NewDelivery]) -> bool:
    """Keep a notice and its deliveries, due at once; False, with nothing kept, if it is there already."""
    if conn.execute(select(notices.c.id).where(notices.c.id == notice.id)).first():
        return False
    conn.execute(insert(notices), {"id": notice.id, "raised_at": notice.raised_at, "notice": notice})
    chain.note(conn, notices, notice.id)
    put(conn, addressed, notice.raised_at, notice_id=notice.id)
    return True


def is_there(conn: Connection, notice_id: str) -> bool:
    """Whether the notice with this id was raised already."""
    return conn.scalar(select(notices.c.id).where(notices.c.id == notice_id)) is not None


def get(conn: Connection, notice_id: str) -> Notice:
    """The notice with this id. Raises StoreError where there is none."""
    found: Notice | None = conn.scalar(select(notices.c.notice).where(notices.c.id == notice_id))
    if found is None:
        raise StoreError(f"the store has no notice {notice_id}: restore it from a backup")
    return found


def newest(conn: Connection, kind: str, now: datetime) -> Notice | None:
    """The newest notice of this kind, but for those that a clock that ran ahead dated later than now."""
    query = select(notices.c.notice).where(notices.c.raised_at <= now)
    told = conn.scalars(query.order_by(notices.c.raised_at.desc(), notices.c.id))
    return next((notice for notice in told if notice.kind == kind), None)


def newest_to(conn: Connection, kind: str, route: str, recipient: str, now: datetime) -> Notice | None:
    """The one of this kind that was made last for this recipient, but for those dated later than now.

    By the order in which they were made: a clock that ran ahead dated some too late.
    """
    theirs = (deliveries.c.route == route) & (deliveries.c.recipient == recipient)
    query = select(notices.c.notice).join(deliveries, deliveries.c.notice_id == notices.c.id)
    told = conn.scalars(query.where(theirs, notices.c.raised_at <= now).order_by(deliveries.c.id.desc()))
    return next((notice for notice in told if notice.kind == kind), None)


def since(conn: Connection, kind: str, at: datetime) -> list[Notice]:
    """The notices of this kind that were raised then or later, oldest first."""
    told = select(notices.c.notice).where(notices.c.raised_at >= at)
    in_order = conn.scalars(told.order_by(notices.c.raised_at, notices.c.id))
    return [notice for notice in in_order if notice.kind == kind]
