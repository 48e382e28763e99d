"""Rows newest first, so many at a time, each part from where the last one ended: for programs.

Every list has an order that no new row disturbs: what comes between two parts is before the first of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, Text, and_, cast, func, or_, select

from monitor.model import Alert, Direction, Review, Sighting, Tracked
from monitor.store.codec import dumps
from monitor.store.raised import direction_word
from monitor.store.tables import alerts, fetches, findings, is_of, reviews

_TRACKED = tuple(each.name for each in fields(Tracked))


@dataclass(frozen=True, slots=True)
class Followed:
    """A finding that is followed, of which page, and its number."""

    id: int
    page_id: str
    tracked: Tracked


def raised(
    conn: Connection,
    limit: int,
    after: str = "",
    *,
    organization_id: str = "",
    direction: Direction | None = None,
    ask_id: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Alert]:
    """Alerts, the one raised last first; those behind this id, "" for from the first on. Times are UTC.

    ask_id: those in which this id stands. since, until: of when it was raised, both included. None where no
    alert has the id.
    """
    query = select(alerts.c.alert).where(*_between(alerts.c.raised_at, since, until))
    if organization_id:
        query = query.where(_is_of(alerts, organization_id))
    if direction:
        query = query.where(direction_word(conn) == direction.value)
    if ask_id:
        place = func.instr if conn.dialect.name == "sqlite" else func.strpos
        query = query.where(place(cast(alerts.c.alert, Text), dumps(ask_id)) > 0)
    if after:
        last = select(alerts.c.raised_at).where(alerts.c.id == after).scalar_subquery()
        same = and_(alerts.c.raised_at == last, alerts.c.id > after)
        query = query.where(or_(alerts.c.raised_at < last, same))
    return list(conn.scalars(query.order_by(alerts.c.raised_at.desc(), alerts.c.id).limit(limit)))


def alert(conn: Connection, alert_id: str) -> Alert | None:
    """The alert of exactly this id."""
    found: Alert | None = conn.scalar(select(alerts.c.alert).where(alerts.c.id == alert_id))
    return found


def those(conn: Connection, alert_ids: Sequence[str]) -> dict[str, Alert]:
    """Alert id → the alert, for those of these that are there."""
    query = select(alerts.c.id, alerts.c.alert).where(alerts.c.id.in_(alert_ids))
    return {row.id: row.alert for row in conn.execute(query)} if alert_ids else {}


def followed(
    conn: Connection,
    limit: int,
    after: int = 0,
    *,
    state: Sighting | None = None,
    organization_id: str = "",
    since: datetime | None = None,
) -> list[Followed]:
    """Findings, the one that was found last first; those behind this number, 0 for from the first on.

    since: of when it was first seen (UTC).
    """
    query = _behind(select(findings), findings.c.id, after).where(*_between(findings.c.first_seen_at, since))
    if state:
        query = query.where(findings.c.state == state)
    if organization_id:
        query = query.where(_is_of(findings, organization_id))
    return [
        Followed(row.id, row.page_id, Tracked(**{name: row._mapping[name] for name in _TRACKED}))
        for row in conn.execute(query.limit(limit))
    ]


def fetched(
    conn: Connection, limit: int, after: int = 0, *, page_id: str = "", since: datetime | None = None
) -> list[int]:
    """The numbers of fetches, the one recorded last first. since: of when it began (UTC)."""
    query = _behind(select(fetches.c.id), fetches.c.id, after)
    if page_id:
        query = query.where(fetches.c.page_id == page_id)
    if since:  # by an index alone: to look at the fetches themselves takes long where few are that new
        began = fetches.alias("began")
        query = query.where(fetches.c.id.in_(select(began.c.id).where(began.c.started_at >= since)))
    return list(conn.scalars(query.limit(limit)))


def judged(conn: Connection, limit: int, after: int = 0) -> list[Review]:
    """Verdicts, the newest first; those behind this number."""
    rows = conn.execute(_behind(select(reviews), reviews.c.id, after).limit(limit))
    return [Review(**row._mapping) for row in rows]


def _behind(query: Select[Any], id: ColumnElement[int], after: int) -> Select[Any]:
    return (query.where(id < after) if after else query).order_by(id.desc())


def _between(
    at: ColumnElement[datetime], since: datetime | None, until: datetime | None = None
) -> Sequence[ColumnElement[bool]]:
    return [*([at >= since] if since else []), *([at <= until] if until else [])]


def _is_of(table: FromClause, organization_id: str) -> ColumnElement[bool]:
    """By the ids of its pages, which an index alone gives."""
    other = table.alias("other")
    its = select(other.c.page_id).where(is_of(other.c.page_id, organization_id))
    of_it: ColumnElement[bool] = table.c.page_id.in_(its)
    return of_it
