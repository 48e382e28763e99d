"""The chain: a link for every row of evidence, verdict and telling, each with the SHA-256 of the one before.

    sha256 of a link = SHA-256 of "<sha256 of the link before> <kind> <key> <content_sha256>"

Whoever writes a row notes it; when the transaction ends, each noted row gets one link over what the database
then gives back for it. A row that changes gets another link, a row that is taken out one without content, and
a row that holds what its newest link says gets none: so no link can be taken from the end unseen.
The newest link's SHA-256 is the head: it stands for everything that was recorded so far. verify.py proves it.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Row,
    Select,
    Table,
    Text,
    TypeDecorator,
    bindparam,
    cast,
    insert,
    select,
    type_coerce,
)

from monitor.store import tables
from monitor.store.codec import pack
from monitor.store.tables import Packed, UtcTime, links

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
        tables.reviews,
        tables.audits,
    )
}
ORIGIN = "0" * 64  #: what stands before the first link
TOGETHER = 500  #: rows that are asked for at once
_NUMBER = re.compile(r"-?[1-9][0-9]{0,17}|0")  # as a key says it
NEVER_IN_KEYS = re.compile("[\0\ud800-\udfff]")  #: what no key holds: a database would not take it

_NOTED = "pledgewatch_noted"  # where a connection keeps (kind, key) of what its transaction wrote, in order
_LAST = select(links).order_by(links.c.id.desc()).limit(1)
_INSERT = insert(links)
_NEWEST_OF = (
    select(links.c.content_sha256)
    .where(links.c.kind == bindparam("of_kind"), links.c.key == bindparam("of_key"))
    .order_by(links.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Link:
    """One link. kind and key: table and primary key; content_sha256: "" where the row was taken out."""

    id: int
    kind: str
    key: str
    content_sha256: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Held:
    """A row as it is: the SHA-256 of what it holds, and what its newest link says of that (None: no link)."""

    key: str
    content_sha256: str
    linked: str | None


_LINK = tuple(each.name for each in fields(Link))


def begin(conn: Connection) -> None:
    """From now on keep what is noted on this connection."""
    conn.info[_NOTED] = {}


def note(conn: Connection, table: Table, *keys: Any) -> None:
    """These rows (by primary key) are written or taken out: their links come when the transaction ends."""
    conn.info[_NOTED].update(((table.name, str(key)), None) for key in keys)


@contextmanager
def part(conn: Connection) -> Iterator[None]:
    """A part of a write transaction: where it raises, what it wrote and noted is undone, no more."""
    noted, within = dict(conn.info[_NOTED]), conn.begin_nested()
    try:
        yield
    except BaseException:
        if not conn.invalidated:  # a database that went away has undone all of it
            within.rollback()
            conn.info[_NOTED] = noted
        raise
    within.commit()


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
    said = f"{before} {kind} {key} {content_sha256}"
    return hashlib.sha256(said.encode(errors="surrogateescape")).hexdigest()


def contents(conn: Connection, kind: str, keys: Sequence[str]) -> dict[str, str]:
    """Key → SHA-256 of what the row holds, for those of these rows that are there."""
    return {key: one.content_sha256 for key, one in _held(conn, kind, keys).items()}


def written(conn: Connection, kind: str, keys: Sequence[str]) -> dict[str, str]:
    """Key → the row in the very letters whose SHA-256 its link holds, for those that are there."""
    wanted = _values(kind, keys)
    query = _by_key(kind, conn.dialect.name)
    return {
        str(row._mapping["_key"]): _written(row)
        for start in range(0, len(wanted), TOGETHER)
        for row in conn.execute(query, {"keys": wanted[start : start + TOGETHER]})
    }


def rows(conn: Connection, kind: str) -> Iterator[Held]:
    """Every row of this table in the order of its key, a few at a time."""
    query = _rows(kind, conn.dialect.name).order_by(_key(CHAINED[kind]))
    for row in conn.execute(query, execution_options={"yield_per": TOGETHER}):
        yield _as_held(row)


def there(conn: Connection, kind: str, keys: Iterable[str]) -> set[str]:
    """Those of these keys that have a row."""
    key = _key(CHAINED[kind])
    found = conn.scalars(select(key).where(key.in_(_values(kind, keys))))
    return {str(one) for one in found}


def newest(conn: Connection, kind: str, key: str) -> str | None:
    """What the newest link of this row says that it holds: "" for taken out, None where there is no link."""
    return conn.scalar(_NEWEST_OF, {"of_kind": kind, "of_key": key})


def _held(conn: Connection, kind: str, keys: Sequence[str]) -> dict[str, Held]:
    wanted = _values(kind, keys)
    query = _by_key(kind, conn.dialect.name)
    found = (
        _as_held(row)
        for start in range(0, len(wanted), TOGETHER)
        for row in conn.execute(query, {"keys": wanted[start : start + TOGETHER]})
    )
    return {one.key: one for one in found}


def _as_held(row: Row[Any]) -> Held:
    """NULL stands for a column that is not there, so a later version may add one that is NULL in old rows."""
    key, linked = row._mapping["_key"], row._mapping["_linked"]
    return Held(str(key), hashlib.sha256(_written(row).encode()).hexdigest(), linked)


def _written(row: Row[Any]) -> str:
    """What a row holds, as one line of JSON."""
    held = {name: value for name, value in row._mapping.items() if value is not None}
    held.pop("_key")
    held.pop("_linked", None)
    return json.dumps(held, sort_keys=True, separators=(",", ":"), default=repr)


def _append(conn: Connection, noted: Sequence[tuple[str, str]]) -> None:
    last = head(conn)
    number, sha256 = (last.id, last.sha256) if last else (0, ORIGIN)
    held = {kind: _held(conn, kind, keys) for kind, keys in _by_kind(noted).items()}
    new = []
    for kind, key in noted:
        one = held[kind].get(key) or Held(key, "", newest(conn, kind, key) or "")
        if one.linked != one.content_sha256:
            number, sha256 = number + 1, following(sha256, kind, key, one.content_sha256)
            new.append(dict(zip(_LINK, (number, kind, key, one.content_sha256, sha256), strict=True)))
    if new:
        conn.execute(_INSERT, new)


def _by_kind(noted: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for kind, key in noted:
        grouped.setdefault(kind, []).append(key)
    return grouped


def _key(table: Table) -> Column[Any]:
    (column,) = table.primary_key.columns
    return column


def _values(kind: str, keys: Iterable[str]) -> list[Any]:
    """These keys as the table has them, without those that no row can have."""
    if _key(CHAINED[kind]).type.python_type is int:
        return [int(key) for key in keys if _NUMBER.fullmatch(key)]
    return [key for key in keys if not NEVER_IN_KEYS.search(key)]


@cache
def _rows(kind: str, dialect: str) -> Select[Any]:
    """Key, what the newest link says, and every column as it is stored, whatever this program makes of it."""
    table = CHAINED[kind]
    key = _key(table)
    linked = (
        select(links.c.content_sha256)
        .where(links.c.kind == kind, links.c.key == cast(key, Text))
        .order_by(links.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    held = [_as_stored(column, dialect).label(column.name) for column in table.columns]
    return select(key.label("_key"), linked.label("_linked"), *held)


@cache
def _by_key(kind: str, dialect: str) -> Select[Any]:
    return _rows(kind, dialect).where(_key(CHAINED[kind]).in_(bindparam("keys", expanding=True)))


def _as_stored(column: Column[Any], dialect: str) -> ColumnElement[Any]:
    if isinstance(column.type, UtcTime):
        return type_coerce(column, _StoredTime)
    if isinstance(column.type, Packed) and dialect == "postgresql":
        return cast(column, Text)
    return type_coerce(column, Text) if isinstance(column.type, TypeDecorator) else column


class _StoredTime(TypeDecorator[Any]):
    """A time as JSON says it. What a file says in other letters than ours stays in them."""

    impl = Text
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        if isinstance(value, datetime):
            return pack(value)
        return _said(value) if isinstance(value, str) else value


def _said(value: str) -> str:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return repr(value)
    is_ours = at.tzinfo is None and at.isoformat(sep=" ", timespec="microseconds") == value
    return str(pack(at.replace(tzinfo=UTC))) if is_ours else repr(value)
