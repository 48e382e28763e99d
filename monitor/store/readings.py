"""Readings: what we made of each fetch. Derived, so recording one again replaces it."""

from collections.abc import Collection
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Text, cast, func, literal, literal_column, select

from monitor.model import Access, Reading
from monitor.store import chain
from monitor.store.tables import UtcTime, fetches, pages, readings, upsert

_FIELDS = tuple(each.name for each in fields(Reading))
_ALL = select(readings)
_EVER = datetime.min.replace(tzinfo=UTC)
_IS_READING = readings.c.access.in_([access for access in Access if access.is_reading])
_MEMENTOS = select(fetches.c.id).where(fetches.c.archive_url != literal_column("''"))  # as the index says it
#: Of a look of ours: no capture of others that was imported.
IS_OURS = readings.c.fetch_id.not_in(_MEMENTOS)


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


def ours_of_page(conn: Connection, page_id: str, since: datetime) -> list[Reading]:
    """The same from this time (UTC) on, without what was imported from archives."""
    query = _ALL.where(readings.c.page_id == page_id, readings.c.at >= since, IS_OURS)
    rows = conn.execute(query.order_by(readings.c.at, readings.c.fetch_id))
    return [Reading(**row._mapping) for row in rows]


def is_any(conn: Connection) -> bool:
    """Whether we read or tried any page at all."""
    return conn.execute(select(readings.c.fetch_id).where(IS_OURS).limit(1)).first() is not None


def last_of_ours(conn: Connection, page_id: str) -> Reading | None:
    """The newest reading of this page that is no imported one, whatever its access."""
    return _newest(conn, readings.c.page_id == page_id, IS_OURS)


def last(conn: Connection, page_id: str) -> Reading | None:
    """The newest reading of this page, whatever its access, imported ones among them."""
    return _newest(conn, readings.c.page_id == page_id)


def _newest(conn: Connection, *wanted: ColumnElement[bool]) -> Reading | None:
    newest = _ALL.where(*wanted).order_by(readings.c.at.desc(), readings.c.fetch_id.desc()).limit(1)
    row = conn.execute(newest).one_or_none()
    return Reading(**row._mapping) if row else None


def counted(conn: Connection, since: datetime, until: datetime) -> dict[tuple[str, Access], int]:
    """(page id, access) → how many readings from then (UTC) until then, both included."""
    between = readings.c.at.between(since, until)
    query = select(readings.c.page_id, readings.c.access, func.count()).where(between)
    rows = conn.execute(query.group_by(readings.c.page_id, readings.c.access))
    return {(row[0], row[1]): row[2] for row in rows}


def unread_since(conn: Connection, among: Collection[str] | None = None) -> dict[str, datetime]:
    """Page id → since when it could not be read (UTC), for every watched page, or these, that is so now.

    What was imported from archives is no look of ours, here and below.
    """
    of_page = readings.c.page_id == pages.c.id
    good = select(readings.c.at).where(of_page, _IS_READING, IS_OURS)
    good = good.order_by(readings.c.at.desc()).limit(1)
    last_good = func.coalesce(good.correlate(pages).scalar_subquery(), literal(_EVER, UtcTime()))
    first = select(readings.c.at).where(of_page, ~_IS_READING, readings.c.at > last_good, IS_OURS)
    one = first.order_by(readings.c.at).limit(1).correlate(pages).scalar_subquery()
    query = select(pages.c.id, one.label("at"))
    rows = conn.execute(query if among is None else query.where(pages.c.id.in_(among)))
    return {row.id: row.at for row in rows if row.at is not None}


def latest(conn: Connection, among: Collection[str] | None = None) -> dict[str, Reading]:
    """Page id → its newest reading, for every watched page, or these, that was ever read."""
    query = _newest_of_watched()
    query = query if among is None else query.where(pages.c.id.in_(among))
    return {row.page_id: Reading(**row._mapping) for row in conn.execute(query)}


def newest_of(conn: Connection, page_ids: Collection[str]) -> dict[str, Reading]:
    """Page id → its newest reading, imported ones among them, for each of these pages that has any."""
    times = select(readings.c.page_id, func.max(readings.c.at).label("at"))
    last = times.where(readings.c.page_id.in_(page_ids)).group_by(readings.c.page_id).subquery()
    is_last = (readings.c.page_id == last.c.page_id) & (readings.c.at == last.c.at)
    rows = conn.execute(_ALL.join(last, is_last).order_by(readings.c.fetch_id))
    return {row.page_id: Reading(**row._mapping) for row in rows}


def notable(conn: Connection) -> dict[str, Reading]:
    """Page id → its newest reading, for every watched page where that is no good one, or has a remark."""
    has_remark = cast(readings.c.evidence, Text) != "[]"
    query = _newest_of_watched().where(~_IS_READING | has_remark)
    return {row.page_id: Reading(**row._mapping) for row in conn.execute(query)}


def unreadable(conn: Connection) -> list[Reading]:
    """The newest reading of each watched page that could not be read when we looked last, by its page."""
    query = _newest_of_watched().where(~_IS_READING).order_by(readings.c.page_id)
    return [Reading(**row._mapping) for row in conn.execute(query)]


def _newest_of_watched() -> Select[tuple[Any, ...]]:
    newest = (
        select(readings.c.fetch_id)
        .where(readings.c.page_id == pages.c.id, IS_OURS)
        .order_by(readings.c.at.desc(), readings.c.fetch_id.desc())
        .limit(1)
        .correlate(pages)
        .scalar_subquery()
    )
    return select(*readings.c).select_from(pages.join(readings, readings.c.fetch_id == newest))
