"""The same words cut into other sentences are no change; a word of weight lost or put in on the way is one."""

import pytest

from monitor.model import FindingKind, Tier
from tests.texts import changes, document, material

TWO = "We use facial recognition at the northern gate of our stadium. Guards check each alert by hand."
ONE = "We use facial recognition at the northern gate of our stadium, and guards check each alert by hand."
LISTED = "You may not use our lamps to:\n\n- recognise people by their faces;\n- build watchlists of faces;\n- sell faceprints."
PROSE = "You may not use our lamps to recognise people by their faces, to build watchlists of faces, or to sell faceprints."
THREE = "We delete face templates within two days. We never share them with shops. We tell visitors about it."
MERGED = "We delete face templates within two days, never share them with shops, and tell visitors about it."
ACTIVE = "Guards at the northern gate use facial recognition."
PASSIVE = "Facial recognition is used by guards at the northern gate."


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (TWO, ONE),
        (ONE, TWO),
        (THREE, MERGED),
        (MERGED, THREE),
        (LISTED, PROSE),
        (ACTIVE, PASSIVE),
        (PASSIVE, ACTIVE),
        (
            "The northern office deletes faceprints within two days.",
            "Faceprints are deleted by the northern office within two days.",
        ),
        (f"{TWO} We sell lamps.", f"We sell lamps. {ONE}"),
        (f"# Gates\n\n{TWO}", f"# Gates\n\n{ONE}"),
        (TWO, TWO.replace(". ", ".\n\n")),
    ],
    ids=[
        "merged",
        "split",
        "three merged",
        "split into three",
        "a list made prose",
        "turned round",
        "turned back",
        "turned round, with a time",
        "merged and moved",
        "below a heading",
        "two paragraphs",
    ],
)
def test_the_same_words_cut_otherwise_are_logged(before: str, after: str) -> None:
    found = changes(before, after)
    assert {finding.kind for finding in found} <= {FindingKind.REWORDED, FindingKind.MOVED}
    assert {finding.tier for finding in found} <= {Tier.LOG}
    for finding in found:
        assert finding.before_quote in document(before).text
        assert finding.after_quote in document(after).text


def test_what_stands_cut_otherwise_is_not_gone_beside_a_true_loss() -> None:
    gone = "You may not use our lamps for gait recognition."
    (finding,) = material(f"{TWO}\n\nWe sell lamps.\n\n{gone}", f"{ONE}\n\nWe sell lamps.")
    assert (finding.kind, finding.before_quote) == ("withdrawn", gone)


SPLIT = (
    "We use facial recognition at the northern gate of our stadium for members. "
    "Guards check each alert by hand within two days. Police may not see the footage."
)


def joined(text: str) -> str:
    """The sentences of a text made one."""
    *first, last = (part[0].lower() + part[1:] for part in text.rstrip(".").split(". "))
    whole = f"{', '.join(first)}, and {last}."
    return whole[0].upper() + whole[1:]


def test_the_long_example_is_the_same_when_only_joined() -> None:
    assert joined("We sell bells. Guards ring them. Police listen.") == (
        "We sell bells, guards ring them, and police listen."
    )
    assert material(SPLIT, joined(SPLIT)) == []
    assert material(joined(SPLIT), SPLIT) == []


@pytest.mark.parametrize(
    ("words", "others"),
    [
        # a negation
        ("Police may not see", "Police may see"),
        ("We use facial", "We do not use facial"),
        ("Guards check", "Guards never check"),
        # another party
        ("Police may not", "Schools may not"),
        ("Police may not", "Immigration authorities may not"),
        # another person
        ("for members", "for visitors"),
        ("Guards check", "Interns check"),
        # force
        ("may not see", "should not see"),
        ("may not see", "will not see"),
        # time
        ("two days", "twenty days"),
        ("two days", "two weeks"),
        ("by hand within two days", "by hand"),
        ("the footage", "the footage at this time"),
        ("the footage", "the footage until further notice"),
        ("the footage", "the footage for five years"),
        # the technology, where, and all of them
        ("facial recognition", "gait recognition"),
        ("for members", "for everyone"),
        ("our stadium", "our stadium in the United States"),
    ],
)
def test_a_word_of_weight_is_not_lost_on_the_way(words: str, others: str) -> None:
    assert words in SPLIT
    other = SPLIT.replace(words, others)
    for before, after in (
        (SPLIT, joined(other)),
        (joined(other), SPLIT),
        (joined(SPLIT), other),
        (other, joined(SPLIT)),
    ):
        assert material(before, after), (before, after)


@pytest.mark.parametrize(
    "after",
    [
        "Facial recognition is not used by guards at the northern gate.",
        "Facial recognition is no longer used by guards at the northern gate.",
        "Facial recognition is used by interns at the northern gate.",
        "Facial recognition is used by police at the northern gate.",
        "Facial recognition is used by guards at the northern gate for five years.",
        "Facial recognition is used by guards at the northern gate, except in June.",
        "Facial recognition is used by guards at the northern gate only with a warrant.",
        "Voice biometrics is used by guards at the northern gate.",
    ],
)
def test_what_is_turned_round_and_changed_is_told(after: str) -> None:
    assert material(ACTIVE, after)
    assert material(after, ACTIVE)


@pytest.mark.parametrize(
    ("words", "others"),
    [
        ("You may not use", "You may use"),
        ("You may not use", "You should not use"),
        ("by their faces", "by their voiceprints"),
        ("our lamps", "our lamps until further notice"),
    ],
)
def test_a_list_made_prose_and_changed_is_told(words: str, others: str) -> None:
    assert words in PROSE
    assert material(LISTED, PROSE.replace(words, others))
    assert material(PROSE.replace(words, others), LISTED)
