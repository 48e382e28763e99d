"""Who this process is, and whether another one still runs: what leases are held by.

An owner is "<machine> <process id> <start>": a process id that was given away anew is another owner.
"""

import os
import socket
import time
from datetime import UTC, datetime
from pathlib import Path

from monitor.clock import Moment

_PROC = Path("/proc")
_OF_THE_MACHINE = "4026531836"  #: the kernel's name for the numbering of processes outside of any container
_BOOT_ID = _PROC / "sys/kernel/random/boot_id"


def this_process() -> str:
    """This process as an owner."""
    return f"{_machine()} {os.getpid()} {_started(os.getpid())}"


def process_id(owner: str) -> str:
    """The process id in it, for people."""
    return owner.split(" ")[1] if owner.count(" ") == 2 else "?"


def is_alive(owner: str) -> bool | None:
    """Whether this owner still runs; None where it is of another machine or container.

    A container that is started anew keeps its name and gets another numbering: what it was before is dead.
    """
    machine, _, rest = owner.partition(" ")
    pid, _, started = rest.partition(" ")
    if not pid.isdecimal():
        return None
    (name, _, numbering), (our_name, _, ours) = machine.partition("/"), _machine().partition("/")
    if (name, numbering) != (our_name, ours):
        return False if name == our_name and numbering and ours != _OF_THE_MACHINE else None
    return bool(started) and _started(int(pid)) == started


def moment() -> Moment:
    """What the clocks of this machine say now."""
    uptime = time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()
    return Moment(datetime.now(UTC), _read(_BOOT_ID), uptime)


def _machine() -> str:
    """The host and, in a container, its own numbering of processes."""
    try:
        numbering = os.stat("/proc/self/ns/pid").st_ino  # noqa: PTH116  it is no path to follow
    except OSError:
        numbering = 0
    return f"{socket.gethostname().replace(' ', '-')}/{numbering}"


def _started(pid: int) -> str:
    """When a process began, in the kernel's ticks; "" where there is no such process."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return "" if _PROC.exists() else _answers(pid)
    state, *fields = stat.rpartition(")")[2].split()
    return "" if state in "ZX" else fields[18]


def _answers(pid: int) -> str:
    """The same on a machine without /proc, where we can only tell whether it runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    return "running"


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except OSError:
        return ""
