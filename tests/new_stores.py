"""New stores in less time: the statements that make one are worked out once a process, and said again.

What is said is what the migrations said the first time, in the caller's transaction; only Alembic's and
SQLAlchemy's work to arrive at it is left out.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event, inspect

from monitor.store import opening

_MIGRATE = opening._migrate
Said = list[tuple[str, Any]]
_READS = ("SELECT", "PRAGMA MAIN.", "PRAGMA TEMP.")  #: what is only asked on the way


@contextmanager
def made_by_heart() -> Iterator[None]:
    """Until the block ends, in this process, where a store is not there yet."""
    known: dict[tuple[str, str], Said] = {}

    def migrate(conn: Connection, version: str) -> None:
        key = conn.dialect.name, version
        if inspect(conn).get_table_names():
            _MIGRATE(conn, version)
        elif key not in known:
            known[key] = _noted(conn, version)
        else:
            for statement, values in known[key]:
                conn.exec_driver_sql(statement, values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "_migrate", migrate)
        yield


@contextmanager
def worked_out() -> Iterator[None]:
    """Until the block ends, as the program does it: for tests of just that."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "_migrate", _MIGRATE)
        yield


def _noted(conn: Connection, version: str) -> Said:
    """Migrate; what was said to the database meanwhile, but questions."""
    said: Said = []

    def note(_conn: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(_READS):
            said.append((statement, values))

    event.listen(conn, "before_cursor_execute", note)
    try:
        _MIGRATE(conn, version)
    finally:
        event.remove(conn, "before_cursor_execute", note)
    return said
