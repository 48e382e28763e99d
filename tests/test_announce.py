"""The alert's id, its findings in order, its direction and its asks: the same change never has two ids."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.announce import alert_id, alert_of, overall
from monitor.asks import About, Ask
from monitor.model import Direction, Earlier, FindingKind, Relation, Tier
from tests.sample_alerts import AFTER, BEFORE, CORVID, NOW, REFUSAL, TERMS, alert, finding, tracked

WEAKER, STRONGER, MIXED = Direction.WEAKER, Direction.STRONGER, Direction.MIXED
NEUTRAL, UNCLEAR = Direction.NEUTRAL, Direction.UNCLEAR


@pytest.mark.parametrize(
    ("directions", "whole"),
    [
        ([WEAKER, WEAKER], WEAKER),
        ([STRONGER], STRONGER),
        ([WEAKER, STRONGER], MIXED),
        ([WEAKER, MIXED], MIXED),
        ([WEAKER, NEUTRAL], WEAKER),
        ([WEAKER, UNCLEAR], WEAKER),
        ([STRONGER, UNCLEAR], STRONGER),
        ([NEUTRAL, NEUTRAL], NEUTRAL),
        ([UNCLEAR, NEUTRAL], UNCLEAR),
    ],
)
def test_one_direction_for_several(directions: list[Direction], whole: Direction) -> None:
    assert overall(directions) == whole
    assert overall(directions[::-1]) == whole


def test_the_heaviest_finding_leads_and_the_others_are_counted() -> None:
    for_review = finding(tier=Tier.REVIEW, kind=FindingKind.TERM)
    stronger = finding(direction=STRONGER, kind=FindingKind.FORCE)
    weaker = finding(kind=FindingKind.EXCEPTION)
    told = alert(for_review, stronger, weaker)
    assert told.findings == (weaker, stronger, for_review)
    assert told.direction == MIXED
    assert told.headline.endswith("now has a new or wider exception (and 2 more changes)")


def test_the_alert_says_who_and_where_and_what_was_not_checked() -> None:
    told = alert()
    assert told.organization == {
        "id": "corvid",
        "name": "Corvid Cloud",
        "ticker": "CRVD",
        "isin": "US0000000002",
        "lei": "LEI0000000000000000X",
    }
    assert told.page == {"id": "corvid/terms", "url": TERMS.url, "role": "terms"}
    assert (told.raised_at, told.before, told.after) == (NOW, BEFORE, AFTER)
    assert told.not_checked == ("The sister page was not read.",)


def test_no_finding_no_alert() -> None:
    with pytest.raises(ValueError, match="at least one finding"):
        alert_of(CORVID, TERMS, [], BEFORE, AFTER, NOW)


KEYS = st.lists(st.text(max_size=5), min_size=1, max_size=4)


@given(KEYS, st.randoms())
def test_the_same_change_has_one_id_in_any_order(keys: list[str], random: object) -> None:
    shuffled = list(keys)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert alert_id("p", "b", "a", keys) == alert_id("p", "b", "a", shuffled + keys)
    assert re.fullmatch("[0-9a-f]{64}", alert_id("p", "b", "a", keys))


@given(KEYS, KEYS, st.text(max_size=4), st.text(max_size=4))
def test_another_change_has_another_id(one: list[str], other: list[str], before: str, after: str) -> None:
    same = sorted(set(one)) == sorted(set(other))
    assert (alert_id("p", before, after, one) == alert_id("p", before, after, other)) == same
    assert alert_id("p", before, after, one) != alert_id("p", before + after, "", one) or not after


def test_time_and_words_of_the_page_do_not_enter_the_id() -> None:
    later = alert_of(CORVID, TERMS, [tracked(finding())], BEFORE, AFTER, AFTER.fetched_at)
    other_words = alert_of(CORVID, TERMS, [tracked(finding(before_quote=REFUSAL * 2))], BEFORE, AFTER, NOW)
    assert later.id == other_words.id


SALES = Ask("POL-9", "No sale to police.", "a letter", "vendors", about=About(actions=frozenset({"sell"})))
SHOPS = replace(SALES, id="SHOP-1", organizations=frozenset({"retailer"}))


def test_an_alert_names_the_asks_that_it_touches_once_each_and_why() -> None:
    two = [tracked(finding(asks=()), "a"), tracked(finding(asks=(), kind=FindingKind.FORCE), "b")]
    kept = (finding(asks=(), kind=FindingKind.MOVED, tier=Tier.LOG),)
    told = alert_of(CORVID, TERMS, two, BEFORE, AFTER, NOW, kept=kept, asks=(SALES, SHOPS))
    assert [one.asks for one in told.findings] == [("POL-9",)] * 3
    assert [(one.id, one.text, one.source) for one in told.asks] == [
        ("POL-9", "No sale to police.", "a letter")
    ]
    assert told.asks[0].why.startswith("The statement is about the sale of facial recognition")


def test_asks_and_earlier_alerts_do_not_enter_the_id() -> None:
    earlier = Earlier("e" * 64, NOW, "It was said before", Relation.EARLIER)
    plain = alert_of(CORVID, TERMS, [tracked(finding())], BEFORE, AFTER, NOW)
    told = alert_of(
        CORVID,
        TERMS,
        [tracked(finding())],
        BEFORE,
        AFTER,
        NOW,
        asks=(SALES,),
        follows=[earlier],
        thread="e" * 64,
    )
    assert told.id == plain.id
    assert (told.follows, told.first_id, plain.first_id) == ((earlier,), "e" * 64, plain.id)
