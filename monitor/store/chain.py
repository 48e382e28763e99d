"""The chain: a link for every row of evidence, verdict and telling, each with the SHA-256 of the one before.

    sha256 of a link = SHA-256 of "<sha256 of the link before> <kind> <key> <content_sha256>"

Whoever writes a row notes it; when the transaction ends, each noted row gets one link over what the database
then gives back for it. A row that changes gets another link, a row that is taken out one without content.
The newest link's SHA-256 is the head: it stands for everything that was recorded so far.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Row, Select, Table, Text, bindparam, cast, insert, select

from monitor.store import tables
from monitor.store.codec import pack
from monitor.store.tables import Packed, links

#: The tables whose rows are chained. The others only say what comes next, or what hosts asked for.
CHAINED: Mapping[str, Table] = {
    table.name: table
    for table in (
        tables.fetches,
        tables.readings,
        tables.baselines,
        tables.findings,
        tables.alerts,
        tables.notices,
        tables.holds,
        tables.deliveries,
        tables.checks,
    )
}
ORIGIN = "0" * 64  #: what stands before the first link
TOGETHER = 500  #: rows that are asked for at once

_NOTED = "pledgewatch_noted"  # where a connection keeps (kind, key) of what its transaction wrote, in order
_LAST = select(links).order_by(links.c.id.desc()).limit(1)
_INSERT = insert(links)


@dataclass(frozen=True, slots=True)
class Link:
    """One link. kind and key: table and primary key; content_sha256: "" where the row was taken out."""

    id: int
    kind: str
    key: str
    content_sha256: str
    sha256: str


_LINK = tuple(each.name for each in fields(Link))


def begin(conn: Connection) -> None:
    """From now on keep what is noted on this connection."""
    conn.info[_NOTED] = {}


def note(conn: Connection, table: Table, *keys: Any) -> None:
    """These rows (by primary key) are written or taken out: they get a link when the transaction ends."""
    conn.info[_NOTED].update(((table.name, str(key)), None) for key in keys)


def seal(conn: Connection) -> None:
    """Add a link for each row that was noted since `begin`, in the order in which they were noted first."""
    if noted := conn.info.pop(_NOTED, None):
        _append(conn, list(noted))


def seal_unlinked(conn: Connection) -> None:
    """Add a link for each row that has none: rows that an older program wrote."""
    for kind, table in CHAINED.items():
        key = _key(table)
        linked = select(links.c.id).where(links.c.kind == kind, links.c.key == cast(key, Text))
        keys = conn.scalars(select(key).where(~linked.exists()).order_by(key)).all()
        for start in range(0, len(keys), TOGETHER):
            _append(conn, [(kind, str(one)) for one in keys[start : start + TOGETHER]])


def head(conn: Connection) -> Link | None:
    """The newest link; None while nothing was recorded."""
    row = conn.execute(_LAST).one_or_none()
    return Link(**row._mapping) if row else None


def following(before: str, kind: str, key: str, content_sha256: str) -> str:
    """The SHA-256 of the link that comes after the one with SHA-256 `before`."""
    return hashlib.sha256(f"{before} {kind} {key} {content_sha256}".encode()).hexdigest()


def contents(conn: Connection, kind: str, keys: Sequence[str]) -> dict[str, str]:
    """Key → SHA-256 of what the row holds, for those of these rows that are there."""
    table = CHAINED[kind]
    wanted = [int(key) for key in keys] if _is_numbered(table) else list(keys)
    return {
        str(row[0]): content_sha256(row)
        for start in range(0, len(wanted), TOGETHER)
        for row in conn.execute(_rows(kind), {"keys": wanted[start : start + TOGETHER]})
    }


def content_sha256(row: Row[Any]) -> str:
    """The SHA-256 of a row as `_rows` gives it: NULL stands for a column that is not there.

    So a later version may add a column that is NULL in old rows.
    """
    held = {name: pack(value) for name, value in row._mapping.items() if name != "_key" and value is not None}
    return hashlib.sha256(json.dumps(held, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _append(conn: Connection, noted: Sequence[tuple[str, str]]) -> None:
    last = head(conn)
    number, sha256 = (last.id, last.sha256) if last else (0, ORIGIN)
    held = {kind: contents(conn, kind, keys) for kind, keys in _by_kind(noted).items()}
    rows = []
    for kind, key in noted:
        content = held[kind].get(key, "")
        number, sha256 = number + 1, following(sha256, kind, key, content)
        rows.append(dict(zip(_LINK, (number, kind, key, content, sha256), strict=True)))
    if rows:
        conn.execute(_INSERT, rows)


def _by_kind(noted: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for kind, key in noted:
        grouped.setdefault(kind, []).append(key)
    return grouped


def _key(table: Table) -> Column[Any]:
    (column,) = table.primary_key.columns
    return column


def _is_numbered(table: Table) -> bool:
    return _key(table).type.python_type is int


@cache
def _rows(kind: str) -> Select[Any]:
    """Rows of this table by key, as they are stored: JSON as its text, whatever this program makes of it."""
    table = CHAINED[kind]
    held = [
        cast(column, Text).label(column.name) if isinstance(column.type, Packed) else column
        for column in table.columns
    ]
    key = _key(table)
    return select(key.label("_key"), *held).where(key.in_(bindparam("keys", expanding=True)))
