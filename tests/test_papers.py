"""Papers as HTML, Markdown, XLSX and DOCX: the same words in each, and none of them does anything."""

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise
from typing import Any
from zipfile import ZipFile

import cmarkgfm
import docx
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from alerts.marking import visible
from app.papers import xlsx
from app.papers.cells import said, sorts
from app.papers.docx import docx_of
from app.papers.html import html_of
from app.papers.markdown import escaped, markdown_of
from app.papers.paper import Facts, Figure, Items, Paper, Paragraph, Quotation, Section, Table
from app.papers.pdf import pdf_of
from app.papers.xlsx import xlsx_of
from monitor.errors import InputError
from tests.paper_values import EMPTY_TABLE, HOSTILE, LONG, LONG_TABLE, NOW, PAPER, TABLE

FORMATS: tuple[Callable[[Paper], object], ...] = (html_of, markdown_of, xlsx_of, docx_of, pdf_of)


def paper_of(*blocks: Any, title: str = "A paper") -> Paper:
    return Paper(title, "", Facts(()), (Section("one", "One", blocks),))


def squeezed(text: str) -> str:
    return " ".join(visible(text).split())


# --------------------------------------------------------------------------- each format


@pytest.mark.parametrize("made", FORMATS)
def test_the_same_paper_gives_the_same_file(made: Callable[[Paper], object]) -> None:
    assert made(PAPER) == made(replace(PAPER))


@pytest.mark.parametrize("made", FORMATS)
def test_a_paper_of_nothing_is_written(made: Callable[[Paper], object]) -> None:
    nothing = (Paragraph(""), Items(()), Facts(()), Quotation("", ""), Table("t", "", ("A",), ()))
    assert made(Paper("", "", Facts(()), ()))
    assert made(paper_of(*nothing))


@pytest.mark.parametrize(("library", "made"), [("typst", pdf_of), ("docx", docx_of)])
def test_a_missing_library_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, library: str, made: Callable[[Paper], bytes]
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(InputError, match="not installed: pip install") as raised:
        made(PAPER)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (None, ""),
        ("a\u202eb", "a⟨U+202E⟩b"),
        (12, "12"),
        (34.33, "34.33"),
        (1e6, "1000000"),
        (NOW.date(), "2027-03-01"),
        (NOW, "2027-03-01 09:30 UTC"),
        (datetime.fromisoformat("2027-03-01T11:30:00+02:00"), "2027-03-01 09:30 UTC"),
    ],
)
def test_cells_in_words(cell: Any, words: str) -> None:
    assert said(cell) == words


def test_what_a_column_holds() -> None:
    assert sorts(TABLE) == ("prose", "text", "time", "time", "number", "number")
    assert sorts(EMPTY_TABLE) == ("text", "text")


# --------------------------------------------------------------------------- HTML


@pytest.fixture(scope="module")
def page() -> LexborHTMLParser:
    return LexborHTMLParser(html_of(PAPER))


def test_the_page_needs_nobody(page: LexborHTMLParser) -> None:
    policy = page.css_first("meta[http-equiv='Content-Security-Policy']").attributes["content"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert page.css("script, link, img, iframe, object, form, base") == []
    assert all((one.attributes["href"] or "").startswith("#") for one in page.css("[href]"))
    assert page.css("[src], [onclick], [onload], [srcset]") == []
    assert "url(" not in html_of(PAPER) and "@import" not in html_of(PAPER)


def test_the_page_has_an_order(page: LexborHTMLParser) -> None:
    levels = [int(one.tag[1]) for one in page.css("h1, h2, h3, h4")]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = [one.attributes["id"] for one in page.css("[id]")]
    assert len(ids) == len(set(ids))
    linked = [(one.attributes["href"] or "")[1:] for one in page.css("nav a")]
    assert linked == [section.id for section in PAPER.sections]
    assert set(linked) <= set(ids)


def test_every_table_has_a_caption_and_scopes(page: LexborHTMLParser) -> None:
    tables = page.css("table")
    assert [one.css_first("caption").text() for one in tables] == [
        "Commitments and how they stand",
        "A table of many columns",
        "Snapshots that the quotes rest on",
    ]
    assert all(one.attributes.get("scope") in ("col", "row") for one in page.css("th"))
    assert "No reply is recorded." in page.css_first("p.empty").text()


def test_the_page_shows_words_as_they_are(page: LexborHTMLParser) -> None:
    quotes = [one.text() for one in page.css("blockquote")]
    assert [visible(words) for words in HOSTILE] == quotes[1 : 1 + len(HOSTILE)]
    assert LONG in quotes
    assert page.css_first("title").text() == PAPER.title
    assert "\u202e" not in html_of(PAPER)


@given(st.text())
def test_no_word_leaves_its_place(words: str) -> None:
    """Whatever it is, wherever it stands: the page has the tags that it has with another word there."""

    def everywhere(one: str) -> Paper:
        blocks = (
            Paragraph(one),
            Items((one,)),
            Quotation(one, one, (one,), one),
            Facts(((one, one),)),
            Table(one, one, (one, one), ((one, one),)),
            Table(one, one, (one,), (), one),
            Figure("<svg></svg>", one, one),
        )
        return Paper(one, one, Facts(((one, one),)), (Section("a", one, blocks),) * 2, one, "en")

    def tags(one: str) -> list[str]:
        return [node.tag for node in LexborHTMLParser(html_of(everywhere(one))).css("*")]

    assert tags(f"x{words}") == tags("x")


# --------------------------------------------------------------------------- Markdown


def rendered(markdown: str) -> LexborHTMLParser:
    return LexborHTMLParser(cmarkgfm.github_flavored_markdown_to_html(markdown))


def tags_of(markdown: str) -> set[str | None]:
    return {node.tag for node in rendered(markdown).css("body *")} - {"-comment"}


@pytest.mark.parametrize("words", [*HOSTILE, "mailto:x@y.example", "www.x.example", "a_b_ _c", "====", "---"])
@pytest.mark.parametrize("before", ["", "> ", "- ", "1. ", "# "])
def test_words_are_no_markdown(words: str, before: str) -> None:
    alone = tags_of(f"{before}x")
    assert tags_of(before + escaped(words)) == alone
    assert squeezed(rendered(before + escaped(words)).text()) == squeezed(words)


@given(st.text(alphabet=st.sampled_from("ab1 .)-+=*_#`[]()<>!|&;:/@~$^\\\"'\n\t{}wW\u202e")) | st.text())
def test_no_words_are_markdown(words: str) -> None:
    assert tags_of(f"x\n\n{escaped(words)}") == {"p"}
    assert squeezed(rendered(escaped(words)).text()) == squeezed(words)


def test_the_markdown_has_all_parts() -> None:
    shown = rendered(markdown_of(PAPER))
    assert [one.text() for one in shown.css("h1, h2, h3")] == [
        PAPER.title,
        *(section.title for section in PAPER.sections),
    ]
    assert len(shown.css("table")) == 3
    assert len(shown.css("table")[0].css("tbody tr")) == len(TABLE.rows)
    cells = [one.css("td")[0].text() for one in shown.css("table")[0].css("tbody tr")]
    assert [squeezed(one) for one in cells] == [squeezed(str(row[0])) for row in TABLE.rows]
    assert shown.css("a, img, code, del, script") == []
    assert len(shown.css("blockquote")) == sum(
        isinstance(block, Quotation) for section in PAPER.sections for block in section.blocks
    )


# --------------------------------------------------------------------------- XLSX


def book_of(paper: Paper) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(xlsx_of(paper)))


def test_a_sheet_for_each_table_and_one_before_them() -> None:
    assert book_of(PAPER).properties.created == datetime(2000, 1, 1)  # noqa: DTZ001
    assert book_of(PAPER).sheetnames == ["Summary", "ledger", "replies", "portfolio- every-one-", "snapshots"]


def test_names_of_sheets_are_ones_that_a_sheet_may_have() -> None:
    wanted = ["a" * 40, "A" * 40, "summary", "[x]", "", "History", "'quoted'", "[x]"]
    tables = [Table(name, "", ("A",), ((1,),)) for name in wanted]
    names = book_of(paper_of(*tables)).sheetnames[1:]
    assert names == [
        "a" * 31,
        f"{'A' * 29} 2",
        "the summary",
        "-x-",
        "Table",
        "the History",
        "quoted",
        "-x- 2",
    ]


def test_a_sheet_is_a_table_to_work_with() -> None:
    sheet = book_of(PAPER)["ledger"]
    assert [cell.value for cell in sheet[1]] == list(TABLE.columns)
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:F{len(TABLE.rows) + 1}"
    first = [cell.value for cell in sheet[2]]
    assert first[2:] == [datetime(2026, 1, 5), NOW.replace(tzinfo=None), 3, 34.33]  # noqa: DTZ001
    assert [cell.is_date for cell in sheet[2]] == [False, False, True, True, False, False]
    assert sheet.column_dimensions["A"].width > sheet.column_dimensions["B"].width


def test_no_cell_runs_and_no_word_is_lost() -> None:
    book = book_of(PAPER)
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert all(cell.hyperlink is None for cell in cells)
    shown = [cell.value for row in book["ledger"].iter_rows(min_row=5, max_col=1) for cell in row]
    assert [one.removeprefix("'") for one in shown] == [visible(words) for words in HOSTILE]
    assert [one for one in shown if one.startswith("'")] == [
        '\'=HYPERLINK("https://evil.example","click")',
        "'＝1+1",
        "'+ no list, - none either, --- no rule",
    ]
    with ZipFile(BytesIO(xlsx_of(PAPER))) as file:
        assert not any(
            b"<f>" in file.read(name) or b"TargetMode" in file.read(name) for name in file.namelist()
        )


def test_what_a_cell_cannot_hold_is_cut_with_a_remark() -> None:
    for words in ("x" * 40_000, "\U0001f600" * 20_000):
        cell = book_of(paper_of(Table("t", "", ("A",), ((words,),))))["t"]["A2"].value
        assert len(cell.encode("utf-16-le")) // 2 <= 32_767
        assert cell.endswith("[cut here: a cell holds no more]")
    assert book_of(paper_of(Table("t", "", ("A",), (("x" * 32_767,),))))["t"]["A2"].value == "x" * 32_767


def test_numbers_and_days_that_a_sheet_does_not_know_are_words() -> None:
    row = (float("nan"), float("inf"), 10**18, datetime(1850, 1, 1, tzinfo=UTC))
    cells = book_of(paper_of(Table("t", "", ("A", "B", "C", "D"), (row,))))["t"][2]
    assert [cell.value for cell in cells] == ["nan", "inf", "1000000000000000000", "1850-01-01 00:00 UTC"]


def test_more_rows_than_a_sheet_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MOST_ROWS", 59)
    with pytest.raises(InputError, match='the table "snapshots" has 60 rows'):
        xlsx_of(paper_of(LONG_TABLE))


def test_the_first_sheet_says_the_rest() -> None:
    rows = [tuple(cell.value for cell in row) for row in book_of(PAPER)["Summary"]]
    assert rows[0][0] == PAPER.title
    for line in (
        ("LEI", "none known"),
        ("What changed in the period", None),
        ("1.", "First this."),
        ("Above it", "Responsible technology › What we will not do"),
        ("Quote (weaker)", "We will not sell facial recognition to police departments."),
        ("Table", 'Commitments and how they stand: on the sheet "ledger"'),
        ("Table", "Replies of the organization: No reply is recorded."),
        ("Picture", "Two lanes: one stands, one ended."),
    ):
        assert line in rows


# --------------------------------------------------------------------------- DOCX


def test_the_document_has_all_parts() -> None:
    document = docx.Document(BytesIO(docx_of(PAPER)))
    headings = [(one.text, one.style.name) for one in document.paragraphs if "Head" in one.style.name]
    assert headings == [(section.title, f"Heading {section.level}") for section in PAPER.sections]
    assert document.paragraphs[0].text == PAPER.title
    quotes = [one.text for one in document.paragraphs if one.style.name == "Intense Quote"]
    assert quotes[1 : 1 + len(HOSTILE)] == [visible(words) for words in HOSTILE]
    assert len(document.tables) == 3
    shown = [row.cells[0].text for row in document.tables[0].rows[4:]]
    assert shown == [visible(words) for words in HOSTILE]


def test_the_document_is_steady_and_accessible() -> None:
    body = docx_of(PAPER)
    document = docx.Document(BytesIO(body))
    assert (document.core_properties.title, document.core_properties.language) == (PAPER.title, "en")
    assert document.core_properties.author == "pledgewatch"
    (page,) = document.sections
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    with ZipFile(BytesIO(body)) as file:
        assert {one.date_time for one in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert file.namelist()[0] == "[Content_Types].xml"
        words = file.read("word/document.xml").decode()
        related = file.read("word/_rels/document.xml.rels").decode()
    assert words.count("w:tblHeader") == 3
    assert "TargetMode" not in related and not re.search("w:hyperlink|w:fldSimple|w:instrText", words)
