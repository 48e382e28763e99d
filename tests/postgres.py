"""The `store` fixture: on SQLite, and on a PostgreSQL server of its own (skipped where there is none).

Use it with `pytest_plugins = ["tests.postgres"]`. The server lives under /tmp, listens on a Unix socket
only, and runs as the user postgres where the tests run as root.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from monitor.blobs import Blobs
from monitor.store import Store, open_store, sqlite_url

_INITDB = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a server that nobody else uses."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="pledgewatch-pg-"))
    as_user = _give_to_postgres(folder)
    pg_ctl = [*as_user, str(programs / "pg_ctl"), "--pgdata", str(folder / "pg")]
    try:
        _run([*as_user, str(programs / "initdb"), "--pgdata", str(folder / "pg"), *_INITDB], folder)
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        _run([*pg_ctl, "start", "--wait", "--log", str(folder / "log"), "--options", options], folder)
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            _run([*pg_ctl, "stop", "--wait", "--mode", "immediate"], folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
def store(new_url: str, opened: Callable[[str], Store]) -> Store:
    """A new store on each database."""
    return opened(new_url)


def _programs() -> Path:
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("psycopg is not installed")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        pytest.skip("no PostgreSQL server is installed (initdb not found)")
    return (found[-1] if found else Path(str(on_path)).resolve()).parent


def _give_to_postgres(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: what to put before its commands."""
    if os.geteuid() != 0:
        return []
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        pytest.skip("running as root, and there is no user postgres to run the server as")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["runuser", "-u", "postgres", "--"]


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    if done.returncode != 0:
        pytest.skip(f"PostgreSQL cannot be started here: {command[-1]} ended with {done.returncode}")
