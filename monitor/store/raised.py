"""Alerts as lists: many at once, in a bounded number of questions whatever their number."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Text, and_, case, cast, func, or_, select

from monitor.model import Alert, Direction, Relation, Verdict
from monitor.store.alerts import SENT
from monitor.store.tables import alerts, deliveries, reviews

#: What people look at first.
FIRST = (Direction.WEAKER, Direction.MIXED, Direction.UNCLEAR, Direction.STRONGER, Direction.NEUTRAL)
_NEWEST = (alerts.c.raised_at.desc(), alerts.c.id)
_BEFORE_DIRECTION = '","direction":"'  #: the alert's own comes first; within a string every " is escaped
_UNCONFIRMED = '"confirmed_at":null},"not_checked":'  #: as the JSON of an alert says it of its words after
_REVERSED = f'"relation":"{Relation.REVERSED.value}"'
_LETTERS = 4  #: of a direction's word that tell it from the others
_WORDS = {one.value[:_LETTERS]: one for one in Direction}


def newest(
    conn: Connection, since: datetime, limit: int, offset: int = 0, without: Collection[str] = ()
) -> list[Alert]:
    """Alerts raised then (UTC) or later, by direction as in FIRST, within one the newest first.

    without: ids of pages whose alerts are left out.
    """
    letters = direction_letters(conn)
    rank = case({one.value[:_LETTERS]: place for place, one in enumerate(FIRST)}, value=letters)
    query = select(alerts.c.alert).where(*_since(since, without)).order_by(rank, *_NEWEST)
    return list(conn.scalars(query.limit(limit).offset(offset)))


def directions(conn: Connection, since: datetime, without: Collection[str] = ()) -> Counter[Direction]:
    """How many alerts of each direction were raised then (UTC) or later."""
    letters = direction_letters(conn).label("letters")
    query = select(letters, func.count()).where(*_since(since, without)).group_by(letters)
    return Counter({_WORDS[row[0]]: row[1] for row in conn.execute(query)})


def by_page(conn: Connection, since: datetime) -> Counter[tuple[str, Direction]]:
    """(page id, direction) → how many alerts were raised then (UTC) or later."""
    letters = direction_letters(conn).label("letters")
    query = select(alerts.c.page_id, letters, func.count()).where(alerts.c.raised_at >= since)
    rows = conn.execute(query.group_by(alerts.c.page_id, letters)).all()
    counted = Counter({(row[0], _WORDS[row[1]]): row[2] for row in rows if row[0] is not None})
    old = select(alerts.c.alert).where(alerts.c.raised_at >= since, alerts.c.page_id.is_(None))
    counted.update((one.page["id"], one.direction) for one in conn.scalars(old))
    return counted


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
    newest = select(func.max(reviews.c.id)).group_by(reviews.c.alert_id)
    against = select(reviews.c.alert_id).where(reviews.c.id.in_(newest), reviews.c.verdict != Verdict.RIGHT)
    is_known = or_(alerts.c.id.in_(against), alerts.c.id.in_(_taken_back(conn, is_new)))
    columns = (alerts.c.id, alerts.c.page_id, direction_letters(conn).label("letters"))
    rows = conn.execute(select(*columns).where(is_new, is_known))
    is_early = cast(alerts.c.alert, Text).contains(_UNCONFIRMED, autoescape=True)
    early = conn.scalars(select(alerts.c.alert).where(is_new, is_early))
    return Doubted([(row[0], row[1] or "", _WORDS[row[2]]) for row in rows], list(early))


def of_organization(conn: Connection, organization_id: str, limit: int, offset: int = 0) -> list[Alert]:
    """Its alerts, newest first; also those on pages that are not watched any more."""
    query = _of_organization(select(alerts.c.alert), organization_id).order_by(*_NEWEST)
    return list(conn.scalars(query.limit(limit).offset(offset)))


def told_among(conn: Connection, alert_ids: Sequence[str]) -> set[str]:
    """Which of these alerts somebody was told of."""
    told = select(deliveries.c.alert_id).where(deliveries.c.alert_id.in_(alert_ids))
    return set(conn.scalars(told.where(deliveries.c.state == SENT))) if alert_ids else set()


def _taken_back(conn: Connection, those: ColumnElement[bool]) -> dict[str, TakenBack]:
    reverses = cast(alerts.c.alert, Text).contains(_REVERSED, autoescape=True)
    query = select(alerts.c.alert).where(those, reverses).order_by(alerts.c.raised_at, alerts.c.id)
    return {
        one.alert_id: TakenBack(later.id, later.raised_at)
        for later in conn.scalars(query)
        for one in later.follows
        if one.relation is Relation.REVERSED
    }


def _of_organization(query: Select[Any], organization_id: str) -> Select[Any]:
    """By the ids of its pages, which the index alone gives; by the JSON in rows of before schema 0004."""
    other = alerts.alias("other")
    its = other.c.page_id.startswith(f"{organization_id}/", autoescape=True)
    written = f'"page":{{"id":"{organization_id}/'
    old = and_(alerts.c.page_id.is_(None), cast(alerts.c.alert, Text).contains(written, autoescape=True))
    return query.where(or_(alerts.c.page_id.in_(select(other.c.page_id).where(its)), old))


def _since(since: datetime, without: Collection[str]) -> list[ColumnElement[bool]]:
    is_new = alerts.c.raised_at >= since
    left_out = or_(alerts.c.page_id.is_(None), alerts.c.page_id.not_in(without))
    return [is_new, left_out] if without else [is_new]


def direction_letters(conn: Connection) -> ColumnElement[str]:
    """The first letters of an alert's direction, out of its JSON: unpacking thousands takes too long."""
    place = func.instr if conn.dialect.name == "sqlite" else func.strpos
    written = cast(alerts.c.alert, Text)
    start = place(written, _BEFORE_DIRECTION) + len(_BEFORE_DIRECTION)
    return func.substr(written, start, _LETTERS)
