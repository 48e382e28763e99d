"""Commitments followed across wordings, pages and time; what is said of them is never more than is known."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ledger import BACK, SEEN, Commitment, Status, is_taken, ledger, line_of, protects
from monitor.ledger.told import with_told
from monitor.model import Alert, Direction, Finding, FindingKind, Saying, Side, Sighting, Tier, Tracked
from monitor.standing import standing_of
from tests import claimed
from tests.texts import english, statements

START = datetime(2026, 1, 1, 6, tzinfo=UTC)
TODAY = date(2026, 6, 1)
PLEDGE, TERMS = "acme/pledge", "acme/terms"
NO_SALE = "We will not sell facial recognition to the police."
NO_SALE_NOW = "We do not currently sell facial recognition to the police."
SOME_SALE = "Police departments may buy facial recognition."
NO_TRACKING = "You must not track anybody."


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def said(quote: str, first: int, last: int, page: str = PLEDGE, **changes: Any) -> Saying:
    """Words that were seen from one day to another, believed; they stand unless told otherwise."""
    made = Saying(
        page_id=page, organization_id="acme", language="en", key=sha256(quote.encode()).hexdigest(), quote=quote,
        context=(), stance="refuses", bearer="company", actions=(), technologies=(), parties=(),
        protects=True, ends="", place=0, first_fetch_id=first, first_seen_at=day(first), last_fetch_id=last,
        last_seen_at=day(last), believed=True, standing=True,
    )  # fmt: skip
    return replace(made, **changes)


def gone(quote: str, first: int, last: int, page: str = PLEDGE, **changes: Any) -> Saying:
    return said(quote, first, last, page, standing=False, **changes)


def change(
    kind: FindingKind,
    before: str,
    after: str,
    on: int,
    page: str = PLEDGE,
    state: Sighting = Sighting.CONFIRMED,
    rule: str = "a rule",
) -> tuple[str, Tracked]:
    """A change that was first seen on this day, and believed three days later."""
    finding = Finding(kind, Direction.WEAKER, Tier.ALERT, "high", rule, ("A reason.",), before, after)
    until = day(on + 3) if state is Sighting.CONFIRMED else None
    key = f"{kind} {before} {after}"
    return page, Tracked(key, finding, on - 1, on, day(on), day(on + 3), 3, state, until)


def as_told(findings: tuple[Finding, ...], after: Side) -> Alert:
    """The alert that told these of the pledge page."""
    before = replace(after, confirmed_at=None)
    return Alert(
        "a" * 64, day(12), {"id": "acme"}, {"id": PLEDGE}, "", Direction.WEAKER, findings, before, after
    )


def only(*sayings: Saying, tracked: tuple[tuple[str, Tracked], ...] = (), today: date = TODAY) -> Commitment:
    (one,) = ledger(sayings, tracked, today)
    return one


# --------------------------------------------------------------------------- status


@pytest.mark.parametrize(
    ("ends", "status"),
    [
        ("", Status.STANDING),
        ("2026-11-29", Status.STANDING),
        ("2026-11-28", Status.LAPSING),
        ("2026-06-01", Status.LAPSING),
        ("2026-05-31", Status.LAPSED),
    ],
)
def test_what_stands_may_end_by_its_own_words(ends: str, status: Status) -> None:
    one = only(said(NO_SALE, 0, 9, ends=ends))
    assert (one.status, one.since, one.until) == (status, day(0), None)


@pytest.mark.parametrize(
    ("lasts", "status", "end"),
    [
        (0, Status.STANDING, ""),
        (332, Status.STANDING, "2026-11-29 at the latest"),
        (331, Status.LAPSING, "2026-11-28 at the latest"),
        (151, Status.LAPSING, "2026-06-01 at the latest"),
        (150, Status.LAPSED, "2026-05-31 at the latest"),
    ],
)
def test_a_time_without_a_day_is_counted_from_its_first_sight(lasts: int, status: Status, end: str) -> None:
    again = said(NO_SALE, 8, 9, lasts=lasts)
    one = only(gone(NO_SALE, 0, 1, lasts=lasts), again)
    assert (one.status, str(one.end or "")) == (status, end)


def test_the_same_words_on_another_page_are_counted_by_themselves() -> None:
    one = only(gone(NO_SALE, 0, 1, lasts=131), said(NO_SALE, 20, 21, page=TERMS, lasts=131))
    assert (one.status, str(one.end)) == (Status.LAPSING, "2026-06-01 at the latest")


WITHDRAWN = change(FindingKind.WITHDRAWN, NO_SALE, "", 10)
PENDING = change(FindingKind.WITHDRAWN, NO_SALE, "", 10, state=Sighting.PENDING)
VARIANT = change(FindingKind.WITHDRAWN, NO_SALE, "", 10, state=Sighting.VARIANT)
PAGE_GONE = change(FindingKind.WITHDRAWN, NO_SALE, "", 10, rule="page-gone")
RELOCATED = change(FindingKind.RELOCATED, NO_SALE, "", 10)
REPLACED = change(FindingKind.REVERSED, NO_SALE, SOME_SALE, 10)


@pytest.mark.parametrize(
    ("sayings", "tracked", "status"),
    [
        pytest.param([gone(NO_SALE, 0, 9)], [WITHDRAWN], Status.WITHDRAWN, id="confirmed to have left"),
        pytest.param([gone(NO_SALE, 0, 9)], [], Status.UNSEEN, id="nothing was found of it"),
        pytest.param([gone(NO_SALE, 0, 9)], [PENDING], Status.UNSEEN, id="not confirmed"),
        pytest.param([said(NO_SALE, 0, 9)], [PENDING], Status.STANDING, id="not confirmed, so it stands"),
        pytest.param([said(NO_SALE, 0, 20)], [WITHDRAWN], Status.STANDING, id="back on the page since"),
        pytest.param([said(NO_SALE, 0, 9)], [PAGE_GONE], Status.WITHDRAWN, id="its page is gone"),
        pytest.param([said(NO_SALE, 0, 20)], [PAGE_GONE], Status.STANDING, id="its page is back"),
        pytest.param([gone(NO_SALE, 0, 9, believed=False)], [], Status.UNBELIEVED, id="never confirmed"),
        pytest.param([gone(NO_SALE, 0, 9, believed=False)], [VARIANT], Status.UNBELIEVED, id="flipped back"),
        pytest.param(
            [gone(NO_SALE, 0, 9), said(NO_SALE, 10, 20, TERMS)], [RELOCATED], Status.RELOCATED, id="on another page"
        ),
        pytest.param(
            [said(NO_SALE, 0, 20), said(NO_SALE, 10, 20, TERMS)], [RELOCATED], Status.STANDING, id="and back again"
        ),
        pytest.param([gone(NO_SALE, 0, 9)], [RELOCATED], Status.RELOCATED, id="where it went is not watched"),
        pytest.param([gone(NO_SALE, 0, 9)], [REPLACED], Status.REWORDED, id="by words that are no statement"),
        pytest.param(
            [gone(NO_SALE, 0, 9), said(SOME_SALE, 10, 20, stance="permits", protects=False)],
            [REPLACED],
            Status.REWORDED,
            id="by words that protect nobody",
        ),
    ],
)  # fmt: skip
def test_status(sayings: list[Saying], tracked: list[tuple[str, Tracked]], status: Status) -> None:
    assert only(*sayings, tracked=tuple(tracked)).status is status


def test_a_commitment_that_stands_on_one_page_and_left_another_stands() -> None:
    one = only(gone(NO_SALE, 0, 9), said(NO_SALE, 0, 20, TERMS), tracked=(WITHDRAWN,))
    assert (one.status, one.page_ids) == (Status.STANDING, (PLEDGE, TERMS))


def test_what_protects_nobody_is_no_commitment_but_has_a_line() -> None:
    permits = said(SOME_SALE, 0, 9, stance="permits", protects=False)
    assert ledger([permits], [], TODAY) == ()
    line = line_of(permits.key, [permits], [], TODAY)
    assert line is not None
    assert (line.status, line.saying) == (Status.STANDING, permits)
    assert line_of("f" * 64, [permits], [], TODAY) is None


ITEMS = ["You may not use our service to:", "track people by their faces"]


@pytest.mark.parametrize(
    ("words", "is_one"),
    [
        ("We will not sell facial recognition to police departments.", True),
        ("Police departments must not use our facial recognition.", True),
        ("Facial recognition may not be used to identify people.", True),
        ("Our competitor Orvane will not sell facial recognition to police departments.", False),
        ("Critics say that we should not sell facial recognition technology to police departments.", False),
        ("Activists ask that we never use facial recognition in our stores.", False),
        ("We no longer offer facial recognition.", True),
        ("We no longer sell facial recognition to police departments.", True),
        ("We have discontinued our facial recognition technology and no longer offer it to anyone.", True),
        ("We have stopped selling facial recognition to police.", True),
        ("We no longer use facial recognition in our stores.", True),
        ("We have paused the sale of facial recognition to police departments.", True),
        ("We have suspended sales of facial recognition to police departments.", True),
        ("We will shut down our facial recognition and no longer use it, a move to limit its reach.", True),
        ("We have ended our pause of sales of facial recognition to police departments.", False),
        ("We have stopped deleting face templates.", False),
        ("We no longer limit the use of facial recognition.", False),
        ("We have stopped blocking police from using our facial recognition.", False),
        ("We have stopped our refusal to sell facial recognition.", False),
        ("We have ended our ban on selling facial recognition to police.", False),
        ("We have dropped our moratorium on facial recognition.", False),
        ("We ended the prohibition on facial recognition.", False),
        ("We have retired our facial recognition policy.", False),
        ("We have withdrawn our promise not to sell facial recognition.", False),
        ("We have withdrawn our moratorium on facial recognition.", False),
        ("Our moratorium on selling facial recognition to police has been withdrawn.", False),
        ("We are ending our moratorium on selling facial recognition.", False),
        ("We no longer maintain a moratorium on the sale of facial recognition.", False),
        ("We no longer stand by our pledge not to sell facial recognition.", False),
        ("We no longer rule out selling facial recognition to police.", False),
        ("We have discontinued our ban on selling facial recognition to police.", False),
        ("We have placed a moratorium on the sale of facial recognition to police.", True),
        ("Our moratorium on selling facial recognition to police has not been lifted.", True),
        ("Our ban on selling facial recognition to police holds until it is lifted by law.", True),
        ("We pledge never to sell facial recognition to police.", True),
        ("We have ended all sales of facial recognition and will never sell it to police.", True),
        ("We will not use facial recognition for:", True),
    ],
)
def test_what_is_a_commitment(words: str, is_one: bool) -> None:
    assert any(map(protects, claimed.said([words], 0, 9))) is is_one


def test_what_others_bind_themselves_to_is_no_commitment_of_theirs() -> None:
    assert protects(said("We no longer sell it.", 0, 9, stance="withdraws", actions=("sell",)))
    assert not protects(
        said("They no longer sell it.", 0, 9, stance="withdraws", actions=("sell",), bearer="other")
    )


def test_what_ended_without_an_act_is_none() -> None:
    assert not protects(said("We have retired it.", 0, 9, stance="withdraws"))


def test_a_line_that_only_opens_a_list_is_none_and_its_items_are() -> None:
    page = "# Facial recognition\n\nYou may not use our service to:\n\n- track people by their faces\n"
    found = standing_of(statements(page), (), day(0), english())
    assert [(one.quote, one.protects) for one in found] == [(ITEMS[0], False), (ITEMS[1], True)]


# --------------------------------------------------------------------------- wordings


def test_a_confirmed_change_joins_two_wordings() -> None:
    old, new = gone(NO_SALE, 0, 9), said(NO_SALE_NOW, 10, 20)
    one = only(old, new, tracked=(change(FindingKind.TERM, NO_SALE, NO_SALE_NOW, 10),))
    assert (one.status, one.saying, one.key) == (Status.STANDING, new, new.key)
    assert (one.since, one.keys) == (day(0), (new.key, old.key))
    assert [(step.at, step.kind, step.direction, step.quote) for step in one.steps] == [
        (day(0), SEEN, "", NO_SALE),
        (day(10), "term", "weaker", NO_SALE_NOW),
    ]
    assert line_of(old.key, [old, new], [change(FindingKind.TERM, NO_SALE, NO_SALE_NOW, 10)], TODAY) == one


@pytest.mark.parametrize("state", [Sighting.PENDING, Sighting.VARIANT])
def test_a_change_that_is_not_confirmed_joins_nothing(state: Sighting) -> None:
    sayings = [said(NO_SALE, 0, 20), gone(NO_SALE_NOW, 10, 11, believed=False)]
    kept = ledger(sayings, [change(FindingKind.TERM, NO_SALE, NO_SALE_NOW, 10, state=state)], TODAY)
    assert [one.status for one in kept] == [Status.STANDING, Status.UNBELIEVED]


def test_the_same_words_below_another_line_are_another_commitment() -> None:
    sayings = [
        said("sell it to the police", 0, 9, key="1" * 64, context=("We will not:",)),
        gone("sell it to the police", 0, 9, key="2" * 64, context=("We will, at once, not:",)),
    ]
    finding = replace(
        WITHDRAWN[1].finding, before_quote="sell it to the police", context=("We will, at once, not:",)
    )
    kept = ledger(sayings, [(PLEDGE, replace(WITHDRAWN[1], finding=finding))], TODAY)
    assert {one.key[0]: one.status for one in kept} == {"1": Status.STANDING, "2": Status.WITHDRAWN}


def test_much_the_same_words_in_their_place_follow_them() -> None:
    """A change of spelling means nothing, so nothing is found of it."""
    old = gone("We will tell the organisations that buy it.", 0, 9)
    new = said("We will tell the organizations that buy it.", 10, 20)
    kept = ledger([said(NO_TRACKING, 0, 20, place=1), old, new], [], TODAY)
    assert [(one.saying.quote, len(one.steps)) for one in kept] == [(new.quote, 2), (NO_TRACKING, 1)]


@pytest.mark.parametrize(
    ("old", "new", "tracked"),
    [
        pytest.param(gone(NO_SALE, 0, 9), said(NO_TRACKING, 10, 20), [], id="other words"),
        pytest.param(gone(NO_SALE, 0, 9), said(NO_SALE_NOW, 10, 20, stance="promises"), [], id="another stance"),
        pytest.param(gone(NO_SALE, 0, 9), said(NO_SALE_NOW, 5, 20), [], id="beside each other"),
        pytest.param(gone(NO_SALE, 0, 9), said(NO_SALE_NOW, 10, 20), [WITHDRAWN], id="confirmed to have left"),
        pytest.param(gone(NO_SALE, 0, 9), said(NO_SALE_NOW, 10, 20, TERMS), [], id="on another page"),
        pytest.param(said(NO_SALE, 0, 9), said(NO_SALE_NOW, 10, 20), [], id="the first stands"),
        pytest.param(gone(NO_SALE, 0, 9), gone(NO_SALE_NOW, 10, 20, believed=False), [], id="not believed"),
    ],
)  # fmt: skip
def test_what_does_not_follow(old: Saying, new: Saying, tracked: list[tuple[str, Tracked]]) -> None:
    assert len(ledger([said("Always here.", 0, 20), old, new], tracked, TODAY)) == 3


def test_steps_tell_what_left_and_what_came_back() -> None:
    back = change(FindingKind.INTRODUCED, "", NO_SALE, 20)
    one = only(gone(NO_SALE, 0, 9), said(NO_SALE, 20, 30), tracked=(WITHDRAWN, back))
    assert one.status is Status.STANDING
    assert [(step.at, step.kind, step.quote, step.fetch_id) for step in one.steps] == [
        (day(0), SEEN, NO_SALE, 0),
        (day(10), "withdrawn", "", 10),
        (day(20), "introduced", NO_SALE, 20),
    ]
    seen_again = only(gone(NO_SALE, 0, 9), said(NO_SALE, 20, 30))
    assert [step.kind for step in seen_again.steps] == [SEEN, BACK]


# --------------------------------------------------------------------------- lines above, told changes, how far we know

ITEM, MAY_NOT, MAY = "identify people", ("You may not use it to:",), ("You may use it to:",)


def test_a_line_above_that_turns_the_meaning_is_a_change_of_the_words_that_stood_below_the_old_one() -> None:
    """The change names the line of the later text; the words are the same on both sides."""
    page, turned = change(FindingKind.REVERSED, ITEM, ITEM, 10)
    turned = replace(turned, finding=replace(turned.finding, context=MAY))
    old = gone(ITEM, 0, 9, key="1" * 64, context=MAY_NOT)
    new = said(ITEM, 10, 20, key="2" * 64, context=MAY, stance="permits", protects=False)
    one = only(old, new, tracked=((page, turned),))
    assert (one.status, one.keys) == (Status.REWORDED, ("1" * 64, "2" * 64))
    assert [(step.kind, step.context) for step in one.steps] == [(SEEN, MAY_NOT), ("reversed", MAY)]
    not_looked_at = only(replace(old, standing=True), tracked=((page, turned),))
    assert not_looked_at.status is Status.REWORDED


@pytest.mark.parametrize(
    ("tracked", "taken"),
    [
        pytest.param(WITHDRAWN, True, id="it left"),
        pytest.param(change(FindingKind.TERM, NO_SALE, NO_SALE_NOW, 10), True, id="other words came"),
        pytest.param(change(FindingKind.TERM, NO_SALE, NO_SALE_NOW, 8), False, id="seen since"),
        pytest.param(change(FindingKind.TERM, NO_SALE, NO_SALE_NOW, 10, TERMS), False, id="on another page"),
        pytest.param(change(FindingKind.TERM, NO_TRACKING, NO_SALE_NOW, 10), False, id="of other words"),
    ],
)  # fmt: skip
def test_a_confirmed_change_takes_what_the_index_still_says_stands(
    tracked: tuple[str, Tracked], taken: bool
) -> None:
    one = said(NO_SALE, 0, 9)
    assert is_taken(one, [one], [tracked]) is taken
    assert (only(one, tracked=(tracked,)).until is None) is not taken


def test_what_stands_says_when_it_was_seen_last_where_it_stands() -> None:
    one = only(gone(NO_SALE, 0, 40), said(NO_SALE, 0, 9, TERMS))
    assert (one.status, one.until, one.last_seen) == (Status.STANDING, None, day(9))


@pytest.mark.parametrize(("tracked", "pending"), [(PENDING, 1), (VARIANT, 0), (WITHDRAWN, 0)])
def test_what_waits_to_be_confirmed_is_named(tracked: tuple[str, Tracked], pending: int) -> None:
    assert len(only(said(NO_SALE, 0, 9), tracked=(tracked,)).pending) == pending


def test_a_change_that_was_told_and_went_back_stays_in_the_history() -> None:
    finding = PAGE_GONE[1].finding
    side = Side(day(10), "", "https://acme.example/pledge", None, day(12))
    told = as_told((finding,), side)
    followed = with_told([(PLEDGE, replace(VARIANT[1], finding=finding))], [told])
    one = only(said(NO_SALE, 0, 20), tracked=tuple(followed))
    assert [(step.at, step.kind, step.quote) for step in one.steps] == [
        (day(0), SEEN, NO_SALE),
        (day(10), "withdrawn", ""),
    ]
    assert one.status is Status.STANDING
    assert with_told([], [replace(told, after=replace(side, confirmed_at=None))]) == []


# --------------------------------------------------------------------------- whatever was said

QUOTES = (NO_SALE, NO_SALE_NOW, SOME_SALE, NO_TRACKING)
PAGES = (PLEDGE, TERMS)


@st.composite
def anything_said(draw: st.DrawFn) -> list[Saying]:
    """Spans of a few statements on two pages, none of one statement on one page over another."""
    sayings = []
    for page in PAGES:
        for quote in QUOTES:
            days = sorted(draw(st.lists(st.integers(0, 50), unique=True, max_size=4)))
            for first, last in zip(days[::2], days[1::2], strict=False):
                flags = {name: draw(st.booleans()) for name in ("believed", "protects")}
                stance = draw(st.sampled_from(["refuses", "permits", "promises"]))
                ends = draw(st.sampled_from(["", "2026-02-01", "2026-08-01", "2030-01-01"]))
                sayings.append(
                    said(quote, first, last, page, standing=False, stance=stance, ends=ends, **flags)
                )
            if (
                days
                and draw(st.booleans())
                and sayings
                and sayings[-1].quote == quote
                and sayings[-1].page_id == page
            ):
                sayings[-1] = replace(sayings[-1], standing=True, believed=True)
    return sayings


CHANGES = st.lists(
    st.builds(
        change,
        st.sampled_from(
            [FindingKind.WITHDRAWN, FindingKind.RELOCATED, FindingKind.SCOPE, FindingKind.INTRODUCED]
        ),
        st.sampled_from([*QUOTES, ""]),
        st.sampled_from([*QUOTES, "", "Other words."]),
        st.integers(1, 50),
        st.sampled_from(PAGES),
        st.sampled_from(Sighting),
    ),
    max_size=4,
)
STANDS = {Status.STANDING, Status.LAPSING, Status.LAPSED, Status.RELOCATED}


@given(anything_said(), CHANGES)
def test_every_saying_is_in_just_one_line(sayings: list[Saying], tracked: list[tuple[str, Tracked]]) -> None:
    kept = ledger(sayings, tracked, TODAY)
    held = Counter(key for one in kept for key in one.keys)
    assert all(count == 1 for count in held.values())
    assert {one.key for one in sayings if protects(one)} <= held.keys()
    for one in sayings:
        line = line_of(one.key, sayings, tracked, TODAY)
        assert line is not None
        assert one.key in line.keys
        assert line in kept or not protects(one)
        assert sum(step.key == one.key for step in line.steps) >= 1


@given(anything_said(), CHANGES)
def test_steps_are_in_order_of_time(sayings: list[Saying], tracked: list[tuple[str, Tracked]]) -> None:
    for one in ledger(sayings, tracked, TODAY):
        times = [step.at for step in one.steps]
        assert times == sorted(times)
        assert one.since >= times[0]


@given(anything_said(), CHANGES)
def test_it_stands_only_where_its_newest_wording_does(
    sayings: list[Saying], tracked: list[tuple[str, Tracked]]
) -> None:
    for one in ledger(sayings, tracked, TODAY):
        assert (one.until is None) <= (one.status in STANDS)
        assert (one.until is None) <= one.saying.standing
        if one.status in (Status.STANDING, Status.LAPSING, Status.LAPSED):
            assert one.until is None
        if not tracked:
            ours = [each for each in sayings if each.key in one.keys and protects(each)]
            assert (one.until is None) == any(each.standing for each in ours)


@given(anything_said())
def test_nothing_is_withdrawn_without_a_confirmed_change(sayings: list[Saying]) -> None:
    claims = {Status.WITHDRAWN, Status.RELOCATED, Status.REWORDED}
    assert not claims & {one.status for one in ledger(sayings, [], TODAY)}
