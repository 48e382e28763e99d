"""The `store` fixture: on SQLite, and on a PostgreSQL server of its own (skipped where there is none).

Use it with `pytest_plugins = ["tests.postgres"]`, and import nothing from here.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from monitor.blobs import Blobs
from monitor.store import Store, open_store, sqlite_url
from tests.chained import must_hold
from tests.postgres_server import Server


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a server that nobody else uses."""
    with Server() as server:
        yield server.url()


@pytest.fixture
def postgresql_url(postgresql_server: str) -> str:
    """The URL of an empty database."""
    engine = create_engine(postgresql_server)
    with engine.begin() as conn:
        conn.execute(text("DROP SCHEMA IF EXISTS public CASCADE"))
        conn.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return postgresql_server


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a store that is not there yet, on each database."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "pledgewatch.db")
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[str], Store]]:
    """Opens stores, and closes them after the test."""
    stores: list[Store] = []

    def open_one(url: str) -> Store:
        stores.append(open_store(url, Blobs(tmp_path / "blobs")))
        return stores[-1]

    yield open_one
    for each in stores:
        each.close()


@pytest.fixture
def store(request: pytest.FixtureRequest, new_url: str, opened: Callable[[str], Store]) -> Iterator[Store]:
    """A new store on each database. After the test its chain must hold, unless the test `tampers`."""
    store = opened(new_url)
    yield store
    if "tampers" not in request.fixturenames:
        must_hold(store)


@pytest.fixture
def tampers() -> None:
    """Ask for it where a test writes past the functions of the store."""
