"""Papers as PDF: tagged, with bookmarks, and with words that stay words."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.marking import visible
from app.papers import pdf
from app.papers.paper import Facts, Items, Paper, Paragraph, Quotation, Section, Table
from app.papers.pdf import pdf_of
from tests.paper_values import HOSTILE, LONG, LONG_ADDRESS, LONG_TABLE, PAPER

pytest.importorskip("typst", reason="the optional dependency group 'dossiers' is not installed")

UNDRAWN = "\U0010fffd"  #: for private use: no font has it


def read(paper: Paper) -> pypdf.PdfReader:
    return pypdf.PdfReader(BytesIO(pdf_of(paper)))


def solid(text: str) -> str:
    """Without blanks: lines are broken where they are full."""
    return "".join(visible(text).split())


def words_of(file: pypdf.PdfReader) -> str:
    return "\n".join(page.extract_text() for page in file.pages)


def told(paper: Paper) -> str:
    return solid(words_of(read(paper)))


def titles(outline: list[Any]) -> list[Any]:
    return [titles(one) if isinstance(one, list) else one["/Title"] for one in outline]


def paper_of(*blocks: Any) -> Paper:
    return Paper("A paper", "", Facts(()), (Section("one", "One", blocks),), language="en-GB")


@pytest.fixture(scope="module")
def body() -> bytes:
    return pdf_of(PAPER)


@pytest.fixture(scope="module")
def whole(body: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(BytesIO(body))


@pytest.fixture(scope="module")
def texts(whole: pypdf.PdfReader) -> list[str]:
    """What each page says."""
    return [page.extract_text() for page in whole.pages]


def test_it_is_tagged_and_has_bookmarks_title_and_language(whole: pypdf.PdfReader) -> None:
    root: Any = whole.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root
    assert root["/Lang"] == "en"
    assert whole.metadata is not None and whole.metadata.title == PAPER.title
    assert titles(whole.outline) == [
        "Contents",
        "What changed in the period",
        "Its own words",
        ["Other scripts"],
        "Through time",
        "The ledger",
        ["Across"],
        "Evidence",
    ]


def test_it_tells_no_time_of_its_own(whole: pypdf.PdfReader, body: bytes) -> None:
    assert whole.metadata is not None
    assert whole.metadata.creation_date is None and whole.metadata.modification_date is None
    assert b"CreateDate" not in body and b"ModifyDate" not in body


def test_its_pages_are_a4_and_numbered(whole: pypdf.PdfReader, texts: list[str]) -> None:
    sizes = {tuple(sorted((round(page.mediabox.width), round(page.mediabox.height)))) for page in whole.pages}
    assert sizes == {(595, 842)}
    numbers = [text.strip().rpartition("\n")[2] for text in texts]
    assert numbers == [f"{number} / {len(texts)}" for number in range(1, len(texts) + 1)]
    lying = [page.mediabox.width > page.mediabox.height for page in whole.pages]
    assert lying.count(True) == 1, "the table of ten columns lies across"


def test_words_stay_words(whole: pypdf.PdfReader, texts: list[str]) -> None:
    text = solid("".join(texts))
    for words in HOSTILE:
        if "＝" not in words:  # few fonts have it
            assert solid(words) in text
    assert not [
        one for page in whole.pages for one in page.get("/Annots") or () if "/URI" in str(one.get_object())
    ]


def test_long_words_are_broken_inside_the_page_and_whole_when_copied() -> None:
    words = (LONG, LONG_ADDRESS)
    for block in (Quotation(*words), Table("t", "T", ("A", "B"), (words,))):
        file = read(paper_of(block))
        assert all(solid(one) in solid(words_of(file)) for one in words)
        assert max(map(len, words_of(file).splitlines())) < 130


def test_the_header_of_a_table_comes_again_on_every_page() -> None:
    pages = [page.extract_text() for page in read(paper_of(LONG_TABLE)).pages]
    assert len(pages) > 1 and all("SHA-256" in text for text in pages)


def test_it_calls_itself_accessible_unless_a_sign_could_not_be_drawn() -> None:
    drawn, undrawn = paper_of(Paragraph("Ελληνικά, Кириллица, “x” ▼")), paper_of(Paragraph(f"a{UNDRAWN}b"))
    assert b"pdfuaid:part" in pdf_of(drawn)
    assert b"pdfuaid:part" not in pdf_of(undrawn)
    assert "couldnotbedrawn" not in told(drawn)
    assert "couldnotbedrawninthisfile,asnofontathandhasthem(U+10FFFD)" in told(undrawn)
    root: Any = read(undrawn).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]


def test_many_signs_that_could_not_be_drawn_are_counted() -> None:
    many = "".join(chr(0x10FF00 + number) for number in range(30))
    assert "and6more" in told(paper_of(Paragraph(many)))


@settings(max_examples=25, deadline=None)
@given(st.text())
def test_no_words_break_it(words: str) -> None:
    blocks = (
        Items((words,)),
        Quotation(words, words, (words,), words),
        Table(words, words, (words,), ((words,),)),
    )
    facts = Facts(((words, words),))
    assert pdf_of(Paper(words, words, facts, (Section("a", words, blocks),), words)).startswith(b"%PDF-")


def test_there_is_no_file_to_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Even a template that asks for one gets none."""
    source = tmp_path / "paper.typ"
    source.write_text('#read("/etc/hostname")')
    monkeypatch.setattr(pdf, "_SOURCE", source)
    with pytest.raises(Exception, match="file not found"):
        pdf_of(replace(PAPER, title="x"))


def test_the_template_asks_for_nothing() -> None:
    source = pdf._SOURCE.read_text()
    assert not any(word in source for word in ("#import", "#include", "read(", "eval(", "plugin("))
