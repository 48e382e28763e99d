"""The watchlist's files, changed by a program: what stands in them stays, and all of a change holds or none.

    with changing(home.config) as files:
        files.stage(file, edited_page(body, "terms", {"note": "…"}))
        files.accept()    # ConfigError where the whole watchlist could not be followed any more
        files.put()

Whoever changes files holds the lock on their folder meanwhile. tomlkit, which keeps comments and order, is
used here only, and not trusted: what it wrote is read again and must say just what was meant.
"""

import fcntl
import os
import re
import shutil
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Array

from monitor.errors import ConfigError, InputError
from monitor.watchlist import Watchlist, load_watchlist

Value = str | int | float | bool | tuple[str, ...]
KINDS = ("platform", "vendor", "retailer", "airline", "agency")  #: of organizations, as an offer
_BOM = b"\xef\xbb\xbf"
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_BY_HAND = "is written in a way that cannot be changed from here: change it with an editor"


# --------------------------------------------------------------------------- all of a change, or none


class Files:
    """The files of one watchlist as they are to become; nothing is changed before `put`."""

    def __init__(self, config: Path) -> None:
        self.config = config
        self.staged: dict[Path, bytes] = {}
        self.before: dict[Path, bytes | None] = {}

    def file(self, organization_id: str) -> Path:
        """Where this organization is declared, or would be."""
        return self.config / "watchlist" / f"{organization_id}.toml"

    def body(self, file: Path) -> bytes | None:
        """What the file holds, or will; None where it is not there."""
        return self.staged.get(file, file.read_bytes() if file.exists() else None)

    def stage(self, file: Path, body: bytes) -> None:
        """What the file is to hold."""
        self.staged[file] = body

    def accept(self) -> Watchlist:
        """The whole watchlist as it would be. Raises ConfigError where it could not be followed."""
        return load_watchlist(self.config, self.staged)

    def put(self) -> None:
        """Put the files in place. Raises InputError where one cannot be written: then none is changed."""
        self.before = {file: file.read_bytes() if file.exists() else None for file in self.staged}
        try:
            for file, body in self.staged.items():
                _replace(file, body)
        except OSError as error:
            self.take_back()
            problem = f"{self.config / 'watchlist'} cannot be written: {error.strerror or error}"
            mend = "make it writable, or make a home of your own with `pledgewatch init DIR`"
            raise InputError(f"{problem}; {mend}.") from error

    def take_back(self) -> None:
        """Everything as it was before `put`."""
        for file, old in self.before.items():
            if old is None:
                file.unlink(missing_ok=True)
            elif file.read_bytes() != old:
                _replace(file, old)


@contextmanager
def changing(config: Path) -> Iterator[Files]:
    """The files of this config folder; nobody else changes them meanwhile. Raises ConfigError without one."""
    folder = config / "watchlist"
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        problem = (
            f"cannot be opened ({error.strerror}); make it a folder, with one file for each organization"
        )
        raise ConfigError(str(folder), "", problem) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield Files(config)
    finally:
        os.close(lock)


def _replace(file: Path, body: bytes) -> None:
    """The whole new file or the whole old one: never half of either."""
    unfinished = file.with_name(f".{file.name}.new")
    try:
        unfinished.write_bytes(body)
        if file.exists():
            shutil.copymode(file, unfinished)
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


# --------------------------------------------------------------------------- changes of one file


def joined(old: bytes, text: str) -> bytes:
    """What stood there, byte for byte, and new tables after it."""
    line_end = b"\n" if old and not old.endswith(b"\n") else b""
    return old + line_end + text.encode()


def page_text(slug: str, values: Mapping[str, Value]) -> str:
    """A new page as a table: `[pages.terms]` and its keys."""
    return f"\n[pages.{slug}]\n{lines_of(values)}"


def lines_of(values: Mapping[str, Value]) -> str:
    """Keys and values, a line each."""
    return tomlkit.dumps(dict(values))


def edited_page(body: bytes, slug: str, changes: Mapping[str, Value | None], file: str) -> bytes:
    """The file with other values for keys of this page; None takes a key out. Keys with their value stay.

    body: as it is, a file that the strict loader follows. Raises InputError naming `file` where it is written
    in a way that cannot be changed.
    """

    def change(document: Any) -> None:
        page = document["pages"][slug]
        for key, value in changes.items():
            if value is None:
                page.pop(key, None)
            elif key not in page or _plain(page[key]) != _plain(value):
                _set(page, key, value)

    return _edited(body, lambda table: slug in table.get("pages", {}), change, file)


def without_unconfirmed(body: bytes, url: str, file: str) -> bytes:
    """The file without the unconfirmed addresses that are this one; the same where there is none.

    Raises as `edited_page` does.
    """

    def change(document: Any) -> None:
        kept = document.get("unconfirmed", [])
        for place in reversed(range(len(kept))):
            if kept[place].get("url") == url:
                del kept[place]
        if "unconfirmed" in document and not kept:
            del document["unconfirmed"]

    def names_it(table: Mapping[str, Any]) -> bool:
        return any(one.get("url") == url for one in table.get("unconfirmed", ()))

    return _edited(body, names_it, change, file)


def _edited(
    body: bytes, is_there: Callable[[Mapping[str, Any]], bool], change: Callable[[Any], None], file: str
) -> bytes:
    """The bytes after tomlkit made a change to those parts of the file that it is about.

    The same change of plain tables must say just the same.
    """
    text = body.removeprefix(_BOM).decode()
    meant = tomllib.loads(text)
    change(meant)
    try:
        parts = [_changed(part, change) if is_there(tomllib.loads(part)) else part for part in _parts(text)]
        is_as_meant = tomllib.loads("".join(parts)) == meant
    except (TOMLKitError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{file} {_BY_HAND} ({error}).") from error
    if not is_as_meant:
        raise InputError(f"{file} {_BY_HAND}.")
    return (_BOM if body.startswith(_BOM) else b"") + "".join(parts).encode()


def _changed(part: str, change: Callable[[Any], None]) -> str:
    document = tomlkit.parse(part)
    change(document)
    return tomlkit.dumps(document)


def _parts(text: str) -> list[str]:
    """The file in parts that are TOML each by itself, a table each: tomlkit would bring tables together.

    Comments and blank lines before a table are a part with what follows them.
    """
    parts, part = [], ""
    for line in _LINE.findall(text):
        if line.lstrip(" \t").startswith("[") and _is_toml(part):
            done, part = _without_tail(part)
            parts.append(done)
        part += line
    return [*parts, *_without_tail(part)]


def _without_tail(part: str) -> tuple[str, str]:
    """A part without its last comments and blank lines, and these."""
    lines = _LINE.findall(part)
    end = len(lines)
    while end and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    done = "".join(lines[:end])
    return (done, "".join(lines[end:])) if _is_toml(done) else (part, "")


def _is_toml(text: str) -> bool:
    """False in the midst of a value that goes over several lines."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, list | tuple) else value


def _set(page: Any, key: str, value: Value) -> None:
    """A new value for a key. In an array, entries that stay keep their place and their comments."""
    old = page.get(key)
    if not isinstance(value, tuple) or not isinstance(old, Array):
        page[key] = list(value) if isinstance(value, tuple) else value
        return
    kept = [one for one in old if one in value]
    if tuple(kept) != value[: len(kept)]:
        page[key] = list(value)
        return
    for place in reversed(range(len(old))):
        if old[place] not in value:
            del old[place]
    old.extend(value[len(kept) :])


def new_file(name: str, kind: str) -> bytes:
    """The head of the file of a new organization, with what its keys are for."""
    document = tomlkit.document()
    document.add("name", tomlkit.string(name).comment("as people know it: alerts begin with it"))
    document.add("kind", tomlkit.string(kind).comment(f"what it is: {', '.join(KINDS)} …"))
    return tomlkit.dumps(document).encode()
