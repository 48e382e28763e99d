"""Two documents, and whether the later one can be believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.compare import compare, compare_unbelieving
from monitor.errors import ExtractError
from monitor.model import Access, FindingKind
from tests.texts import access_rules, document, english

PLEDGE = "We will not sell facial recognition technology to police departments."
TERMS = "\n\n".join(
    f"{i}. Rule number {i} says something about accounts, fees and notices." for i in range(1, 40)
)


def answer(before: str, after: str, language: str = "en"):  # type: ignore[no-untyped-def]
    return compare_unbelieving(document(before), document(after), english(), access_rules(), language)


def test_counts_and_findings() -> None:
    got = answer(f"{TERMS}\n\n{PLEDGE}", f"{TERMS}\n\n{PLEDGE.replace('will not', 'do not currently')}")
    assert got.access is Access.OK
    assert (got.statements_before, got.statements_after) == (1, 1)
    assert got.edits == {"reworded": 1}
    assert [(finding.kind, finding.direction) for finding in got.findings] == [("force", "weaker")]


@pytest.mark.parametrize(
    ("after", "language", "access"),
    [
        ("Just a moment... Please enable JavaScript and cookies to continue.", "en", Access.WALL),
        ("Oops! 404. The page you were looking for could not be found.", "en", Access.SOFT_404),
        ("\n\n".join(TERMS.split("\n\n")[:10]), "en", Access.PARTIAL),
        (TERMS, "de", Access.OTHER_LANGUAGE),
        ("", "en", Access.EMPTY),
    ],
)
def test_nothing_is_withdrawn_by_a_text_that_is_not_the_page(
    after: str, language: str, access: Access
) -> None:
    got = answer(f"{TERMS}\n\n{PLEDGE}", after, language)
    assert got.access is access
    assert got.evidence
    assert FindingKind.WITHDRAWN not in {finding.kind for finding in got.findings}


def test_an_empty_passage_is_a_passage_that_is_gone() -> None:
    assert [finding.kind for finding in answer(PLEDGE, "").findings] == ["withdrawn"]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("1. ", "1.1 ").replace("2. ", "1.2 "),
        lambda text: "\n\n".join(reversed(text.split("\n\n"))),
        lambda text: text.replace(" something about", "\nsomething\nabout").replace(
            "sell facial", "sell\nfacial"
        ),
        lambda text: text.replace("\n\n", "\n\n<!-- nonce 123 -->\n\n"),
    ],
    ids=["renumbered", "re-ordered", "re-wrapped", "comments"],
)
def test_a_copy_is_silent(change) -> None:  # type: ignore[no-untyped-def]
    text = f"{TERMS}\n\n{PLEDGE}"
    findings = compare(document(text), document(change(text)), english()).findings
    assert [finding for finding in findings if finding.is_material] == []


def test_a_short_passage_that_gives_way_to_a_long_one_is_still_withdrawn() -> None:
    got = answer(PLEDGE, TERMS)
    assert (got.access, [finding.kind for finding in got.findings]) == (Access.OK, ["withdrawn"])
    assert [finding.kind for finding in answer("", PLEDGE).findings] == ["introduced"]


PARTS = st.sampled_from(
    [
        *(
            "# Facial recognition\n\n",
            "## Do not\n\n",
            "## Permitted uses\n\n",
            "You may not:\n\n",
            "This includes:\n\n",
        ),
        *(
            "- use face search;\n",
            "- unless the police ask",
            "1. we will not sell faceprints. ",
            "no ",
            "not only ",
            "until ",
        ),
        *(
            "except where required by law, ",
            "we may share biometric data with police ",
            "currently ",
            "\n\n",
            ". ",
            ", ",
        ),
        *(
            "Just a moment... ",
            "Sign in to continue ",
            "| a | b |\n| - | - |\n",
            "> ",
            "**",
            "\u202e",
            "\u00ad",
            "\ud7ff",
            "\x00",
        ),
    ]
)
ODD_TEXTS = st.lists(PARTS | st.text(max_size=8), max_size=25).map("".join)


def readable(text: str) -> bool:
    """False for what extract refuses (binary rubbish): that never comes to a comparison."""
    try:
        document(text)
    except ExtractError:
        return False
    return True


@given(ODD_TEXTS.filter(readable), ODD_TEXTS.filter(readable))
def test_odd_texts_get_a_normal_answer_with_exact_quotes(before: str, after: str) -> None:
    got = answer(before, after)
    old, new = document(before).text, document(after).text
    for finding in got.findings:
        assert finding.before_quote in old
        assert finding.after_quote in new
        assert finding.reasons
