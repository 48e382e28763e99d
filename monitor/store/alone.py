"""One writer at a time on an SQLite file, over all processes, until its commit has tidied up as well.

SQLite 3.7.0 to 3.51.2 can lose what was committed when one connection commits while another one moves the
log into the file (https://sqlite.org/wal.html#walresetbug). SQLite does that within a commit; so whoever
writes here holds a lock on the folder of the file from before the transaction until after its commit. The
lock is the kernel's: it ends with the process. On the file itself none may be held: to close it would drop
SQLite's own.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from monitor.errors import StoreError

_AGAIN_SECONDS = 0.01


@contextmanager
def alone(file: Path, patience: float, busy: str) -> Iterator[None]:
    """Nobody else is within such a block on this file. Raises StoreError (busy) after `patience` seconds."""
    try:
        folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise StoreError(f"{file.parent}: the store's folder cannot be opened ({error.strerror})") from error
    try:
        _lock(folder, file, patience, busy)
        yield
    finally:
        os.close(folder)


def _lock(folder: int, file: Path, patience: float, busy: str) -> None:
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if time.monotonic() >= until:
                raise StoreError(f"{file}: {busy}") from error
            time.sleep(_AGAIN_SECONDS)
