"""Numbers that point to a row link to it in a page, and exact words of others never do."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape
from selectolax.lexbor import LexborHTMLParser

from alerts.marking import visible
from app.papers.html import html_of
from app.papers.paper import Facts, Items, Paper, Paragraph, Quotation, Section, Table
from app.papers.pointing import cells_linking, linking

NAMES = frozenset({"E1", "E2", "E12"})
INDEX = Table(
    "evidence",
    "Every quote",
    ("No.", "Words"),
    (("E1", "We sell E2."), ("E2", "E1"), ("Not One!", "x")),
    is_index=True,
)


def page_of(*blocks: Any) -> LexborHTMLParser:
    return LexborHTMLParser(html_of(Paper("A", "", Facts(()), (Section("one", "One", blocks),))))


def hrefs(page: LexborHTMLParser) -> list[str | None]:
    return [one.attributes["href"] for one in page.css("a")]


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("E1", ["E1"]),
        ("E1; E12", ["E1", "E12"]),
        ("E2: heron/terms, last seen 2026-03-01", ["E2"]),
        ("see (E1), and E2.", ["E1", "E2"]),
        ("E3 is none, nor E123, XE1, E1a, E1-2 or e1", []),
        ("they say “as in E1”, which is E2", ["E2"]),
        ("“E1", ["E1"]),
        ("<b>E1</b> & E2", ["E1", "E2"]),
    ],
)
def test_a_name_links_wherever_it_stands_in_our_own_words(text: str, linked: list[str]) -> None:
    made = LexborHTMLParser(f"<p>{linking(NAMES)(text)}</p>")
    assert [one.text() for one in made.css("a")] == linked
    assert hrefs(made) == [f"#row-{name}" for name in linked]
    assert made.css_first("p").text() == text


@pytest.mark.parametrize(
    ("cell", "links"),
    [
        ("E1", 1),
        ("E1; E2, evidence damaged; E12", 3),
        ("E1 is what we call our product", 0),
        ("We sell E1.", 0),
        (12, 0),
        (None, 0),
    ],
)
def test_a_cell_links_only_where_it_holds_nothing_but_names(cell: Any, links: int) -> None:
    assert str(cells_linking(NAMES)(cell)).count("<a ") == links


@given(st.text())
def test_any_text_stays_what_it_is(text: str) -> None:
    assert linking(frozenset())(text) == escape(visible(text))


def test_every_place_that_points_leads_to_its_row() -> None:
    page = page_of(
        Paragraph("See E1."),
        Items(("E2 says it.",)),
        Quotation("E1 is theirs.", "E1: heron/terms"),
        Table("t", "", ("A", "Evidence"), (("x", "E1; E2"), ("y", None))),
        INDEX,
    )
    assert hrefs(page) == [f"#row-{name}" for name in ("E1", "E2", "E1", "E1", "E2")]
    assert [one.css_first("th").text() for one in page.css("tr[id]")] == ["E1", "E2"]
    assert page.css("blockquote a") == []


def test_a_paper_without_such_a_table_has_no_such_links() -> None:
    assert hrefs(page_of(Paragraph("See E1."))) == []
