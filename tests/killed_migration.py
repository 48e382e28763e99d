"""Open the store at this URL again and again, killed at every STEPth thing that it says to the database.

At which of the first STEP it begins is drawn anew each time; with a STEP of 1 all are tried.

Prints a line for each kill, `<number> intact` or `<number> changed`, and at last `done`, when opening got to
its end. Run as a program: it forks, so it must have no threads.
"""

import os
import signal
import sys
import tempfile
from pathlib import Path
from random import randint
from typing import Any

from sqlalchemy import Engine, event

from monitor.blobs import Blobs
from monitor.store import open_store
from tests.old_stores import contents


def main(url: str, step: int) -> None:
    before, number = contents(url), randint(1, step)
    while _is_killed(url, number):
        _say(f"{number} {'intact' if contents(url) == before else 'changed'}")
        number += step
    _say("done")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _is_killed(url: str, number: int) -> bool:
    """Whether opening said so many things to the database."""
    pid = os.fork()
    if pid == 0:
        _open_and_die(url, number)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    assert status in (0, signal.SIGKILL), status
    return status != 0


def _open_and_die(url: str, number: int) -> None:
    left = number

    def count(*_: Any) -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    for what in ("before_cursor_execute", "commit"):
        event.listen(Engine, what, count)
    open_store(url, Blobs(Path(tempfile.gettempdir()))).close()


if __name__ == "__main__":
    import alembic.command  # noqa: F401  once, not in every child

    main(sys.argv[1], int(sys.argv[2]))
