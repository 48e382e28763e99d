"""A Store: one writer at a time, readers that see one moment, and one place where trouble becomes StoreError.

What a write transaction noted is linked into the chain (chain.py) before it is committed.

SQLite: a lock over all processes (alone.py) and BEGIN IMMEDIATE for writers, so they queue; WAL lets readers
go on meanwhile. PostgreSQL: the same by an advisory lock for the transaction, and a REPEATABLE READ snapshot
for readers.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, InternalError, OperationalError

from monitor.errors import StoreError
from monitor.store import chain
from monitor.store.alone import alone

PATIENCE = 30  # seconds that a writer waits for another one
_WRITES = "pledgewatch_writes"
_BEGIN = {
    ("sqlite", True): ("PRAGMA query_only=0", "BEGIN IMMEDIATE"),
    ("sqlite", False): ("PRAGMA query_only=1", "BEGIN"),
    ("postgresql", True): ("SELECT pg_advisory_xact_lock(1886153847)",),
    ("postgresql", False): ("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",),
}
_PRAGMAS = ("PRAGMA foreign_keys=ON", "PRAGMA synchronous=FULL")
_BUSY = f"another process has been writing for over {PATIENCE} seconds: let it end and start again"
_READ_ONLY = "the store may not be written: check the owner and the permissions of its file and folder"
_FULL = "the disk is full: free some space and start again, nothing that was recorded is lost"
_SENTENCES = {  # part of what the database says → what it means and how to mend it
    "is full": _FULL,
    "ioerr_shmsize": _FULL,  # SQLite calls it a disk I/O error where it cannot make its -shm file
    "readonly": _READ_ONLY,
    "read-only": _READ_ONLY,
    "unable to open": "the store cannot be opened: check that its folder exists and may be written",
    "locked": _BUSY,
    "lock timeout": _BUSY,
    "not a database": "this file is not a database: name another one, or restore it from a backup",
    "malformed": "the store is damaged: restore it from a backup",
    "disk i/o": "the disk cannot be read or written: check it, then restore the store from a backup",
}


class Bodies(Protocol):
    """Where the bodies are: see blobs.Blobs."""

    def put(self, body: bytes) -> str: ...
    def get(self, sha256: str) -> bytes: ...
    def has(self, sha256: str) -> bool: ...
    def all(self) -> Iterator[str]: ...
    def path(self, sha256: str) -> Path: ...


@dataclass(frozen=True, slots=True)
class Store:
    """The open store. place says where it is, without a password. Close it, or use it in a `with`."""

    engine: Engine
    blobs: Bodies
    place: str
    patience: float = PATIENCE  #: seconds that a writer waits for another one

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One write transaction: all of it or nothing; one writer at a time. Raises StoreError."""
        with self._transaction(writes=True) as conn:
            yield conn

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One look at the store as it stands now; writing is refused. Raises StoreError."""
        with self._transaction(writes=False) as conn:
            yield conn

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        alone_here = self._alone() if writes else nullcontext()
        with trouble_at(self.place), alone_here, self.engine.connect() as conn:
            conn.execution_options(**{_WRITES: writes})
            with conn.begin():
                if writes:
                    chain.begin(conn)
                yield conn
                if writes:
                    chain.seal(conn)

    def _alone(self) -> AbstractContextManager[None]:
        """PostgreSQL sees to it by itself, and a database in memory is nobody else's."""
        file = self.engine.url.database or ""
        if self.engine.dialect.name != "sqlite" or file in ("", ":memory:"):
            return nullcontext()
        return alone(Path(file), self.patience, _BUSY)


@contextmanager
def trouble_at(place: str) -> Iterator[None]:
    """Turn what means "the store cannot be used" into StoreError; our own mistakes stay what they are."""
    try:
        yield
    except DBAPIError as error:
        if not _is_trouble(error):
            raise
        raise StoreError(f"{place}: {_sentence(error)}") from error


def prepare(engine: Engine) -> None:
    """Teach an engine how transactions begin here, and SQLite's connections their settings."""
    event.listen(engine, "begin", _on_begin)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_connect)


def _on_begin(conn: Connection) -> None:
    writes = bool(conn.get_execution_options().get(_WRITES, False))
    for statement in _BEGIN[conn.dialect.name, writes]:
        conn.exec_driver_sql(statement)


def _on_connect(raw: sqlite3.Connection, record: Any) -> None:
    raw.isolation_level = None  # sqlite3 must not begin on its own: _on_begin does
    try:
        for pragma in _PRAGMAS:
            raw.execute(pragma).close()
    except sqlite3.Error:
        raw.close()
        raise
    except UnicodeDecodeError as error:  # SQLite quotes what it found in place of its tables
        raw.close()
        raise sqlite3.DatabaseError("malformed database schema") from error


def _is_trouble(error: DBAPIError) -> bool:
    return (
        isinstance(error, OperationalError | InternalError | InterfaceError) or type(error) is DatabaseError
    )


def _sentence(error: DBAPIError) -> str:
    said = " ".join(str(error.orig).split())
    named = f"{said} {getattr(error.orig, 'sqlite_errorname', '')}".lower()
    known = (sentence for part, sentence in _SENTENCES.items() if part in named)
    return next(known, f"the store cannot be used ({said})")
