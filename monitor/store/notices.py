"""Operational messages and digests, each kept with its deliveries in one transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Text, cast, insert, select

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


def add_to(conn: Connection, notice: Notice, addressed: Sequence[NewDelivery]) -> int:
    """Keep a notice for those of these who do not have it yet, whenever it was raised; returns how many."""
    asked = select(deliveries.c.key).where(deliveries.c.key.in_([one.key for one in addressed]))
    known = set(conn.scalars(asked))
    new = [one for one in addressed if one.key not in known]
    if new and not add(conn, notice, new):
        put(conn, new, notice.raised_at, notice_id=notice.id)
    return len(new)


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


@dataclass(frozen=True, slots=True)
class Raised:
    """A notice, by its id and when it was raised (UTC)."""

    id: str
    raised_at: datetime


def newest_to_each(
    conn: Connection, kind: str, whose: Collection[tuple[str, str]], now: datetime
) -> dict[tuple[str, str], Raised]:
    """The one of this kind that was made last for each, but for those dated later than now; none: left out.

    whose: the name of a route, and a recipient. By the order in which they were made: a clock that ran ahead
    dated some too late.
    """
    query = select(deliveries.c.route, deliveries.c.recipient, deliveries.c.notice_id)
    told = query.where(deliveries.c.notice_id.is_not(None)).order_by(deliveries.c.id.desc())
    found: dict[tuple[str, str], Raised] = {}
    for route, recipient, id in conn.execute(told).all():
        to = (route, recipient)
        if to in whose and to not in found and (raised := _raised(conn, id, kind, now)):
            found[to] = raised
    return found


def _raised(conn: Connection, id: str, kind: str, now: datetime) -> Raised | None:
    """The notice with this id, if it is of this kind and not dated later than now.

    By its JSON, which is not unpacked: in a string of ours every quotation mark is escaped.
    """
    of_kind = cast(notices.c.notice, Text).contains(f'"kind":"{kind}"', autoescape=True)
    query = select(notices.c.id, notices.c.raised_at).where(notices.c.id == id, notices.c.raised_at <= now)
    row = conn.execute(query.where(of_kind)).one_or_none()
    return Raised(*row) if row else None


def since(conn: Connection, kind: str, at: datetime) -> list[Notice]:
    """The notices of this kind that were raised then or later, oldest first."""
    told = select(notices.c.notice).where(notices.c.raised_at >= at)
    in_order = conn.scalars(told.order_by(notices.c.raised_at, notices.c.id))
    return [notice for notice in in_order if notice.kind == kind]
