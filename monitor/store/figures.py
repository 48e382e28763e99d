"""Figures about the watch itself, each by one question to the database: for metrics and the alive message."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Text, cast, func, or_, select, text

from monitor.model import Sighting
from monitor.store.alerts import IS_HELD, SENT, WAITING
from monitor.store.checks import Check
from monitor.store.tables import alerts, checks, deliveries, fetches, findings, holds, notices, pages


def first_check_at(conn: Connection) -> datetime | None:
    """When the first check of all began (UTC)."""
    return conn.scalar(select(checks.c.started_at).order_by(checks.c.id).limit(1))


def last_good_check(conn: Connection) -> Check | None:
    """The newest check that ended and decided (a check with a remark may have decided nothing)."""
    ended = select(checks).where(checks.c.ended_at.is_not(None), checks.c.remark == "")
    row = conn.execute(ended.order_by(checks.c.id.desc()).limit(1)).one_or_none()
    return Check(**row._mapping) if row else None


def checks_since(conn: Connection, since: datetime) -> list[Check]:
    """The checks that began at this time (UTC) or later, oldest first."""
    rows = conn.execute(select(checks).where(checks.c.started_at >= since).order_by(checks.c.id))
    return [Check(**row._mapping) for row in rows]


def alerts_raised(conn: Connection, since: datetime | None = None) -> int:
    """How many alerts were raised, at this time (UTC) or later where one is given."""
    counted = select(func.count()).select_from(alerts)
    return conn.scalar(counted if since is None else counted.where(alerts.c.raised_at >= since)) or 0


def pending(conn: Connection) -> int:
    """How many findings wait to be confirmed."""
    counted = select(func.count()).select_from(findings).where(findings.c.state == Sighting.PENDING)
    return conn.scalar(counted) or 0


def held(conn: Connection) -> int:
    """How many alerts are held for a person."""
    return conn.scalar(select(func.count()).select_from(holds).where(holds.c.released_at.is_(None))) or 0


def deliveries_by_state(conn: Connection) -> dict[str, int]:
    """State of a delivery → how many."""
    counted = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
    return {row[0]: row[1] for row in conn.execute(counted)}


def waiting(conn: Connection) -> tuple[int, datetime | None]:
    """How many messages are still to be sent and not held, and when the oldest of them was raised (UTC)."""
    raised_at = func.min(func.coalesce(alerts.c.raised_at, notices.c.raised_at))
    joined = deliveries.outerjoin(alerts, alerts.c.id == deliveries.c.alert_id)
    joined = joined.outerjoin(notices, notices.c.id == deliveries.c.notice_id)
    is_waiting = (deliveries.c.state == WAITING, ~IS_HELD)
    count, since = conn.execute(select(func.count(), raised_at).select_from(joined).where(*is_waiting)).one()
    return count, since


def schedule(conn: Connection, now: datetime) -> tuple[int, timedelta]:
    """How many pages are due, and for how long the first of them has been."""
    counted = select(func.count(), func.min(pages.c.next_due_at)).where(pages.c.next_due_at <= now)
    due, oldest = conn.execute(counted).one()
    return due, now - oldest if oldest else timedelta(0)


def told_at(conn: Connection, page_ids: Sequence[str]) -> datetime | None:
    """When an alert on one of these pages was last delivered to anybody (UTC)."""
    if not page_ids:
        return None
    told = select(deliveries.c.sent_at).join(alerts, alerts.c.id == deliveries.c.alert_id)
    of_pages = or_(*(_holds(alerts.c.alert, f'"page":{{"id":"{page_id}"') for page_id in page_ids))
    newest = told.where(deliveries.c.state == SENT, of_pages).order_by(alerts.c.raised_at.desc()).limit(1)
    sent_at: datetime | None = conn.scalar(newest)
    return sent_at


def first_fetch_at(conn: Connection, page_ids: Sequence[str]) -> datetime | None:
    """When one of these pages was fetched first (UTC)."""
    at: datetime | None = conn.scalar(
        select(func.min(fetches.c.started_at)).where(fetches.c.page_id.in_(page_ids))
    )
    return at


def _holds(packed: Column[Any], written: str) -> ColumnElement[bool]:
    """Whether JSON of ours has this in it, as we write it: within a string every quotation mark is escaped.

    The databases' own JSON functions refuse what hostile pages say (half a surrogate pair, an escaped NUL).
    """
    return cast(packed, Text).contains(written, autoescape=True)


def database_bytes(conn: Connection) -> int:
    """What the database takes up; the bodies of fetches are not in it."""
    if conn.dialect.name == "postgresql":
        return conn.scalar(text("SELECT pg_database_size(current_database())")) or 0
    file = Path(conn.engine.url.database or "")
    parts = (file, *(file.with_name(file.name + ending) for ending in ("-wal", "-shm")))
    return sum(part.stat().st_size for part in parts if part.is_file())
