"""Parts of the chain, to be shown and proved away from the store."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from monitor.store.chain import CHAINED, ORIGIN, TOGETHER, Link
from monitor.store.tables import Packed, links


def links_of(conn: Connection, kind: str, keys: Sequence[str]) -> list[Link]:
    """Every link of these rows of a table, oldest first."""
    found: list[Link] = []
    for start in range(0, len(keys), TOGETHER):
        some = links.c.key.in_(keys[start : start + TOGETHER])
        rows = conn.execute(select(links).where(links.c.kind == kind, some))
        found += [Link(**row._mapping) for row in rows]
    return sorted(found, key=lambda link: link.id)


def befores(conn: Connection, those: Sequence[Link]) -> dict[int, str]:
    """Link id → the SHA-256 of the link before it."""
    found = {0: ORIGIN}
    for start in range(0, len(those), TOGETHER):
        ids = [one.id - 1 for one in those[start : start + TOGETHER]]
        rows = conn.execute(select(links.c.id, links.c.sha256).where(links.c.id.in_(ids)))
        found |= {row.id: row.sha256 for row in rows}
    return {one.id: found[one.id - 1] for one in those if one.id - 1 in found}


def onwards(conn: Connection, first_id: int) -> list[Link]:
    """This link and all after it, oldest first."""
    rows = conn.execute(select(links).where(links.c.id >= first_id).order_by(links.c.id))
    return [Link(**row._mapping) for row in rows]


def opened(kind: str, letters: str) -> dict[str, Any]:
    """A row as `chain.written` gives it, with what its columns hold as JSON: ready for `codec.unpack`.

    Raises ValueError, TypeError or KeyError where it is none of this table.
    """
    row = dict(json.loads(letters))
    for column in CHAINED[kind].columns:
        if isinstance(column.type, Packed) and column.name in row:
            row[column.name] = json.loads(row[column.name])
    return row
