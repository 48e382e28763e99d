"""Whether what some tables hold is still the same as at an earlier look: by the links written since."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, select

from monitor.store import chain
from monitor.store.tables import links


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the chain: the newest link of a moment; 0 and "" before the first one."""

    link_id: int = 0
    sha256: str = ""


def mark(conn: Connection) -> Mark:
    """The place of now."""
    head = chain.head(conn)
    return Mark(head.id, head.sha256) if head else Mark()


def is_same(conn: Connection, earlier: Mark, kinds: Collection[str]) -> bool:
    """Whether no row of these tables was written since; False too where the store is another one by now."""
    known = conn.scalar(select(links.c.sha256).where(links.c.id == earlier.link_id))
    if (known or "") != earlier.sha256:
        return False
    newer = select(links.c.id).where(links.c.id > earlier.link_id, links.c.kind.in_(kinds)).limit(1)
    return conn.scalar(newer) is None
