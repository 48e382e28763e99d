"""How the cells of a table read as text. Pure."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from alerts.marking import visible
from app.papers.paper import Cell, Table

_PROSE = 40  #: characters of a column that is read line by line


def said(cell: Cell) -> str:
    """The cell in words: "2026-11-22", "2026-11-22 06:02 UTC", "34.33"; its signs can be seen."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{_utc(cell):%Y-%m-%d %H:%M} UTC"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return f"{cell:.10g}"
    return visible(str(cell))


def sorts(table: Table) -> tuple[str, ...]:
    """What each column holds: "number" or "time" where every cell with something in it does, else words.

    Words are "prose" where most cells hold more than a line of them, else "text".
    """
    return tuple(
        _sort([cell for cell in column if cell is not None], width)
        for column, width in zip(columns_of(table), widths(table), strict=True)
    )


def widths(table: Table) -> tuple[int, ...]:
    """How many characters wide each column is with its name: as its cells are, but for the longest tenth."""
    names = (len(visible(name)) for name in table.columns)
    return tuple(map(max, names, typical_widths(table)))


def typical_widths(table: Table) -> tuple[int, ...]:
    """The same of its cells alone, 0 where there is no row."""
    return tuple(map(_typical, columns_of(table)))


def longest_words(table: Table) -> tuple[int, ...]:
    """How many characters the longest run without a blank has, by column."""
    with_names = zip(table.columns, columns_of(table), strict=True)
    return tuple(max(map(longest_word, (name, *column))) for name, column in with_names)


def longest_word(cell: Cell) -> int:
    """How many characters its longest run without a blank has."""
    return max(map(len, said(cell).split()), default=0)


def columns_of(table: Table) -> Sequence[Sequence[Cell]]:
    """The cells column by column, also where there is no row."""
    return list(zip(*table.rows, strict=True)) or [() for _ in table.columns]


def _typical(column: Sequence[Cell]) -> int:
    lengths = sorted(len(said(cell)) for cell in column)
    return lengths[(len(lengths) - 1) * 9 // 10] if lengths else 0


def _sort(cells: Sequence[Cell], width: int) -> str:
    for name, kinds in (("number", int | float), ("time", date)):
        if cells and all(isinstance(cell, kinds) for cell in cells):
            return name
    return "prose" if width > _PROSE else "text"


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC) if at.tzinfo else at
