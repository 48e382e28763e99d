"""The schedule: when each watched page is due next."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from monitor.model import Page
from monitor.store.tables import pages

_SET_NEXT_DUE = update(pages).where(pages.c.id == bindparam("page_id"))


def sync(conn: Connection, watched: Sequence[Page], now: datetime) -> None:
    """Make the schedule name just these pages (the whole watchlist): new ones are due now, dropped ones go.

    Fetches, readings and findings of a dropped page stay. No page is due later than its cadence from now: a
    later time comes of a longer cadence, or of a clock that was wrong.
    """
    scheduled = dict(schedule(conn))
    wanted = {page.id: timedelta(hours=page.every_hours) for page in watched}
    for page_id in sorted(wanted.keys() & scheduled):
        if scheduled[page_id] > now + wanted[page_id]:
            set_next_due(conn, page_id, now + wanted[page_id])
    if new := sorted(wanted.keys() - scheduled):
        conn.execute(insert(pages), [{"id": page_id, "next_due_at": now} for page_id in new])
    if dropped := sorted(scheduled.keys() - wanted):
        conn.execute(
            delete(pages).where(pages.c.id == bindparam("gone")), [{"gone": each} for each in dropped]
        )


def due(conn: Connection, now: datetime) -> list[str]:
    """The ids of the pages that are due, longest overdue first."""
    is_due = select(pages.c.id).where(pages.c.next_due_at <= now)
    return list(conn.scalars(is_due.order_by(pages.c.next_due_at, pages.c.id)))


def due_at(conn: Connection, page_id: str) -> datetime | None:
    """When this page is due (UTC); None where it is not on the schedule."""
    at: datetime | None = conn.scalar(select(pages.c.next_due_at).where(pages.c.id == page_id))
    return at


def due_of(conn: Connection, page_ids: Collection[str]) -> dict[str, datetime]:
    """Page id → when it is due (UTC), for those of these that are on the schedule."""
    rows = conn.execute(select(pages.c.id, pages.c.next_due_at).where(pages.c.id.in_(page_ids)))
    return {row.id: row.next_due_at for row in rows}


@dataclass(frozen=True, slots=True)
class Ahead:
    """How many pages are scheduled, how many of them are due, and when the first is or was (UTC)."""

    scheduled: int
    due: int
    first_at: datetime | None


def ahead(conn: Connection, now: datetime) -> Ahead:
    """What lies ahead, counted."""
    due = func.count().filter(pages.c.next_due_at <= now)
    return Ahead(*conn.execute(select(func.count(), due, func.min(pages.c.next_due_at))).one())


def set_next_due(conn: Connection, page_id: str, at: datetime) -> None:
    """Say when this page is due next; nothing happens for a page that is not scheduled."""
    conn.execute(_SET_NEXT_DUE, {"page_id": page_id, "next_due_at": at})


def schedule(conn: Connection) -> list[tuple[str, datetime]]:
    """Every scheduled page with the time when it is due (UTC), soonest first."""
    rows = conn.execute(select(pages.c.id, pages.c.next_due_at).order_by(pages.c.next_due_at, pages.c.id))
    return [(row.id, row.next_due_at) for row in rows]
