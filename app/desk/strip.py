"""A strip of days: on which of them a page was read. Values in, geometry out. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from monitor.model import Access, Reading

DAYS = 90
_CELL, _STEP = 9.0, 10.0  #: units of the picture
_ACROSS = 30  #: days in one row
_DAY = timedelta(days=1)


class Looked(StrEnum):
    """What came of a day."""

    READ = "read"
    FAILED = "failed"  #: looked at, and not readable
    NOT = "not"  #: not looked at


@dataclass(frozen=True, slots=True)
class Cell:
    """One day (UTC). access: what stood in the way last, where it was not read."""

    day: date
    looked: Looked
    x: float
    y: float
    access: Access | None = None
    size: float = _CELL


@dataclass(frozen=True, slots=True)
class Strip:
    """The days up to today, oldest first."""

    width: float
    height: float
    cells: tuple[Cell, ...]

    @property
    def read(self) -> int:
        """On how many days it was read."""
        return sum(one.looked is Looked.READ for one in self.cells)

    @property
    def others(self) -> tuple[Cell, ...]:
        """The days on which it was not, newest first."""
        return tuple(one for one in reversed(self.cells) if one.looked is not Looked.READ)


def strip(readings: Sequence[Reading], since: datetime | None, now: datetime) -> Strip:
    """readings: oldest first; since: our first own fetch of the page (UTC): days before it are left out."""
    today = now.astimezone(UTC).date()
    first = max(today - (DAYS - 1) * _DAY, since.astimezone(UTC).date()) if since else today
    cells = tuple(_cells(readings, first, today))
    rows = -(-len(cells) // _ACROSS)
    return Strip(_ACROSS * _STEP, max(rows, 1) * _STEP, cells)


def _cells(readings: Sequence[Reading], first: date, today: date) -> Iterator[Cell]:
    by_day: dict[date, list[Reading]] = {}
    for one in readings:
        by_day.setdefault(one.at.astimezone(UTC).date(), []).append(one)
    for place in range(max((today - first).days + 1, 0)):
        day = first + place * _DAY
        row, column = divmod(place, _ACROSS)
        yield _cell(day, by_day.get(day, []), column * _STEP, row * _STEP)


def _cell(day: date, looks: Sequence[Reading], x: float, y: float) -> Cell:
    if any(one.access.is_reading for one in looks):
        return Cell(day, Looked.READ, x, y)
    return Cell(day, Looked.FAILED, x, y, looks[-1].access) if looks else Cell(day, Looked.NOT, x, y)
