"""What a home recorded comes back from one file: whole or not at all, on either database, without a secret."""

import io
import json
import os
import resource
import signal
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import zstandard
from sqlalchemy import select

from app import archive
from app.backup import back_up, bring_back
from app.home import Home
from monitor.blobs import Blobs
from monitor.errors import InputError, StoreError
from monitor.model import Host, Notice
from monitor.store import (
    alerts,
    chain,
    checks,
    dump,
    fetches,
    findings,
    hosts,
    leases,
    notices,
    opening,
    pages,
    readings,
    sqlite_url,
    tables,
)
from tests.homes import Screen, at_home, home, program, tree
from tests.old_stores import RELEASED, chain_flaws, contents, populated
from tests.store_values import FETCHES, HOUR, NOW, TERMS, alert, fetch, page, reading, replace, tracked

__all__ = ["home"]  # the fixture

pytest_plugins = ["tests.postgres"]

ROOT = Path(__file__).resolve().parent.parent
AT = datetime(2026, 3, 2, tzinfo=UTC)
LINKS = [tables.links.c.id, tables.links.c.sha256]
WATCHLIST = 'name = "Heron"\nkind = "vendor"\nwhy = ["made up"]\n'


def a_home(folder: Path, url: str = "") -> Home:
    """A new home with nothing recorded."""
    config = folder / "config"
    (config / "watchlist").mkdir(parents=True)
    (config / "settings.toml").write_text('[operator]\ncontact = "watch@example.org"\n')
    return Home(folder, config, url)


def record(home: Home) -> None:
    """Some of everything, with its bodies."""
    with home.open_store() as store, store.begin() as conn:
        pages.sync(conn, [page()], NOW)
        for number, kept in enumerate(FETCHES.values()):
            body = store.blobs.put(b"body %d" % number) if kept.body_sha256 else ""
            readings.record(conn, reading(fetches.record(conn, replace(kept, body_sha256=body)).id))
        findings.set_baseline(conn, findings.Baseline(TERMS, 1, "f" * 64, NOW))
        findings.save(conn, TERMS, [tracked(1), tracked(2, "k2")])
        alerts.add(conn, alert(), [alerts.NewDelivery(key, "desk", "mail", key) for key in ("k-a", "k-b")])
        alerts.mark_sent(conn, 1, NOW)
        notice = Notice("7" * 64, NOW, "outage", "Nothing could be reached.")
        notices.add(conn, notice, [alerts.NewDelivery("k-n", "desk", "mail", "k-n")])
        hosts.save(conn, Host("https://heron.example", not_before=NOW, why="Schöne Grüße 🦅"))
        checks.finish(conn, checks.start(conn, NOW), NOW + HOUR, {"read": 1})
        leases.take(conn, ["outbox"], "somebody", NOW, lambda owner: None)


def flaws(home: Home) -> list[str]:
    """What is wrong with what a home holds."""
    with home.open_store() as store, store.read() as conn:
        bodies = set(conn.scalars(select(tables.fetches.c.body_sha256))) - {""}
        return chain_flaws(conn) + [sha256 for sha256 in bodies if not store.blobs.get(sha256)]


def links(home: Home) -> list[tuple[int, str]]:
    with home.open_store() as store, store.read() as conn:
        return [(row.id, row.sha256) for row in conn.execute(select(*LINKS).order_by(tables.links.c.id))]


def held(home: Home) -> dict[str, dict[str, str]]:
    """Table → key → SHA-256 of each row of the chain."""
    with home.open_store() as store, store.read() as conn:
        return {
            kind: chain.contents(conn, kind, [str(key) for key in conn.scalars(select(*table.primary_key))])
            for kind, table in chain.CHAINED.items()
        }


def rows_in(file: Path) -> dict[str, list[str]]:
    with archive.opened(file) as backup:
        return {table: list(lines) for table, lines in backup.tables().items()}


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A whole backup."""
    folder = tmp_path_factory.mktemp("good")
    home = a_home(folder / "home")
    (home.config / "watchlist" / "heron.toml").write_text(WATCHLIST)
    record(home)
    back_up(home, folder / "good.tar")
    return (folder / "good.tar").read_bytes()


# --------------------------------------------------------------------------- there and back


def test_from_sqlite_to_postgresql_and_back_nothing_differs(tmp_path: Path, postgresql_url: str) -> None:
    first, second = a_home(tmp_path / "1"), a_home(tmp_path / "2", postgresql_url)
    third = a_home(tmp_path / "3")
    record(first)
    back_up(first, tmp_path / "1.tar")
    bring_back(second, tmp_path / "1.tar")
    back_up(second, tmp_path / "2.tar")
    bring_back(third, tmp_path / "2.tar")
    assert rows_in(tmp_path / "1.tar") == rows_in(tmp_path / "2.tar")
    assert links(first) == links(second) == links(third)
    assert len(links(first)) > len(FETCHES)
    assert held(first) == held(second) == held(third)
    assert flaws(first) == flaws(second) == flaws(third) == []
    assert tree(first.root / "blobs") == tree(second.root / "blobs") == tree(third.root / "blobs")
    database = sqlite_url(first.root / "pledgewatch.db")
    left = {"leases"}
    before, after = contents(database), contents(sqlite_url(third.root / "pledgewatch.db"))
    assert {name for name in before if before[name] != after[name]} == left


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_restored_home_goes_on(
    tmp_path: Path, good: bytes, database: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgresql_url") if database == "postgresql" else ""
    home = a_home(tmp_path / "home", url)
    (tmp_path / "good.tar").write_bytes(good)
    bring_back(home, tmp_path / "good.tar")
    with home.open_store() as store, store.begin() as conn:
        assert fetches.record(conn, fetch(50, body_sha256="")).id == len(FETCHES) + 1
        assert [one.key for one in alerts.due(conn, NOW)] == ["k-b", "k-n"]
        assert alerts.add(conn, alert("b" * 64), [alerts.NewDelivery("k-c", "desk", "mail", "k-c")])
        assert checks.start(conn, NOW) == 2
    assert flaws(home) == []


def test_rows_are_as_they_are_stored(tmp_path: Path, good: bytes) -> None:
    (tmp_path / "good.tar").write_bytes(good)
    rows = {
        table: [json.loads(line) for line in lines] for table, lines in rows_in(tmp_path / "good.tar").items()
    }
    left_out = {"leases", "clocks", "accounts", "invitations", "sessions", "tokens", "statements", "indexed"}
    assert rows.keys() == tables.metadata.tables.keys() - left_out
    first = rows["fetches"][1]
    assert first["started_at"] == "2026-03-01T06:00:00.000000Z"
    assert first["ended_at"] == "2026-03-01T06:00:01.250000Z"
    assert first["headers"].startswith('[["Content-Type","text/html"],')
    assert first["failure"] is None
    assert (first["id"], first["status"]) == (2, 200)


def test_the_manifest_tells_what_is_in_it(tmp_path: Path, good: bytes) -> None:
    with tarfile.open(fileobj=io.BytesIO(good)) as tar:
        manifest = json.load(tar.extractfile("manifest.json") or io.BytesIO())
        names = tar.getnames()
    assert manifest["schema"] == "pledgewatch.backup/1"
    assert manifest["store_version"] == opening.HEAD
    assert len(manifest["head"]) == 64
    assert manifest["rows"]["fetches"] == len(FETCHES)
    assert set(manifest["members"]) == set(names) - {"manifest.json", "manifest.json.sha256"}
    assert "config/watchlist/heron.toml" in names
    assert len([name for name in names if name.startswith("blobs/")]) == 5
    assert all(len(one["sha256"]) == 64 for one in manifest["members"].values())


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_it_is_one_moment_while_another_process_writes(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgresql_url") if database == "postgresql" else ""
    home = a_home(tmp_path / "home", url)
    home.open_store().close()
    files = [tmp_path / f"{number}.tar" for number in range(3)]
    with writer(home) as wait_for_more:
        for file in files:
            wait_for_more()
            back_up(home, file)
    counts = []
    for file in files:
        restored = a_home(tmp_path / file.stem)
        bring_back(restored, file)
        assert flaws(restored) == []
        with restored.open_store() as store, store.read() as conn:
            counts.append(len(conn.execute(select(tables.fetches.c.id)).all()))
            assert len(readings.latest(conn)) == 1
            assert len(alerts.all(conn)) == counts[-1] / 5
    assert counts == sorted(set(counts))


@contextmanager
def writer(home: Home) -> Iterator[Callable[[], None]]:
    """A process that writes; what waits until it has written ten times more."""
    command = [sys.executable, "-m", "tests.busy_writer", str(home.root), home.store_url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        lines = process.stdout
        try:
            yield lambda: [lines.readline() for _ in range(10)] and None
        finally:
            process.kill()


@pytest.mark.parametrize("version", RELEASED)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_backup_of_an_older_store_is_brought_forward(
    tmp_path: Path, version: str, database: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgresql_url") if database == "postgresql" else ""
    old, home = sqlite_url(tmp_path / "old.db"), a_home(tmp_path / "home", url)
    populated(old, version)
    with opening.open_older(old, Blobs(tmp_path), version) as store, store.read() as conn:
        written(
            tmp_path / "old.tar", version, {name: b"".join(rows) for name, rows in dump.rows(conn).items()}
        )
    bring_back(home, tmp_path / "old.tar")
    with home.open_store() as store, store.read() as conn:
        assert chain_flaws(conn) == []
        assert [one.key for one in alerts.parked(conn)] == ["key-c"]
        assert fetches.get(conn, 2) == replace(
            FETCHES["good"], id=2, started_at=NOW + HOUR, ended_at=NOW + HOUR * 1.25 / 3600 + HOUR
        )
    assert sorted(path.name for path in home.root.iterdir() if path.name.startswith(".")) == []


def written(file: Path, version: Any, rows: dict[str, bytes], counts: dict[str, int] | None = None) -> None:
    """A backup with these rows, sealed as it should be."""
    counts = {table: text.count(b"\n") for table, text in rows.items()} if counts is None else counts
    told = {"created_at": "2026-03-02T00:00:00Z", "store_version": version, "head": "", "rows": counts}
    with file.open("wb") as out:
        writing = archive.Writer(out, AT)
        for table, text in rows.items():
            packed = zstandard.compress(text)
            writing.add(f"rows/{table}.jsonl.zst", io.BytesIO(packed), len(packed))
        writing.end(told)


# --------------------------------------------------------------------------- at the command line


def test_the_drill(home: Path, tmp_path: Path, capsys: Screen) -> None:
    own = Home(home, home / "config")
    record(own)
    (home / "config" / "watchlist" / "heron.toml").write_text(WATCHLIST)
    assert at_home(home, "backup", tmp_path / "b.tar") == 0
    told = capsys.readouterr().out
    head = links(own)[-1][1]
    for part in (
        "bodies    5",
        "config    1 file\n",
        f"head      {head}",
        "The settings are never in a backup",
    ):
        assert part in told
    assert (tmp_path / "b.tar").stat().st_mode & 0o777 == 0o600
    new = tmp_path / "new"
    program("init", new)
    assert at_home(new, "restore", tmp_path / "b.tar") == 0
    told = capsys.readouterr().out
    for part in ("bodies    5", f"head      {head}", "will be sent again, under the same keys"):
        assert part in told
    assert (new / "config" / "watchlist" / "heron.toml").read_text() == WATCHLIST
    assert flaws(Home(new, new / "config")) == []
    assert at_home(new, "status") == 0


def test_config_that_is_there_is_left_alone_and_named(tmp_path: Path, good: bytes, capsys: Screen) -> None:
    home = a_home(tmp_path / "home")
    (tmp_path / "good.tar").write_bytes(good)
    own = home.config / "watchlist" / "heron.toml"
    own.write_text("# mine\n" + WATCHLIST)
    bring_back(home, tmp_path / "good.tar")
    assert own.read_text().startswith("# mine")
    assert f"left alone  {own}" in capsys.readouterr().out


def test_a_folder_without_settings_is_no_new_home(tmp_path: Path, good: bytes, capsys: Screen) -> None:
    (tmp_path / "good.tar").write_bytes(good)
    assert at_home(tmp_path / "nowhere", "restore", tmp_path / "good.tar") == 2
    assert "make a new home with `pledgewatch init DIR`" in capsys.readouterr().err
    assert not (tmp_path / "nowhere").exists()


def test_a_home_that_holds_records_is_refused(
    tmp_path: Path, good: bytes, home: Path, capsys: Screen
) -> None:
    (tmp_path / "good.tar").write_bytes(good)
    own = Home(home, home / "config")
    with own.open_store() as store, store.begin() as conn:
        pages.sync(conn, [page()], NOW)
    before = contents(sqlite_url(home / "pledgewatch.db"))
    assert at_home(home, "restore", tmp_path / "good.tar") == 2
    assert (
        "holds records already, so nothing was restored: restore into a new home" in capsys.readouterr().err
    )
    assert contents(sqlite_url(home / "pledgewatch.db")) == before
    assert [name for name in tree(home) if name.startswith(("blobs", "config/watchlist"))] == []


# --------------------------------------------------------------------------- where it may not be written


def places(folder: Path) -> dict[str, tuple[Path, str]]:
    (folder / "there.tar").write_text("mine")
    (folder / "link.tar").symlink_to(folder / "nowhere")
    return {
        "there": (folder / "there.tar", "is there already"),
        "dangling link": (folder / "link.tar", "is there already"),
        "folder": (folder, "is there already"),
        "no folder": (folder / "missing" / "b.tar", "is no folder"),
        "file for a folder": (folder / "there.tar" / "b.tar", "is no folder"),
    }


@pytest.mark.parametrize("place", ["there", "dangling link", "folder", "no folder", "file for a folder"])
def test_a_place_that_will_not_do_is_refused(home: Path, tmp_path: Path, capsys: Screen, place: str) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    file, sentence = places(folder)[place]
    assert at_home(home, "backup", file) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1
    assert tree(folder) == {"there.tar": b"mine"}


def test_where_there_is_no_store_nothing_is_made(tmp_path: Path, capsys: Screen) -> None:
    assert at_home(tmp_path / "mistyped", "backup", tmp_path / "b.tar") == 2
    assert "there is nothing to back up" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_no_room_leaves_no_file(home: Path, tmp_path: Path, capsys: Screen) -> None:
    own = Home(home, home / "config")
    record(own)
    Blobs(home / "blobs").put(os.urandom(400_000))
    folder = tmp_path / "backups"
    folder.mkdir()
    with files_up_to(200_000):
        assert at_home(home, "backup", folder / "b.tar") == 3
    said = capsys.readouterr().err
    assert "b.tar cannot be written (File too large)" in said
    assert said.count("\n") == 1
    assert list(folder.iterdir()) == []
    assert at_home(home, "backup", folder / "b.tar") == 0


def test_no_room_to_restore_can_be_mended_and_tried_again(tmp_path: Path, capsys: Screen) -> None:
    home, new = a_home(tmp_path / "home"), a_home(tmp_path / "new")
    record(home)
    Blobs(home.root / "blobs").put(os.urandom(400_000))
    back_up(home, tmp_path / "b.tar")
    new.open_store().close()
    with files_up_to(300_000), pytest.raises(StoreError, match=r"cannot be written \(File too large\)"):
        bring_back(new, tmp_path / "b.tar")
    assert links(new) == []
    bring_back(new, tmp_path / "b.tar")
    assert (flaws(new), links(new)) == ([], links(home))


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """No file may become larger: what a full disk looks like to a test."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


# --------------------------------------------------------------------------- what cannot be restored


@pytest.fixture
def refused(tmp_path: Path, capsys: Screen) -> Callable[[bytes, str], None]:
    """Asserts that these bytes are refused with a sentence, and that nothing is written."""
    home = a_home(tmp_path / "home")
    home.open_store().close()

    def assert_refused(content: bytes, sentence: str) -> None:
        (tmp_path / "bad.tar").write_bytes(content)
        before = {name: body for name, body in tree(tmp_path).items() if not name.endswith(("-shm", "-wal"))}
        assert at_home(home.root, "restore", tmp_path / "bad.tar") == 2
        said = capsys.readouterr().err
        assert sentence in said
        assert "bad.tar" in said
        assert said.count("\n") == 1
        after = {name: body for name, body in tree(tmp_path).items() if not name.endswith(("-shm", "-wal"))}
        assert after == before
        assert links(home) == []

    return assert_refused


Refused = Callable[[bytes, str], None]


def test_what_is_no_backup(refused: Refused, good: bytes) -> None:
    refused(b"", "is no backup")
    refused(b"dear diary\n" * 500, "is no backup")
    refused(b"\0" * 10240, "is no backup")
    refused(zstandard.compress(good), "is no backup")
    refused(tar_with("notes.txt"), "'notes.txt' stands in no backup")


def test_a_file_that_is_not_there_or_a_folder(home: Path, tmp_path: Path, capsys: Screen) -> None:
    for name in (tmp_path / "none.tar", tmp_path):
        assert at_home(home, "restore", name) == 2
        assert "cannot be read" in capsys.readouterr().err


def test_one_that_is_cut_off_anywhere_is_refused(tmp_path: Path, good: bytes) -> None:
    file = tmp_path / "cut.tar"
    end = good.index(b"manifest.json.sha256\0") + 512 + 85
    for length in [*range(0, end, 512), *range(100, end, 1777), end - 1]:
        file.write_bytes(good[:length])
        with pytest.raises(InputError, match=r"no backup|damaged|its end is missing"), archive.opened(file):
            pass


def test_a_byte_that_was_changed_anywhere_is_found(tmp_path: Path, good: bytes) -> None:
    """Or it is one that fills up a block, which says nothing."""
    file, found = tmp_path / "flipped.tar", 0
    file.write_bytes(good)
    whole = everything(file)
    for place in range(0, len(good), 127):
        file.write_bytes(good[:place] + bytes([good[place] ^ 0x01]) + good[place + 1 :])
        try:
            assert everything(file) == whole
        except InputError:
            found += 1
    assert found > len(good) / 127 / 3


def everything(file: Path) -> Any:
    with archive.opened(file) as backup:
        names = [*backup.bodies(), *backup.config()]
        return backup.facts, {name: backup.open(name).read() for name in names}, rows_in(file)


def test_a_flipped_byte_and_a_cut_at_the_command_line(refused: Refused, good: bytes) -> None:
    inside = good.index(b"blobs/") + 512 + 10
    refused(
        good[:inside] + bytes([good[inside] ^ 0x80]) + good[inside + 1 :], "the backup is damaged, blobs/"
    )
    head = good.index(b'"head": "') + 9
    changed = b"0" if good[head : head + 1] != b"0" else b"1"
    refused(good[:head] + changed + good[head + 1 :], "the backup is damaged, manifest.json")
    refused(good[: len(good) // 2], "bad.tar")


def tar_with(name: str, kind: bytes = tarfile.REGTYPE, link: str = "", twice: bool = False) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for _ in range(1 + twice):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, link
            tar.addfile(info)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "kind", "link"),
    [
        pytest.param("../out.toml", tarfile.REGTYPE, "", id="above"),
        pytest.param("/etc/out.toml", tarfile.REGTYPE, "", id="absolute"),
        pytest.param("config/../../out.toml", tarfile.REGTYPE, "", id="above by config"),
        pytest.param("config//out.toml", tarfile.REGTYPE, "", id="absolute by config"),
        pytest.param("blobs/../../out.zst", tarfile.REGTYPE, "", id="above by blobs"),
        pytest.param(f"blobs/ab/{'c' * 64}.zst", tarfile.REGTYPE, "", id="a body in another's folder"),
        pytest.param("rows/../fetches.jsonl.zst", tarfile.REGTYPE, "", id="above by rows"),
        pytest.param("config/settings.toml", tarfile.REGTYPE, "", id="settings"),
        pytest.param("config/.hidden/a.toml", tarfile.REGTYPE, "", id="hidden"),
        pytest.param("config/run.sh", tarfile.REGTYPE, "", id="a script"),
        pytest.param("config/a.toml", tarfile.SYMTYPE, "/etc/passwd", id="symbolic link"),
        pytest.param("config/a.toml", tarfile.LNKTYPE, "/etc/passwd", id="hard link"),
        pytest.param("config/a.toml", tarfile.DIRTYPE, "", id="folder"),
        pytest.param("config/a.toml", tarfile.CHRTYPE, "", id="device"),
        pytest.param("config/a.toml", tarfile.FIFOTYPE, "", id="pipe"),
    ],
)
def test_a_member_that_no_backup_has(refused: Refused, name: str, kind: bytes, link: str) -> None:
    refused(tar_with(name, kind, link), "stands in no backup: nothing was taken out of it")


def test_a_member_that_is_there_twice(refused: Refused) -> None:
    refused(tar_with("config/a.toml", twice=True), "stands in it twice")


@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        ("0999", "version '0999', this program knows up to '0006': use the newer pledgewatch that wrote it"),
        ("0000", "no pledgewatch ever had such a store"),
        ("", "no pledgewatch ever had such a store"),
        (3, "no pledgewatch ever had such a store"),
    ],
)
def test_a_version_that_this_program_does_not_know(
    refused: Refused, tmp_path: Path, version: Any, sentence: str
) -> None:
    written(tmp_path / "made.tar", version, {})
    refused((tmp_path / "made.tar").read_bytes(), sentence)


PAGE = {"id": "heron/terms", "next_due_at": "2026-03-01T06:00:00.000000Z"}
READING = {"fetch_id": 1, "page_id": "p", "at": PAGE["next_due_at"], "access": "ok", "evidence": "[]"}
READING |= {"text_sha256": "", "words": 1}


@pytest.mark.parametrize(
    ("table", "row", "sentence"),
    [
        pytest.param(
            "pages", {**PAGE, "more": 1}, "a row of pages does not have the columns", id="one too many"
        ),
        pytest.param("pages", {"id": "a"}, "a row of pages does not have the columns", id="one too few"),
        pytest.param("pages", [1], "a row of pages does not have the columns", id="no object"),
        pytest.param("pages", {**PAGE, "next_due_at": "soon"}, "a row of pages does not fit", id="no time"),
        pytest.param(
            "pages", {**PAGE, "next_due_at": 7}, "a row of pages does not fit", id="a number for a time"
        ),
        pytest.param("pages", {**PAGE, "next_due_at": "2026-03-01T06:00:00"}, "does not fit", id="no zone"),
        pytest.param("pages", {**PAGE, "id": None}, "a row of pages does not fit", id="no key"),
        pytest.param(
            "readings", READING, "a row of readings does not fit", id="of a fetch that is not there"
        ),
        pytest.param("gadgets", PAGE, "no whole store of its version: gadgets", id="another table"),
        pytest.param(
            "pages", PAGE, "does not hold the rows that its manifest tells of", id="more than declared"
        ),
    ],
)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_rows_that_are_not_of_a_store(
    tmp_path: Path, table: str, row: Any, sentence: str, database: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgresql_url") if database == "postgresql" else ""
    home = a_home(tmp_path / "home", url)
    rows = dict.fromkeys(tables.metadata.tables.keys() - dump.LEFT_OUT, b"")
    written(tmp_path / "made.tar", opening.HEAD, {**rows, table: json.dumps(row).encode() + b"\n"}, {})
    with pytest.raises(InputError, match=sentence):
        bring_back(home, tmp_path / "made.tar")
    with home.open_store() as store, store.read() as conn:
        assert dump.is_empty(conn)


# --------------------------------------------------------------------------- killed on the way


KILLED = """
import os, signal, sys
from pathlib import Path
from app import backup
from app.home import Home
fill = backup.dump.fill
def fill_and_die(*given):
    fill(*given)
    os.kill(os.getpid(), signal.SIGKILL)
backup.dump.fill = fill_and_die
root = Path(sys.argv[1])
backup.bring_back(Home(root, root / "config"), Path(sys.argv[2]))
"""


def test_killed_before_the_rows_are_there_it_can_be_run_again(tmp_path: Path, good: bytes) -> None:
    home, file = a_home(tmp_path / "home"), tmp_path / "good.tar"
    file.write_bytes(good)
    killed = subprocess.run([sys.executable, "-c", KILLED, home.root, file], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(tree(home.root / "blobs")) == 5
    with home.open_store() as store, store.read() as conn:
        assert dump.is_empty(conn)
    bring_back(home, file)
    assert flaws(home) == []
    assert len(links(home)) > len(FETCHES)


# --------------------------------------------------------------------------- secrets


CANARY = "s3cr3t-CANARY"
SETTINGS = f"""
[operator]
contact = "watch@example.org"
[channels.hook]
kind = "webhook"
url = "https://hooks.example.org/{CANARY}"
secret_env = "PLEDGEWATCH_HOOK_SECRET"
"""


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_no_secret_is_in_a_backup(
    tmp_path: Path,
    database: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Screen,
) -> None:
    url = request.getfixturevalue("postgresql_url") if database == "postgresql" else ""
    url = url.replace("postgres@", f"postgres:{CANARY}@")
    home = a_home(tmp_path / "home", url)
    record(home)
    monkeypatch.setenv("PLEDGEWATCH_HOOK_SECRET", CANARY)
    monkeypatch.setenv("PLEDGEWATCH_STORE_URL", url)
    (home.config / "watchlist" / "heron.toml").write_text(WATCHLIST)
    (tmp_path / "elsewhere").mkdir()
    secret = [
        "settings.toml",
        "settings.toml.bak",
        "settings.old.toml",
        "Settings.toml",
        ".env",
        ".x.toml",
        "key.pem",
    ]
    for name in [*(home.config / name for name in secret), tmp_path / "elsewhere" / "a.toml"]:
        name.write_text(SETTINGS)
    (home.config / "notes.toml").symlink_to("settings.toml")
    (home.config / "lexicon").symlink_to(tmp_path / "elsewhere")
    assert at_home(home.root, "backup", tmp_path / "b.tar") == 0
    told = capsys.readouterr()
    with archive.opened(tmp_path / "b.tar") as backup:
        assert backup.config() == ["config/watchlist/heron.toml"]
        all_of_it = "".join(map(str, everything(tmp_path / "b.tar"))) + str((tmp_path / "b.tar").read_bytes())
    assert "Heron" in all_of_it
    assert CANARY not in all_of_it + told.out + told.err
    for link in ("notes.toml", "lexicon"):
        assert f"left out  {home.config / link}, because it is a link" in told.out
