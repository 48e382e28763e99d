"""pledgewatch calendar write: the days that matter, as a file that calendars read."""

import os
from contextlib import suppress
from pathlib import Path

from alerts.calendar import calendar, entries_of
from app.home import Home
from app.screen import say
from monitor.errors import InputError
from monitor.store import standing


def write_calendar(home: Home, file: Path) -> int:
    """Write the calendar, unless the file holds it already, and say how many entries it has.

    The file is there in whole, or as it was. Raises InputError where it cannot be written.
    """
    with home.open_store() as store, store.read() as conn:
        entries = entries_of(standing.all(conn), home.watchlist)
    count = f"{len(entries):,} {'entry' if len(entries) == 1 else 'entries'}"
    is_new = write_whole(file, calendar(entries))
    say(f"{file}: {count}." if is_new else f"{file}: {count}, as before.")
    return 0


def write_whole(file: Path, content: bytes) -> bool:
    """Put this into the file at once; False where it is there already. Raises InputError."""
    if file.is_dir():
        raise InputError(f"{file} is a folder: name a file in it, such as {file / 'pledges.ics'}.")
    unfinished = file.with_name(f".{file.name}.{os.getpid()}.unfinished")
    try:
        if file.exists() and file.read_bytes() == content:
            return False
        unfinished.write_bytes(content)
        unfinished.replace(file)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise InputError(
            f"{file} cannot be written ({error.strerror}): name a file in a folder that you may write to."
        ) from error
    return True
