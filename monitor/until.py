"""Until when words hold, by what they say themselves. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol


class Words(Protocol):
    """What a sentence says of its own end: on which day, or after how many days; "" and 0: nothing."""

    @property
    def ends(self) -> str: ...
    @property
    def lasts(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Until:
    """The last day on which words can hold. is_counted: they name a time, counted from their first sight."""

    day: date
    is_counted: bool = False

    def __str__(self) -> str:
        return f"{self.day} at the latest" if self.is_counted else str(self.day)


def until(words: Words, first_seen_at: datetime) -> Until | None:
    """None where they name no end. first_seen_at (aware UTC): when we saw these words first.

    "A one-year moratorium" began, at the latest, when it was seen first.
    """
    if words.ends:
        return Until(date.fromisoformat(words.ends))
    if not words.lasts:
        return None
    return Until(first_seen_at.astimezone(UTC).date() + timedelta(days=words.lasts), is_counted=True)
