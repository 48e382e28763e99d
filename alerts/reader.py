"""For whom a message is written: in which zone they read times, and what they were told before. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Reader:
    """One recipient of one message.

    told_early_at: when they were told of it unconfirmed; None if never. reviewed: what a person who looked at
    it said, "right by Ana, 2026-11-22 06:02 UTC"; "" where nobody did.
    """

    zone: str = "UTC"
    told_early_at: datetime | None = None
    reviewed: str = ""

    def when(self, at: datetime | None) -> str:
        """A moment for this reader: "2026-11-22 06:02 UTC (07:02 CET)", or "not yet"."""
        if at is None:
            return "not yet"
        utc, here = at.astimezone(UTC), at.astimezone(ZoneInfo(self.zone))
        said = f"{utc:%Y-%m-%d %H:%M} UTC"
        if here.utcoffset() == utc.utcoffset():
            return said
        day = "" if here.date() == utc.date() else f"{here:%Y-%m-%d} "
        return f"{said} ({day}{here:%H:%M %Z})"


ANYBODY = Reader()  #: who reads UTC, and was told nothing before
