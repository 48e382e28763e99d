"""What a sentence is about when it does not say so itself: what carries over to it, and how far it is trusted."""

import pytest

from monitor.model import Tier
from tests.texts import changes, material, statements

NAMED = "Orvella offers gait recognition."
PLAIN = "Orvella repairs bicycles."


def carried(text: str) -> dict[str, str]:
    """Each statement whose subject stands elsewhere, and where: words, heading or section."""
    return {one.quote: one.carried for one in statements(text) if one.carried}


def filler(many: int) -> str:
    return " ".join(f"Rule number {number} speaks of bicycles." for number in range(many))


@pytest.mark.parametrize(
    ("text", "quote", "where"),
    [
        (f"{NAMED} It may be rented.", "It may be rented.", "words"),
        (f"{NAMED} They may rent it.", "They may rent it.", "words"),
        (f"{NAMED} This feature may be rented.", "This feature may be rented.", "words"),
        (f"{NAMED} These services may be rented.", "These services may be rented.", "words"),
        (f"{NAMED} We keep such technology in vans.", "We keep such technology in vans.", "words"),
        (f"{NAMED} Matches may be rented.", "Matches may be rented.", "words"),
        (f"{NAMED} Nobody may rent it.", "Nobody may rent it.", "words"),
        (f"{NAMED} Police may ask for vans.", "Police may ask for vans.", "words"),
        (f"{NAMED}\n\nIt may be rented.", "It may be rented.", "words"),
        (f"{NAMED} {PLAIN} It may be rented.", "It may be rented.", "words"),
        ("# Gait recognition\n\nRiders may rent it.", "Riders may rent it.", "heading"),
        ("# Gait recognition\n\nRiders may rent this technology.", "Riders may rent this technology.", "heading"),
        ("# Gait recognition\n\nRiders may rent vans.", "Riders may rent vans.", "section"),
        ("# Gait recognition\n\n- Riders may rent vans.", "Riders may rent vans.", "section"),
        (f"# Gait recognition\n\n{filler(3)} Riders may rent vans.", "Riders may rent vans.", "section"),
        (f"# Gait recognition\n\n{filler(30)} Riders may rent it.", "Riders may rent it.", "heading"),
        ("Does Orvella sell gait recognition? No, and we never will.", "No, and we never will.", "words"),
        ("Does Orvella sell gait recognition?\n\nNo, and we never will.", "No, and we never will.", "words"),
        ("# Does Orvella sell gait recognition?\n\nNo, and we never will.", "No, and we never will.", "heading"),
        ("# Does Orvella sell gait recognition?\n\nWe do not.", "We do not.", "heading"),
        ("Riders ask whether Orvella sells gait recognition. We do not.", "We do not.", "words"),
    ],
)  # fmt: skip
def test_what_carries(text: str, quote: str, where: str) -> None:
    assert carried(text)[quote] == where
    (one,) = (one for one in statements(text) if one.quote == quote)
    assert one.technologies == {"gait_recognition"}
    assert one.by_frame, "its own words do not name it"


@pytest.mark.parametrize(
    "text",
    [
        f"{NAMED} Riders may rent vans.",
        f"{NAMED} Prices are in euros.",
        f"It may be rented. {NAMED}",
        f"{PLAIN} It may be rented.",
        "Orvella offers face detection. It may be rented.",
        f"# Our vans\n\n{NAMED}\n\n# Our boats\n\nIt may be rented.",
        "# Gait recognition\n\nSee below.\n\n# Our boats\n\nIt may be rented.",
        "# Gait recognition\n\nDoes it help?",
        f"# Gait recognition\n\n{filler(30)} Riders may rent vans.",
        f"{NAMED} {filler(3)} Police may ask for vans.",
        f"{NAMED} {filler(9)} It may be rented.",
        f"- {NAMED}\n- It may be rented.",
        f"> {NAMED}\n\nIt may be rented.",
        "| Orvella vans | Rule |\n| - | - |\n| Gait recognition | not rented |\n| Bicycles | It may be rented |",
    ],
    ids=[
        "it points at nothing",
        "it says nothing of it",
        "the subject comes later",
        "nothing was named",
        "what was named is none of ours",
        "another section",
        "below another heading",
        "a question",
        "a long section is not all about its heading",
        "the police, too far on",
        "too many sentences between",
        "another item",
        "a quote is another block",
        "another row",
    ],
)
def test_what_does_not_carry(text: str) -> None:
    assert carried(text) == {}


def test_a_chain_carries_while_each_sentence_takes_it_up_again() -> None:
    chain = [NAMED, "It may be rented.", "It may be sold.", "It may be used.", "It may be shared."]
    assert list(carried(" ".join(chain))) == chain[1:]
    broken = [*chain[:2], *[PLAIN] * 3, "It may be shared."]
    assert list(carried(" ".join(broken))) == ["It may be rented."]


def test_a_chain_ends() -> None:
    chain = [f"It may be rented on day {number}." for number in range(1, 20)]
    found = list(carried(" ".join([NAMED, *chain])))
    assert found == chain[: len(found)]
    assert 2 <= len(found) <= 8


def test_the_nearest_name_is_the_one_that_carries() -> None:
    text = f"Orvella sells voiceprints. {NAMED} It may be rented."
    (one,) = (one for one in statements(text) if one.carried)
    assert one.technologies == {"gait_recognition"}


def test_what_names_its_own_technology_carries_nothing() -> None:
    assert carried(f"{NAMED} It may be used with voiceprints.") == {}


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("You may not use our vans for gait recognition in:\n\n- chapels;\n- markets.", "chapels;"),
        ("| Gait recognition | Rule |\n| - | - |\n| Riders | may use it |", "Riders | may use it"),
        ("We use gait recognition for:\n\n1. training riders;\n2. police work.", "police work."),
    ],
    ids=["items", "rows", "numbers"],
)
def test_the_line_above_an_item_names_its_subject(text: str, quote: str) -> None:
    (one,) = (one for one in statements(text) if one.quote == quote)
    assert (one.carried, one.by_frame, one.technologies) == ("", True, {"gait_recognition"})


@pytest.mark.parametrize(
    ("text", "carries"),
    [
        (f"{NAMED} This may include:\n\n- maps that riders use;", True),
        (f"{NAMED}\n\nThis may include:\n\n- maps that riders use;", True),
        (f"{NAMED} {PLAIN} This may include:\n\n- maps that riders use;", False),
        (f"{NAMED}\n\n{PLAIN}\n\nThis may include:\n\n- maps that riders use;", False),
        (f"{NAMED} {PLAIN} These include:\n\n- maps that riders use;", False),
    ],
    ids=["right before", "in the paragraph before", "one between", "a paragraph between", "other words"],
)
def test_a_line_reaches_back_to_the_sentence_right_before_it(text: str, carries: bool) -> None:
    assert ("maps that riders use;" in carried(text)) is carries


def test_what_only_points_back_does_what_was_asked() -> None:
    (answer,) = statements("Does Orvella sell gait recognition to police? Never.")
    assert (answer.stance, answer.actions) == ("refuses", {"sell"})


# ------------------------------------------------------------------ how far it is trusted

CARRIERS = [
    f"{NAMED} {{}}",
    "# Gait recognition\n\nSee below. {}",
    "# Does Orvella sell gait recognition?\n\n{}",
    "Does Orvella sell gait recognition? {}",
]
SAID = [
    "We will never sell it to police.",
    "This technology may be used by police with a warrant.",
    "It must be deleted within thirty days.",
    "This feature is prohibited in all our halls.",
    "Police may use it, except in an emergency.",
]  # fmt: skip


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("said", SAID)
def test_a_carried_statement_alone_is_for_a_person(carrier: str, said: str) -> None:
    empty = carrier.format(PLAIN)
    for before, after in ((carrier.format(said), empty), (empty, carrier.format(said))):
        (finding,) = material(before, after)
        assert said in (finding.before_quote, finding.after_quote)
        assert finding.tier is Tier.REVIEW


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("We will never sell it to police.", "We may sell it to police."),
        ("We will never sell it to police.", "We do not currently sell it to police."),
        ("Police may use it with a warrant.", "Police may use it."),
        ("It must be deleted within thirty days.", "It must be deleted within sixty days."),
    ],
)
def test_a_change_of_a_carried_statement_is_for_a_person(carrier: str, before: str, after: str) -> None:
    tiers = {finding.tier for finding in material(carrier.format(before), carrier.format(after))}
    assert tiers == {Tier.REVIEW}


@pytest.mark.parametrize(
    "practice", ["We collect it in vans.", "Guards use it at the gates.", "Riders use this feature in vans."]
)
@pytest.mark.parametrize("carrier", CARRIERS[:2])
def test_a_carried_practice_is_only_logged(carrier: str, practice: str) -> None:
    empty, full = carrier.format(PLAIN), carrier.format(practice)
    assert practice in carried(full)
    for before, after in ((full, empty), (empty, full)):
        found = [one for one in changes(before, after) if practice in (one.before_quote, one.after_quote)]
        assert [one.tier for one in found] == [Tier.LOG]


def test_the_same_words_with_their_subject_named_are_trusted() -> None:
    before, after = "We will never sell gait recognition.", "We may sell gait recognition."
    assert [finding.tier for finding in material(before, after)] == [Tier.ALERT]
    assert [finding.tier for finding in material(before, PLAIN)] == [Tier.ALERT]
