"""Quotation marks in a reason stand around exact words of the page."""

import re

import pytest

from monitor.assess.verbatim import verbatim
from monitor.compare import compare
from tests.texts import document, english

PAGE = "With the exception of schools, a one-year moratorium holds, unless “ordered” otherwise."


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("“one year moratorium” went.", "“one-year moratorium” went."),
        ("“with the exception” went.", "“With the exception” went."),
        ("“moratorium holds” went.", "“moratorium holds” went."),
        ("“one year …” went.", "“one-year …” went."),
        ("“two years” went.", "two years went."),
        ("“year, schools” went.", "year, schools went."),
        ("“an” went.", "an went."),
        ("“” and “…” went.", " and … went."),
        ("Nothing is quoted.", "Nothing is quoted."),
    ],
)  # fmt: skip
def test_what_is_quoted_is_as_the_page_has_it_or_is_not_quoted(reason: str, told: str) -> None:
    assert verbatim(reason, [PAGE]) == told


def test_so_it_is_in_findings() -> None:
    before = document(
        "We placed a one-year moratorium on the use of facial recognition by police departments."
    )
    after = document(
        "We placed a moratorium until further notice on the use of facial recognition by police departments."
    )
    found = compare(before, after, english()).findings
    quotes = [words for one in found for reason in one.reasons for words in re.findall("“([^”]*)”", reason)]
    assert "one-year moratorium" in quotes
    assert all(words in before.text + after.text for words in quotes)
