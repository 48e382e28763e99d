"""Stores in less time: their statements are worked out once a process, and nobody waits for the disk.

What is sent to the database and written to the disk is the same; only SQLAlchemy's work to arrive at it, which it
does again for each engine, is left out, and the wait until a disk has it, which only a loss of power could tell.
Processes that a test starts do all of it.
"""

import os
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect

from monitor.store import opening, transactions

_ENGINE, _PRAGMAS, _FSYNC = opening._engine, transactions._PRAGMAS, os.fsync
_AT_MOST = 5_000  #: statements


class _Compiled(MutableMapping[Any, Any]):
    """Statement → what it was compiled to, for all engines of one dialect, which here are all alike."""

    def __init__(self) -> None:
        self._known: dict[Any, Any] = {}

    def __getitem__(self, key: Any) -> Any:
        return self._known[_alike(key)]

    def __setitem__(self, key: Any, compiled: Any) -> None:
        if len(self._known) >= _AT_MOST:
            self._known.clear()
        self._known[_alike(key)] = compiled

    def __delitem__(self, key: Any) -> None:
        del self._known[_alike(key)]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def _alike(key: tuple[DefaultDialect, Any]) -> tuple[Any, ...]:
    dialect, *rest = key
    return dialect.name, *rest


@contextmanager
def compiled_once() -> Iterator[None]:
    """Until the block ends, for every store that is opened in this process."""
    compiled = _Compiled()

    def engine(*where: Any) -> Engine:
        made = _ENGINE(*where)
        made.update_execution_options(compiled_cache=compiled)
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "_engine", engine)
        yield


@contextmanager
def nobody_waits_for_the_disk() -> Iterator[None]:
    """Until the block ends, in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transactions, "_PRAGMAS", (*_PRAGMAS, "PRAGMA synchronous=OFF"))
        patch.setattr(os, "fsync", lambda handle: None)
        yield


@contextmanager
def as_the_program_does() -> Iterator[None]:
    """Until the block ends, with all waits: for tests of just that."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transactions, "_PRAGMAS", _PRAGMAS)
        patch.setattr(os, "fsync", _FSYNC)
        yield
