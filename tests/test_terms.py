"""What somebody types to search by, as words; and where words stand in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.terms import MOST_TERMS, Term, folded, places, terms


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("facial recognition", [Term(("facial",)), Term(("recognition",))]),
        ('"facial recognition"', [Term(("facial", "recognition"))]),
        ("“facial recognition”", [Term(("facial", "recognition"))]),
        ('police "will not', [Term(("police",)), Term(("will", "not"))]),
        ("biometr*", [Term(("biometr",), is_start=True)]),
        ('"face da"*', [Term(("face", "da"), is_start=True)]),
        ("state-of-the-art", [Term(("state", "of", "the", "art"))]),
        ("Überwachung reconocimiento biométrico", [Term(("uberwachung",)), Term(("reconocimiento",)), Term(("biometrico",))]),
        ("police POLICE", [Term(("police",))]),
        ("", []),
        ('"" * - !!! ""*', []),
        ("NEAR(a b) OR c:d ^e", [Term(("near", "a")), Term(("b",)), Term(("or",)), Term(("c", "d")), Term(("e",))]),
        ("x' OR 1=1; --", [Term(("x",)), Term(("or",)), Term(("1", "1"))]),
        ("a\0b", [Term(("a", "b"))]),
    ],
)  # fmt: skip
def test_what_is_typed_is_only_ever_words(typed: str, read: list[Term]) -> None:
    assert terms(typed) == tuple(read)


def test_more_words_than_are_looked_for_are_left_out() -> None:
    assert len(terms(" ".join(f"w{number}" for number in range(99)))) == MOST_TERMS


@given(st.text())
def test_words_are_letters_and_digits_alone(typed: str) -> None:
    for term in terms(typed):
        assert term.words
        assert all(word.isalnum() for word in term.words)


@given(st.text())
def test_folding_again_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(
    ("typed", "text", "marked"),
    [
        ("sell police", "We will not Sell to the POLICE.", ["Sell", "POLICE"]),
        ('"will not"', "It will not; we will, not you.", ["will not", "will, not"]),
        ("biometr*", "Biometric or biométrie", ["Biometric", "biométrie"]),
        ("face", "Faces, surface", []),
        ('"a b" b', "a b", ["a b"]),
    ],
)  # fmt: skip
def test_where_they_stand(typed: str, text: str, marked: list[str]) -> None:
    assert [text[start:end] for start, end in places(text, terms(typed))] == marked
