"""A store is opened, brought forward, or refused with one sentence and left exactly as it was."""

import importlib.util
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from monitor.blobs import Blobs
from monitor.errors import StoreError
from monitor.store import (
    Store,
    checks,
    fetches,
    open_store,
    opening,
    pages,
    sqlite_url,
    tables,
)
from tests.new_stores import worked_out
from tests.quick_stores import as_the_program_does
from tests.store_values import NOW, fetch, page

pytest_plugins = ["tests.postgres"]

Open = Callable[[str], Store]


@pytest.fixture(scope="module", autouse=True)
def _migrations_are_worked_out() -> Iterator[None]:
    with worked_out():
        yield


# --------------------------------------------------------------------------- forward


def test_the_migrations_make_the_tables_that_the_code_knows(store: Store) -> None:
    options = {"include_object": _is_declared}
    with store.engine.connect() as conn:
        assert compare_metadata(MigrationContext.configure(conn, opts=options), tables.metadata) == []


def _is_declared(thing: object, name: str, *_: object) -> bool:
    """All but what finds words: SQLAlchemy cannot say it; test_store_statements asks it."""
    return not name.startswith(("statements_words", "ix_statements_words"))


def test_foreign_keys_and_names_are_as_declared(store: Store) -> None:
    seen = inspect(store.engine)
    for table in tables.metadata.tables.values():
        declared = {key.name for key in table.foreign_key_constraints}
        assert {key["name"] for key in seen.get_foreign_keys(table.name)} == declared
        assert seen.get_pk_constraint(table.name)["name"] == table.primary_key.name


def test_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(opening.MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [opening.HEAD]
    assert {each.revision for each in scripts.walk_revisions()} == set(opening.versions())


def test_what_was_kept_is_there_after_opening_again(new_url: str, opened: Open) -> None:
    first = opened(new_url)
    with first.begin() as conn:
        kept = fetches.record(conn, fetch())
    first.close()
    with opened(new_url).read() as conn:
        assert fetches.get(conn, kept.id) == kept


def test_opening_a_store_that_is_up_to_date_does_not_load_alembic(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "pledgewatch.db")
    open_store(url, Blobs(tmp_path)).close()
    program = (
        "import sys; from pathlib import Path\n"
        "from monitor.blobs import Blobs; from monitor.store import open_store\n"
        "open_store(sys.argv[1], Blobs(Path('.'))).close(); print('alembic' in sys.modules)"
    )
    checkout = Path(opening.__file__).parents[2]
    command = [sys.executable, "-c", program, url]
    assert subprocess.run(command, cwd=checkout, capture_output=True, check=True).stdout == b"False\n"


def test_the_folder_of_the_file_is_made(tmp_path: Path, opened: Open) -> None:
    opened(sqlite_url(tmp_path / "new" / "house" / "pledgewatch.db"))
    assert (tmp_path / "new" / "house" / "pledgewatch.db").is_file()


@pytest.mark.parametrize("name", ["with blank.db", "50%.db", "what?.db", "#1.db", "é.db"])
def test_any_file_name_will_do(tmp_path: Path, opened: Open, name: str) -> None:
    opened(sqlite_url(tmp_path / name))
    assert (tmp_path / name).is_file()


def test_sqlite_keeps_its_promises(tmp_path: Path, opened: Open) -> None:
    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}
    with as_the_program_does(), opened(sqlite_url(tmp_path / "pledgewatch.db")).begin() as conn:
        assert {name: conn.execute(text(f"PRAGMA {name}")).scalar() for name in expected} == expected


def test_a_migration_that_is_cut_off_leaves_nothing(
    new_url: str, opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "migrations"
    shutil.copytree(opening.MIGRATIONS, broken, ignore=shutil.ignore_patterns("__pycache__"))
    step = broken / "versions" / "v0001_first_tables.py"
    step.write_text(step.read_text().replace("    _told()\n", "    _told()\n    raise KeyboardInterrupt\n"))
    with monkeypatch.context() as patched:
        patched.setattr(opening, "MIGRATIONS", broken)
        with pytest.raises(KeyboardInterrupt):
            opened(new_url)
    with opened(new_url).begin() as conn:  # the next start finds a new store, and makes it
        assert fetches.record(conn, fetch()).id == 1


@pytest.mark.parametrize("asked", ["0001", "0002"])
def test_an_older_store_is_made_as_it_was(new_url: str, asked: str) -> None:
    with opening.open_older(new_url, Blobs(Path()), asked) as older, older.read() as conn:
        assert conn.execute(text("SELECT version_num FROM alembic_version")).scalar() == asked
        assert ("links" in inspect(conn).get_table_names()) is False


# --------------------------------------------------------------------------- damage


def test_a_sound_store_is_sound(store: Store) -> None:
    assert opening.quick_check(store) == ""


@pytest.mark.parametrize("from_the_end", [4096, 10 * 4096])
def test_damage_is_one_sentence(tmp_path: Path, opened: Open, from_the_end: int) -> None:
    file = tmp_path / "pledgewatch.db"
    store = opened(sqlite_url(file))
    with store.begin() as conn:
        pages.sync(conn, [page(f"heron/{number}") for number in range(2000)], NOW)
    store.close()
    with file.open("r+b") as raw:
        raw.seek(file.stat().st_size - from_the_end)
        raw.write(b"\xff" * from_the_end)
    said = opening.quick_check(opened(sqlite_url(file)))
    assert said.startswith(f"{file}: the store is damaged: restore it from a backup")
    assert "\n" not in said


# --------------------------------------------------------------------------- refused


def test_a_newer_store_is_refused_and_left_alone(new_url: str, opened: Open) -> None:
    store = opened(new_url)
    with store.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    with pytest.raises(StoreError, match="has version '0999', this program knows up to '0006'"):
        opened(new_url)
    with store.read() as conn:
        assert conn.execute(text("SELECT version_num FROM alembic_version")).scalar() == "0999"


def test_a_database_of_something_else_is_refused_and_left_alone(new_url: str, opened: Open) -> None:
    store = opened(new_url)
    with store.begin() as conn:
        conn.execute(text("DROP TABLE alembic_version"))
    before = inspect(store.engine).get_table_names()
    with pytest.raises(StoreError, match="holds other tables"):
        opened(new_url)
    assert inspect(store.engine).get_table_names() == before


def foreign_database(file: Path) -> None:
    with closing(sqlite3.connect(file)) as conn:
        conn.execute("CREATE TABLE recipes (name TEXT)")
        conn.commit()


def newer_store(file: Path) -> None:
    open_store(sqlite_url(file), Blobs(file.parent)).close()
    with closing(sqlite3.connect(file)) as conn:
        conn.execute("PRAGMA journal_mode=DELETE")
        conn.execute("UPDATE alembic_version SET version_num = '0999'")
        conn.commit()


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "text": (lambda file: file.write_text("dear diary\n" * 500), "not a database"),
    "cut header": (lambda file: file.write_bytes(b"SQLite format 3\0" + b"\1" * 40), "not a database"),
    "other tables": (foreign_database, "holds other tables"),
    "newer": (newer_store, "use the newer pledgewatch"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_file_keeps_every_byte(tmp_path: Path, opened: Open, name: str) -> None:
    make, sentence = REFUSED[name]
    file = tmp_path / "pledgewatch.db"
    make(file)
    before = file.read_bytes()
    with pytest.raises(StoreError, match=rf"pledgewatch\.db: .*{sentence}") as refusal:
        opened(sqlite_url(file))
    assert "\n" not in str(refusal.value)
    assert file.read_bytes() == before
    assert [each.name for each in tmp_path.glob("pledgewatch.db*")] == ["pledgewatch.db"]


def test_a_folder_where_the_file_should_be_is_refused(tmp_path: Path, opened: Open) -> None:
    (tmp_path / "pledgewatch.db").mkdir()
    with pytest.raises(StoreError, match="cannot be opened"):
        opened(sqlite_url(tmp_path / "pledgewatch.db"))


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path, opened: Open) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="folder cannot be made"):
        opened(sqlite_url(tmp_path / "file" / "pledgewatch.db"))


def test_a_read_only_folder_is_refused() -> None:
    with (
        read_only_folder() as folder,
        pytest.raises(StoreError, match="cannot be opened: check that its folder"),
    ):
        open_store(sqlite_url(folder / "pledgewatch.db"), Blobs(folder))


def test_a_read_only_file_can_be_neither_written_nor_harmed() -> None:
    def fill(folder: Path) -> None:
        open_store(sqlite_url(folder / "pledgewatch.db"), Blobs(folder)).close()

    with read_only_folder(fill) as folder:
        before = (folder / "pledgewatch.db").read_bytes()
        with (
            pytest.raises(StoreError, match=r"the store (may not be written|cannot be opened)"),
            open_store(sqlite_url(folder / "pledgewatch.db"), Blobs(folder)) as store,
            store.begin() as conn,
        ):
            checks.start(conn, NOW)
        assert (folder / "pledgewatch.db").read_bytes() == before


@contextmanager
def read_only_folder(fill: Callable[[Path], None] = lambda folder: None) -> Iterator[Path]:
    """A folder and its files that may be read only: as nobody where the tests run as root, who may all."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder)
        for each in (*folder.iterdir(), folder):
            each.chmod(0o555)
        was_root = os.geteuid() == 0
        try:
            if was_root:
                os.seteuid(65534)
            yield folder
        finally:
            if was_root:
                os.seteuid(0)
            folder.chmod(0o755)


def test_a_damaged_page_of_the_file_is_told_when_it_is_met(tmp_path: Path, opened: Open) -> None:
    file = tmp_path / "pledgewatch.db"
    store = opened(sqlite_url(file))
    with store.begin() as conn:
        pages.sync(conn, [page(f"heron/{number}") for number in range(2000)], NOW)
    store.close()
    with file.open("r+b") as raw:
        raw.seek(len(file.read_bytes()) - 10 * 4096)
        raw.write(b"\xff" * 10 * 4096)
    again = opened(sqlite_url(file))
    with (
        pytest.raises(StoreError, match="the store is damaged: restore it from a backup"),
        again.read() as conn,
    ):
        pages.schedule(conn)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        pytest.param("", "is no database URL", id="nothing"),
        pytest.param("pledgewatch.db", "is no database URL", id="a file name"),
        pytest.param("mysql://db.example/x", "names 'mysql'", id="another database"),
        pytest.param("postgres://db.example/x", "names 'postgres'", id="a short name"),
    ],
)
def test_a_url_that_is_none_of_ours_is_refused(opened: Open, url: str, sentence: str) -> None:
    with pytest.raises(StoreError, match=sentence):
        opened(url)


def test_a_server_that_does_not_answer_is_told_without_the_password(opened: Open) -> None:
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("psycopg is not installed")
    with pytest.raises(StoreError, match=re.escape("postgresql://ada:***@127.0.0.1:1/watch: ")) as refusal:
        opened("postgresql://ada:s3cr3t-CANARY@127.0.0.1:1/watch")
    assert "CANARY" not in str(refusal.value)
    assert "\n" not in str(refusal.value)
