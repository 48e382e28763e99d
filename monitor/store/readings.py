"""Readings: what we made of each fetch. Derived, so recording one again replaces it."""

from dataclasses import fields
from datetime import datetime

from sqlalchemy import Connection, func, select

from monitor.model import Access, Reading
from monitor.store.tables import readings, upsert

_FIELDS = tuple(each.name for each in fields(Reading))
_ALL = select(readings)
_IS_READING = readings.c.access.in_([access for access in Access if access.is_reading])


def record(conn: Connection, reading: Reading) -> None:
    """Keep what we make of a fetch, instead of what was made of it before."""
    statement = upsert(conn.dialect.name, readings, "fetch_id")
    conn.execute(statement, {name: getattr(reading, name) for name in _FIELDS})


def of_page(conn: Connection, page_id: str, since: datetime | None = None) -> list[Reading]:
    """The readings of this page, oldest first; given a time, those at it or later."""
    query = _ALL.where(readings.c.page_id == page_id).order_by(readings.c.at, readings.c.fetch_id)
    if since is not None:
        query = query.where(readings.c.at >= since)
    return [Reading(**row._mapping) for row in conn.execute(query)]


def last(conn: Connection, page_id: str) -> Reading | None:
    """The newest reading of this page, whatever its access."""
    query = _ALL.where(readings.c.page_id == page_id)
    newest = query.order_by(readings.c.at.desc(), readings.c.fetch_id.desc()).limit(1)
    row = conn.execute(newest).one_or_none()
    return Reading(**row._mapping) if row else None


def unread_since(conn: Connection) -> dict[str, datetime]:
    """Page id → when it first could not be read (UTC), for every page that was not read since then."""
    good = select(readings.c.page_id, func.max(readings.c.at).label("at")).where(_IS_READING)
    last_good = good.group_by(readings.c.page_id).subquery()
    is_later = last_good.c.at.is_(None) | (readings.c.at > last_good.c.at)
    joined = readings.outerjoin(last_good, readings.c.page_id == last_good.c.page_id)
    first = select(readings.c.page_id, func.min(readings.c.at).label("at")).select_from(joined)
    rows = conn.execute(first.where(is_later, ~_IS_READING).group_by(readings.c.page_id))
    return {row.page_id: row.at for row in rows}


def latest(conn: Connection) -> dict[str, Reading]:
    """Page id → its newest reading, for every page that was ever read."""
    newest = select(readings.c.page_id, func.max(readings.c.at).label("at")).group_by(readings.c.page_id)
    times = newest.subquery()
    is_newest = (readings.c.page_id == times.c.page_id) & (readings.c.at == times.c.at)
    rows = conn.execute(_ALL.join(times, is_newest).order_by(readings.c.page_id, readings.c.fetch_id))
    return {row.page_id: Reading(**row._mapping) for row in rows}
