"""pledgewatch export DIR: the open data, written as one folder that is there in whole or not at all."""

import json
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from app.csv import csv_rows
from app.exporting.dictionary import ABOUT, JOINT, TABLES, Column
from app.exporting.gathering import Gathered, Row, gathered
from app.exporting.texts import LICENSE_NOTE, README
from app.home import Home
from app.indexing import index_new
from app.screen import say
from app.writing import resolved, take_after, unfinished_of
from monitor.errors import InputError

SCHEMA = "pledgewatch.export/1"


def write_export(home: Home, folder: Path, now: datetime) -> int:
    """Write the open data as of now (aware UTC) into a folder that is new or empty.

    Raises InputError where it is neither or cannot be written, ConfigError, StoreError; it is as it was then.
    """
    _refuse_used(folder)
    with home.existing_store() as store:
        index_new(home, store, now)
        with store.read() as conn:
            found = gathered(conn, home, now)
    write_folder(folder, files_of(found, f"{now.astimezone(UTC):%Y-%m-%d}"))
    counts = ", ".join(f"{len(each):,} {name}" for name, each in found.tables.items())
    say(f"{folder}: {counts}. Read LICENSE-NOTE.txt before you publish it.")
    return 0


def files_of(found: Gathered, day: str) -> dict[str, bytes]:
    """Name of a file → its bytes, the same for the same rows and day (UTC)."""
    rows = found.tables
    files: dict[str, bytes] = {}
    for name, columns in TABLES.items():
        files[f"{name}.csv"] = _csv(columns, rows[name])
        files[f"{name}.json"] = _json(
            {"schema": SCHEMA, "table": name, "as_of": day, "rows": list(rows[name])}
        )
    files["datapackage.json"] = _json(_package(files, day))
    files["LICENSE-NOTE.txt"] = LICENSE_NOTE.encode()
    files["README.txt"] = README.format(day=day, left_out=f"{found.left_out:,}").encode()
    return files


def _csv(columns: Sequence[Column], rows: Sequence[Row]) -> bytes:
    names = [one.name for one in columns]
    lines = csv_rows(names, ([_cell(row[name]) for name in names] for row in rows))
    return "".join(lines).encode()


def _cell(value: Any) -> object:
    if isinstance(value, list):
        return JOINT.join(value)
    return str(value).lower() if isinstance(value, bool) else value


def _json(said: Mapping[str, Any]) -> bytes:
    """In ASCII, so that no sign in a quote can act on whoever reads it."""
    return json.dumps(said, indent=1).encode() + b"\n"


def _package(files: Mapping[str, bytes], day: str) -> dict[str, Any]:
    """The data dictionary, as a Data Package (Frictionless): each file with each of its columns."""
    return {
        "name": "pledgewatch-open-data",
        "title": "What organizations promise about facial recognition, and how that changed",
        "description": f"As of {day} (UTC). LICENSE-NOTE.txt says what may be done with it.",
        "resources": [
            _resource(name, ending, files[f"{name}.{ending}"])
            for name in TABLES
            for ending in ("csv", "json")
        ],
    }


def _resource(name: str, ending: str, body: bytes) -> dict[str, Any]:
    fields = [
        {
            "name": one.name,
            "type": "string" if _is_joined(one, ending) else one.kind,
            "description": _what(one, ending),
        }
        for one in TABLES[name]
    ]
    return {
        "name": f"{name}-{ending}",
        "path": f"{name}.{ending}",
        "description": ABOUT[name] + ("" if ending == "csv" else " The rows are the array “rows”."),
        "format": ending,
        "encoding": "utf-8",
        "bytes": len(body),
        "hash": f"sha256:{sha256(body).hexdigest()}",
        "schema": {"fields": fields},
    }


def _is_joined(column: Column, ending: str) -> bool:
    return ending == "csv" and column.kind == "array"


def _what(column: Column, ending: str) -> str:
    return f"{column.what} Joined by “{JOINT}”." if _is_joined(column, ending) else column.what


# --------------------------------------------------------------------------- the folder


def _refuse_used(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise InputError(f"{folder} is a file: name a new folder, or an empty one")
    try:
        is_used = any(folder.iterdir())
    except OSError as error:
        raise InputError(f"{folder} cannot be read: {error.strerror}; name another folder") from None
    if is_used:
        raise InputError(f"{folder} holds files already: name a new folder, or an empty one")


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """All files in a folder that is new or empty, or nothing; an empty one keeps mode and owner.

    Raises InputError where they cannot be, and for the folder one stands in, which would be another one then.
    """
    target = resolved(folder)
    if target == Path.cwd():
        raise InputError(f"{folder} is the folder that you stand in: name a new one in it, such as open-data")
    unfinished = unfinished_of(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished.mkdir()
        for name, body in files.items():
            (unfinished / name).write_bytes(body)
        if target.exists():
            take_after(unfinished, target.stat())
        unfinished.replace(target)
    except OSError as error:
        _refuse_used(folder)  # by somebody else, since we looked
        problem = error.strerror or str(error)
        raise InputError(
            f"{folder} cannot be written: {problem}; name a place that you may write to"
        ) from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
