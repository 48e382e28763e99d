"""Files that others read: there in whole, or as they were."""

import os
import secrets
import stat
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from monitor.errors import InputError
from monitor.tables import suggestion

_DATABASE = b"SQLite format 3\0"
_LONGEST = 100  # characters of a name that go into that of its unfinished file


def format_of(kind: str, file: Path | None, formats: Collection[str], usual: str) -> str:
    """The format that was asked for, by its name or by the ending of the file; else the usual one.

    Raises InputError for one that there is not, and where name and ending differ.
    """
    ending = file.suffix[1:].lower() if file else ""
    wanted = kind.lower() or ending or usual
    if wanted not in formats:
        said = f'--format "{kind}"' if kind else f'the ending of "{file}"'
        raise InputError(f"{said} is none that there is; {suggestion(wanted, formats)}")
    if ending and ending != wanted:
        raise InputError(f'"{file}" ends as another format than --format {kind}; name it .{wanted}')
    return wanted


def write_file(file: Path, body: bytes) -> bool:
    """Whether the file was written: not where it holds these bytes already. Folders are made as needed.

    What a link leads to is written, and the link stays; so do the mode of a file, and as far as possible its
    owner. Raises InputError where it cannot be written, or is a folder, a device or a database; it is as it
    was then, and nothing lies beside it.
    """
    place = resolved(file)
    try:
        known = place.stat() if place.exists() else None
        if known and not stat.S_ISREG(known.st_mode):
            kind = "a folder: name a file in it" if place.is_dir() else "no file: name another place"
            raise InputError(f"{file} is {kind}")
        held = place.read_bytes() if known else None
        if held == body:
            return False
        if held and held.startswith(_DATABASE):
            raise InputError(f"{file} is a database, such as a store: name another place")
        place.parent.mkdir(parents=True, exist_ok=True)
        _replace(place, body, known)
    except OSError as error:
        problem = error.strerror or str(error)
        raise InputError(f"{file} cannot be written: {problem}; name a place that you may write to") from None
    return True


def resolved(path: Path) -> Path:
    """Where this leads. Raises InputError where its links lead in a circle."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # so Python tells of a circle, by its version
        raise InputError(f"{path} cannot be written: its links lead nowhere; name another place") from None


def unfinished_of(place: Path) -> Path:
    """A new name beside it, which nobody can foresee."""
    return place.with_name(f".{place.name[:_LONGEST]}.{secrets.token_hex(8)}.unfinished")


def _replace(place: Path, body: bytes, known: os.stat_result | None) -> None:
    """known: of the file that is there already."""
    unfinished = unfinished_of(place)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    handle = os.open(unfinished, flags, 0o600 if known else 0o666)
    try:
        with os.fdopen(handle, "wb") as made:
            if known:
                take_after(unfinished, known)
            made.write(body)
        unfinished.replace(place)
    finally:
        unfinished.unlink(missing_ok=True)


def take_after(made: Path, known: os.stat_result) -> None:
    """Give a file or folder the mode of another one, and its owner where that may be done."""
    with suppress(PermissionError):
        os.chown(made, known.st_uid, known.st_gid, follow_symlinks=False)
    made.chmod(stat.S_IMODE(known.st_mode))
