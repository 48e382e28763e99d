"""Lists of exceptions: what stands below "…, except for:" may be done where the rest may not, and the other way."""

from functools import cache

import pytest

from app.home import SHIPPED_CONFIG
from monitor.lexicon import Lexicon, load_lexicon
from monitor.segment import sentences
from monitor.statements import find
from monitor.statements.qualifying import lists_exceptions
from tests.texts import document, material, statements

BAN = "You may not use face matching in our halls"


@cache
def lexicon(language: str) -> Lexicon:
    return load_lexicon(SHIPPED_CONFIG, language)


LISTS = [
    # the list itself is the exception
    ("en", "You may not use face matching, except for:"),
    ("en", "Face matching is prohibited except in:"),
    ("en", "We never match faces unless:"),
    ("en", "You may not match faces other than for:"),
    ("en", "This ban does not apply to:"),
    ("en", "Exceptions:"),
    ("en", "The only exceptions are:"),
    ("de", "Gesichtserkennung ist verboten, es sei denn:"),
    ("de", "Dieses Verbot gilt nicht für:"),
    ("fr", "La reconnaissance faciale est interdite, sauf :"),
    ("es", "El reconocimiento facial está prohibido, excepto para:"),
    ("pt", "O reconhecimento facial é proibido, salvo para:"),
    # the line points at the list within the exception
    ("en", "Except for the following permitted applications by hotels:"),
    ("en", "We do not share faceprints except in these cases:"),
    ("en", "Except for the following, all use is prohibited:"),
    ("en", "Use other than for the following permitted purposes is prohibited:"),
    ("en", "You may not use it in any way other than as described below:"),
    ("en", "The following are exempt from our ban on face matching:"),
    ("de", "Gesichtserkennung ist verboten, außer in folgenden Fällen:"),
    ("fr", "La reconnaissance faciale est interdite, sauf dans les cas suivants :"),
    ("es", "El reconocimiento facial está prohibido, salvo en los siguientes casos:"),
    ("pt", "O reconhecimento facial é proibido, exceto nos seguintes casos:"),
]

NO_LISTS = [
    # the exception says all itself; the list goes with the rest of the line
    ("en", "Except as required by law, you may not use face matching to:"),
    ("en", "Unless we agree in writing, you may not:"),
    ("en", "Unless otherwise stated below, you may not use face matching to:"),
    ("en", "You may not, except with our consent, use face matching to:"),
    ("en", "You may not use it, except for research, to:"),
    ("en", "Unless you have our consent, you may not use these services to:"),
    ("en", "Except as permitted by law, none of the following uses is allowed:"),
    ("en", "You may not do any of the following, except with our consent:"),
    ("en", "You agree not to use it, unless otherwise agreed, for any of the following:"),
    ("en", "There are no exceptions:"),
    ("en", "You may not use face matching to:"),
    ("de", "Sofern nicht gesetzlich vorgeschrieben, ist Folgendes verboten:"),
    ("fr", "Sauf accord écrit, les usages suivants sont interdits :"),
    ("es", "Salvo consentimiento, se prohíben los siguientes usos:"),
    ("pt", "Salvo consentimento, os seguintes usos são proibidos:"),
]


@pytest.mark.parametrize(
    ("language", "line", "expected"),
    [(*row, True) for row in LISTS] + [(*row, False) for row in NO_LISTS],
)
def test_whether_the_list_below_a_line_names_exceptions(language: str, line: str, expected: bool) -> None:
    words = lexicon(language)
    assert lists_exceptions(*words.frame(line), words) is expected


@pytest.mark.parametrize(
    ("text", "quote", "stance", "protects"),
    [
        (f"{BAN}, except for:\n\n- opening lockers.", "opening lockers.", "permits", False),
        (f"{BAN} unless:\n\n- the steward finds it useful.", "the steward finds it useful.", "permits", False),
        (f"{BAN}, except for:\n\n- opening lockers, such as:\n  - in the gym;", "in the gym;", "permits", False),
        (f"{BAN}:\n\n- Except for the following permitted uses:\n  - opening lockers;", "opening lockers;", "permits", False),
        (f"{BAN}:\n\n- except where the law asks for it;", "except where the law asks for it;", "permits", False),
        ("# Banned uses\n\n## Exceptions\n\n- Face matching at lockers", "Face matching at lockers", "permits", False),
        ("# Do not match faces\n\nExcept for the following permitted uses:\n\n- face matching at lockers", "face matching at lockers", "permits", False),
        ("We use face matching in our halls, except in:\n\n- chapels.", "chapels.", "refuses", True),
        ("You may use face matching, except for:\n\n- following people.", "following people.", "refuses", True),
        ("We will delete every faceprint, except for:\n\n- those of members.", "those of members.", "refuses", False),
        # a list of what is banned stays one
        (f"Unless we agree, {BAN.lower()} to:\n\n- follow people.", "follow people.", "refuses", True),
        (f"{BAN} for any of the following, except with our consent:\n\n- following people.", "following people.", "refuses", True),
        # a column of that name turns nothing
        ("| Exceptions | Use |\n| - | - |\n| hotels | we use face matching |", "hotels | we use face matching", "practises", False),
        # an item that says itself what it does
        (f"{BAN}, except for:\n\n- We do not match faces of children.", "We do not match faces of children.", "refuses", True),
    ],
)  # fmt: skip
def test_an_exception_turns_what_governs_it(text: str, quote: str, stance: str, protects: bool) -> None:
    (one,) = (one for one in statements(text) if one.quote == quote)
    assert (one.stance, one.protects) == (stance, protects)


def test_an_exception_is_not_its_own_exception() -> None:
    (_, item) = statements(f"{BAN}, except for:\n\n- opening lockers.")
    assert item.exceptions == frozenset()
    (line, _) = statements(f"{BAN}, except for the following purposes:\n\n- opening lockers.")
    assert line.exceptions == {"except for the following purposes"}


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [
        (
            f"{BAN}, except for:\n\n- lockers;\n- lost children.",
            f"{BAN}, except for:\n\n- lockers;",
            "stronger",
        ),
        (
            f"{BAN}, except for:\n\n- lockers;",
            f"{BAN}, except for:\n\n- lockers;\n- lost children.",
            "weaker",
        ),
        (f"{BAN}.", f"{BAN}, with the exception of the following:\n\n- lockers;", "weaker"),
        (f"{BAN}, except for the following:\n\n- lockers;", f"{BAN}.", "stronger"),
        (f"{BAN} to:\n\n- open lockers;\n- find people.", f"{BAN} to:\n\n- open lockers;", "weaker"),
    ],
)
def test_an_exception_that_goes_protects_more(before: str, after: str, direction: str) -> None:
    assert {finding.direction for finding in material(before, after)} == {direction}


def test_an_item_that_turns_into_an_exception_is_a_reversal() -> None:
    before = f"{BAN} to:\n\n- find thieves;\n- open lockers."
    after = f"{BAN} to:\n\n- find thieves.\n\n{BAN}, except to:\n\n- open lockers."
    (finding,) = (one for one in material(before, after) if "lockers" in one.before_quote)
    assert (finding.kind, finding.direction) == ("reversed", "weaker")


@pytest.mark.parametrize("language", ["de", "fr", "es", "pt"])
def test_exceptions_turn_in_other_languages(language: str) -> None:
    lines = {
        "de": ("Gesichtserkennung ist verboten, außer in folgenden Fällen:", "Suche nach Kindern"),
        "fr": (
            "La reconnaissance faciale est interdite, sauf dans les cas suivants :",
            "recherche d'enfants",
        ),
        "es": (
            "El reconocimiento facial está prohibido, salvo en los siguientes casos:",
            "búsqueda de niños",
        ),
        "pt": ("O reconhecimento facial é proibido, exceto nos seguintes casos:", "procura de crianças"),
    }
    line, item = lines[language]
    found = find(sentences(document(f"{line}\n\n- {item}")), lexicon(language))
    assert [(one.quote, one.protects) for one in found] == [(line, True), (item, False)]
