"""A workbook as it is printed and read: across on A4, one page wide, every word of a row in sight."""

from io import BytesIO

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.papers.layout import ACROSS, column_widths, lines_of, row_height
from app.papers.paper import Facts, Paper, Section, Table
from app.papers.xlsx import xlsx_of
from tests.paper_values import EMPTY_TABLE, HOSTILE, LONG_TABLE, PAPER, TABLE, WIDE_TABLE

A4 = 9  #: as workbooks count kinds of paper
PROSE = "We will not sell facial recognition to police departments in any country that we know of. "
HIGHEST = 409  #: points, of a row


def book_of(*tables: Table, title: str = "A paper") -> openpyxl.Workbook:
    paper = Paper(title, "", Facts(()), (Section("one", "One", tables),))
    return openpyxl.load_workbook(BytesIO(xlsx_of(paper)))


def test_every_sheet_is_printed_across_and_one_page_wide() -> None:
    for sheet in openpyxl.load_workbook(BytesIO(xlsx_of(PAPER))):
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", A4)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (int(sheet.page_setup.fitToWidth or 1), int(sheet.page_setup.fitToHeight)) == (1, 0)
        assert sheet.print_title_rows == (None if sheet.title == "Summary" else "$1:$1")


def test_a_page_says_what_it_is_of_and_no_title_is_a_command() -> None:
    sheet = book_of(TABLE, title=f"Fern & Moor &P {'x' * 300}")["ledger"]
    assert sheet.oddHeader.left.text.startswith("Fern && Moor &&P xxx")
    assert (sheet.oddHeader.right.text, sheet.oddFooter.right.text) == ("ledger", "&P / &N")


@pytest.mark.parametrize(
    ("words", "width", "lines"),
    [
        ("", 20, 1),
        ("a few words", 20, 1),
        ("a few words that need two", 20, 2),
        ("one\ntwo\n\nfour", 20, 4),
        ("x" * 50, 20, 3),
        ("MMMMMMMMMMMMMMMMMMMM", 20, 2),
        ("顔認証を警察に売りません。", 20, 2),
        (PROSE * 10, 60, 14),
    ],
)
def test_how_many_lines_words_take(words: str, width: float, lines: int) -> None:
    assert lines_of(words, width) == lines


def test_a_row_is_as_high_as_its_words_need() -> None:
    sheet = book_of(Table("t", "", ("A", "B"), (("short", 1), (PROSE * 8, 2), ("one\ntwo\nthree", 3))))["t"]
    one, many, three = (sheet.row_dimensions[row].height for row in (2, 3, 4))
    width = sheet.column_dimensions["A"].width
    assert one < three < many
    assert many >= 12 * len(PROSE * 8) / width


def test_each_row_of_the_first_sheet_is_as_high_as_its_words_need() -> None:
    paper = Paper("A", "", Facts((("Name", PROSE * 8), ("Other", "one"))), ())
    sheet = openpyxl.load_workbook(BytesIO(xlsx_of(paper)))["Summary"]
    assert sheet.row_dimensions[4].height > 4 * sheet.row_dimensions[5].height


@pytest.mark.parametrize("signs", [400, 1_500, 4_000])
def test_no_row_would_have_to_be_higher_than_rows_can_be(signs: int) -> None:
    """Where words are many a column gets wider, until all of them are in sight."""
    words = (PROSE * 50)[:signs]
    table = Table("t", "", ("Ask", "Why", "Said"), (("A-1", "Nothing.", "x"), ("A-2", words, PROSE)))
    assert row_height(("A-2", words, PROSE), column_widths(table)) < HIGHEST


def test_a_table_fits_on_a_page_across_where_its_words_can_give_way() -> None:
    prose = Table("t", "", tuple("ABCDEFG"), ((PROSE,) * 7, (PROSE * 3,) * 7))
    for table in (TABLE, LONG_TABLE, WIDE_TABLE, EMPTY_TABLE, prose):
        assert sum(column_widths(table)) <= ACROSS + 1


def test_the_name_of_a_column_wraps_and_does_not_widen_it() -> None:
    name = "changes to the weaker since 2026-11-23"
    sheet = book_of(Table("t", "", (name,), ((3,), (12,))))["t"]
    assert sheet.column_dimensions["A"].width < 20
    assert sheet.row_dimensions[1].height > 2 * sheet.row_dimensions[2].height


def test_figures_and_times_are_never_too_wide_for_their_column() -> None:
    """A sheet shows #### in their place."""
    widths = column_widths(TABLE)
    assert widths[3] >= len("2027-03-01 09:30:00") and widths[5] >= len("1000000")


def test_a_table_without_rows_says_so_on_its_sheet() -> None:
    assert book_of(EMPTY_TABLE)["replies"]["A2"].value == EMPTY_TABLE.empty


@given(st.text() | st.sampled_from(HOSTILE), st.floats(8, 250))
def test_any_words_have_lines(words: str, width: float) -> None:
    assert 1 <= lines_of(words, width) <= 1 + words.count("\n") + len(words)
