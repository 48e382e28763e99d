"""A paper as a workbook: a sheet of what is said, then one for each table. No cell is ever a formula."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from math import isfinite

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from alerts.marking import visible
from app.csv import may_run
from app.papers.cells import said, widths
from app.papers.paper import Block, Cell, Facts, Items, Paper, Paragraph, Quotation, Table, tables_of
from monitor.errors import InputError

MOST_ROWS = 1_048_575  #: below the header
MOST_SIGNS = 32_767  #: of one cell, as UTF-16 counts them
_CUT = " … [cut here: a cell holds no more]"
_EXACT = 10**15  #: a spreadsheet keeps whole numbers up to here
_FIRST_DAY = 1900  #: the year in which its calendar begins
_REFUSED_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_RESERVED = ("summary", "history")
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
#: The file tells no time of its own, so that the same paper gives the same bytes.
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - the library knows no zones
_SUMMARY_WIDTHS = (24, 110)


def xlsx_of(paper: Paper) -> bytes:
    """The whole file. Raises InputError where a table has more rows than a sheet."""
    for table in tables_of(paper):
        if len(table.rows) > MOST_ROWS:
            raise InputError(
                f'the table "{table.name}" has {len(table.rows):,} rows and a sheet {MOST_ROWS:,}: '
                "take a shorter period, or another format"
            )
    file = BytesIO()
    book = Workbook(file, _OPTIONS)
    book.set_properties({"title": visible(paper.title), "created": _MADE})
    names = _sheet_names([table.name for table in tables_of(paper)])
    _Sheet(book, "Summary").summary(paper, names)
    for table, name in zip(tables_of(paper), names, strict=True):
        _Sheet(book, name).table(table)
    book.close()
    return file.getvalue()


def _sheet_names(wanted: list[str]) -> list[str]:
    """Each once, in any case of its letters, of 31 signs at most and with none that a sheet refuses."""
    names: list[str] = []
    for name in wanted:
        plain = _REFUSED_IN_NAMES.sub("-", visible(name)).strip("' \n\t")[:31] or "Table"
        number, found = 1, plain
        while found.lower() in (*_RESERVED, *(one.lower() for one in names)):
            number += 1
            found = f"{plain[: 30 - len(str(number))]} {number}"
        names.append(found)
    return names


class _Sheet:
    """One sheet of the book, and how its cells look."""

    def __init__(self, book: Workbook, name: str) -> None:
        self.sheet: Worksheet = book.add_worksheet(name)
        top = {"valign": "top"}
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.head = book.add_format({**top, "bold": True, "bottom": 1, "text_wrap": True})
        self.bold = book.add_format({**top, "bold": True, "font_size": 12})
        self.soft = book.add_format({**top, "font_color": "#4b5563"})
        self.text = book.add_format({**top, "text_wrap": True})
        self.number = book.add_format(top)
        self.day = book.add_format({**top, "num_format": "yyyy-mm-dd"})
        self.time = book.add_format({**top, "num_format": "yyyy-mm-dd hh:mm:ss"})

    def table(self, table: Table) -> None:
        """The header, which stays in sight and filters, and the rows."""
        for column, width in enumerate(widths(table)):
            self.sheet.set_column(column, column, min(max(width + 3, 10), 60))
        for column, name in enumerate(table.columns):
            self._words(0, column, name, self.head)
        for row, cells in enumerate(table.rows, 1):
            for column, cell in enumerate(cells):
                self._cell(row, column, cell)
        self.sheet.freeze_panes(1, 0)
        self.sheet.autofilter(0, 0, len(table.rows), max(len(table.columns) - 1, 0))

    def summary(self, paper: Paper, names: list[str]) -> None:
        """What is said, from top to bottom: names on the left, words on the right."""
        for column, width in enumerate(_SUMMARY_WIDTHS):
            self.sheet.set_column(column, column, width)
        self._words(0, 0, paper.title, self.title)
        self._words(1, 0, paper.subtitle, self.soft)
        for row, (name, words, is_heading) in enumerate(_lines(paper, iter(names)), 3):
            self._words(row, 0, name, self.bold if is_heading else self.soft)
            self._words(row, 1, words, self.text)

    def _words(self, row: int, column: int, words: str, look: Format) -> None:
        if words:
            self.sheet.write_string(row, column, _safe(words), look)

    def _cell(self, row: int, column: int, cell: Cell) -> None:
        if isinstance(cell, int | float) and isfinite(cell) and abs(cell) <= _EXACT:
            self.sheet.write_number(row, column, cell, self.number)
        elif isinstance(cell, date) and cell.year > _FIRST_DAY:
            self.sheet.write_datetime(row, column, _without_zone(cell), self._of_time(cell))
        else:
            self._words(row, column, said(cell), self.text)

    def _of_time(self, cell: date) -> Format:
        return self.time if isinstance(cell, datetime) else self.day


def _without_zone(at: date) -> date:
    """In UTC, without a zone: a spreadsheet knows none."""
    return at.astimezone(UTC).replace(tzinfo=None) if isinstance(at, datetime) and at.tzinfo else at


def _safe(words: str) -> str:
    """As a cell may hold it: nothing that may run (also not once it is saved as CSV), and not too much."""
    text = visible(words)
    text = f"'{text}" if may_run(text) else text
    signs = text.encode("utf-16-le")
    if len(signs) <= 2 * MOST_SIGNS:
        return text
    return signs[: 2 * (MOST_SIGNS - len(_CUT))].decode("utf-16-le", "ignore") + _CUT


# --------------------------------------------------------------------------- what the first sheet says


def _lines(paper: Paper, names: Iterator[str]) -> Iterator[tuple[str, str, bool]]:
    """Name, words, and whether it is a heading."""
    yield from ((*pair, False) for pair in paper.facts.pairs)
    for section in paper.sections:
        yield "", "", False
        yield section.title, "", True
        for block in section.blocks:
            yield from ((name, words, False) for name, words in _told(block, names))
    yield "", "", False
    yield "Times", "All times are UTC.", False
    yield "", paper.note, False


def _told(block: Block, names: Iterator[str]) -> Iterator[tuple[str, str]]:
    if isinstance(block, Paragraph):
        yield "", block.text
    elif isinstance(block, Items):
        for number, entry in enumerate(block.entries, 1):
            yield f"{number}." if block.numbered else "•", entry
    elif isinstance(block, Quotation):
        yield "Above it", " › ".join(block.above)
        yield f"Quote ({block.mark})" if block.mark else "Quote", block.quote
        yield "Source", block.source
    elif isinstance(block, Facts):
        yield from block.pairs
    elif isinstance(block, Table):
        place = f'on the sheet "{next(names)}"'
        yield "Table", f"{block.caption}: {place if block.rows else block.empty}"
    else:
        yield "Picture", block.alt
