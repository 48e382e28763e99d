"""Fetches of a page with what was made of them, in the order of their dates: what people look through."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select, tuple_

from monitor.model import Fetch, Reading
from monitor.store.tables import fetches, readings

_FETCH = tuple(each.name for each in fields(Fetch))
_READING = tuple(each.name for each in fields(Reading))
_BOTH: Select[Any] = select(
    *(fetches.c[name] for name in _FETCH), *(readings.c[name].label(f"read_{name}") for name in _READING)
).select_from(fetches.outerjoin(readings, readings.c.fetch_id == fetches.c.id))
_of_it = tuple_(fetches.c.started_at, fetches.c.id)
_OLDEST = (fetches.c.started_at, fetches.c.id)
_NEWEST = (fetches.c.started_at.desc(), fetches.c.id.desc())


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A fetch, and what was made of it; None where it was not read yet."""

    fetch: Fetch
    reading: Reading | None


def get(conn: Connection, *fetch_ids: int) -> dict[int, Snapshot]:
    """Fetch id → its snapshot, for those that are there."""
    rows = conn.execute(_BOTH.where(fetches.c.id.in_(fetch_ids)))
    return {one.fetch.id: one for one in map(_snapshot, rows)}


def beside(conn: Connection, fetch: Fetch) -> tuple[Snapshot | None, Snapshot | None]:
    """The snapshots of its page right before and right after this one."""
    here = (fetch.started_at, fetch.id)
    before = _asked(conn, fetch.page_id, [_of_it < here], _NEWEST, 1)
    after = _asked(conn, fetch.page_id, [_of_it > here], _OLDEST, 1)
    return (before[0] if before else None), (after[0] if after else None)


def newest(conn: Connection, page_id: str, at_most: int) -> list[Snapshot]:
    """The newest that have a body of their own, newest first."""
    return _asked(conn, page_id, [fetches.c.body_sha256 != ""], _NEWEST, at_most)


def until(conn: Connection, page_id: str, at: datetime, at_most: int) -> list[Snapshot]:
    """The newest that began at this time (UTC) or before, oldest first."""
    return _asked(conn, page_id, [fetches.c.started_at <= at], _NEWEST, at_most)[::-1]


def since(conn: Connection, page_id: str, at: datetime, at_most: int) -> list[Snapshot]:
    """The oldest that began later than this (UTC), oldest first."""
    return _asked(conn, page_id, [fetches.c.started_at > at], _OLDEST, at_most)


def count(conn: Connection, page_id: str, first: datetime, last: datetime) -> int:
    """How many began from then (UTC) until then, both included."""
    between = (fetches.c.page_id == page_id) & fetches.c.started_at.between(first, last)
    return conn.scalar(select(func.count()).select_from(fetches).where(between)) or 0


def of_side(conn: Connection, page_id: str, ended_at: datetime, body_sha256: str) -> Snapshot | None:
    """The fetch that one side of an alert names, by its page, its time (UTC) and its body."""
    this = (fetches.c.ended_at == ended_at, fetches.c.body_sha256 == body_sha256)
    found = _asked(conn, page_id, [fetches.c.started_at <= ended_at, *this], _NEWEST, 1)
    return found[0] if found else None


def _asked(
    conn: Connection,
    page_id: str,
    wanted: Sequence[ColumnElement[bool]],
    order: Sequence[ColumnElement[Any]],
    at_most: int,
) -> list[Snapshot]:
    query = _BOTH.where(fetches.c.page_id == page_id, *wanted).order_by(*order).limit(at_most)
    return [_snapshot(row) for row in conn.execute(query)]


def _snapshot(row: Row[Any]) -> Snapshot:
    held = row._mapping
    fetch = Fetch(**{name: held[name] for name in _FETCH})
    if held["read_fetch_id"] is None:
        return Snapshot(fetch, None)
    return Snapshot(fetch, Reading(**{name: held[f"read_{name}"] for name in _READING}))
