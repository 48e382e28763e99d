"""Long lists, part by part."""

from collections.abc import Sequence
from typing import TypeVar

from app.desk.visit import Visit

_LAST = 10_000  #: no list has more parts
_Row = TypeVar("_Row")


def number(visit: Visit, name: str = "page") -> int:
    """Which part was asked for, from 1; what is no such number is the first."""
    said = visit.asked(name)
    return min(max(int(said), 1), _LAST) if said.isascii() and said.isdigit() and len(said) < 9 else 1


def cut(rows: Sequence[_Row], size: int) -> tuple[Sequence[_Row], bool]:
    """The rows of one part, of which one more was asked of the store; and whether others follow."""
    return rows[:size], len(rows) > size
