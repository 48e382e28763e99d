"""What is remembered of hosts between crawls: their robots.txt, and when they may be asked again."""

from sqlalchemy import Connection, bindparam, select

from monitor.model import Host
from monitor.store.tables import hosts, upsert

_BY_ORIGIN = select(hosts).where(hosts.c.origin == bindparam("wanted"))


def get(conn: Connection, origin: str) -> Host:
    """What is known of this origin; a Host with defaults where nothing is."""
    row = conn.execute(_BY_ORIGIN, {"wanted": origin}).one_or_none()
    return Host(**row._mapping) if row else Host(origin)


def save(conn: Connection, host: Host) -> None:
    """Keep this in place of what was known (the blob of its robots.txt must be there by now)."""
    facts = {
        "origin": host.origin,
        "robots": host.robots,
        "not_before": host.not_before,
        "why": host.why,
    }
    conn.execute(upsert(conn.dialect.name, hosts, "origin"), facts)


def all(conn: Connection) -> list[Host]:
    """Every host that we know, by origin."""
    return [Host(**row._mapping) for row in conn.execute(select(hosts).order_by(hosts.c.origin))]
