"""The diary of checks: when each began and ended, and what it counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from monitor.store import chain
from monitor.store.tables import checks

_START = insert(checks)
_FINISH = update(checks).where(checks.c.id == bindparam("check_id"))
_LAST = select(checks).order_by(checks.c.id.desc()).limit(1)


@dataclass(frozen=True, slots=True)
class Check:
    """One pass (times UTC). ended_at is None while it runs, and for ever if it was killed."""

    id: int
    started_at: datetime
    ended_at: datetime | None
    counts: Mapping[str, int]
    remark: str = ""  #: why it decided nothing, or that the clock was set; "" for an ordinary one


def start(conn: Connection, now: datetime) -> int:
    """Note that a check begins; returns its id."""
    result = conn.execute(_START, {"started_at": now, "counts": {}})
    assert result.inserted_primary_key is not None
    chain.note(conn, checks, result.inserted_primary_key[0])
    return int(result.inserted_primary_key[0])


def finish(
    conn: Connection, check_id: int, now: datetime, counts: Mapping[str, int], remark: str = ""
) -> None:
    """Note that it ended, what it counted, and what is to be known of it."""
    ended = {"check_id": check_id, "ended_at": now, "counts": counts, "remark": remark}
    conn.execute(_FINISH, ended)
    chain.note(conn, checks, check_id)


def last_ended(conn: Connection, now: datetime) -> Check | None:
    """The newest check that ended, but for those that a clock that ran ahead dated later than now."""
    ended = select(checks).where(checks.c.ended_at.is_not(None), checks.c.started_at <= now)
    row = conn.execute(ended.order_by(checks.c.id.desc()).limit(1)).one_or_none()
    return Check(**row._mapping) if row else None


def last(conn: Connection) -> Check | None:
    """The check that began last."""
    row = conn.execute(_LAST).one_or_none()
    return Check(**row._mapping) if row else None
