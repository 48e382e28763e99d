"""pledgewatch backup and restore: all that a home recorded in one file, and back into a new home.

A backup is one moment of the store, also while a check runs: the rows of one transaction, then the bodies
(which are written before the rows that name them, and never change). It holds no settings, so no secrets.
"""

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import zstandard

from app.archive import Backup, Writer, is_taken_along, opened, whole_file
from app.home import Home, program_version
from app.screen import say
from monitor.blobs import Blobs, sync_folder
from monitor.errors import InputError, StoreError
from monitor.store import Connection, Store, chain, dump, open_store, opening, sqlite_url

_SCRATCH = ".restore"  # in the home: where a backup of an older store is brought forward


# --------------------------------------------------------------------------- backup


def back_up(home: Home, file: Path) -> int:
    """Write FILE, all of it or nothing. Raises InputError where it may not be, StoreError where it cannot."""
    _refuse_to_write(home, file)
    now = datetime.now(UTC)
    try:
        with home.open_store() as store, whole_file(file) as out:
            archive = Writer(out, now)
            facts = _add_rows(archive, store, file.parent)
            config, links = _add_config(archive, home)
            bodies, more_links = _add_bodies(archive, home, store)
            archive.end({"created_at": _written(now), "program_version": program_version(), **facts})
    except OSError as error:
        raise _trouble(f"{file} cannot be written", error) from error
    say(f"{file} holds what {home.root} recorded until {_written(now)} ({file.stat().st_size:,} bytes):")
    _say_what(facts, bodies, config)
    for link in links + more_links:
        say(f"  left out  {link}, because it is a link")
    say("The settings are never in a backup: keep them, and the secrets that they name, elsewhere.")
    return 0


def _refuse_to_write(home: Home, file: Path) -> None:
    if os.path.lexists(file):
        raise InputError(f"{file} is there already: name a new file, nothing is overwritten")
    if not file.parent.is_dir():
        raise InputError(f"{file.parent} is no folder: name a file in a folder that is there")
    store = home.root / "pledgewatch.db"
    if not (home.store_url or home.settings.store.url) and not store.exists():
        raise InputError(f"{store} is not there, so there is nothing to back up: name the home with --home")


def _add_rows(archive: Writer, store: Store, scratch: Path) -> dict[str, Any]:
    """Every row, as of one moment; what the manifest says of them."""
    counts: dict[str, int] = {}
    with store.read() as conn:
        head = chain.head(conn)
        for table, rows in dump.rows(conn).items():
            with TemporaryFile(dir=scratch) as packed:
                counts[table] = _pack(rows, packed)
                size = packed.tell()
                packed.seek(0)
                archive.add(f"rows/{table}.jsonl.zst", packed, size)
    return {"store_version": opening.HEAD, "head": head.sha256 if head else "", "rows": counts}


def _pack(rows: Iterable[bytes], packed: IO[bytes]) -> int:
    count = 0
    with zstandard.ZstdCompressor().stream_writer(packed, closefd=False) as out:
        for count, row in enumerate(rows, 1):  # noqa: B007  it is counted
            out.write(row)
    return count


def _add_config(archive: Writer, home: Home) -> tuple[int, list[Path]]:
    """The home's own config folder: (how many files, the links that were not followed)."""
    found = sorted(home.config.rglob("*")) if _has_own_config(home) else []
    links = [path for path in found if path.is_symlink()]
    count = 0
    for path in found:
        name = path.relative_to(home.config).as_posix()
        if path not in links and path.is_file() and is_taken_along(name):
            content = path.read_bytes()
            archive.add(f"config/{name}", BytesIO(content), len(content))
            count += 1
    return count, links


def _add_bodies(archive: Writer, home: Home, store: Store) -> tuple[int, list[Path]]:
    """Every body that is there by now: (how many, the links that were not followed)."""
    count, links = 0, []
    for sha256 in store.blobs.all():
        name = f"blobs/{sha256[:2]}/{sha256}.zst"
        path = home.root / name
        if path.is_symlink():
            links.append(path)
            continue
        with path.open("rb") as body:
            archive.add(name, body, os.fstat(body.fileno()).st_size)
        count += 1
    return count, links


def _has_own_config(home: Home) -> bool:
    return home.config.resolve() == (home.root / "config").resolve()


# --------------------------------------------------------------------------- restore


def bring_back(home: Home, file: Path) -> int:
    """Bring FILE into a home that recorded nothing yet: bodies, config, then all rows in one transaction.

    Until these are there, it can be run again. Raises InputError where FILE is no whole backup (nothing is
    written), or where the home holds something; StoreError.
    """
    with opened(file) as backup:
        _refuse_version(file, backup)
        _refuse_home(home, backup)
        with home.open_store() as store:
            _refuse_filled(store)
            try:
                bodies = _restore_bodies(home, backup)
                config, others = _restore_config(home, backup)
                _restore_rows(home, store, file, backup)
            except OSError as error:
                raise _trouble(f"{home.root} cannot be written", error) from error
            with store.read() as conn:
                head = chain.head(conn)
        facts = {**backup.facts, "head": head.sha256 if head else ""}
    say(f"{store.place} holds what was recorded until {facts['created_at']}:")
    _say_what(facts, bodies, config)
    for path in others:
        say(f"  left alone  {path}, which says something else in the backup")
    say("What was sent after that moment will be sent again, under the same keys (Message-ID, webhook-id).")
    return 0


def _refuse_version(file: Path, backup: Backup) -> None:
    version = backup.facts["store_version"]
    if version in opening.versions():
        return
    newer = isinstance(version, str) and version > opening.HEAD
    mend = "use the newer pledgewatch that wrote it" if newer else "no pledgewatch ever had such a store"
    raise InputError(
        f"{file} is of a store of version {version!r}, this program knows up to {opening.HEAD!r}: {mend}"
    )


def _refuse_home(home: Home, backup: Backup) -> None:
    """Its config would hide the one that is in force, and with it where the store is."""
    if backup.config() and not _has_own_config(home):
        raise InputError(
            f"{home.root} has no config of its own, and a backup holds no settings: make a new home with "
            "`pledgewatch init DIR`, and restore into that"
        )


def _refuse_filled(store: Store) -> None:
    with store.read() as conn:
        if not dump.is_empty(conn):
            raise _filled(store)


def _filled(store: Store) -> InputError:
    return InputError(
        f"{store.place} holds records already, so nothing was restored: restore into a new home: "
        "`pledgewatch init DIR`, then `pledgewatch --home DIR restore FILE`"
    )


def _restore_bodies(home: Home, backup: Backup) -> int:
    names = backup.bodies()
    unfinished = home.root / "blobs" / "unfinished"  # where Blobs looks for what was left behind
    unfinished.mkdir(parents=True, exist_ok=True)
    for name in names:
        _restore_file(home.root / name, backup.open(name).read(), unfinished)
    return len(names)


def _restore_config(home: Home, backup: Backup) -> tuple[int, list[Path]]:
    """(How many files, those that are there already and say something else)."""
    paths = {home.root / name: backup.open(name).read() for name in backup.config()}
    others = [path for path, content in paths.items() if path.exists() and path.read_bytes() != content]
    for path, content in paths.items():
        if path not in others:
            _restore_file(path, content)
    return len(paths) - len(others), others


def _restore_file(path: Path, content: bytes, scratch: Path | None = None) -> None:
    if path.exists() and path.read_bytes() == content:
        return
    if not path.parent.exists():
        path.parent.mkdir(parents=True)
        sync_folder(path.parent.parent)
    with whole_file(path, scratch) as file:
        file.write(content)


def _restore_rows(home: Home, store: Store, file: Path, backup: Backup) -> None:
    with _rows_of_today(home, file, backup) as rows, store.begin() as conn:
        if not dump.is_empty(conn):  # another process was faster
            raise _filled(store)
        counts = _fill(conn, rows, file)
        head = chain.head(conn)
        is_of_today = backup.facts["store_version"] == opening.HEAD
        told = (backup.facts["rows"], backup.facts["head"])
        if is_of_today and (counts, head.sha256 if head else "") != told:
            raise InputError(f"{file} does not hold the rows that its manifest tells of: use another one")


def _fill(conn: Connection, rows: Mapping[str, Iterable[bytes | str]], file: Path) -> dict[str, int]:
    try:
        return dump.fill(conn, rows)
    except InputError as error:
        raise InputError(f"{file}: {error}: use another one") from error


@contextmanager
def _rows_of_today(home: Home, file: Path, backup: Backup) -> Iterator[Mapping[str, Iterable[bytes | str]]]:
    """The rows as a store of this program holds them: those of an older one are brought forward beside it."""
    version = backup.facts["store_version"]
    if version == opening.HEAD:
        yield backup.tables()
        return
    scratch = home.root / _SCRATCH
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    try:
        url, bodies = sqlite_url(scratch / "older.db"), Blobs(scratch)
        with opening.open_older(url, bodies, version) as older, older.begin() as conn:
            _fill(conn, backup.tables(), file)
        with open_store(url, bodies) as store, store.read() as conn:
            yield dump.rows(conn)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


# --------------------------------------------------------------------------- both


def _say_what(facts: Mapping[str, Any], bodies: int, config: int) -> None:
    say(f"  rows      {sum(facts['rows'].values()):,} (store of version {facts['store_version']})")
    say(f"  bodies    {bodies:,}")
    say(f"  config    {config:,} {'file' if config == 1 else 'files'}")
    say(f"  head      {facts['head'] or 'nothing was recorded yet'}")


def _written(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _trouble(sentence: str, error: OSError) -> StoreError:
    what = f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error)
    return StoreError(f"{sentence} ({what}): mend that and start again, nothing that was recorded is lost")
