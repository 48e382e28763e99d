"""A store that was made by heart is one that the migrations make, and what one compiled another may say."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, make_url, select, text
from sqlalchemy.sql.compiler import SQLCompiler

from monitor.blobs import Blobs
from monitor.store import Store, open_store, shape, tables
from tests.new_stores import made_by_heart, worked_out
from tests.quick_stores import compiled_once

pytest_plugins = ["tests.postgres"]

Facts = dict[str, tuple[object, ...]]
_TABLES = (*tables.metadata.tables, "alembic_version")


@pytest.fixture
def made(new_url: str, blobs: Blobs) -> Callable[[], Facts]:
    """Makes a store where none is; says what there is to see of it."""

    def make() -> Facts:
        nothing_at(new_url)
        with open_store(new_url, blobs) as store:
            return checked(store)

    return make


@pytest.fixture
def blobs(tmp_path_factory: pytest.TempPathFactory) -> Blobs:
    return Blobs(tmp_path_factory.mktemp("blobs"))


def nothing_at(url: str) -> None:
    where = make_url(url)
    engine = create_engine(where)
    with engine.begin() as conn:
        if where.get_backend_name() == "postgresql":
            conn.execute(text("DROP SCHEMA public CASCADE"))
            conn.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    if where.get_backend_name() == "sqlite":
        Path(str(where.database)).unlink(missing_ok=True)


def checked(store: Store) -> Facts:
    seen = inspect(store.engine)
    with store.engine.connect() as conn:
        assert list(shape.amiss(conn)) == []
        counts = {name: conn.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in _TABLES}
    return {
        name: (
            counts[name],
            {
                (one["name"], str(one["type"]), one["nullable"], one["default"])
                for one in seen.get_columns(name)
            },
            {(one["name"], str(one["column_names"]), one["unique"]) for one in seen.get_indexes(name)},
            {(one["name"], one["referred_table"]) for one in seen.get_foreign_keys(name)},
            {(one["name"], str(one["column_names"])) for one in seen.get_unique_constraints(name)},
        )
        for name in _TABLES
    }


def test_by_heart_is_as_worked_out(made: Callable[[], Facts]) -> None:
    with worked_out():
        as_ever = made()
    with made_by_heart():
        assert [made(), made()] == [as_ever] * 2


def test_a_statement_is_compiled_once_for_all_stores_of_a_kind(
    new_url: str, blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled: list[str] = []
    really = SQLCompiler.__init__

    def noted(self: SQLCompiler, dialect: Any, statement: Any, *more: Any, **named: Any) -> None:
        compiled.append(dialect.name)
        really(self, dialect, statement, *more, **named)

    monkeypatch.setattr(SQLCompiler, "__init__", noted)
    with compiled_once():
        for times in (1, 0):
            with open_store(new_url, blobs) as store, store.read() as conn:
                compiled.clear()
                found = conn.execute(select(tables.checks.c.id).where(tables.checks.c.id > times)).all()
                assert (found, compiled) == ([], [store.engine.dialect.name] * times)
