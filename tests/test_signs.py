"""Every row of the sign table, seen from outside: what a change means in a protection and in a permission."""

import pytest

from monitor.assess.signs import SIGNS
from tests.texts import document, material, statements

PROTECTION, PERMISSION = "protection", "permission"

ROW = "| Room | Gait recognition | Staff | Iris recognition |\n| - | - | - | - |\n| Halls | prohibited | singers and riders | {} |"

#: (rule, what the older wording does, before, after, kind direction tier). A practice counts as a permission.
EXAMPLES = [
    # ------------------------------------------------------------------ who and how firmly
    ("polarity-reversed", PROTECTION, "Orvella will not sell face search to police.", "Orvella may sell face search to police.", "reversed weaker alert"),
    ("polarity-reversed", PERMISSION, "Orvella may sell face search to police.", "Orvella will not sell face search to police.", "reversed stronger alert"),
    ("polarity-blurred", PROTECTION, "No facial recognition at the gates of the Orvella stadium.", "Facial recognition at the gates of the Orvella stadium.", "reversed weaker review"),
    ("polarity-blurred", PERMISSION, "Facial recognition at the gates of the Orvella stadium.", "No facial recognition at the gates of the Orvella stadium.", "reversed stronger review"),
    ("heading-lost", PROTECTION, "## Prohibited uses\n\n- face recognition of crowds at the gates of a stadium", "## Our ideas\n\n- face recognition of crowds and queues at the gates of a stadium", "reversed unclear review"),
    ("heading-lost", PERMISSION, "## Our ideas\n\n- face recognition of crowds at the gates of a stadium", "## Prohibited uses\n\n- face recognition of crowds and queues at the gates of a stadium", "reversed unclear review"),
    ("force-lowered", PROTECTION, "Orvella must not use facial recognition.", "Orvella does not use facial recognition.", "force weaker alert"),
    ("force-lowered", PERMISSION, "Orvella will use facial recognition.", "Orvella may use facial recognition.", "force stronger alert"),
    ("force-raised", PROTECTION, "We have no plans to use facial recognition.", "We will not use facial recognition.", "force stronger alert"),
    ("force-raised", PERMISSION, "We may use facial recognition on visitors.", "We will use facial recognition on visitors.", "force weaker alert"),
    ("row-opened", PROTECTION, ROW.format("prohibited"), ROW.format("allowed"), "reversed weaker review"),
    ("row-closed", PROTECTION, ROW.format("allowed"), ROW.format("prohibited"), "reversed stronger review"),
    ("stance-changed", PROTECTION, "Orvella no longer uses facial recognition.", "Orvella will not use facial recognition.", "force unclear review"),
    ("bearer-from-company", PROTECTION, "We will delete face templates after a year.", "Customers must delete face templates after a year.", "bearer weaker alert"),
    ("bearer-to-company", PROTECTION, "Customers must delete face templates after a year.", "We will delete face templates after a year.", "bearer stronger alert"),
    ("bearer-changed", PROTECTION, "Customers must delete face templates after a year.", "Vendors must delete face templates after a year.", "bearer unclear review"),
    ("bearer-changed", PERMISSION, "Guards use facial recognition at the gate.", "Interns use facial recognition at the gate.", "bearer unclear review"),
    ("actor-widened", PROTECTION, "Senior engineers may decline work on facial recognition.", "Any engineers may decline work on facial recognition.", "bearer stronger review"),
    ("actor-widened", PERMISSION, "Senior engineers may use facial recognition.", "Any engineers may use facial recognition.", "bearer weaker review"),
    ("actor-narrowed", PROTECTION, "Managers and engineers may decline work on facial recognition.", "Engineers may decline work on facial recognition.", "bearer weaker review"),
    # ------------------------------------------------------------------ how long
    ("term-shortened", PROTECTION, "We will not sell facial recognition.", "We will not sell facial recognition until further notice.", "term weaker alert"),
    ("term-shortened", PERMISSION, "We may sell facial recognition.", "We may sell facial recognition for five years.", "term stronger alert"),
    ("term-lengthened", PROTECTION, "We will not currently sell facial recognition.", "We will not sell facial recognition until further notice.", "term stronger alert"),
    ("term-lengthened", PERMISSION, "We may sell facial recognition for five years.", "We may sell facial recognition.", "term weaker alert"),
    ("term-reworded", PROTECTION, "We will not sell facial recognition until June.", "We will not sell facial recognition until August.", "term unclear review"),
    ("end-loosened", PROTECTION, "We will not sell facial recognition until there is a national law that protects people.", "We will not sell facial recognition until there is a law.", "term weaker review"),
    ("end-loosened", PERMISSION, "We may sell facial recognition until there is a national law that protects people.", "We may sell facial recognition until there is a law.", "term stronger review"),
    ("end-tightened", PROTECTION, "We will not sell facial recognition until there is a law.", "We will not sell facial recognition until there is a national law that protects people.", "term stronger review"),
    ("end-tightened", PERMISSION, "We may sell facial recognition until there is a law.", "We may sell facial recognition until there is a national law that protects people.", "term weaker review"),
    ("kept-longer", PROTECTION, "We delete face templates within 30 days.", "We delete face templates within ninety days.", "term weaker alert"),
    ("kept-shorter", PROTECTION, "We keep face templates for ninety days.", "We keep face templates for 30 days.", "term stronger alert"),
    ("time-longer", PROTECTION, "A one-year moratorium on facial recognition is in force.", "A two-year moratorium on facial recognition is in force.", "term stronger alert"),
    ("time-longer", PERMISSION, "A one-year moratorium on audits of facial recognition is in force.", "A two-year moratorium on audits of facial recognition is in force.", "term weaker alert"),
    ("time-shorter", PROTECTION, "A two-year moratorium on facial recognition is in force.", "A one-year moratorium on facial recognition is in force.", "term weaker alert"),
    ("time-shorter", PERMISSION, "A two-year moratorium on audits of facial recognition is in force.", "A one-year moratorium on audits of facial recognition is in force.", "term stronger alert"),
    ("right-longer", PROTECTION, "You can opt out of facial recognition within 30 days.", "You can opt out of facial recognition within 90 days.", "term stronger alert"),
    ("right-shorter", PROTECTION, "You can opt out of facial recognition within 90 days.", "You can opt out of facial recognition within 30 days.", "term weaker alert"),
    ("time-changed", PROTECTION, "We will not collect faceprints for one year.", "We will not collect faceprints for five years.", "term unclear review"),
    ("time-changed", PERMISSION, "We give 30 days notice before we collect faceprints.", "We give 90 days notice before we collect faceprints.", "term unclear review"),
    # ------------------------------------------------------------------ exceptions and conditions
    ("exception-added", PROTECTION, "Facial recognition is prohibited.", "Facial recognition is prohibited, except in an emergency.", "exception weaker alert"),
    ("exception-added", PERMISSION, "Police may use facial recognition.", "Police may use facial recognition, except in an emergency.", "exception stronger alert"),
    ("exception-removed", PROTECTION, "Facial recognition is prohibited, except in an emergency.", "Facial recognition is prohibited.", "exception stronger alert"),
    ("exception-removed", PERMISSION, "Police may use facial recognition, except in chapels.", "Police may use facial recognition.", "exception weaker alert"),
    ("exception-widened", PROTECTION, "Facial recognition is prohibited, except to find missing persons.", "Facial recognition is prohibited, except to find missing persons or suspects.", "exception weaker review"),
    ("exception-widened", PERMISSION, "Police may use facial recognition, except on children.", "Police may use facial recognition, except on children or patients.", "exception stronger review"),
    ("exception-narrowed", PROTECTION, "Facial recognition is prohibited, except to find missing persons or suspects.", "Facial recognition is prohibited, except to find missing persons.", "exception stronger review"),
    ("exception-narrowed", PERMISSION, "Police may use facial recognition, except on children or patients.", "Police may use facial recognition, except on children.", "exception weaker review"),
    ("exception-replaced", PROTECTION, "Facial recognition is prohibited, except in an emergency.", "Facial recognition is prohibited, except for paying guests.", "exception unclear review"),
    ("condition-added", PROTECTION, "We will delete faceprints.", "We will delete faceprints if you ask for it.", "condition weaker alert"),
    ("condition-added", PERMISSION, "Police may use facial recognition.", "Police may use facial recognition if a guard agrees.", "condition stronger alert"),
    ("condition-removed", PROTECTION, "We will delete faceprints if you ask for it.", "We will delete faceprints.", "condition stronger alert"),
    ("condition-removed", PERMISSION, "Police may use facial recognition if a guard agrees.", "Police may use facial recognition.", "condition weaker alert"),
    ("safeguard-added", PROTECTION, "Customers must review face matches.", "Customers must review face matches with written consent.", "condition stronger alert"),
    ("safeguard-added", PERMISSION, "Police may use facial recognition.", "Police may use facial recognition only with a warrant.", "condition stronger alert"),
    ("safeguard-removed", PROTECTION, "Police may use facial recognition only with a warrant.", "Police may use facial recognition.", "condition weaker alert"),
    ("condition-tightened", PERMISSION, "Police may use facial recognition as permitted by law.", "Police may use facial recognition with a warrant.", "condition stronger review"),
    ("condition-loosened", PERMISSION, "Police may use facial recognition with a warrant.", "Police may use facial recognition as permitted by law.", "condition weaker review"),
    ("condition-replaced", PROTECTION, "We will delete faceprints if you ask for it.", "We will delete faceprints if your contract ends.", "condition unclear review"),
    # ------------------------------------------------------------------ how far it reaches
    ("hedge-added", PROTECTION, "We do not collect faceprints.", "We do not knowingly collect faceprints.", "scope weaker alert"),
    ("hedge-added", PERMISSION, "Shops may use facial recognition.", "Shops may primarily use facial recognition.", "scope stronger alert"),
    ("hedge-removed", PROTECTION, "We do not knowingly collect faceprints.", "We do not collect faceprints.", "scope stronger alert"),
    ("hedge-removed", PERMISSION, "Shops may primarily use facial recognition.", "Shops may use facial recognition.", "scope weaker alert"),
    ("technologies-widened", PROTECTION, "We will not sell facial recognition.", "We will not sell biometrics.", "scope stronger alert"),
    ("technologies-widened", PERMISSION, "We may sell facial recognition.", "We may sell biometrics.", "scope weaker alert"),
    ("technologies-narrowed", PROTECTION, "We will not sell biometrics.", "We will not sell facial recognition.", "scope weaker alert"),
    ("technologies-narrowed", PERMISSION, "We may sell biometrics.", "We may sell facial recognition.", "scope stronger alert"),
    ("technologies-changed", PROTECTION, "We will not sell facial recognition or gait recognition.", "We will not sell facial recognition or voiceprints.", "scope unclear review"),
    ("actions-widened", PROTECTION, "We will not sell facial recognition.", "We will not sell or use facial recognition.", "scope stronger review"),
    ("actions-narrowed", PROTECTION, "We will not sell or use facial recognition.", "We will not sell facial recognition.", "scope weaker review"),
    ("actions-changed", PROTECTION, "We will not sell facial recognition.", "We will not use facial recognition.", "scope unclear review"),
    ("parties-widened", PROTECTION, "We will not sell facial recognition to police.", "We will not sell facial recognition to law enforcement.", "scope stronger alert"),
    ("parties-widened", PERMISSION, "We may sell facial recognition to police.", "We may sell facial recognition to law enforcement.", "scope weaker alert"),
    ("parties-narrowed", PROTECTION, "We will not sell facial recognition to law enforcement.", "We will not sell facial recognition to police.", "scope weaker alert"),
    ("parties-narrowed", PERMISSION, "We may sell facial recognition to law enforcement.", "We may sell facial recognition to police.", "scope stronger alert"),
    ("parties-changed", PROTECTION, "We will not sell facial recognition to police.", "We will not sell facial recognition to schools.", "scope unclear review"),
    ("purposes-widened", PROTECTION, "We will not use facial recognition for advertising.", "We will not use facial recognition.", "scope stronger review"),
    ("purposes-widened", PERMISSION, "We may use facial recognition for fraud prevention.", "We may use facial recognition.", "scope weaker review"),
    ("purposes-narrowed", PROTECTION, "We will not use facial recognition.", "We will not use facial recognition for advertising.", "scope weaker review"),
    ("purposes-narrowed", PERMISSION, "We may use facial recognition.", "We may use facial recognition for fraud prevention.", "scope stronger review"),
    ("purposes-changed", PROTECTION, "We will not use facial recognition for advertising.", "We will not use facial recognition for fraud prevention.", "scope unclear review"),
    ("places-widened", PROTECTION, "We will not use facial recognition in public places.", "We will not use facial recognition.", "scope stronger review"),
    ("places-widened", PERMISSION, "We may use facial recognition in public places.", "We may use facial recognition.", "scope weaker review"),
    ("places-narrowed", PROTECTION, "We will not use facial recognition.", "We will not use facial recognition in public places.", "scope weaker review"),
    ("places-narrowed", PERMISSION, "We may use facial recognition.", "We may use facial recognition in public places.", "scope stronger review"),
    ("places-changed", PROTECTION, "We will not use facial recognition in the European Union.", "We will not use facial recognition in the United States.", "scope unclear review"),
    ("items-added", PROTECTION, "We will not use facial recognition on riders or drivers.", "We will not use facial recognition on riders, singers or drivers.", "scope stronger review"),
    ("items-added", PERMISSION, "We will not audit facial recognition in halls or barns.", "We will not audit facial recognition in halls, vaults or barns.", "scope weaker review"),
    ("items-removed", PROTECTION, "We will not use facial recognition on riders, singers or drivers.", "We will not use facial recognition on riders or drivers.", "scope weaker review"),
    ("items-removed", PERMISSION, "We will not audit facial recognition in halls, vaults or barns.", "We will not audit facial recognition in halls or barns.", "scope stronger review"),
    ("reach-widened", PROTECTION, "We will not use facial recognition in our largest hall.", "We will not use facial recognition in any hall.", "scope stronger review"),
    ("reach-widened", PERMISSION, "We may use facial recognition in our largest hall.", "We may use facial recognition in any hall.", "scope weaker review"),
    ("reach-narrowed", PROTECTION, "We will not use facial recognition in any wooden hall.", "We will not use facial recognition in our largest hall.", "scope weaker review"),
    ("reach-narrowed", PERMISSION, "We may use facial recognition in any wooden hall.", "We may use facial recognition in our largest hall.", "scope stronger review"),
    # ------------------------------------------------------------------ words that no slot explains
    ("words-added", PROTECTION, "We will not use facial recognition in our halls.", "We will not use facial recognition in our halls beside northern rivers.", "scope weaker review"),
    ("words-added", PERMISSION, "We may use facial recognition in our halls.", "We may use facial recognition in our halls beside northern rivers.", "scope stronger review"),
    ("words-removed", PROTECTION, "We will not use facial recognition in our halls beside northern rivers.", "We will not use facial recognition in our halls.", "scope stronger review"),
    ("words-removed", PERMISSION, "We may use facial recognition in our halls beside northern rivers.", "We may use facial recognition in our halls.", "scope weaker review"),
    ("words-changed", PROTECTION, "We will not use facial recognition in halls beside northern rivers.", "We will not use facial recognition in tunnels under old castles.", "scope unclear review"),
]  # fmt: skip

#: Rows that only a protection can show: who has a duty, and which acts are refused or promised.
ONLY_IN_PROTECTIONS = frozenset(
    {"bearer-from-company", "bearer-to-company", "actor-narrowed", "actions-widened", "actions-narrowed"}
)


@pytest.mark.parametrize(
    ("rule", "side", "before", "after", "expected"),
    EXAMPLES,
    ids=[f"{rule}, {side}, {number}" for number, (rule, side, *_) in enumerate(EXAMPLES)],
)
def test_a_row(rule: str, side: str, before: str, after: str, expected: str) -> None:
    assert statements(before)[-1].protects == (side == PROTECTION)
    (finding,) = material(before, after)
    assert (finding.rule, f"{finding.kind} {finding.direction} {finding.tier}") == (rule, expected)
    assert finding.before_quote in document(before).text
    assert finding.after_quote in document(after).text
    assert (finding.tier == "alert") == SIGNS[rule].sure, "an alert only where the row is sure"


def test_every_row_has_an_example() -> None:
    assert {rule for rule, *_ in EXAMPLES} == SIGNS.keys()


def test_every_row_whose_signs_differ_has_an_example_of_both() -> None:
    differ = {rule for rule, sign in SIGNS.items() if sign.protection is not sign.permission}
    shown = {(rule, side) for rule, side, *_ in EXAMPLES}
    assert {rule for rule in differ if (rule, PROTECTION) not in shown} == set()
    assert {rule for rule in differ if (rule, PERMISSION) not in shown} == ONLY_IN_PROTECTIONS


@pytest.mark.parametrize("rule", SIGNS)
def test_a_reason_is_one_plain_sentence_with_the_words_in_it(rule: str) -> None:
    reasons = {
        finding.reasons[0]
        for name, _, before, after, _ in EXAMPLES
        if name == rule
        for finding in material(before, after)
    }
    assert reasons
    assert not [one for one in reasons if not one.endswith(".") or "{" in one or one.count(". ")]
