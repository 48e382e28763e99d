"""A real PostgreSQL server that may be stopped and started.

It lives under /tmp, listens on a Unix socket only, and runs as the user postgres where the tests run as root.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Self

import pytest

_INITDB = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]


class Server:
    """A PostgreSQL server that nobody else uses; a context manager. Where there is none the test is skipped."""

    def __init__(self, fsync: str = "off") -> None:
        self.fsync = fsync

    def __enter__(self) -> Self:
        self._programs = _programs()
        self.folder = Path(tempfile.mkdtemp(prefix="pledgewatch-pg-"))
        try:
            self._as_user = _give_to_postgres(self.folder)
            self._do("initdb", "--pgdata", str(self.folder / "pg"), *_INITDB)
            self.start()
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def start(self) -> None:
        options = f"-k {self.folder} -c listen_addresses='' -c fsync={self.fsync}"
        self._pg_ctl("start", "--log", str(self.folder / "log"), "--options", options)

    def stop(self, mode: str = "immediate") -> None:
        """At once, as a power cut would, unless another mode is named."""
        self._pg_ctl("stop", "--mode", mode)

    def create(self, database: str) -> None:
        """A new database."""
        self._do("createdb", "--username=postgres", "--host", str(self.folder), database)

    def _pg_ctl(self, *words: str) -> None:
        self._do("pg_ctl", "--pgdata", str(self.folder / "pg"), "--wait", *words)

    def _do(self, program: str, *words: str) -> None:
        _run([*self._as_user, str(self._programs / program), *words], self.folder)


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
