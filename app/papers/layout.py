"""How wide the columns of a sheet are and how high its rows, as far as its words tell. Pure.

Nothing measures a sheet before it is opened, and not every program makes rows as high as what wraps in them:
so a sheet says it, a little too high rather than too low. Widths are in digits of the usual font, as sheets
count them; the words are in a font of which every machine has one of the same measures.
"""

from collections.abc import Sequence
from unicodedata import east_asian_width

from app.papers.cells import columns_of, longest_word, said, sorts, typical_widths
from app.papers.paper import Cell, Table

FONT, SIZE = "Arial", 10
ACROSS = 190  #: digits that a sheet on its side has room for, in letters that are not too small
_LEAST, _MOST, _WIDEST, _WIDEST_OF_ALL = 8, 60, 110, 250
_LINE, _BLANK = 12.75, 4.0  #: points of a line, and of the blank around all of them
_HIGHEST = 409.0  #: points; no row is higher
_LINES = 16  #: that are read well in one cell; for longer ones a column is wider
_UNBROKEN = 24  #: letters of a word for which a column is made wide enough
_BUTTON = 4  #: digits that the button of a filter takes
_BESIDE, _INSIDE = 3, 2  #: digits of blank beside the words of a cell, and what of it no word may take
_TIME = 19  #: digits of a time as a sheet shows it
_NARROW, _BROAD = frozenset(" .,:;'|!()[]/\\-ijltfrI“”‘’"), frozenset("mwMW@%—…&›")


def column_widths(table: Table) -> tuple[float, ...]:
    """As its cells need; where that is more than a page across has, the columns of most words give way."""
    least, wished = _least(table), _wished(table)
    more = [max(wish - floor, 0) for floor, wish in zip(least, wished, strict=True)]
    rest = max(ACROSS - sum(least), 0)
    share = min(rest / sum(more), 1) if any(more) else 0
    given = (floor + share * one for floor, one in zip(least, more, strict=True))
    return tuple(map(_without_cut, columns_of(table), given))


def _without_cut(cells: Sequence[Cell], width: float) -> float:
    """So much wider that no row would have to be higher than rows can be, also where the page gets small."""
    while width < _WIDEST_OF_ALL and any(row_height([said(cell)], [width]) >= _HIGHEST for cell in cells):
        width *= 1.1
    return round(min(width, _WIDEST_OF_ALL), 1)


def _least(table: Table) -> list[int]:
    """Room for words and figures that are not to be broken, and for the words of the header."""
    columns = zip(table.columns, columns_of(table), sorts(table), strict=True)
    return [
        max(longest_word(name) + _BUTTON, _whole(cells, sort) + _BESIDE, _LEAST)
        for name, cells, sort in columns
    ]


def _whole(cells: Sequence[Cell], sort: str) -> int:
    if sort == "time":
        return min(max(len(said(cell)) for cell in cells), _TIME)
    longest = max(map(longest_word, cells), default=0)
    return longest if sort == "number" else min(longest, _UNBROKEN)


def _wished(table: Table) -> list[int]:
    """As wide as most of its cells are long, not wider than is read well but where a row gets too high."""
    longest = (max((len(said(cell)) for cell in column), default=0) for column in columns_of(table))
    return [
        min(typical, max(_MOST, min(most // _LINES, _WIDEST))) + _BESIDE
        for typical, most in zip(typical_widths(table), longest, strict=True)
    ]


def row_height(cells: Sequence[str], columns: Sequence[float], scale: float = 1.0) -> float:
    """Points: as high as the cell of the most lines. scale: of the letters, 1 for those of a table."""
    widths = ((width - _INSIDE) / scale for width in columns)
    lines = max(map(lines_of, cells, widths), default=1)
    return min(lines * _LINE + _BLANK, _HIGHEST)


def lines_of(words: str, width: float) -> int:
    """How many lines these words take in a column of this width; one at least."""
    return sum(_wrapped(line, width) for line in words.split("\n"))


def _wrapped(line: str, width: float) -> int:
    lines, used = 1, 0.0
    for word in line.split(" "):
        long = sum(map(_breadth, word))
        if used and used + long > width:
            lines, used = lines + 1, 0.0
        if long > width:  # broken where the column ends
            whole = int(long // width)
            lines, long = lines + whole, long - whole * width
        used += long + _breadth(" ")
    return lines


def _breadth(sign: str) -> float:
    """Of a letter, in digits; a little much."""
    if sign in _NARROW:
        return 0.6
    if sign.isascii() and not sign.isupper() and sign not in _BROAD:
        return 1.06
    return 2.0 if east_asian_width(sign) in "WF" else 1.35
