"""Processes of others, as Linux shows them in /proc: which run, and an end for them."""

import os
import signal
from contextlib import suppress
from pathlib import Path


def children(pid: int) -> list[int]:
    """The processes that this one started and that still run."""
    try:
        lists = [thread / "children" for thread in Path(f"/proc/{pid}/task").iterdir()]
        found = [int(one) for each in lists for one in each.read_text().split()]
    except OSError:  # it, or a thread of it, has just ended
        return []
    return [one for one in found if is_running(one)]


def is_running(pid: int) -> bool:
    """Whether there is such a process, and it has not ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def kill_group(pid: int) -> None:
    """kill -9 this process and all in its group, if it leads one: never our own."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
