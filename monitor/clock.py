"""What a clock said at one moment, and whether it jumped between two. Pure.

The wall clock may be set; the time since the machine was started, sleep included, only runs on. Between two
moments of one start both must have moved by as much.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

TOLERATED = timedelta(seconds=60)  #: what a clock may be corrected by without being called a jump


@dataclass(frozen=True, slots=True)
class Moment:
    """The wall clock (UTC), and the seconds since this start of the machine; boot_id "": not known."""

    at: datetime
    boot_id: str = ""
    uptime: float = 0.0


def jump(before: Moment | None, now: Moment) -> timedelta:
    """By how much the wall clock was set forward (or back, below 0) in between; 0 where nobody can tell."""
    if before is None or not now.boot_id or before.boot_id != now.boot_id:
        return timedelta(0)
    moved = (now.at - before.at) - timedelta(seconds=now.uptime - before.uptime)
    return moved if abs(moved) > TOLERATED else timedelta(0)
