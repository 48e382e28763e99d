"""How well words meet what is asked: met, partial, unmet, regressed, unknown; never more than is known."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.asks import Ask, Scope, Shown, State
from monitor.model import Direction, Sighting, Tier
from monitor.scorecard import Claim, Overrule, Part, scorecard
from monitor.scorecard.covers import covers
from monitor.scorecard.phrases import exact
from monitor.scorecard.said import said_of
from tests.claimed import ASKS, ENGLISH, FAR, PLEDGE, TERMS, Page, ask, claims, on, part_of, said

NO_SALE = "We will not sell facial recognition technology to police departments."
UNTIL_A_LAW = (
    "We will not sell facial recognition technology to police departments until there is a national law."
)
FOR_A_YEAR = (
    "We are putting in place a one-year moratorium on police use of our facial recognition technology."
)
UNTIL_A_DAY = "We will not sell facial recognition technology to police departments until 30 April 2026."
FURTHER = "We have extended our moratorium on police use of facial recognition until further notice."
NOTHING = "Our cafeteria opens at noon."
SELLS = "We sell facial recognition to police departments."
LOGIN = {TERMS: "acme/terms: a login stood before it, since 2026-05-01"}


def police(*pages: Page, today: int = FAR, **more: object) -> Part:
    return part_of("POL-1", "police", claims(*pages, today=today), **more)


# --------------------------------------------------------------------------- the examples of asks.toml


@pytest.mark.parametrize(
    ("one", "scope", "example"),
    [
        pytest.param(one, scope, example, id=f"{one.id} {scope.name} {place}")
        for one in ASKS
        for scope in one.parts
        for place, example in enumerate(scope.examples)
    ],
)
def test_each_part_is_met_as_its_examples_say(one: Ask, scope: Scope, example: Shown) -> None:
    assert part_of(one.id, scope.name, claims(Page((0, example.says)))).state is example.state


@pytest.mark.parametrize("one", [one for one in ASKS if not one.parts], ids=lambda one: one.id)
def test_what_no_statement_can_show_is_unknown_and_says_why(one: Ask) -> None:
    kind = next(iter(sorted(one.organizations)), "vendor")
    ((part,),) = [each.parts for each in scorecard(claims(Page((0, [NO_SALE]))), [one], kind, {})]
    assert (part.state, part.why, part.supports) == (State.UNKNOWN, one.beyond, ())


@pytest.mark.parametrize(("kind", "is_there"), [("vendor", True), ("agency", False), ("other", True)])
def test_only_asks_that_are_addressed_to_its_kind_are_scored(kind: str, is_there: bool) -> None:
    assert bool(scorecard((), [ask("POL-1")], kind, {})) is is_there


# --------------------------------------------------------------------------- stories


@pytest.mark.parametrize(
    ("pages", "id", "part", "state", "why"),
    [
        pytest.param(
            [Page((0, [UNTIL_A_LAW]))], "POL-1", "police", State.PARTIAL,
            "It says so, but until something happens: “until there is a national law”.", id="until a law",
        ),
        pytest.param(
            [Page((0, [FOR_A_YEAR]))], "POL-1", "police", State.PARTIAL,
            "It says so, but for a fixed time: “one-year moratorium”.", id="for a year",
        ),
        pytest.param(
            [Page((0, [FOR_A_YEAR]), until=500)], "POL-1", "police", State.REGRESSED,
            "The time that this names was over by 2027-01-01, counted from when we first saw it: "
            f"“{FOR_A_YEAR}”", id="the year is over",
        ),
        pytest.param(
            [Page((0, [UNTIL_A_DAY]))], "POL-1", "police", State.REGRESSED,
            f"By its own words this ended on 2026-04-30: “{UNTIL_A_DAY}”", id="its day is over",
        ),
        pytest.param(
            [Page((0, [FOR_A_YEAR]), (300, [FURTHER]), until=500)], "POL-1", "police", State.PARTIAL,
            "It says so, but until further notice: “until further notice”.", id="extended before it was over",
        ),
        pytest.param(
            [Page((0, [FOR_A_YEAR]), until=500), Page((300, [FURTHER]), page=TERMS, until=500)],
            "POL-1", "police", State.PARTIAL,
            "It says so, but until further notice: “until further notice”.", id="extended on another page",
        ),
        pytest.param(
            [Page((0, ["We no longer offer general purpose facial recognition software."]))], "GB-2a", "sell",
            State.PARTIAL, "It says so, but with a word that narrows it: “general purpose”.", id="general purpose",
        ),
        pytest.param(
            [Page((0, ["We will not use facial recognition for surveillance.", NOTHING]), (50, [NOTHING]))],
            "GB-2a", "use", State.REGRESSED,
            "Since 2026-02-20 this no longer appears on the page we watch: "
            "“We will not use facial recognition for surveillance.”", id="a principle is gone",
        ),
        pytest.param(
            [Page((0, ["We require law enforcement customers to have a person review each face match."]),
                  (50, ["We challenge law enforcement customers to have a person review each face match."]))],
            "UNGP-13", "", State.REGRESSED,
            "Since 2026-02-20 it says “We challenge law enforcement customers to have a person review each face "
            "match.” where it said “We require law enforcement customers to have a person review each face match.”",
            id="require became challenge",
        ),
        pytest.param(
            [Page((0, [NO_SALE]), (50, [UNTIL_A_LAW]))], "POL-1", "police", State.REGRESSED,
            f"Since 2026-02-20 it says “{UNTIL_A_LAW}” where it said “{NO_SALE}”", id="a condition was added",
        ),
        pytest.param(
            [Page((0, [UNTIL_A_LAW]), (50, [NO_SALE]))], "POL-1", "police", State.MET,
            "It says so, and we see no limit in its words.", id="a condition was dropped",
        ),
        pytest.param(
            [Page((0, [SELLS]))], "POL-1", "police", State.UNMET,
            f"We found no promise of it on the pages that we read; what we found is “{SELLS}”", id="it sells",
        ),
    ],
)  # fmt: skip
def test_stories(pages: list[Page], id: str, part: str, state: State, why: str) -> None:
    today = max(one.sayings[-1].last_fetch_id for one in pages)
    found = part_of(id, part, claims(*pages, today=today))
    assert (found.state, found.why) == (state, why)


# --------------------------------------------------------------------------- regressed


def test_what_still_stands_in_the_same_words_elsewhere_is_no_loss() -> None:
    left = Page((0, [NO_SALE]), (50, [NOTHING]))
    assert police(left).state is State.REGRESSED
    assert police(left, Page((0, [NO_SALE]), page=TERMS)).state is State.MET
    assert police(left, Page((52, [NO_SALE]), page=TERMS)).state is State.MET
    assert police(left, Page((0, [UNTIL_A_LAW]), page=TERMS)).state is State.REGRESSED


def test_words_that_come_back_after_the_loss_was_confirmed_wait_for_a_person() -> None:
    back = police(Page((0, [NO_SALE]), (50, [NOTHING]), (80, [NO_SALE])))
    assert back.state is State.REGRESSED
    assert back.why.endswith("; words as strong stand since 2026-03-22: a person has to decide.")
    assert [one.quote for one in back.supports] == [NO_SALE, NO_SALE]


def test_only_a_confirmed_and_weaker_change_is_a_loss() -> None:
    page = Page((0, [NO_SALE]), (50, [NOTHING]))
    (place, one), *_ = page.tracked
    for state, finding, is_loss in (
        (Sighting.CONFIRMED, one.finding, True),
        (Sighting.PENDING, one.finding, False),
        (Sighting.VARIANT, one.finding, False),
        (Sighting.CONFIRMED, replace(one.finding, tier=Tier.LOG), False),
        (Sighting.CONFIRMED, replace(one.finding, direction=Direction.STRONGER), False),
    ):
        page.tracked = [(place, replace(one, state=state, finding=finding))]
        assert (police(page).state is State.REGRESSED) is is_loss


def test_a_change_that_nobody_has_judged_says_so() -> None:
    page = Page((0, [NO_SALE]), (50, [NOTHING]))
    (place, one), *_ = page.tracked
    page.tracked = [(place, replace(one, finding=replace(one.finding, tier=Tier.REVIEW)))]
    assert police(page).why.endswith(f"“{NO_SALE}” (a person has yet to judge this change).")


def test_each_loss_is_shown_the_newest_first() -> None:
    part = police(Page((0, [NO_SALE]), (50, [UNTIL_A_LAW]), (90, [NOTHING])))
    assert [one.quote for one in part.supports] == [UNTIL_A_LAW, NO_SALE]
    assert part.why.startswith("Since 2026-04-01 this no longer appears")


def test_words_that_flipped_and_came_back_were_weaker_for_a_while() -> None:
    page = Page((0, [NO_SALE]), (50, [UNTIL_A_LAW]))
    page.sayings = said([NO_SALE], 0, FAR)  # so short an absence is none
    assert police(page).state is State.REGRESSED


def test_what_came_after_a_change_was_not_taken_by_it() -> None:
    page = Page((0, [NO_SALE]), (50, [NOTHING]))
    page.sayings = said([NO_SALE], 60, FAR)  # nobody knows any more what stood there before
    assert police(page).state is State.MET


def test_words_that_bind_less_are_a_loss() -> None:
    weaker = "We do not sell facial recognition technology to police departments."
    assert police(Page((0, [weaker]))).state is State.MET
    assert police(Page((0, [NO_SALE]), (50, [weaker]))).state is State.REGRESSED


# --------------------------------------------------------------------------- exceptions in sentences of their own

APART = "This ban on the sale of facial recognition to police does not apply to hospitals."


@pytest.mark.parametrize(
    ("page", "state"),
    [
        pytest.param(Page((0, [NO_SALE, APART])), State.PARTIAL, id="beside it"),
        pytest.param(Page((0, [APART])), State.UNMET, id="alone"),
        pytest.param(Page((0, [NO_SALE, APART]), (50, [NO_SALE])), State.MET, id="gone since"),
    ],
)
def test_an_exception_in_a_sentence_of_its_own(page: Page, state: State) -> None:
    assert police(page).state is state


def test_an_exception_on_another_page_is_of_something_else() -> None:
    assert police(Page((0, [NO_SALE])), Page((0, [APART]), page=TERMS)).state is State.MET


# --------------------------------------------------------------------------- what its one cue does not govern

JUDGE = "Words that a person has to judge: "


@pytest.mark.parametrize(
    "words",
    [
        "We do not use facial recognition; we sell it.",
        "We do not use facial recognition, but we sell facial recognition.",
        "We do not sell data; we sell facial recognition technology.",
        "We do not develop facial recognition technology; we license it from a partner.",
        "We do not use facial recognition and we sell it to police departments.",
        "We do not use facial recognition but sell it to police departments.",
        "We do not use facial recognition — we sell it.",
        "While we do not use facial recognition, our partners sell it.",
        "We do not use facial recognition, although our resellers may sell it.",
        "We do not sell facial recognition to police departments; our resellers do.",
        "We don't use facial recognition; our customers use it.",
        "We do not use facial recognition (we sell it).",
        "We do not use facial recognition and will sell it.",
        "We do not use facial recognition and also sell it to the police.",
        "We do not use facial recognition ourselves, selling it to police departments.",
        "We do not use facial recognition, which we sell to police departments.",
        "We do not use the facial recognition that we sell to police departments.",
    ],
)
def test_a_second_clause_is_never_met_and_stands_in_its_reasons(words: str) -> None:
    made = claims(Page((0, [words])))
    parts = [each for score in scorecard(made, ASKS, "vendor", {}) for each in score.parts]
    assert State.MET not in {one.state for one in parts}
    known = [one.why for one in parts if one.state is State.PARTIAL]
    assert known and all(why.startswith(JUDGE) for why in known)


def test_a_second_place_is_a_second_clause() -> None:
    both = "Our stores do not use facial recognition, but our arena uses facial recognition."
    part = part_of("GB-1b2", "", claims(Page((0, [both]))))
    assert part.state is State.PARTIAL and "“our arena uses facial recognition”" in part.why


@pytest.mark.parametrize(
    "words",
    [
        "We will not sell or license our facial recognition technology to the police.",
        "We will not sell facial recognition technology, and we will never sell it to anyone.",
        "We have never sold, and will never sell, facial recognition to police departments.",
        "We do not sell facial recognition to schools, police departments and the military.",
        "We do not use facial recognition, nor do we sell it.",
        "We do not sell facial recognition technology or license it to anyone.",
    ],
)
def test_a_list_or_the_same_refusal_again_is_no_second_clause(words: str) -> None:
    (one,) = claims(Page((0, [words])))
    assert one.said is not None and one.said.doubts.others == ()


@pytest.mark.parametrize(
    ("words", "id", "name"),
    [
        ("Police departments must not use our facial recognition technology without training.", "POL-1", "police"),
        ("Police departments must not use facial recognition for training.", "POL-1", "police"),
        ("We only sell facial recognition technology to law enforcement.", "GB-2b1", ""),
        ("We do not guarantee that facial recognition is accurate.", "GB-2b1", ""),
        ("We will not provide refunds for facial recognition technology.", "GB-2a", "sell"),
        ("We will not sell facial recognition technology to authoritarian regimes.", "POL-1", "police"),
    ],
)  # fmt: skip
def test_words_that_a_person_has_to_judge_are_not_said_to_say_so(words: str, id: str, name: str) -> None:
    part = part_of(id, name, claims(Page((0, [words]))))
    assert (part.state, part.why[: len(JUDGE)]) == (State.PARTIAL, JUDGE)
    assert all(one.why.startswith(JUDGE) for one in part.supports)


@pytest.mark.parametrize(
    "words",
    [
        "We decided not to ban the sale of facial recognition to police departments.",
        "We do not believe that we should stop selling facial recognition to police departments.",
        "We have never been asked to stop selling facial recognition to police departments.",
        "We refuse to abandon facial recognition technology.",
    ],
)
def test_a_refusal_to_stop_covers_nothing(words: str) -> None:
    made = claims(Page((0, [words])))
    assert {each.state for score in scorecard(made, ASKS, "vendor", {}) for each in score.parts} == {
        State.UNMET,
        State.UNKNOWN,
    }


def test_a_purpose_limits_what_is_not_done() -> None:
    part = part_of(
        "GB-2a", "use", claims(Page((0, ["We will not use facial recognition to infer emotions."])))
    )
    assert (part.state, part.why) == (State.PARTIAL, "It says so, but only “to infer emotions”.")


# --------------------------------------------------------------------------- words that say the contrary

NORWAY = "We sell facial recognition to police departments in Norway."


@pytest.mark.parametrize("page", [PLEDGE, TERMS])
def test_words_that_say_the_contrary_are_weighed_and_shown(page: str) -> None:
    part = police(Page((0, [NO_SALE])), Page((0, [NORWAY]), page=page))
    assert part.state is State.PARTIAL and part.why.endswith(f"; beside it stands “{NORWAY}”")
    assert [one.quote for one in part.supports] == [NO_SALE, NORWAY]


def test_words_that_said_the_contrary_and_are_gone_are_not_weighed() -> None:
    assert police(Page((0, [NO_SALE, NORWAY]), (50, [NO_SALE]))).state is State.MET


def test_a_use_elsewhere_is_contrary_to_no_use_in_the_stores() -> None:
    no_use, uses = (
        "We do not use facial recognition in our stores.",
        "We use facial recognition at our doors.",
    )
    assert part_of("GB-1b2", "", claims(Page((0, [no_use, uses])))).state is State.PARTIAL


# --------------------------------------------------------------------------- regressed, or in doubt


def test_a_change_that_nobody_has_judged_is_a_doubt_and_no_loss() -> None:
    page = Page((0, [NO_SALE]), (60, ["We will not sell facial recognition to any government."]))
    (place, one), *_ = Page((0, [NO_SALE]), (50, [NOTHING])).tracked
    page.tracked = [(place, replace(one, finding=replace(one.finding, tier=Tier.REVIEW)))]
    part = police(page)
    assert part.state is State.MET and "(a person has yet to judge this change)" in part.why
    assert [each.quote for each in part.supports][-1] == NO_SALE


@pytest.mark.parametrize(
    ("left", "stands", "id", "name", "state"),
    [
        pytest.param("police departments", "law enforcement", "GB-2a", "sell", State.PARTIAL, id="wider"),
        pytest.param("law enforcement", "police departments", "GB-2a", "sell", State.REGRESSED, id="narrower"),
        pytest.param("police departments", "schools", "GB-2a", "sell", State.REGRESSED, id="others"),
        pytest.param("immigration agencies", "law enforcement", "INV-1", "", State.MET, id="whole"),
    ],
)  # fmt: skip
def test_a_wider_pledge_elsewhere_makes_up_for_a_narrower_one(
    left: str, stands: str, id: str, name: str, state: State
) -> None:
    pledge = "We will not sell facial recognition technology to {}."
    gone = Page((0, [pledge.format(left), NOTHING]), (50, [NOTHING]))
    made = claims(gone, Page((0, [pledge.format(stands)]), page=TERMS))
    assert part_of(id, name, made).state is state


def test_an_exception_from_a_ban_is_none_from_a_duty() -> None:
    duty = "We require law enforcement customers to have a person review each face match."
    alone, beside = (part_of("UNGP-13", "", claims(Page((0, words)))) for words in ([duty], [duty, APART]))
    assert (beside.state, beside.why) == (alone.state, alone.why)


# --------------------------------------------------------------------------- what could not be read


@pytest.mark.parametrize(
    ("words", "page", "state", "why"),
    [
        pytest.param(
            [NOTHING], PLEDGE, State.UNKNOWN,
            "We found nothing of it, and not every page could be read "
            "(acme/terms: a login stood before it, since 2026-05-01).", id="nothing found",
        ),
        pytest.param(
            [NO_SALE], TERMS, State.UNKNOWN,
            "It said so when we last read it, and how it is now is not known "
            "(acme/terms: a login stood before it, since 2026-05-01).", id="found where nobody can look now",
        ),
        pytest.param([NO_SALE], PLEDGE, State.MET, "It says so, and we see no limit in its words.", id="found elsewhere"),
    ],
)  # fmt: skip
def test_a_page_that_nobody_can_read(words: list[str], page: str, state: State, why: str) -> None:
    found = police(Page((0, words), page=page), unread=LOGIN)
    assert (found.state, found.why) == (state, why)


def test_what_was_confirmed_to_be_gone_is_regressed_whether_or_not_the_page_is_there() -> None:
    assert police(Page((0, [NO_SALE]), (50, [NOTHING]), page=TERMS), unread=LOGIN).state is State.REGRESSED


def test_only_some_of_the_reasons_are_named() -> None:
    many = {f"acme/{number}": f"acme/{number}: it is paused" for number in range(5)}
    assert police(unread=many).why.endswith("acme/2: it is paused, and 2 more).")


def test_an_end_passes_unseen_where_nobody_could_read_the_page() -> None:
    part = police(Page((0, [UNTIL_A_DAY]), page=TERMS, until=100), unread=LOGIN)
    assert part.state is State.UNKNOWN, "it may have been extended"


# --------------------------------------------------------------------------- what it rests on


def test_a_state_carries_its_words_and_where_they_stand() -> None:
    (one,) = police(Page((3, [UNTIL_A_LAW]))).supports
    assert (one.quote, one.page_id, one.fetch_id) == (UNTIL_A_LAW, PLEDGE, FAR)
    assert (one.at.date(), one.last_seen.date()) == (on(3), on(FAR))
    assert one.why == "It says so, but until something happens: “until there is a national law”."


def test_unmet_carries_what_it_says_instead() -> None:
    assert [(one.quote, one.why) for one in police(Page((0, [SELLS]))).supports] == [(SELLS, "It says this.")]


@pytest.mark.parametrize(
    ("words", "shown"),
    [("until there is a law", "“until there  is a Law”"), ("general purpose", "“general-purpose”"), ("a rule", "a rule"), ("", "")],
)  # fmt: skip
def test_only_exact_words_stand_in_quotation_marks(words: str, shown: str) -> None:
    assert exact(words, ["No general-purpose search", "until there  is a Law, now"]) == shown


def test_words_whose_limits_cannot_be_read_are_never_met() -> None:
    (one,) = claims(Page((0, [NO_SALE])))
    part = part_of("POL-1", "police", [replace(one, said=None)])
    assert (part.state, part.why) == (
        State.PARTIAL,
        "It says so, but its limits could not be read from these words alone.",
    )


def test_words_that_somebody_else_says_wait_for_a_person() -> None:
    (one,) = claims(Page((0, [NO_SALE])))
    assert one.said is not None
    quoted = replace(one.said, statement=replace(one.said.statement, in_quotes=True))
    part = part_of("POL-1", "police", [replace(one, said=quoted)])
    assert (part.state, part.why) == (
        State.PARTIAL,
        f"Words that a person has to judge: “{NO_SALE.rstrip('.')}.”",
    )


def test_what_a_sentence_points_at_is_named_before_it_is_read_again() -> None:
    it = "We will not sell it to police departments until there is a law."
    part = police(Page((0, ["Facial recognition finds people in a crowd.", it])))
    assert part.why == "It says so, but until something happens: “until there is a law”."


def test_words_that_nothing_reads_are_kept_apart_from_names() -> None:
    (one,) = said(["We’re never selling Acme’s or Works’ facial recognition to police in Ruritania."], 0, FAR)
    for names, others in (((), ("acme's", "works", "ruritania")), (("Acme Works",), ("ruritania",))):
        found = said_of(one, ENGLISH, names)
        assert found is not None and found.others == others


def test_lines_that_go_on_in_the_words_are_read_with_them() -> None:
    (one,) = said(["We will not offer facial recognition by police departments."], 0, FAR)
    line = "Within Ruritania, you may not use our service for:"
    found = said_of(
        replace(one, quote="facial recognition by police departments", context=("Rules", line)), ENGLISH
    )
    assert found is not None
    assert (found.statement.bearer, found.others) == ("customer", ("ruritania", "service"))


# --------------------------------------------------------------------------- overrules


def decision(state: State, day: int, part: str = "") -> Overrule:
    return Overrule("acme", "POL-1", state, "The contract forbids it.", "Ana", on(day).isoformat(), part)


def test_a_person_decides_and_our_state_is_kept() -> None:
    part = police(Page((0, [SELLS])), overrules=[decision(State.MET, 100)])
    assert (part.state, part.found) == (State.MET, State.UNMET)
    assert part.why == "Ana decided on 2026-04-11: The contract forbids it (we found: unmet)."
    assert [one.quote for one in part.supports] == [SELLS]


@pytest.mark.parametrize(
    ("decided", "holds"),
    [pytest.param(54, True, id="later"), pytest.param(53, False, id="on the day"), pytest.param(40, False, id="before")],
)  # fmt: skip
def test_a_decision_holds_until_something_gets_weaker(decided: int, holds: bool) -> None:
    weakened = Page((0, [NO_SALE]), (50, [UNTIL_A_LAW]))  # confirmed on day 53
    part = police(weakened, overrules=[decision(State.PARTIAL, decided)])
    assert part.state is (State.PARTIAL if holds else State.REGRESSED)
    assert (part.overruled is not None, part.found) == (holds, State.REGRESSED if holds else None)
    assert ("the decision of Ana of" in part.why) is not holds
    assert part.why.endswith("no longer holds.") is not holds


@pytest.mark.parametrize(
    ("overrules", "state"),
    [
        pytest.param([decision(State.MET, 90), decision(State.PARTIAL, 91)], State.PARTIAL, id="the newest"),
        pytest.param(
            [decision(State.MET, 90, "police"), decision(State.PARTIAL, 91)],
            State.MET,
            id="rather of the part",
        ),
        pytest.param([decision(State.MET, 90, "immigration")], State.UNMET, id="of another part"),
        pytest.param([replace(decision(State.MET, 90), ask="INV-1")], State.UNMET, id="of another ask"),
    ],
)
def test_which_decision_counts(overrules: list[Overrule], state: State) -> None:
    assert police(overrules=overrules).state is state


def test_what_our_method_cannot_judge_a_person_can() -> None:
    one = replace(decision(State.MET, 90), ask="INV-2")
    assert part_of("INV-2", "", (), overrules=[one]).state is State.MET


# --------------------------------------------------------------------------- whatever is said

POOL: tuple[Claim, ...] = claims(
    Page((0, [NO_SALE, SELLS]), (50, [UNTIL_A_LAW])),
    Page((0, [UNTIL_A_LAW, "We will not sell facial recognition to any government."]), page=TERMS),
    Page((0, [FOR_A_YEAR]), (60, [NOTHING]), page="acme/news"),
    Page(
        (0, ["We no longer offer general purpose facial recognition software.", UNTIL_A_DAY]),
        page="acme/blog",
    ),
    Page((9, ["We will not sell facial recognition technology."]), page="acme/faq"),
)
SETS = st.lists(st.sampled_from(POOL), unique_by=id)
UNREAD = st.sets(st.sampled_from(sorted({one.saying.page_id for one in POOL})))


def state(made: list[Claim], unread: set[str]) -> Part:
    return part_of("POL-1", "police", made, unread={page: f"{page}: it is paused" for page in unread})


@given(SETS, UNREAD, UNREAD)
def test_not_reading_a_page_makes_nothing_known(made: list[Claim], unread: set[str], more: set[str]) -> None:
    before, after = state(made, unread), state(made, unread | more)
    if before.state is State.UNKNOWN:
        assert after.state is State.UNKNOWN
    if before.state is State.REGRESSED or after.state is State.REGRESSED:
        assert before.state is after.state
    assert not (after.state is State.UNMET and unread | more)


@given(SETS, UNREAD, st.sampled_from(POOL))
def test_limited_words_more_never_lower_what_is_met(made: list[Claim], unread: set[str], more: Claim) -> None:
    (scope, *_) = ask("POL-1").parts
    cover = covers(more, scope, ask("POL-1").parts, ())
    if state(made, unread).state is State.MET and cover and cover.limits and not more.losses:
        assert state([*made, more], unread).state is State.MET


def test_and_there_are_such_cases() -> None:
    (scope, *_) = ask("POL-1").parts
    limited = [
        one for one in POOL if (cover := covers(one, scope, (), ())) and cover.limits and not one.losses
    ]
    met = [both for both in combinations(POOL, 2) if state(list(both), set()).state is State.MET]
    assert limited and met


@given(SETS, UNREAD, st.randoms(use_true_random=False))
def test_the_order_of_claims_does_not_matter(made: list[Claim], unread: set[str], random: object) -> None:
    shuffled = list(made)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert state(made, unread) == state(shuffled, unread)


@given(SETS, UNREAD)
def test_every_quote_is_one_of_the_claims_and_every_state_has_a_sentence(
    made: list[Claim], unread: set[str]
) -> None:
    part = state(made, unread)
    assert {one.quote for one in part.supports} <= {one.saying.quote for one in made}
    assert part.why[0].isupper() and part.why.endswith((".", ".”")) and "  " not in part.why
    assert part.supports or part.state in (State.UNMET, State.UNKNOWN)
