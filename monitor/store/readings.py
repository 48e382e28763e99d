"""Readings: what we made of each fetch. Derived, so recording one again replaces it."""

from dataclasses import fields
from datetime import UTC, datetime

from sqlalchemy import Connection, func, literal, select

from monitor.model import Access, Reading
from monitor.store import chain
from monitor.store.tables import UtcTime, pages, readings, upsert

_FIELDS = tuple(each.name for each in fields(Reading))
_ALL = select(readings)
_EVER = datetime.min.replace(tzinfo=UTC)
_IS_READING = readings.c.access.in_([access for access in Access if access.is_reading])


def record(conn: Connection, reading: Reading) -> None:
    """Keep what we make of a fetch, instead of what was made of it before."""
    statement = upsert(conn.dialect.name, readings, "fetch_id")
    conn.execute(statement, {name: getattr(reading, name) for name in _FIELDS})
    chain.note(conn, readings, reading.fetch_id)


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


def counted(conn: Connection, since: datetime, until: datetime) -> dict[tuple[str, Access], int]:
    """(page id, access) → how many readings from then (UTC) until then, both included."""
    between = readings.c.at.between(since, until)
    query = select(readings.c.page_id, readings.c.access, func.count()).where(between)
    rows = conn.execute(query.group_by(readings.c.page_id, readings.c.access))
    return {(row[0], row[1]): row[2] for row in rows}


def unread_since(conn: Connection) -> dict[str, datetime]:
    """Page id → since when it could not be read (UTC), for every watched page that is so now."""
    of_page = readings.c.page_id == pages.c.id
    good = select(readings.c.at).where(of_page, _IS_READING).order_by(readings.c.at.desc()).limit(1)
    last_good = func.coalesce(good.correlate(pages).scalar_subquery(), literal(_EVER, UtcTime()))
    first = select(readings.c.at).where(of_page, ~_IS_READING, readings.c.at > last_good)
    one = first.order_by(readings.c.at).limit(1).correlate(pages).scalar_subquery()
    rows = conn.execute(select(pages.c.id, one.label("at")))
    return {row.id: row.at for row in rows if row.at is not None}


def latest(conn: Connection) -> dict[str, Reading]:
    """Page id → its newest reading, for every watched page that was ever read."""
    newest = (
        select(readings.c.fetch_id)
        .where(readings.c.page_id == pages.c.id)
        .order_by(readings.c.at.desc(), readings.c.fetch_id.desc())
        .limit(1)
        .correlate(pages)
        .scalar_subquery()
    )
    query = select(*readings.c).select_from(pages.join(readings, readings.c.fetch_id == newest))
    return {row.page_id: Reading(**row._mapping) for row in conn.execute(query)}
