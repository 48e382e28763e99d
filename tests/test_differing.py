"""One subject in several wordings: what is shown side by side, in which order, and which is the narrowest."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.compare import statements_in
from monitor.documented import Documented, Fate, Quoted
from monitor.ledger import Commitment, ledger
from monitor.ledger.differing import NOT_WATCHED, PAGE_WATCHED, Differing, differing
from monitor.model import (
    Direction,
    Document,
    Finding,
    FindingKind,
    Role,
    Saying,
    Segment,
    Sighting,
    Tier,
    Tracked,
)  # fmt: skip
from monitor.standing import standing_of
from monitor.strength import Strength
from tests.texts import english

AT = datetime(2026, 1, 1, 6, tzinfo=UTC)
LATER = datetime(2026, 3, 1, 6, tzinfo=UTC)
TODAY = date(2026, 6, 1)
NEWS, PLEDGE, POLICY, TERMS = "heron/news", "heron/pledge", "heron/policy", "heron/terms"
ROLES = {NEWS: Role.NEWSROOM, PLEDGE: Role.PLEDGE, POLICY: Role.POLICY, TERMS: Role.TERMS}

POST = "We will not let police use our face search."
CLAUSE = "Face search may not be used by police departments in connection with criminal investigations."


def said(page: str, quote: str, **changes: Any) -> Saying:
    """Words that stand on a page, with the slots that our own reading gives them."""
    (one,) = standing_of(statements_in(Document((Segment(quote),)), english()), (), AT, english())
    made = Saying(
        page_id=page, organization_id=page.split("/")[0], language="en", key=one.key, quote=one.quote,
        context=one.context, stance=one.stance, bearer=one.bearer, actions=one.actions,
        technologies=one.technologies, parties=one.parties, protects=one.protects, ends=one.ends, place=0,
        first_fetch_id=1, first_seen_at=AT, last_fetch_id=1, last_seen_at=AT, believed=True, standing=True,
    )  # fmt: skip
    return replace(made, **changes)


def standing(*pages: tuple[str, str]) -> tuple[Commitment, ...]:
    """The commitments of these (page, words)."""
    return ledger([said(page, quote) for page, quote in pages], [], TODAY)


def documented(words: str, id: str = "heron-2020", **changes: Any) -> Documented:
    made = Documented(
        id=id, organization="heron", said_on="2020", quote=words, quoted=Quoted.PRESS, fates=(Fate.IN_FORCE,),
        strength=(Strength.PUBLIC_STATEMENT,), confidence="high", sources=(f"https://news.example/{id}",),
        barred=("use",), technologies=("face_recognition",), parties=("police",),
    )  # fmt: skip
    return replace(made, **changes)


def found(commitments: Sequence[Commitment], *others: Documented) -> tuple[Differing, ...]:
    return differing(commitments, others, ROLES, {"en": english()})


def quotes(one: Differing) -> list[str]:
    return [wording.quote for wording in one.wordings]


# --------------------------------------------------------------------------- which is the narrowest

NO_SALE = "We will not sell facial recognition to police."
NO_SALE_TO_STATE = "We will not sell facial recognition to state or local police."
NO_SALE_AT_ALL = "We will not sell facial recognition technology."
NOT_GENERAL = "We will not sell general-purpose facial recognition to police."
UNTIL_LAW = "We will not sell facial recognition to police until a national law is in place."
UNTIL_DAY = "We will not sell facial recognition to police until 10 June 2027."
MISSING = "We will not sell facial recognition to police, except to find missing persons."
CONSENT = "We will not use facial recognition without your consent."
NO_USE_BY_POLICE = "Police may not use our face search."
NO_USE = "We do not use facial recognition in any form."


@pytest.mark.parametrize(
    ("wider", "narrower", "why"),
    [
        (POST, CLAUSE, "names a narrower purpose (criminal investigations)"),
        (NO_SALE, NO_SALE_TO_STATE, "names fewer parties (state or local police)"),
        (NO_SALE_AT_ALL, NO_SALE, "names fewer parties (police)"),
        (NO_SALE, NOT_GENERAL, "is hedged"),
        (NO_SALE, UNTIL_LAW, "has an end in time"),
        (NO_SALE, UNTIL_DAY, "has an end in time"),
        (NO_SALE, MISSING, "has exceptions"),
        (NO_USE, CONSENT, "has a condition"),
    ],
)
def test_the_narrowest_is_marked_where_the_words_tell(wider: str, narrower: str, why: str) -> None:
    for pages in ((PLEDGE, TERMS), (TERMS, PLEDGE)):
        (one,) = found(standing(*zip(pages, (wider, narrower), strict=True)))
        assert one.narrowest is not None
        assert one.wordings[one.narrowest].quote == narrower
        assert why in one.why


def test_an_end_does_not_outweigh_what_is_named_and_is_told() -> None:
    (one,) = found(standing((TERMS, NO_SALE_TO_STATE), (PLEDGE, UNTIL_LAW)))
    assert one.narrowest == 0
    assert one.why == (
        "The narrowest names fewer parties (state or local police). Another one has an end in time."
    )


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (NO_SALE_TO_STATE, MISSING, "it cannot be told"),
        (NO_SALE, "We shall not sell any facial recognition to the police.", "bar the same"),
        (UNTIL_DAY, UNTIL_DAY.replace("2027", "2028"), "it cannot be told"),
    ],
)
def test_where_it_cannot_be_told_none_is_marked(one: str, other: str, why: str) -> None:
    (told,) = found(standing((TERMS, one), (PLEDGE, other)))
    assert told.narrowest is None
    assert why in told.why


TO_POLICE = "We will not sell facial recognition technology to police departments{}."


@pytest.mark.parametrize(
    ("one", "other", "narrowest", "why"),
    [
        ("", " of Norwick", None, "could be read in full"),
        ("", ", not even if a court orders it", None, "could be read in full"),
        (" of Norwick", " of Norwick in the United States", 1, "names a narrower place"),
        (" in the United States", " of Norwick", None, "could be read in full"),
        (" in Norwick", " in the United States in Ostwick", None, "could be read in full"),
        ("", " in the United States", 1, "names a narrower place (united states)"),
        ("", " in the United States of Norwick", 1, "names a narrower place (united states)"),
        ("", " for surveillance", 1, "names a narrower purpose (surveillance)"),
        ("", " for use in the surveillance of crowds", 1, "names a narrower purpose (surveillance)"),
    ],
)
def test_words_that_could_not_be_read_may_make_a_wording_narrower(
    one: str, other: str, narrowest: int | None, why: str
) -> None:
    (told,) = found(standing((TERMS, TO_POLICE.format(one)), (PLEDGE, TO_POLICE.format(other))))
    assert told.narrowest == narrowest
    assert why in told.why


@pytest.mark.parametrize("soft", ["should not", "have no plans to"])
def test_softer_words_never_bar_the_same(soft: str) -> None:
    firm = TO_POLICE.format("")
    (told,) = found(standing((TERMS, firm), (PLEDGE, firm.replace("will not", soft))))
    assert (told.narrowest, told.why) == (1, "The narrowest is worded less firmly.")


def test_without_the_words_of_its_language_a_page_cannot_be_weighed() -> None:
    (told,) = differing(standing((TERMS, CLAUSE), (PLEDGE, POST)), (), ROLES)
    assert (told.narrowest, quotes(told)) == (None, [CLAUSE, POST])
    assert "could be read in full" in told.why


# --------------------------------------------------------------------------- what is one subject


def test_all_wordings_are_shown_the_hardest_to_change_first() -> None:
    (one,) = found(
        standing((NEWS, NO_SALE), (PLEDGE, UNTIL_LAW), (POLICY, MISSING), (TERMS, NO_SALE_TO_STATE)),
        documented("We are ending sales to police", strength=(Strength.COURT_ORDER,), barred=("sell",)),
    )
    assert one.subject == "facial recognition for police"
    assert [wording.strength.value for wording in one.wordings] == [
        "court_order", "contract_terms", "policy", "public_statement", "public_statement",
    ]  # fmt: skip
    first, second, *_ = one.wordings
    assert (first.page_id, first.since, first.status, first.key) == ("", None, NOT_WATCHED, "heron-2020")
    assert (second.page_id, second.since, second.status) == (TERMS, AT, "standing")


@pytest.mark.parametrize(
    "pages",
    [
        pytest.param([(TERMS, NO_SALE), (PLEDGE, NO_SALE)], id="the same words on two pages"),
        pytest.param([(TERMS, NO_SALE), (PLEDGE, NO_SALE.upper())], id="in capitals"),
        pytest.param([(TERMS, NO_SALE), (TERMS, NO_SALE_TO_STATE)], id="on one page alone"),
        pytest.param(
            [(TERMS, NO_SALE), (TERMS, MISSING), (PLEDGE, NO_SALE)], id="the other page says one of the two"
        ),
        pytest.param(
            [(TERMS, NO_SALE), (PLEDGE, "We will not sell facial recognition to retailers.")], id="other parties"
        ),
        pytest.param([(TERMS, NO_SALE), (PLEDGE, "We do not sell voice biometrics to police.")], id="other technology"),
        pytest.param([(TERMS, NO_SALE), (PLEDGE, "We will not develop facial recognition.")], id="another act"),
        pytest.param([(TERMS, NO_SALE), (PLEDGE, "We will not use facial recognition.")], id="own use, and a sale"),
        pytest.param(
            [
                (TERMS, "You may not use facial recognition for advertising."),
                (PLEDGE, "You may not use facial recognition for mass surveillance."),
            ],
            id="other purposes",
        ),
        pytest.param([(TERMS, NO_SALE), (PLEDGE, "We sell facial recognition to police.")], id="no refusal"),
        pytest.param([(TERMS, NO_SALE), ("stork/pledge", NO_SALE_TO_STATE)], id="of another organization"),
    ],
)  # fmt: skip
def test_not_examples(pages: list[tuple[str, str]]) -> None:
    assert found(standing(*pages)) == ()


def test_each_party_has_its_own_and_what_names_none_belongs_to_both() -> None:
    told = found(
        standing(
            (PLEDGE, NO_SALE_AT_ALL),
            (TERMS, NO_SALE),
            (POLICY, "We will not sell facial recognition to retailers."),
        )
    )
    assert [(one.subject, len(one.wordings)) for one in told] == [
        ("facial recognition", 2),
        ("facial recognition", 2),
    ], "a subject is named only by what all its wordings share"
    assert [{wording.quote for wording in one.wordings} & {NO_SALE_AT_ALL} for one in told] == [
        {NO_SALE_AT_ALL}
    ] * 2


@pytest.mark.parametrize(
    ("wordings", "subject"),
    [
        ((NO_SALE, UNTIL_LAW), "facial recognition for police"),
        ((NO_SALE, NO_SALE_TO_STATE), "facial recognition for police"),
        ((NO_SALE, NO_SALE_AT_ALL), "facial recognition"),
        (
            (NO_SALE_AT_ALL, "We will not sell facial recognition until 10 June 2027."),
            "facial recognition for customers",
        ),
        ((NO_USE, CONSENT), "own use of facial recognition"),
    ],
)
def test_a_subject_is_named_by_what_all_its_wordings_share(wordings: tuple[str, str], subject: str) -> None:
    """Nobody is named whom one of them does not name."""
    (one,) = found(standing(*zip((PLEDGE, TERMS), wordings, strict=True)))
    assert one.subject == subject


def test_what_is_part_of_another_is_shown_once() -> None:
    """These bar two acts, of which the third bars one."""
    both = "We will not develop or sell facial recognition to police."
    also_both = "We will not develop or sell facial recognition to state or local police."
    (one,) = found(standing((PLEDGE, both), (POLICY, also_both), (TERMS, NO_SALE)))
    assert len(one.wordings) == 3


# --------------------------------------------------------------------------- history


def test_words_that_a_page_said_before_are_history() -> None:
    old = said(PLEDGE, NO_SALE, standing=False)
    new = said(PLEDGE, NO_SALE_TO_STATE)
    assert found(ledger([old, new], [], TODAY)) == ()
    left = said(TERMS, NO_SALE, standing=False)
    assert found(ledger([left, new], [], TODAY)) == ()
    never = said(TERMS, MISSING, believed=False)
    assert found(ledger([new, never], [], TODAY)) == ()


def test_of_words_that_two_pages_shared_and_one_changed_both_wordings_are_shown() -> None:
    """They are one commitment, whose newest wording is that of one page."""
    pledge = said(PLEDGE, NO_SALE)
    old = said(TERMS, NO_SALE, standing=False)
    new = said(TERMS, NO_SALE_TO_STATE, first_fetch_id=2, first_seen_at=LATER, last_seen_at=LATER)
    finding = Finding(
        FindingKind.SCOPE, Direction.WEAKER, Tier.ALERT, "high", "a rule", (), NO_SALE, NO_SALE_TO_STATE
    )
    narrowed = Tracked("k", finding, 1, 2, LATER, LATER, 2, Sighting.CONFIRMED, LATER)
    (commitment,) = ledger([pledge, old, new], [(TERMS, narrowed)], TODAY)
    (one,) = found([commitment])
    assert [(wording.page_id, wording.quote) for wording in one.wordings] == [
        (TERMS, NO_SALE_TO_STATE),
        (PLEDGE, NO_SALE),
    ]
    assert one.narrowest == 0
    gone = Tracked(
        "g", replace(finding, kind=FindingKind.WITHDRAWN, after_quote=""), 1, 2, LATER, LATER, 2,
        Sighting.CONFIRMED, LATER,
    )  # fmt: skip
    left = replace(pledge, standing=False)
    changes = [(TERMS, narrowed), (PLEDGE, gone)]
    assert found(ledger([left, old, new], changes, TODAY)) == ()
    other = said(PLEDGE, MISSING)
    (one,) = found(ledger([left, old, new, other], changes, TODAY))
    assert set(quotes(one)) == {NO_SALE_TO_STATE, MISSING}


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, 2),
        ({"page": POLICY}, 2),  # it is watched, and was not read so far
        ({"fates": (Fate.PAGE_GONE,)}, 2),
        ({"page": TERMS}, 0),
        ({"fates": (Fate.WITHDRAWN,)}, 0),
        ({"fates": (Fate.EXPIRED,)}, 0),
        ({"quoted": Quoted.PARAPHRASE}, 0),
        ({"barred": ()}, 0),
        ({"quote": f"This is what we say: {CLAUSE}"}, 0),
        ({"organization": "stork"}, 0),
    ],
)
def test_documented_words_stand_beside_those_of_a_page(changes: dict[str, Any], shown: int) -> None:
    told = found(standing((TERMS, CLAUSE)), documented(POST, **changes))
    assert sum(len(one.wordings) for one in told) == shown


@pytest.mark.parametrize(("page", "status"), [("", NOT_WATCHED), (POLICY, PAGE_WATCHED)])
def test_of_documented_words_it_is_said_whether_their_page_is_watched(page: str, status: str) -> None:
    (one,) = found(standing((TERMS, CLAUSE)), documented(POST, page=page))
    assert [wording.status for wording in one.wordings if not wording.page_id] == [status]


def test_documented_words_of_a_page_that_we_read_are_history() -> None:
    (one,) = found(standing((TERMS, CLAUSE), (PLEDGE, NO_USE_BY_POLICE)), documented(POST, page=TERMS))
    assert set(quotes(one)) == {CLAUSE, NO_USE_BY_POLICE}


def test_the_same_documented_words_stand_in_all_their_places() -> None:
    one, two = (documented(POST, id, sources=(id,)) for id in ("heron-1", "heron-2"))
    assert found((), one, two, documented(CLAUSE, "heron-3", sources=("heron-2",))) == ()
    assert len(found((), one, two, documented(CLAUSE, "heron-3"))) == 1


def test_of_documented_words_the_earlier_are_history_unless_they_stand_elsewhere() -> None:
    later = documented(CLAUSE, "heron-2021", purposes=("criminal_investigations",))
    earlier = documented(POST, superseded_by="heron-2021")
    assert found((), earlier, later) == ()
    (one,) = found((), earlier, replace(later, strength=(Strength.CONTRACT_TERMS,)))
    assert (quotes(one), one.narrowest) == ([CLAUSE, POST], 0)


def test_what_a_person_read_in_documented_words_holds_where_we_can_read_none() -> None:
    unread = documented("by or for our city's officers", "heron-2021", parties=("local_police",))
    (one,) = found((), documented(POST), unread)
    assert one.narrowest is not None
    assert one.wordings[one.narrowest].key == "heron-2021"
    for_cases = documented(NO_USE_BY_POLICE, "heron-2022", purposes=("criminal_investigations",))
    (one,) = found((), documented(POST), for_cases)
    assert one.narrowest is not None
    assert one.wordings[one.narrowest].key == "heron-2022"


# --------------------------------------------------------------------------- what always holds

WORDS = (
    POST,
    CLAUSE,
    NO_SALE,
    NO_SALE_TO_STATE,
    NO_SALE_AT_ALL,
    NOT_GENERAL,
    UNTIL_LAW,
    MISSING,
    CONSENT,
    NO_USE,
)
PAGES = st.lists(st.tuples(st.sampled_from(list(ROLES)), st.sampled_from(WORDS)), max_size=8, unique=True)
OTHERS = st.lists(st.sampled_from(WORDS), max_size=3, unique=True)


@given(PAGES, OTHERS, st.randoms(use_true_random=False))
def test_the_order_of_what_comes_in_makes_no_difference(
    pages: list[tuple[str, str]], words: list[str], chance: Any
) -> None:
    ours = list(standing(*pages))
    theirs = [documented(quote, f"heron-{WORDS.index(quote)}") for quote in words]
    told = found(ours, *theirs)
    chance.shuffle(ours)
    chance.shuffle(theirs)
    assert found(ours, *theirs) == told
    came = {quote for _, quote in pages} | set(words)
    for one in told:
        assert len(one.wordings) == len(set(quotes(one))) >= 2
        assert came.issuperset(quotes(one))
        assert one.narrowest is None or 0 <= one.narrowest < len(one.wordings)
        assert [wording.strength.rank for wording in one.wordings] == sorted(
            wording.strength.rank for wording in one.wordings
        )
