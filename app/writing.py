"""Files that others read: there in whole, or as they were."""

import os
from collections.abc import Collection
from pathlib import Path

from monitor.errors import InputError
from monitor.tables import suggestion

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

    What a link leads to is written, and the link stays. Raises InputError where it cannot be written, or is a
    folder or a device; it is as it was then, and nothing lies beside it.
    """
    try:
        place = file.resolve()
        if place.exists() and not place.is_file():
            kind = "a folder: name a file in it" if place.is_dir() else "no file: name another place"
            raise InputError(f"{file} is {kind}")
        if place.exists() and place.read_bytes() == body:
            return False
        place.parent.mkdir(parents=True, exist_ok=True)
        unfinished = place.with_name(f".{place.name[:_LONGEST]}.{os.getpid()}.unfinished")
        try:
            unfinished.write_bytes(body)
            unfinished.replace(place)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        problem = error.strerror or str(error)
        raise InputError(f"{file} cannot be written: {problem}; name a place that you may write to") from None
    return True
