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
from app.papers.cells import said
from app.papers.layout import FONT, SIZE, column_widths, row_height
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
_A4 = 9  #: as sheets count kinds of paper
_TITLE_SIZE, _HEADING_SIZE = 16, 12  #: points
_BOLD = 1.1  #: how much broader such letters are
_GROUND, _RULE, _SOFT = "#eef1f4", "#8a96a3", "#4b5563"
_HAIR = 7  #: the thinnest line
_TITLE_SIGNS = 80  #: of the title above each printed page


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
    _Sheet(book, "Summary", paper.title).summary(paper, names)
    for table, name in zip(tables_of(paper), names, strict=True):
        _Sheet(book, name, paper.title).table(table)
    book.close()
    return file.getvalue()


def _sheet_names(wanted: list[str]) -> list[str]:
    """Each once, in any case of its letters, of 31 signs at most and with none that a sheet refuses."""
    names: list[str] = []
    for name in wanted:
        plain = _REFUSED_IN_NAMES.sub("-", visible(name)).strip("' \n\t")[:31] or "Table"
        number, found = 1, f"the {plain}" if plain.lower() in _RESERVED else plain
        while found.lower() in (one.lower() for one in names):
            number += 1
            found = f"{plain[: 30 - len(str(number))]} {number}"
        names.append(found)
    return names


class _Sheet:
    """One sheet of the book, how its cells look, and how it is printed: across, one page wide."""

    def __init__(self, book: Workbook, name: str, title: str) -> None:
        self.sheet: Worksheet = book.add_worksheet(name)
        font = {"font_name": FONT, "font_size": SIZE}
        top = {**font, "valign": "top"}
        self.title = book.add_format({**font, "bold": True, "font_size": _TITLE_SIZE})
        cell = {**top, "bottom": _HAIR, "bottom_color": _RULE, "indent": 1}
        left = {**cell, "align": "left"}
        self.head = book.add_format({**left, "bold": True, "text_wrap": True, "bg_color": _GROUND})
        self.bold = book.add_format({**top, "bold": True, "font_size": _HEADING_SIZE})
        self.subtitle = book.add_format({**font, "font_color": _SOFT})
        self.soft = book.add_format({**top, "font_color": _SOFT, "text_wrap": True})
        self.text = book.add_format({**top, "text_wrap": True})
        self.cell = book.add_format({**left, "text_wrap": True})
        self.number = book.add_format({**cell, "align": "right"})
        self.day = book.add_format({**left, "num_format": "yyyy-mm-dd"})
        self.time = book.add_format({**left, "num_format": "yyyy-mm-dd hh:mm:ss"})
        self._printed(title, name)

    def _printed(self, title: str, name: str) -> None:
        self.sheet.set_landscape()
        self.sheet.set_paper(_A4)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(0.4, 0.4, 0.6, 0.6)
        self.sheet.set_header(f"&L{_plain(title)}&R{_plain(name)}")
        self.sheet.set_footer("&R&P / &N")

    def table(self, table: Table) -> None:
        """The header, which stays in sight, filters and comes again on each page, and the rows."""
        columns = column_widths(table)
        for column, width in enumerate(columns):
            self.sheet.set_column(column, column, width)
        self.sheet.set_row(0, row_height(_shown(*table.columns), columns, _BOLD))
        for column, name in enumerate(table.columns):
            self._words(0, column, name, self.head)
        for row, cells in enumerate(table.rows, 1):
            self.sheet.set_row(row, row_height([said(cell) for cell in cells], columns))
            for column, cell in enumerate(cells):
                self._cell(row, column, cell)
        if not table.rows:
            self._words(1, 0, table.empty, self.subtitle)
        self.sheet.freeze_panes(1, 0)
        self.sheet.repeat_rows(0)
        self.sheet.autofilter(0, 0, len(table.rows), max(len(table.columns) - 1, 0))

    def summary(self, paper: Paper, names: list[str]) -> None:
        """What is said, from top to bottom: names on the left, words on the right."""
        for column, width in enumerate(_SUMMARY_WIDTHS):
            self.sheet.set_column(column, column, width)
        self.sheet.set_row(0, 2 * _TITLE_SIZE)
        self._words(0, 0, paper.title, self.title)
        self._words(1, 0, paper.subtitle, self.subtitle)
        for row, (name, words, is_heading) in enumerate(_lines(paper, iter(names)), 3):
            height = 2 * _HEADING_SIZE if is_heading else row_height(_shown(name, words), _SUMMARY_WIDTHS)
            self.sheet.set_row(row, height)
            self._words(row, 0, name, self.bold if is_heading else self.soft)
            self._words(row, 1, words, self.text)

    def _words(self, row: int, column: int, words: str, look: Format, *, blank: bool = False) -> None:
        if words:
            self.sheet.write_string(row, column, _safe(words), look)
        elif blank:
            self.sheet.write_blank(row, column, None, look)

    def _cell(self, row: int, column: int, cell: Cell) -> None:
        if isinstance(cell, int | float) and isfinite(cell) and abs(cell) <= _EXACT:
            self.sheet.write_number(row, column, cell, self.number)
        elif isinstance(cell, date) and cell.year > _FIRST_DAY:
            self.sheet.write_datetime(row, column, _without_zone(cell), self._of_time(cell))
        else:
            self._words(row, column, said(cell), self.cell, blank=True)

    def _of_time(self, cell: date) -> Format:
        return self.time if isinstance(cell, datetime) else self.day


def _without_zone(at: date) -> date:
    """In UTC, without a zone: a spreadsheet knows none."""
    return at.astimezone(UTC).replace(tzinfo=None) if isinstance(at, datetime) and at.tzinfo else at


def _shown(*words: str) -> list[str]:
    return [visible(one) for one in words]


def _plain(words: str) -> str:
    """As it may stand above a printed page, where "&" begins a command; cut where it is too long."""
    return " ".join(visible(words).split())[:_TITLE_SIGNS].replace("&", "&&")


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
