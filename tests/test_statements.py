"""What one sentence says: stance, force, who, whom, until when."""

from typing import Any

import pytest

from monitor.model import Stance
from tests.texts import english, statement, statements

SENTENCES: list[tuple[str, dict[str, Any]]] = [
    (
        "We will not sell facial recognition technology to police departments.",
        {
            "stance": "refuses",
            "force": 3,
            "bearer": "company",
            "actions": {"sell"},
            "parties": {"police"},
            "term": "",
        },
    ),
    (
        "We do not currently sell general-purpose facial recognition technology to police departments.",
        {"stance": "refuses", "force": 2, "term": "revocable", "hedges": {"general_purpose"}},
    ),
    (
        "You may not use the service for face recognition.",
        {"stance": "refuses", "force": 4, "bearer": "customer", "actions": {"use"}},
    ),
    (
        "We will not sell facial recognition to police until there is a national law that governs its use.",
        {"stance": "refuses", "term": "until_event", "actions": {"sell"}},
    ),
    (
        "A one-year moratorium on police use of face comparison is in force.",
        {"stance": "refuses", "force": 4, "term": "fixed", "parties": {"police"}},
    ),
    (
        "The moratorium on facial recognition holds until further notice.",
        {"stance": "refuses", "term": "until_further_notice"},
    ),
    (
        "Facial recognition may not be used, except in an emergency.",
        {"stance": "refuses", "exceptions": {"except in an emergency"}},
    ),
    (
        "Customers must delete every faceprint.",
        {"stance": "requires", "force": 4, "bearer": "customer", "protects": True},
    ),
    ("We will delete face templates.", {"stance": "promises", "protects": True}),
    ("We may provide facial recognition to law enforcement.", {"stance": "permits", "protects": False}),
    (
        "The police department uses our face search.",
        {"stance": "practises", "protects": False, "parties": {"police"}},
    ),
    ("We aim to delete face templates.", {"stance": "aspires", "force": 1}),
    ("We no longer offer facial analysis.", {"stance": "withdraws", "protects": True}),
    ("Face search is used with their consent.", {"conditions": {"with their consent"}}),
    ("We have no plans to use facial recognition.", {"stance": "refuses", "force": 1}),
    ("No image is run through face matching.", {"stance": "refuses", "force": 2, "protects": True}),
    ("There is no customer to whom our rule against face matching does not apply.", {"doubtful": True}),
    ("We do not sell facial recognition, and we never will.", {"doubtful": False}),
    ("Critics asked us to stop selling facial recognition.", {"bearer": "other"}),
    ("This does not breach the moratorium on facial recognition.", {"bearer": "other"}),
]


@pytest.mark.parametrize(("text", "slots"), SENTENCES, ids=[text[:40] for text, _ in SENTENCES])
def test_slots(text: str, slots: dict[str, Any]) -> None:
    found = statement(text)
    assert {name: getattr(found, name) for name in slots} == slots
    assert found.quote == text


@pytest.mark.parametrize(
    "text",
    [
        "We sell software to police departments.",
        "The camera uses face detection to focus.",
        "# Facial recognition",
        "We ask you for your consent before we send you a newsletter.",
    ],
)
def test_other_sentences_are_no_statements(text: str) -> None:
    assert statements(text) == ()


def test_an_item_is_governed_by_the_line_above_it() -> None:
    text = "You may not use the service to:\n\n- identify people by their faces;\n- send spam."
    found = statement(text)
    assert (found.stance, found.force, found.bearer) == ("refuses", 4, "customer")
    assert found.context == ("You may not use the service to:",)


def test_a_heading_that_refuses_governs_the_items_below_it() -> None:
    text = (
        "## Do not harm people\n\nThis includes using our products to:\n\n- build face recognition of crowds;"
    )
    assert statement(text).stance == "refuses"
    assert statement(text.replace("Do not harm people", "What people build")).stance != "refuses"


@pytest.mark.parametrize(
    ("text", "stance", "doubtful"),
    [
        ("{} This includes tools that:\n\n- match faces;", "refuses", False),
        ("- {} This includes tools that:\n  - match faces;", "refuses", False),
        ("{}\n\nThis includes tools that:\n\n- match faces;", "practises", True),
        ("{} Lists are long. This includes tools that:\n\n- match faces;", "practises", True),
        ("{} You may build tools that:\n\n- match faces;", "permits", False),
    ],
    ids=["its paragraph", "its item", "another paragraph", "not right before", "a line of its own force"],
)
def test_a_line_that_only_goes_on_is_governed_by_the_sentence_before_it(
    text: str, stance: str, doubtful: bool
) -> None:
    (found,) = statements(text.format("Do not spy on people."))
    assert (found.quote, found.stance, found.doubtful) == ("match faces;", stance, doubtful)


def test_words_that_only_describe_do_not_make_an_item_a_clause_of_its_own() -> None:
    item = "match the faces of users, or learn what users say that would require a court order;"
    assert statement(f"Partners will not:\n\n- {item}").stance == "refuses"


def test_an_item_that_brings_its_own_subject_governs_itself() -> None:
    found = statement("You may not do this:\n\n- we may use face recognition at the door.")
    assert found.stance == "permits"


def test_a_heading_lends_its_subject_to_a_sentence_that_points_at_it() -> None:
    found = statement(
        "## Facial recognition\n\nWe do not sell this technology to police. Prices are in euros."
    )
    assert found.technologies == {"face_recognition"}
    assert statements("## Facial recognition\n\nOur prices are in euros.") == ()


def test_product_names_are_subjects() -> None:
    assert english().with_products(("Corvellam Lens",)).may_name_subject("corvellam lens is for shops")


@pytest.mark.parametrize(
    "word", ["if except ", "not only ", "no facial recognition until ", "unless we may not "]
)
def test_an_endless_sentence_gets_a_normal_answer(word: str) -> None:
    assert len(statements("We do not sell facial recognition " + word * 40_000)) <= 1


ENDED: list[tuple[str, str, bool]] = [
    ("We removed facial recognition from all of our stores.", "withdraws", True),
    ("Sales of facial recognition to law enforcement have ended.", "withdraws", True),
    ("Our use of facial recognition has come to an end.", "withdraws", True),
    ("We have ended all facial recognition contracts with law enforcement.", "withdraws", True),
    ("We have ended sales of facial recognition to police.", "withdraws", True),
    ("Our moratorium on facial recognition for police has ended.", "permits", False),
    ("Our pledge not to sell facial recognition has ended.", "permits", False),
    ("We have ended our moratorium on facial recognition.", "permits", False),
    ("We have ended our facial recognition pledge.", "permits", False),
    ("We removed facial recognition restrictions from our terms.", "permits", False),
]


@pytest.mark.parametrize(("text", "stance", "kind"), ENDED, ids=[text for text, _, _ in ENDED])
def test_what_ended_is_the_practice_or_the_ban_on_it(text: str, stance: str, kind: bool) -> None:
    found = statement(text)
    assert (found.stance, found.protects) == (stance, kind)


CARVED: list[tuple[str, bool, str]] = [
    ("This moratorium on facial recognition does not apply to schools.", True, "permits"),
    ("Our ban on facial recognition does not extend to schools.", True, "permits"),
    ("The prohibition on facial recognition does not cover schools.", True, "permits"),
    ("We do not apply facial recognition.", False, "refuses"),
    ("You do not apply facial recognition to shoppers.", False, "refuses"),
    ("We prohibit facial recognition that does not cover consent.", False, "refuses"),
    ("We will not sell facial recognition, and this ban does not apply to schools.", False, "refuses"),
    ("Our ban on the sale of facial recognition by partners does not apply to schools.", False, "refuses"),
]


@pytest.mark.parametrize(("text", "carves", "stance"), CARVED, ids=[text for text, _, _ in CARVED])
def test_a_ban_that_does_not_apply_to_somebody_is_an_exception(text: str, carves: bool, stance: str) -> None:
    found = statement(text)
    assert (found.is_carve_out, found.stance) == (carves, stance)
    assert found.protects != carves


LET_GO = [
    "We have withdrawn our moratorium on selling facial recognition to police.",
    "We have discontinued our ban on selling facial recognition to police.",
    "We are ending our moratorium on selling facial recognition to police.",
    "We no longer have a moratorium on selling facial recognition to police.",
    "We no longer stand by our pledge not to sell facial recognition to police.",
    "We no longer rule out selling facial recognition to police.",
    "We no longer oppose the use of facial recognition.",
    "We have stopped blocking the sale of facial recognition to police.",
    "Our moratorium on selling facial recognition to police has been withdrawn.",
    "Our promise not to sell facial recognition has been revoked.",
]
HELD = [
    "We will not lift our moratorium on selling facial recognition to police.",
    "We have not withdrawn our ban on selling facial recognition to police.",
    "We will never end our ban on selling facial recognition to police.",
    "You must not use facial recognition where consent has been revoked.",
    "You must not use facial recognition where the permit has been withdrawn.",
]


@pytest.mark.parametrize("text", LET_GO)
def test_a_ban_that_was_let_go_permits(text: str) -> None:
    found = statement(text)
    assert (found.stance, found.protects) == (Stance.PERMITS, False)


@pytest.mark.parametrize("text", HELD)
def test_a_ban_of_which_that_is_denied_or_said_of_something_else_refuses(text: str) -> None:
    found = statement(text)
    assert (found.stance, found.protects) == (Stance.REFUSES, True)
