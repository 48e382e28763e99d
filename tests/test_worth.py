"""Which statements of a page are kept between looks."""

from monitor.check.worth import QUOTED_AT_MOST, worth_keeping
from monitor.compare import statements_in
from tests.texts import document, english

REFUSAL = "We will not sell facial recognition technology to police departments in district {}."
PRACTICE = "We use facial recognition in our warehouses."
ENDS = "We will not sell facial recognition technology to police departments until 10 June 2027."
BREAD = "We bake bread with care and sell it in 2026."


def kept(*paragraphs: str) -> list[str]:
    return [one.quote for one in worth_keeping(document("\n\n".join(paragraphs)), english())]


def test_the_first_that_protect_are_kept_to_be_quoted() -> None:
    many = [REFUSAL.format(number) for number in range(QUOTED_AT_MOST + 3)]
    assert kept(BREAD, PRACTICE, *many) == many[:QUOTED_AT_MOST]


def test_what_may_name_its_end_is_kept_wherever_it_stands() -> None:
    many = [REFUSAL.format(number) for number in range(QUOTED_AT_MOST)]
    assert kept(*many, PRACTICE, ENDS) == [*many, ENDS]


def test_each_is_what_the_whole_page_has_too() -> None:
    page = document(
        f"# Promises\n\nYou may not use it to:\n\n- identify faces for police\n\n{ENDS}\n\n{PRACTICE}"
    )
    whole = {(one.quote, one.context, one.stance) for one in statements_in(page, english())}
    found = {(one.quote, one.context, one.stance) for one in worth_keeping(page, english())}
    assert found and found <= whole
