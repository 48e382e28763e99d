"""Verdicts of people on alerts. A second one on the same alert is one more row: what counts is the newest."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, insert, select

from monitor.model import Review
from monitor.store import chain
from monitor.store.tables import reviews


def add(conn: Connection, review: Review) -> None:
    """Keep a verdict."""
    row = {name: getattr(review, name) for name in ("alert_id", "at", "author", "verdict", "note")}
    id = conn.execute(insert(reviews).values(row).returning(reviews.c.id)).scalar_one()
    chain.note(conn, reviews, id)


def all(conn: Connection) -> list[Review]:
    """Every verdict, oldest first."""
    return [Review(**row._mapping) for row in conn.execute(select(reviews).order_by(reviews.c.id))]


def newest(conn: Connection) -> Mapping[str, Review]:
    """Alert id → the verdict that counts."""
    return {review.alert_id: review for review in all(conn)}


def among(conn: Connection, alert_ids: Sequence[str]) -> list[Review]:
    """The verdicts on these alerts, oldest first."""
    query = select(reviews).where(reviews.c.alert_id.in_(alert_ids)).order_by(reviews.c.id)
    return [Review(**row._mapping) for row in conn.execute(query)] if alert_ids else []


def newest_of(conn: Connection, alert_ids: Sequence[str]) -> Mapping[str, Review]:
    """Alert id → the verdict that counts, for those of these that were judged."""
    return {review.alert_id: review for review in among(conn, alert_ids)}


def of_alert(conn: Connection, alert_id: str) -> list[Review]:
    """The verdicts on this alert, oldest first."""
    query = select(reviews).where(reviews.c.alert_id == alert_id).order_by(reviews.c.id)
    return [Review(**row._mapping) for row in conn.execute(query)]
