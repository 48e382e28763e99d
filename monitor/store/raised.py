"""Alerts as lists: many at once, in a bounded number of questions whatever their number."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Text, and_, case, cast, func, or_, select

from monitor.model import Alert, Direction, Relation, Verdict
from monitor.store.alerts import SENT
from monitor.store.tables import IS_EARLY, TAKES_BACK, alerts, deliveries, is_of, reviews

#: What people look at first.
FIRST = (Direction.WEAKER, Direction.MIXED, Direction.UNCLEAR, Direction.STRONGER, Direction.NEUTRAL)
_NEWEST = (alerts.c.raised_at.desc(), alerts.c.id)
_BEFORE_DIRECTION = '","direction":"'  #: the alert's own comes first; within a string every " is escaped
_LETTERS = 4  #: of a direction's word that tell it from the others
_IS_OLD = alerts.c.direction.is_(None)


def newest(
    conn: Connection, since: datetime, limit: int, offset: int = 0, without: Collection[str] = ()
) -> list[Alert]:
    """Alerts raised then (UTC) or later, by direction as in FIRST, within one the newest first.

    without: ids of pages whose alerts are left out.
    """
    rank = case({one.value: place for place, one in enumerate(FIRST)}, value=direction_word(conn))
    query = select(alerts.c.id).where(*_since(since, without)).order_by(rank, *_NEWEST)
    first = {id: place for place, id in enumerate(conn.scalars(query.limit(limit).offset(offset)))}
    found = conn.scalars(select(alerts.c.alert).where(alerts.c.id.in_(list(first))))
    return sorted(found, key=lambda one: first[one.id])


def directions(conn: Connection, since: datetime, without: Collection[str] = ()) -> Counter[Direction]:
    """How many alerts of each direction were raised then (UTC) or later."""
    query = select(alerts.c.direction, func.count()).where(*_since(since, without), ~_IS_OLD)
    rows = conn.execute(query.group_by(alerts.c.direction))
    counted = Counter({row[0]: row[1] for row in rows})
    old = select(alerts.c.alert).where(*_since(since, without), _IS_OLD)
    return counted + Counter(one.direction for one in conn.scalars(old))


def by_page(
    conn: Connection, since: datetime, organization_ids: Collection[str]
) -> Counter[tuple[str, Direction]]:
    """(page id, direction) → how many alerts on pages of these were raised then (UTC) or later."""
    its = func.substr(alerts.c.page_id, 1, _place(conn)(alerts.c.page_id, "/") - 1)
    columns = (alerts.c.page_id, alerts.c.direction)
    query = select(*columns, func.count()).where(alerts.c.raised_at >= since, its.in_(organization_ids))
    rows = conn.execute(query.where(~_IS_OLD).group_by(*columns))
    old = conn.scalars(select(alerts.c.alert).where(alerts.c.raised_at >= since, _IS_OLD))
    of_old = ((one.page["id"], one.direction) for one in old)
    counted = Counter(one for one in of_old if one[0].partition("/")[0] in organization_ids)
    return counted + Counter({(row[0], row[1]): row[2] for row in rows})


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A later alert that says that an earlier one holds no more. at: when it was raised (UTC)."""

    alert_id: str
    at: datetime


def taken_back(conn: Connection, page_ids: Collection[str]) -> dict[str, TakenBack]:
    """Alert id → what took it back, the last that did, for alerts on these pages."""
    on_them = or_(alerts.c.page_id.in_(page_ids), alerts.c.page_id.is_(None))
    return _taken_back(conn, on_them) if page_ids else {}


@dataclass(frozen=True, slots=True)
class Doubted:
    """Alerts that something speaks against: (id, id of the page, direction); early: told before confirmed."""

    known: Sequence[tuple[str, str, Direction]]
    early: Sequence[Alert]


def doubted(conn: Connection, since: datetime) -> Doubted:
    """What was raised then (UTC) or later and judged not to be right, or taken back; and what was early."""
    is_new = alerts.c.raised_at >= since
    later = reviews.alias("later")
    again = select(later.c.id).where(later.c.alert_id == reviews.c.alert_id, later.c.id > reviews.c.id)
    against = select(reviews.c.alert_id).where(reviews.c.verdict != Verdict.RIGHT, ~again.exists())
    is_known = or_(alerts.c.id.in_(against), alerts.c.id.in_(_taken_back(conn, is_new)))
    columns = (alerts.c.id, alerts.c.page_id, direction_word(conn))
    rows = conn.execute(select(*columns).where(is_new, is_known))
    early = conn.scalars(select(alerts.c.alert).where(is_new, IS_EARLY[conn.dialect.name]))
    return Doubted([(row[0], row[1] or "", Direction(row[2])) for row in rows], list(early))


def of_organization(conn: Connection, organization_id: str, limit: int, offset: int = 0) -> list[Alert]:
    """Its alerts, newest first; also those on pages that are not watched any more."""
    query = _of_organization(select(alerts.c.alert), organization_id).order_by(*_NEWEST)
    return list(conn.scalars(query.limit(limit).offset(offset)))


def told_among(conn: Connection, alert_ids: Sequence[str]) -> set[str]:
    """Which of these alerts somebody was told of."""
    told = select(deliveries.c.alert_id).where(deliveries.c.alert_id.in_(alert_ids))
    return set(conn.scalars(told.where(deliveries.c.state == SENT))) if alert_ids else set()


def _taken_back(conn: Connection, those: ColumnElement[bool]) -> dict[str, TakenBack]:
    query = (
        select(alerts.c.alert)
        .where(those, TAKES_BACK[conn.dialect.name])
        .order_by(alerts.c.raised_at, alerts.c.id)
    )
    return {
        one.alert_id: TakenBack(later.id, later.raised_at)
        for later in conn.scalars(query)
        for one in later.follows
        if one.relation is Relation.REVERSED
    }


def _of_organization(query: Select[Any], organization_id: str) -> Select[Any]:
    """By the ids of its pages, which the index alone gives; by the JSON in rows of before schema 0004."""
    other = alerts.alias("other")
    its = is_of(other.c.page_id, organization_id)
    written = f'"page":{{"id":"{organization_id}/'
    old = and_(alerts.c.page_id.is_(None), cast(alerts.c.alert, Text).contains(written, autoescape=True))
    return query.where(or_(alerts.c.page_id.in_(select(other.c.page_id).where(its)), old))


def _since(since: datetime, without: Collection[str]) -> list[ColumnElement[bool]]:
    is_new = alerts.c.raised_at >= since
    left_out = or_(alerts.c.page_id.is_(None), alerts.c.page_id.not_in(without))
    return [is_new, left_out] if without else [is_new]


def direction_word(conn: Connection) -> ColumnElement[str]:
    """The direction of an alert, in rows of before schema 0005 out of its JSON, unpacked no further."""
    written = cast(alerts.c.alert, Text)
    start = _place(conn)(written, _BEFORE_DIRECTION) + len(_BEFORE_DIRECTION)
    letters = func.substr(written, start, _LETTERS)
    of_old = case({one.value[:_LETTERS]: one.value for one in Direction}, value=letters)
    return func.coalesce(cast(alerts.c.direction, Text), of_old)


def _place(conn: Connection) -> Any:
    """The function of this database for where (from 1) a text has another one in it."""
    return func.instr if conn.dialect.name == "sqlite" else func.strpos
