"""Single tamperings of a store in a folder, as by somebody who knows SQL and the disk; each says what it touched."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from typing import Any

from monitor.store.chain import CHAINED

Names = Sequence[str]  #: what verify-store must name

# --------------------------------------------------------------------------- bodies


def flip_blob_bit(folder: Path, random: Random) -> Names:
    file = _blob(folder, random)
    file.write_bytes(_flipped(file.read_bytes(), random))
    return [str(file)]


def cut_blob(folder: Path, random: Random) -> Names:
    file = _blob(folder, random)
    kept = file.read_bytes()
    file.write_bytes(kept[: random.randrange(len(kept))])
    return [str(file)]


def remove_blob(folder: Path, random: Random) -> Names:
    file = _blob(folder, random)
    file.unlink()
    return [str(file)]


def _blob(folder: Path, random: Random) -> Path:
    return random.choice(sorted((folder / "blobs").glob("??/*.zst")))


def _flipped(kept: bytes, random: Random) -> bytes:
    bit = random.randrange(len(kept) * 8)
    changed = bytearray(kept)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


# --------------------------------------------------------------------------- rows


@contextmanager
def intruding(folder: Path) -> Iterator[sqlite3.Connection]:
    """The raw database, without the triggers; they are as before afterwards."""
    with closing(sqlite3.connect(folder / "pledgewatch.db")) as db, db:
        db.row_factory = sqlite3.Row
        triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        yield db
        for _, sql in triggers:
            db.execute(sql)


def flip_row_bit(folder: Path, random: Random) -> Names:
    with intruding(folder) as db:
        return _flip(db, random.choice([*CHAINED]), random)


def _flip(db: sqlite3.Connection, table: str, random: Random) -> Names:
    """One bit of one value that has any; again where the table does not take it."""
    while True:
        row = _row(db, table, random)
        column = random.choice(row.keys())
        value = row[column]
        if value in (None, ""):
            continue
        changed = _other(value, random)
        slot = "?" if isinstance(changed, int) else "CAST(? AS TEXT)"
        try:
            db.execute(
                f"UPDATE {table} SET {column} = {slot} WHERE {_key(table)} = ?", (changed, row[_key(table)])
            )
        except sqlite3.IntegrityError:
            continue
        return [f"{table} {row[_key(table)]}"]


def _other(value: int | str, random: Random) -> int | bytes:
    return value ^ 1 << random.randrange(31) if isinstance(value, int) else _flipped(value.encode(), random)


def delete_row(folder: Path, random: Random) -> Names:
    with intruding(folder) as db:
        table = random.choice([*CHAINED])
        key = _row(db, table, random)[_key(table)]
        db.execute(f"DELETE FROM {table} WHERE {_key(table)} = ?", (key,))
        return [f"{table} {key}"]


def insert_row(folder: Path, random: Random) -> Names:
    with intruding(folder) as db:
        table = random.choice([*CHAINED])
        row = dict(_row(db, table, random))
        row[_key(table)] = _new_key(db, table)
        if "key" in row:  # no two may have the same
            row["key"] += "x"
        _insert(db, table, row)
        return [f"{table} {row[_key(table)]}"]


def swap_rows(folder: Path, random: Random) -> Names:
    """Two rows change their keys."""
    with intruding(folder) as db:
        return _swap(db, random.choice([*CHAINED]), random)


def _swap(db: sqlite3.Connection, table: str, random: Random) -> Names:
    rows = db.execute(f"SELECT * FROM {table}").fetchall()
    one, other = map(dict, random.sample(rows, 2))
    key = _key(table)
    db.execute(f"DELETE FROM {table} WHERE {key} IN (?, ?)", (one[key], other[key]))
    one[key], other[key] = other[key], one[key]
    _insert(db, table, one)
    _insert(db, table, other)
    return [f"{table} {one[key]}", f"{table} {other[key]}"]


def _row(db: sqlite3.Connection, table: str, random: Random) -> sqlite3.Row:
    row: sqlite3.Row = random.choice(db.execute(f"SELECT * FROM {table}").fetchall())
    return row


def _insert(db: sqlite3.Connection, table: str, row: Mapping[str, Any]) -> None:
    db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", list(row.values()))


def _new_key(db: sqlite3.Connection, table: str) -> Any:
    (greatest,) = db.execute(f"SELECT max({_key(table)}) FROM {table}").fetchone()
    return greatest + 1 if isinstance(greatest, int) else f"{greatest}x"


def _key(table: str) -> str:
    return "id" if table == "links" else next(iter(CHAINED[table].primary_key.columns)).name


# --------------------------------------------------------------------------- links, triggers, the file


def flip_link_bit(folder: Path, random: Random) -> Names:
    with intruding(folder) as db:
        return _flip(db, "links", random)


def delete_link(folder: Path, random: Random) -> Names:
    """The last one is missed by its row, any other by the next."""
    with intruding(folder) as db:
        link, last = _row(db, "links", random), _new_key(db, "links") - 1
        db.execute("DELETE FROM links WHERE id = ?", (link["id"],))
        return [f"{link['kind']} {link['key']}" if link["id"] == last else f"links {link['id']}"]


def insert_link(folder: Path, random: Random) -> Names:
    with intruding(folder) as db:
        link = {**_row(db, "links", random), "id": _new_key(db, "links")}
        _insert(db, "links", link)
        return [f"links {link['id']}"]


def swap_links(folder: Path, random: Random) -> Names:
    with intruding(folder) as db:
        return _swap(db, "links", random)


def drop_trigger(folder: Path, random: Random) -> Names:
    with closing(sqlite3.connect(folder / "pledgewatch.db")) as db, db:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        name = random.choice(sorted(names))
        db.execute(f"DROP TRIGGER {name}")
        return [f"trigger {name}"]


def flip_file_bit(folder: Path, random: Random) -> Names:
    file = folder / "pledgewatch.db"
    file.write_bytes(_flipped(file.read_bytes(), random))
    return []


FILE_BIT = "bit of the SQLite file"
#: kind → how many of a thousand, and the deed
KINDS: Mapping[str, tuple[int, Callable[[Path, Random], Names]]] = {
    "bit of a blob": (100, flip_blob_bit),
    "blob cut": (50, cut_blob),
    "blob removed": (30, remove_blob),
    "bit of a row": (300, flip_row_bit),
    "row deleted": (70, delete_row),
    "row inserted": (50, insert_row),
    "two rows swapped": (50, swap_rows),
    "bit of a link": (100, flip_link_bit),
    "link deleted": (40, delete_link),
    "link inserted": (20, insert_link),
    "two links swapped": (30, swap_links),
    "trigger dropped": (10, drop_trigger),
    FILE_BIT: (150, flip_file_bit),
}
