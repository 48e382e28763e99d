"""What a change did to a commitment: kind and direction, and silence where nothing happened."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import FindingKind, Tier
from tests.texts import changes, document, material, statements

PLEDGE = "We will not sell facial recognition technology to police departments."
OTHER = "We sell cameras. Prices are in euros."

MATERIAL = [
    (PLEDGE, "We do not currently sell general-purpose facial recognition technology to police departments.", "force", "weaker"),
    (PLEDGE, "We may sell facial recognition technology to police departments.", "reversed", "weaker"),
    (PLEDGE, "We will not sell facial recognition technology to local police departments.", "scope", "weaker"),
    (PLEDGE, "We will not sell facial recognition technology to law enforcement.", "scope", "stronger"),
    (PLEDGE, "We will not sell facial recognition technology to police departments, except in an emergency.", "exception", "weaker"),
    (PLEDGE, "We will not sell facial recognition technology to police departments until further notice.", "term", "weaker"),
    (PLEDGE, "We must not sell facial recognition technology to police departments.", "force", "stronger"),
    (PLEDGE, "", "withdrawn", "weaker"),
    ("", PLEDGE, "introduced", "stronger"),
    ("", "The police department uses our face search.", "introduced", "weaker"),
    (
        "A one-year moratorium on police use of face comparison is in force.",
        "A moratorium until further notice on police use of face comparison is in force.",
        "term",
        "stronger",
    ),
    ("We delete face templates within 30 days.", "We delete face templates within ninety days.", "term", "weaker"),
    ("We retain biometric data for one year.", "We retain biometric data for six months.", "term", "stronger"),
    (
        "A one-year moratorium on police use of face search is in force.",
        "A two-year moratorium on police use of face search is in force.",
        "term",
        "stronger",
    ),
    (
        "You may not use the service to:\n\n- identify people by their faces;",
        "You may use the service to:\n\n- identify people by their faces;",
        "reversed",
        "weaker",
    ),
    (
        "We will delete face templates after a year.",
        "Customers must delete face templates after a year.",
        "bearer",
        "weaker",
    ),
    (
        "We may provide facial recognition to law enforcement.",
        "We may provide facial recognition to law enforcement only with a warrant.",
        "condition",
        "stronger",
    ),
    (
        "Acme Corp will not sell facial recognition technology to police departments in the United States.",
        (
            "Acme Corp may provide facial recognition technology to law enforcement customers where permitted by "
            "applicable law and subject to our review."
        ),
        "reversed",
        "weaker",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "kind", "direction"), MATERIAL)
def test_one_change_is_one_finding(before: str, after: str, kind: str, direction: str) -> None:
    (finding,) = material(before, after)
    assert (finding.kind, finding.direction) == (kind, direction), finding.reasons
    assert finding.reasons
    assert finding.before_quote in document(before).text
    assert finding.after_quote in document(after).text


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (PLEDGE, "we will not sell Facial-Recognition technology to police departments", None),
        (PLEDGE, "4.2 We will not sell facial recognition technology to police departments.", None),
        (PLEDGE, "We will not sell our facial recognition technology to any police departments.", "reworded"),
        (f"{PLEDGE} {OTHER}", f"{OTHER} {PLEDGE}", "moved"),
        (f"# Us\n\n{PLEDGE}\n\nWe sell cameras.", f"# We\n\nWe sell lenses and cameras.\n\n{PLEDGE}", None),
        ("The camera has face detection.", "The camera has no face detection.", None),
    ],
    ids=["typography", "renumbered", "reworded", "moved", "other edits around it", "not our subject"],
)
def test_what_means_nothing_is_silent(before: str, after: str, kind: str | None) -> None:
    findings = changes(before, after)
    assert material(before, after) == []
    assert all(finding.tier is Tier.LOG for finding in findings)
    assert kind is None or kind in {finding.kind.value for finding in findings}


def test_a_vanished_technology_is_a_withdrawal_however_alike_the_words() -> None:
    before = "The service does not retain any face recognition data after a call."
    after = "The service does not retain any image enhancing data after a call."
    (finding,) = material(before, after)
    assert (finding.kind, finding.direction) == ("withdrawn", "weaker")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("We will not collect facial recognition data for one year.", "one year|five years"),
        ("We will not retain faceprints for the next 12 months.", "12|24"),
        ("We give 30 days notice before we collect faceprints.", "30|90"),
        ("We audit facial recognition customers every 12 months.", "12|6"),
    ],
)
def test_a_time_of_which_longer_is_not_plainly_worse_is_for_a_person(before: str, after: str) -> None:
    old, new = after.split("|")
    assert {finding.tier for finding in material(before, before.replace(old, new))} <= {Tier.REVIEW}


def test_a_double_negation_is_for_a_person() -> None:
    before = "There is no customer to whom our rule against face matching does not apply."
    (finding,) = material(before, "We may offer face matching to any customer to whom our rule does apply.")
    assert (finding.direction, finding.tier) == ("unclear", "review")


def test_another_exception_is_not_the_same_one() -> None:
    before = "Facial recognition is prohibited, except in an emergency."
    (finding,) = material(before, before.replace("in an emergency", "for paying guests"))
    assert (finding.kind, finding.direction) == ("exception", "unclear")


def test_a_purpose_narrows_a_refusal() -> None:
    after = PLEDGE.replace("departments.", "departments for mass surveillance.")
    (finding,) = material(PLEDGE, after)
    assert (finding.kind, finding.direction) == ("scope", "weaker")


@pytest.mark.parametrize(
    ("longer", "direction"),
    [("persons or suspects.", "weaker"), ("persons under a warrant.", "unclear")],
)
def test_a_longer_exception_is_for_a_person(longer: str, direction: str) -> None:
    before = "Facial recognition is prohibited, except to find missing persons."
    (finding,) = material(before, before.replace("persons.", longer))
    assert (finding.kind, finding.direction, finding.tier) == ("exception", direction, "review")


def test_coverage_does_not_make_up_for_lost_force() -> None:
    after = "We do not currently sell facial recognition technology to governments."
    (finding,) = material(PLEDGE, after)
    assert finding.direction == "weaker"


def test_more_force_over_less_is_told_as_both_and_for_a_person() -> None:
    after = "We must not sell facial recognition technology to local police departments."
    found = {(finding.kind, finding.direction, finding.tier) for finding in material(PLEDGE, after)}
    assert found == {("force", "stronger", "review"), ("scope", "weaker", "review")}


def test_somebody_elses_words_are_only_logged() -> None:
    before = "Critics say that we will not stop selling facial recognition to police."
    assert material(before, "") == []


def test_a_statement_said_twice_is_not_withdrawn_when_it_stands_once() -> None:
    assert material(f"{PLEDGE}\n\nWe sell cameras.\n\n{PLEDGE}", f"We sell cameras.\n\n{PLEDGE}") == []
    assert material(PLEDGE, f"{PLEDGE}\n\nIn short:\n\n{PLEDGE}") == []


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("## Prohibited uses\n\n- {item}", "## Permitted uses\n\n- {item}", "reversed"),
        (
            "## What you must not do\n\n- {item}\n- spam\n\n## What you may do\n\n- test",
            "## What you must not do\n\n- spam\n\n## What you may do\n\n- {item}\n- test",
            "reversed",
        ),
    ],
    ids=[
        "the heading turned",
        "the item moved below the opposite heading",
    ],
)
def test_a_heading_is_part_of_what_is_said(before: str, after: str, kind: str) -> None:
    item = "use face recognition on people in public spaces;"
    (finding,) = material(before.format(item=item), after.format(item=item))
    assert (finding.kind, finding.direction) == (kind, "weaker")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "## Facial recognition\n\nWe do not sell this technology.",
            "## Weather\n\nWe do not sell this technology.",
        ),
        (
            "## Do not watch people\n\nThis includes:\n\n- using face recognition on crowds;",
            "**Watching people: what we do not like, and why we say so here.**\n\nThis includes:\n\n- using face recognition on crowds;",
        ),
    ],
    ids=["the heading took the subject away", "the heading is no heading any more"],
)
def test_the_same_words_below_another_heading_are_for_a_person(before: str, after: str) -> None:
    (finding,) = material(before, after)
    assert (finding.direction, finding.tier) == ("unclear", "review")


def test_a_new_item_of_a_list_that_hangs_is_for_a_person() -> None:
    before = "This includes using our products to:\n\n- send spam;"
    (finding,) = material(before, before + "\n- build face recognition of crowds;")
    assert (finding.kind, finding.direction, finding.tier) == ("introduced", "unclear", "review")


def test_a_ban_that_still_stands_is_not_reversed_by_a_second_list() -> None:
    item = "- use face recognition on people;"
    before = f"You may not:\n\n{item}\n\nAgain, you may not:\n\n{item}"
    kinds = {
        finding.kind for finding in material(before, before.replace("Again, you may not", "Again, you may"))
    }
    assert FindingKind.WITHDRAWN not in kinds


def test_a_long_sentence_about_something_else_swallows_nothing() -> None:
    short = "We do not sell facial recognition to police."
    long = "We do not, in any of our shops, sell hats; facial recognition helps us to thank the police."
    assert "withdrawn" in {finding.kind for finding in material(short, long)} | {
        finding.kind for finding in material(f"{short}\n\n{long}", long)
    }


def test_a_change_to_two_copies_is_told_once() -> None:
    loose = PLEDGE.replace("will not", "do not")
    text = "{0}\n\nWe sell cameras.\n\n{0}"
    assert [finding.kind for finding in material(text.format(PLEDGE), text.format(loose))] == ["force"]
    assert [finding.kind for finding in material(text.format(PLEDGE), f"We sell cameras.\n\n{loose}")] == [
        "force"
    ]


def test_the_same_words_below_a_reworded_line_are_the_same() -> None:
    before = "This includes the usage of our services by police to:\n\n- track people with face recognition;"
    after = "This includes using our services to:\n\n- track people with face recognition;"
    assert material(before, after) == []


def test_a_merged_statement_is_not_withdrawn() -> None:
    before = "We will not sell facial recognition. We will not sell it to police who use facial recognition."
    after = (
        "We will not sell facial recognition and we will not sell it to police who use facial recognition."
    )
    assert FindingKind.WITHDRAWN not in {finding.kind for finding in material(before, after)}


SENTENCES = st.lists(
    st.sampled_from(
        [
            PLEDGE,
            "We do not use facial recognition.",
            "You may not use face search on employees.",
            "We may share biometric data with police.",
            "We will delete every faceprint after thirty days.",
            "We sell cameras.",
            "Prices are in euros.",
        ]
    ),
    max_size=8,
)


@given(SENTENCES, SENTENCES)
def test_every_statement_of_the_old_text_still_stands_or_is_told(old: list[str], new: list[str]) -> None:
    before, after = "\n\n".join(old), "\n\n".join(new)
    findings = changes(before, after)
    told = {finding.before_quote for finding in findings}
    still = {one.quote for one in statements(after)}
    assert {one.quote for one in statements(before)} <= told | still
    lost = [finding.before_quote for finding in findings if finding.kind is FindingKind.WITHDRAWN]
    assert len(lost) == len(set(lost))
    assert not set(lost) & still


@given(SENTENCES)
def test_a_text_compared_with_itself_is_silent(text: list[str]) -> None:
    assert changes("\n\n".join(text), "\n\n".join(text)) == ()


@given(SENTENCES, SENTENCES)
def test_the_same_texts_give_the_same_findings(old: list[str], new: list[str]) -> None:
    assert changes("\n\n".join(old), "\n\n".join(new)) == changes("\n\n".join(old), "\n\n".join(new))


def test_an_exception_in_a_cell_of_a_table_is_told() -> None:
    table = "| Use | Status |\n| --- | --- |\n| Facial recognition of strangers | Prohibited |\n"
    (finding,) = material(table, table.replace("Prohibited", "Prohibited except for police"))
    assert (finding.kind, finding.direction) == ("exception", "weaker")


def test_more_in_one_scope_and_less_in_another_are_both_told() -> None:
    before = "We will not sell facial recognition to police departments in Europe."
    found = material(before, "We will not sell facial recognition to local police.")
    assert {(one.kind, one.direction, one.tier) for one in found} == {
        ("scope", "weaker", "review"),
        ("scope", "stronger", "review"),
    }


def test_words_of_force_that_stand_apart_stand_in_their_sentence() -> None:
    pledge = "No customer may use this technology on strangers."
    (finding,) = material(f"## Facial recognition\n\n{pledge}", f"## Weather\n\n{pledge}")
    assert (finding.direction, finding.tier) == ("unclear", "review")


BANNED = "Customers must not use face search to follow workers in their shops."


@pytest.mark.parametrize(
    ("before", "after", "is_one"),
    [
        (BANNED, BANNED.replace("must not", "may"), True),
        (BANNED, "Customers may use face search to follow workers in any shop of theirs.", True),
        (BANNED, "We may use face recognition to open the gates of our depot.", False),
        ("We will not sell face search to the police.", "We may provide face search to law enforcement that asks.", True),
        ("We will not sell face search to the police.", "We may provide face search to hotels.", False),
    ],
    ids=[
        "the verb turned", "the same act", "another bearer", "the same people", "other people",
    ],
)  # fmt: skip
def test_a_ban_and_a_permission_are_one_where_the_same_act_turned(
    before: str, after: str, is_one: bool
) -> None:
    for old, new in ((before, after), (after, before)):
        found = material(old, new)
        assert ([one.kind for one in found] == ["reversed"]) is is_one, found
        told = {"weaker"} if old == before else {"stronger"}
        assert {one.direction for one in found} == told


@pytest.mark.parametrize(
    ("before", "after", "tiers"),
    [
        # the sentence stood there, and only what stands before it made it one of ours
        ("We keep data.\n\nWe do not use this data to judge you.", "We keep data, faceprints among them.\n\nWe do not use this data to judge you at all.", []),
        ("## Guests\n\nWe do not sell this technology to anybody.", "## Face search\n\nWe do not sell this technology to anybody at all.", ["review"]),
        # the sentence itself became one of ours
        ("We keep data.\n\nWe do not use data to judge you.", "We keep data.\n\nWe do not use biometric data to judge you.", ["alert"]),
    ],
)  # fmt: skip
def test_a_sentence_that_stood_there_is_not_new(before: str, after: str, tiers: list[str]) -> None:
    found = [one for one in material(before, after) if one.after_quote.startswith("We do not")]
    assert [one.tier for one in found] == tiers


DELETED = "We delete face templates within 30 days."
AT_WORK = "You may not use our service for emotion recognition at work."
TOLD = [
    (DELETED, "We delete face templates immediately.", "term stronger alert"),
    (DELETED, "We delete face templates at once.", "term stronger alert"),
    (DELETED, "We delete face templates as soon as you leave.", "term stronger alert"),
    (DELETED, "We delete face templates right after the match.", "term stronger alert"),
    (DELETED, "We delete face templates.", "term weaker alert"),
    (DELETED, "We delete face templates immediately, at the latest after 60 days.", "term weaker alert"),
    ("We delete face templates immediately.", DELETED, "term weaker alert"),
    (DELETED, "We delete face templates as soon as it suits us.", "term unclear review"),
    (DELETED, "We delete face templates without undue delay.", "term unclear review"),
    (DELETED, "We delete face templates promptly.", "term unclear review"),
    (DELETED.replace("We", "We will"), "We have deleted all face templates.", "term unclear review"),
    (AT_WORK, AT_WORK.replace(".", " or in schools."), "scope stronger alert"),
    (AT_WORK.replace(".", " or in schools."), AT_WORK, "scope weaker alert"),
    (AT_WORK, AT_WORK.replace(".", ", in schools, or in our stores."), "scope stronger alert"),
    (AT_WORK, AT_WORK.replace("at work", "of employees at work in schools"), "scope weaker alert"),
    (AT_WORK.replace("may not", "may"), AT_WORK.replace("may not", "may").replace(".", " or in schools."), "scope weaker alert"),
    (PLEDGE, PLEDGE.replace(".", " until Congress acts."), "term weaker alert"),
    (PLEDGE, PLEDGE.replace(".", " until Congress acts, and not even then."), "term unclear review"),
    ("We do not use facial recognition in our stores.", "We removed facial recognition from all of our stores.", "force stronger review"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "told"), TOLD, ids=[after[:60] for _, after, _ in TOLD])
def test_what_is_stronger_or_beyond_measure_is_never_told_as_weaker(
    before: str, after: str, told: str
) -> None:
    (finding,) = material(before, after)
    assert f"{finding.kind} {finding.direction} {finding.tier}" == told, finding.reasons


@pytest.mark.parametrize(
    "added",
    [" or emotion recognition to police", " to police", " or cameras to police"],
    ids=["another object of whom it names", "nothing joins it", "words between"],
)
def test_a_party_that_does_not_merely_stand_beside_the_old_words_narrows_them(added: str) -> None:
    before = "We will not sell facial recognition."
    rules = {finding.rule for finding in material(before, before.replace(".", f"{added}."))}
    assert "parties-narrowed" in rules


# --------------------------------------------------------------------------- words that take nothing away

STORES = "We do not use facial recognition in our stores."
SAME = [
    PLEDGE.replace("will", "pledge").replace("not sell", "not to sell"),
    PLEDGE.replace("will not sell", "commit not to sell"),
    PLEDGE.replace("will not sell", "have vowed not to sell"),
    PLEDGE.replace("will not sell", "have decided not to sell"),
    PLEDGE.replace("We will not sell", "Our commitment: no sale of"),
    PLEDGE.replace(".", ", even with a warrant."),
    PLEDGE.replace(".", ", even if a law allows it."),
    PLEDGE.replace(".", ", with or without a warrant."),
    PLEDGE.replace(".", "; not even if a court orders it."),
    PLEDGE.replace(".", " anywhere in the world."),
    PLEDGE.replace(".", " for any purpose."),
    PLEDGE.replace(".", " under any circumstances."),
    PLEDGE.replace("technology", "technology of any kind"),
    PLEDGE.replace("not sell", "not sell live or retrospective"),
    PLEDGE.replace("not sell", "not directly or indirectly sell"),
]


@pytest.mark.parametrize("after", SAME)
def test_what_takes_nothing_out_of_a_refusal_is_silent(after: str) -> None:
    assert material(PLEDGE, after) == []


@pytest.mark.parametrize("before", SAME)
def test_such_words_that_go_are_at_most_for_a_person(before: str) -> None:
    assert [one for one in material(before, PLEDGE) if one.tier is Tier.ALERT] == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("We delete face templates within one day.", "We delete face templates within 24 hours."),
        ("We delete face templates within 3 days.", "We delete face templates within 72 hours."),
        ("We delete face templates within one year.", "We delete face templates within 12 months."),
        ("We delete face templates within 24 months.", "We delete face templates within two years."),
    ],
)
def test_the_same_time_in_other_units_is_silent_both_ways(before: str, after: str) -> None:
    assert material(before, after) == material(after, before) == []


WORTH_LESS = "A face match must not be used as a basis for an arrest."
LESS = [
    (PLEDGE, PLEDGE.replace("will not", "might not"), "force weaker alert"),
    (PLEDGE, PLEDGE.replace("will not", "could not"), "force weaker alert"),
    (PLEDGE, PLEDGE.replace("We will", "Perhaps we will"), "scope weaker alert"),
    (PLEDGE, PLEDGE.replace("will not sell", "hope never to sell"), "force weaker alert"),
    (PLEDGE, PLEDGE.replace("will not sell", "aim never to sell"), "force weaker alert"),
    (PLEDGE, PLEDGE.replace(".", " in Ohio."), "scope weaker review"),
    (PLEDGE, PLEDGE.replace(".", ", only to police in Ohio."), "condition weaker alert"),
    (PLEDGE, PLEDGE.replace(".", ", only with a warrant."), "condition weaker alert"),
    (STORES, STORES.replace("stores", "London stores"), "scope weaker review"),
    (STORES, STORES.replace("stores", "larger stores"), "scope weaker review"),
    (WORTH_LESS, WORTH_LESS.replace("a basis", "the sole basis"), "scope weaker alert"),
    ("We use face search only with your consent.", "We use face search, even without your consent.", "condition weaker alert"),
]  # fmt: skip
TURNED = {"weaker": "stronger", "stronger": "weaker"}


@pytest.mark.parametrize(("before", "after", "told"), LESS, ids=[after[:70] for _, after, _ in LESS])
def test_what_leaves_less_is_told_as_weaker_and_the_way_back_as_stronger(
    before: str, after: str, told: str
) -> None:
    (finding,) = material(before, after)
    assert f"{finding.kind} {finding.direction} {finding.tier}" == told, finding.reasons
    (back,) = material(after, before)
    assert back.direction == TURNED[finding.direction]


@pytest.mark.parametrize(
    "added", [" or license", ", market or license"], ids=["one more act", "two more acts"]
)
def test_one_more_act_widens_a_refusal(added: str) -> None:
    (finding,) = material(PLEDGE, PLEDGE.replace("sell", f"sell{added}"))
    assert f"{finding.direction} {finding.rule}" == "stronger items-added"


@pytest.mark.parametrize(
    "added", ["; cameras only record", "; staff only watch the cameras", ", only to schools"]
)
def test_only_beside_a_refusal_is_no_condition_of_it(added: str) -> None:
    for before in (PLEDGE, STORES):
        found = material(before, before.replace(".", f"{added}."))
        assert [one.rule for one in found if one.rule.startswith("condition") or one.tier is Tier.ALERT] == []
