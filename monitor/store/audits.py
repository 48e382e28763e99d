"""Who did what at the desk and with accounts. Rows are only added, and each has its link in the chain."""

from sqlalchemy import Connection, func, insert, select

from monitor.model import Audit
from monitor.store import chain
from monitor.store.tables import audits


def add(conn: Connection, audit: Audit) -> None:
    """Keep what somebody did, in the transaction in which it is done."""
    row = {name: getattr(audit, name) for name in ("at", "who", "what", "about", "detail")}
    id = conn.execute(insert(audits).values(row).returning(audits.c.id)).scalar_one()
    chain.note(conn, audits, id)


def newest(conn: Connection, at_most: int, after: int = 0) -> list[Audit]:
    """So many, newest first, but for the `after` newest ones."""
    query = select(audits).order_by(audits.c.id.desc()).limit(at_most).offset(after)
    return [Audit(**row._mapping) for row in conn.execute(query)]


def count(conn: Connection) -> int:
    """How many there are."""
    return conn.scalar(select(func.count()).select_from(audits)) or 0
