"""Every row of a store as a line of JSON, the same whichever database it lies in, and the way back.

Rows are read and written as they are stored, with the tables that the database says it has, so that a store
of an older version can be filled too: JSON columns as their text (the chain is over it), times as RFC 3339 in
UTC with microseconds, all else as it is. Links are rows like others: what is filled in gets no new ones.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    cast,
    event,
    func,
    insert,
    select,
)
from sqlalchemy.exc import DataError, IntegrityError, StatementError
from sqlalchemy.types import TypeEngine

from monitor.errors import InputError, StoreError
from monitor.store.tables import UtcTime

TOGETHER = 500  #: rows that are read or written at once
#: How things stand here at this moment, who may sign in, what the index finds anew; and Alembic's own.
LEFT_OUT = frozenset(
    {"leases", "clocks", "accounts", "invitations", "sessions", "tokens", "statements", "indexed"}
    | {"alembic_version"}
)
_WORDS = "statements_words"  # SQLite's own tables for searching begin like this


def rows(conn: Connection) -> dict[str, Iterator[bytes]]:
    """Table → its rows by primary key, a line each, read when they are asked for.

    The tables stand after those that they refer to. A row that cannot be read raises StoreError.
    """
    return {table.name: _lines(conn, table) for table in _tables(conn)}


def is_empty(conn: Connection) -> bool:
    """Whether no table holds a row; leases and clocks do not count."""
    return all(conn.execute(select(table).limit(1)).first() is None for table in _tables(conn))


def fill(conn: Connection, given: Mapping[str, Iterable[bytes | str]]) -> dict[str, int]:
    """Put these rows (table → lines) into an empty store of the version they come from: table → how many.

    Raises InputError where they are not what such a store holds.
    """
    tables = _tables(conn)
    _refuse_others(given, {table.name for table in tables})
    counts = {table.name: _fill(conn, table, given[table.name]) for table in tables}
    if conn.dialect.name == "postgresql":
        for table in tables:
            _count_on(conn, table)
    return counts


# --------------------------------------------------------------------------- the tables as they are stored


class _Time(TypeDecorator[str]):
    """A time, stored as tables.UtcTime stores it, as text."""

    impl = DateTime
    cache_ok = True
    _stored = UtcTime()

    def __init__(self) -> None:
        super().__init__(timezone=True)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:
        at = None if value is None else datetime.fromisoformat(value)
        return self._stored.process_bind_param(at, dialect)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        at = self._stored.process_result_value(value, dialect)
        return None if at is None else at.isoformat(timespec="microseconds").replace("+00:00", "Z")


class _RawJson(TypeDecorator[str]):
    """JSON as its text, to the byte."""

    impl = Text
    cache_ok = True

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        return cast(column, Text)


class _PostgresqlJson(_RawJson):
    """PostgreSQL wants to be told that this text is JSON."""

    cache_ok = True

    def bind_expression(self, bindparam: Any) -> ColumnElement[Any]:
        return cast(bindparam, JSON)


def _tables(conn: Connection) -> list[Table]:
    """The tables of this database, each after those that it refers to."""
    stored = MetaData()
    event.listen(stored, "column_reflect", _as_stored)
    stored.reflect(conn, only=lambda name, _: name not in LEFT_OUT and not name.startswith(_WORDS))
    return stored.sorted_tables


def _as_stored(inspector: Any, table: Table, column: Any) -> None:
    column["type"] = _type_of(column["type"], inspector.dialect.name)


def _type_of(kind: TypeEngine[Any], dialect: str) -> TypeEngine[Any]:
    if isinstance(kind, JSON):
        return _PostgresqlJson() if dialect == "postgresql" else _RawJson()
    return _Time() if isinstance(kind, DateTime) else kind


# --------------------------------------------------------------------------- out


def _lines(conn: Connection, table: Table) -> Iterator[bytes]:
    query = select(table).order_by(*(_in_bytes(column, conn) for column in table.primary_key.columns))
    try:
        for row in conn.execute(query, execution_options={"yield_per": TOGETHER}):
            yield json.dumps(row._asdict(), separators=(",", ":")).encode() + b"\n"
    except (TypeError, ValueError) as error:
        raise StoreError(f"a row of {table.name} cannot be read ({error}): restore from a backup") from error


def _in_bytes(column: ColumnElement[Any], conn: Connection) -> ColumnElement[Any]:
    """In one order everywhere: PostgreSQL would sort text as the language of its server does."""
    is_text = isinstance(column.type, Text) and conn.dialect.name == "postgresql"
    return column.collate("C") if is_text else column


# --------------------------------------------------------------------------- and back


def _refuse_others(given: Collection[str], known: Collection[str]) -> None:
    if other := sorted(set(given) ^ set(known)):
        raise InputError(f"it is no whole store of its version: {other[0]} is missing or unknown")


def _fill(conn: Connection, table: Table, given: Iterable[bytes | str]) -> int:
    statement, columns, count = insert(table), {column.name for column in table.columns}, 0
    lines = iter(given)
    try:
        while some := [json.loads(line) for line in islice(lines, TOGETHER)]:
            if any(not isinstance(row, dict) or row.keys() != columns for row in some):
                raise InputError(f"a row of {table.name} does not have the columns of its version")
            conn.execute(statement, some)
            count += len(some)
    except (ValueError, IntegrityError, DataError, StatementError) as error:
        if isinstance(error, StatementError) and not _is_of_the_row(error):
            raise
        raise InputError(f"a row of {table.name} does not fit: {_first_line(error)}") from error
    return count


def _is_of_the_row(error: StatementError) -> bool:
    """Whether it is the row that is wrong, not the database."""
    is_data = isinstance(error, IntegrityError | DataError)
    return is_data or isinstance(error.orig, ValueError | TypeError | AttributeError)


def _first_line(error: Exception) -> str:
    said = str(error.orig if isinstance(error, StatementError) else error)
    return said.partition("\n")[0]


def _count_on(conn: Connection, table: Table) -> None:
    """The next row gets the number after the last one that was filled in."""
    for column in table.primary_key.columns:
        sequence = conn.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
        last = conn.scalar(select(func.max(column))) if sequence else None
        if last is not None:
            conn.execute(select(func.setval(sequence, last)))
