"""Leases: who is at work on what just now (a page that is looked at, the outbox that is sent).

A lease ends when it is released, when its owner is known to be dead, or, where nobody can tell (another
machine), when it runs out. There is one writer at a time, so no two owners can take the same thing.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from monitor.store.tables import leases, upsert

LASTS = timedelta(minutes=15)  #: unless it is renewed
STUCK = timedelta(hours=6)  #: who runs, and did not renew for so long, hangs or was stopped
OUTBOX, DAEMON = "outbox", "daemon"  #: the names of the leases on sending, and on watching a store

IsAlive = Callable[[str], bool | None]  #: whether this owner still runs; None where nobody here can tell


@dataclass(frozen=True, slots=True)
class Lease:
    """What is at work, who is at it, since when and until when at least (UTC)."""

    name: str
    owner: str
    since: datetime
    until: datetime


def take(
    conn: Connection, names: Iterable[str], owner: str, now: datetime, is_alive: IsAlive
) -> tuple[list[str], list[Lease]]:
    """Lease these: (the names that are the owner's now, the leases of others that stand in the way).

    What the owner holds already is renewed.
    """
    wanted, known = list(dict.fromkeys(names)), all(conn)
    since = {one.name: one.since for one in known if one.owner == owner}
    others = {one.name: one for one in known if one.owner != owner and is_held(one, now, is_alive)}
    taken = [name for name in wanted if name not in others]
    rows = [
        {"name": name, "owner": owner, "since": since.get(name, now), "until": now + LASTS} for name in taken
    ]
    if rows:
        conn.execute(upsert(conn.dialect.name, leases, "name"), rows)
    return taken, [others[name] for name in wanted if name in others]


def is_held(lease: Lease, now: datetime, is_alive: IsAlive) -> bool:
    """Whether its owner may still be at it. What ends later than any lease can is of another clock."""
    alive = is_alive(lease.owner)
    if alive:
        return now < lease.until + STUCK
    return alive is None and now < lease.until <= now + LASTS


def renew(conn: Connection, owner: str, now: datetime) -> None:
    """All that this owner holds lasts from now on."""
    conn.execute(update(leases).where(leases.c.owner == owner).values(until=now + LASTS))


def release(conn: Connection, owner: str, names: Collection[str] | None = None) -> None:
    """Let go of these, or of all that this owner holds."""
    ended = delete(leases).where(leases.c.owner == owner)
    conn.execute(ended if names is None else ended.where(leases.c.name.in_(names)))


def all(conn: Connection) -> list[Lease]:
    """Every lease, also of owners that are gone."""
    return [Lease(**row._mapping) for row in conn.execute(select(leases).order_by(leases.c.name))]
