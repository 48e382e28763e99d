"""The alert's id, headline and direction: facts, not motives, and the same change never has two ids."""

import re
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.announce import alert_id, alert_of, headline, overall
from monitor.model import Direction, FindingKind, Role, Stance, Tier
from tests.sample_alerts import AFTER, BEFORE, CORVID, NOW, REFUSAL, TERMS, alert, finding, tracked

MOTIVES = re.compile(
    r"\b(abandon|admit|backtrack|backpedal|betray|break|broke|cave|claim|conceal|confess|deceiv|ditch|drop|evad|hid"
    r"|mislead|quiet|renege|reneg|retreat|scrap|secret|shady|silent|slip|sneak|stealth|tout|u-turn|violat"
    r"|water|withdr)\w*",
    re.IGNORECASE,
)
A_STATEMENT = "Corvid Cloud: a statement on facial recognition and police"
GONE = {"kind": FindingKind.WITHDRAWN, "after_quote": ""}


@pytest.mark.parametrize(
    ("changes", "role", "sentence"),
    [
        pytest.param(
            GONE,
            Role.TERMS,
            f"{A_STATEMENT} no longer appears on the terms page we watch",
            id="a clause is gone",
        ),
        pytest.param(
            GONE | {"rule": "page-gone"},
            Role.PLEDGE,
            f'Corvid Cloud: the pledge page that said "{REFUSAL[:-1]}" is gone',
            id="the page is gone",
        ),
        pytest.param(
            {},
            Role.POLICY,
            f"{A_STATEMENT} on the policy page we watch now covers less",
            id="a refusal covers less",
        ),
        pytest.param(
            {"stance": "permits"},
            Role.POLICY,
            f"{A_STATEMENT} on the policy page we watch has another scope and now protects less",
            id="a permission covers more, so we do not say that it covers less",
        ),
        pytest.param(
            {"kind": FindingKind.INTRODUCED, "before_quote": "", "direction": Direction.STRONGER},
            Role.TRANSPARENCY_REPORT,
            "Corvid Cloud: a new statement on facial recognition and police, which raises protection, "
            "appears on the transparency report we watch",
            id="a new statement",
        ),
        pytest.param(
            {"tier": Tier.REVIEW, "kind": FindingKind.REVERSED, "direction": Direction.UNCLEAR},
            Role.POLICY,
            f"For review: {A_STATEMENT} on the policy page we watch may now say something else",
            id="nothing is claimed that a person has to judge first",
        ),
        pytest.param(
            GONE | {"rule": "same-words-elsewhere", "tier": Tier.REVIEW, "direction": Direction.UNCLEAR},
            Role.POLICY,
            f"For review: {A_STATEMENT} on the policy page we watch stands below other words now",
            id="the same words stand there",
        ),
        pytest.param(
            {"kind": FindingKind.RELOCATED, "technologies": (), "parties": ()},
            Role.PRODUCT,
            "Corvid Cloud: a statement on biometric surveillance has moved from the product page we watch to "
            "another page",
            id="moved to another page, subject unknown",
        ),
    ],
)
def test_the_headline_states_the_fact(changes: dict[str, object], role: Role, sentence: str) -> None:
    assert headline(CORVID, replace(TERMS, role=role), [finding(**changes)]) == sentence


ANY_FINDING = [
    pytest.param(kind, direction, stance, rule, role, id=f"{kind}-{direction}-{stance}-{rule}-{role}")
    for kind, direction, (stance, rule, role) in product(
        FindingKind,
        Direction,
        [("", "r", Role.PLEDGE), (Stance.REFUSES, "r", Role.TERMS), ("permits", "page-gone", Role.NEWSROOM)],
    )
]


@pytest.mark.parametrize(("kind", "direction", "stance", "rule", "role"), ANY_FINDING)
def test_every_headline_is_one_sentence_without_a_motive(
    kind: FindingKind, direction: Direction, stance: str, rule: str, role: Role
) -> None:
    one = finding(kind=kind, direction=direction, stance=stance, rule=rule, before_quote="We will not.")
    sentence = headline(CORVID, replace(TERMS, role=role), [one])
    assert not MOTIVES.search(sentence)
    assert re.fullmatch(r"Corvid Cloud: [^.{}\n]+", sentence)


def test_the_motive_words_would_be_seen() -> None:
    assert MOTIVES.search("Corvid Cloud quietly drops its ban")


@pytest.mark.parametrize("role", Role)
def test_every_role_has_its_words(role: Role) -> None:
    assert "Corvid Cloud: " in headline(CORVID, replace(TERMS, role=role), [finding()])


@pytest.mark.parametrize(
    ("quote", "shown"),
    [
        pytest.param("Never.", '"Never" is gone', id="the stop of the sentence is left out"),
        pytest.param("First line\nsecond line", '"First line" and more is gone', id="one line only"),
        pytest.param("word " * 60, '" and more is gone', id="a long quote is cut and says so"),
        pytest.param("", "with a statement on facial recognition and police is gone", id="no words left"),
        pytest.param("{0} {organization}", '"{0} {organization}" is gone', id="braces are words"),
    ],
)
def test_a_gone_page_is_quoted_exactly(quote: str, shown: str) -> None:
    sentence = headline(CORVID, TERMS, [finding(rule="page-gone", before_quote=quote)])
    assert sentence.endswith(shown)
    quoted = re.search(r'"(.*)"', sentence)
    assert (quoted[1] if quoted else "") in quote
    assert len(sentence) < 260


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
    assert alert(weaker, stronger).headline.endswith("(and 1 more change)")
    assert alert(weaker).headline.endswith("exception")


def test_a_gone_page_is_one_event_whatever_it_takes_with_it() -> None:
    gone = finding(rule="page-gone", kind=FindingKind.WITHDRAWN, after_quote="")
    assert alert(gone, gone, gone).headline.endswith("is gone, with 2 more statements")
    assert alert(gone, gone).headline.endswith("is gone, with 1 more statement")


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
