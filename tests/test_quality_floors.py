"""How the detector is scored, and that what it once reached on the labelled pairs it still reaches."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.home import SHIPPED_CONFIG
from monitor.compare import compare, statements_in
from monitor.extract import extract
from monitor.lexicon import Lexicons
from monitor.model import Access, Direction, Finding, FindingKind, Tier
from monitor.segment import sentences
from tests.benchmarks.quality import floors
from tests.benchmarks.quality.answers import Answer
from tests.benchmarks.quality.baselines import alarms
from tests.benchmarks.quality.cases import Case, Pair
from tests.benchmarks.quality.conservation import Owed, owed
from tests.benchmarks.quality.figures import Figure, figures
from tests.benchmarks.quality.outcomes import Heard, hear, quotes_match
from tests.benchmarks.quality.passes import Results, run
from tests.benchmarks.quality.shares import Share
from tests.shared import SHARED, WHY_NOT

PINNED = floors.load()
ENGLISH = Lexicons(SHIPPED_CONFIG)["en"]

# --------------------------------------------------------------------------- the floors


@pytest.fixture(scope="module")
def measured() -> dict[str, Figure]:
    """Every figure by its id: one pass over all labelled pairs, one in eight of them in two processes."""
    if not SHARED.is_dir():
        pytest.skip(WHY_NOT)
    if PINNED.data != floors.data_digest():
        pytest.skip("the floors were pinned on other labelled pairs than these")
    return {figure.id: figure for figure in figures(run(beside=False, again=8))}


@pytest.mark.parametrize("id", PINNED.floors or ())
def test_what_was_reached_is_still_reached(measured: dict[str, Figure], id: str) -> None:
    assert PINNED.broken([measured[id]]) == []


def test_every_figure_has_a_pinned_floor(measured: dict[str, Figure]) -> None:
    assert set(PINNED.floors or ()) == set(measured)


def test_what_is_pinned_of_a_case_is_its_id_and_letters_only() -> None:
    lines = (floors.HERE / floors.OUTCOMES).read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if not line.startswith("#")]
    assert rows == sorted(rows)
    assert [
        row for row in rows if not re.fullmatch(r"[a-z]+-[0-9a-f]+ [.WAaBbDdKk-] [WAaBbDdKk-]", row)
    ] == []


# --------------------------------------------------------------------------- floors only go up


def figure(count: int, of: int, *, at_most: bool = False, by_misses: bool = False) -> Figure:
    share = Share(((count, of),))
    return Figure("found", "pairs found", share, floor=80, aim=90, at_most=at_most, by_misses=by_misses)


@pytest.mark.parametrize(
    ("rule", "pinned", "now", "falls"),
    [
        ("at_least", 8, figure(8, of=10), False),
        ("at_least", 8, figure(9, of=10), False),
        ("at_least", 8, figure(7, of=10), True),
        ("at_most", 2, figure(2, of=10, at_most=True), False),
        ("at_most", 2, figure(1, of=10, at_most=True), False),
        ("at_most", 2, figure(3, of=10, at_most=True), True),
        ("wrong_at_most", 1, figure(4, of=5, by_misses=True), False),  # fewer quotes, no more of them wrong
        ("wrong_at_most", 1, figure(18, of=20, by_misses=True), True),
    ],
)
def test_a_figure_falls_where_it_gets_worse(rule: str, pinned: int, now: Figure, falls: bool) -> None:
    assert now.pinned[0] == rule
    assert bool(floors.Floor(rule, pinned, 10, met=False).broken_by(now)) == falls


def test_a_floor_that_was_met_stays_met_when_there_is_more_to_get_right() -> None:
    floor = floors.Floor("at_least", 9, 10, met=True)
    assert floor.broken_by(figure(9, of=10)) == ""
    assert "its floor was met" in floor.broken_by(figure(9, of=12))


def test_a_pin_raises_what_got_better_and_writes_nothing_where_anything_fell(tmp_path: Path) -> None:
    assert floors.pin([figure(8, of=10)], results("A"), "these", tmp_path) == []
    assert floors.pin([figure(9, of=10)], results("A"), "these", tmp_path) == []
    assert floors.load(tmp_path).floors == {"found": floors.Floor("at_least", 9, 10, met=True)}
    written = (tmp_path / floors.FLOORS).read_bytes()
    assert floors.pin([figure(8, of=10)], results("-"), "these", tmp_path) == [
        "pairs found: 8 of 10; it was 9 of 10"
    ]
    assert (tmp_path / floors.FLOORS).read_bytes() == written
    assert floors.load(tmp_path).outcomes == {"case-1": (".", "A")}


def test_floors_of_other_pairs_bind_nobody(tmp_path: Path) -> None:
    floors.pin([figure(9, of=10)], results("A"), "these", tmp_path)
    assert floors.pin([figure(1, of=10)], results("A"), "others", tmp_path) == []


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("A", "-", "worse   case-1              authored        passage    alert → silent"),
        ("-", "a", "better  case-1              authored        passage    silent → review"),
        ("D", "A", "better  case-1              authored        passage    alert, wrong direction → alert"),
    ],
)
def test_a_case_that_flipped_is_named(was: str, now: str, told: str) -> None:
    pinned = floors.Pinned(outcomes={"case-1": (".", was)})
    assert [str(flip) for flip in pinned.flips(results(now))] == [told]


def test_a_case_that_stayed_is_not_named() -> None:
    assert list(floors.Pinned(outcomes={"case-1": (".", "A")}).flips(results("A"))) == []


# --------------------------------------------------------------------------- how a case is scored


@pytest.mark.parametrize(
    ("before_quote", "after_quote", "counts"),
    [
        ("We never scan faces.", "", True),
        ("WE NEVER scan faces. At all.", "", True),  # four of six words
        ("We paint our gates green each spring.", "", False),
        ("", "We scan faces.", False),  # the label has no later passage
    ],
)
def test_a_finding_counts_where_half_of_its_words_are_in_the_passage(
    before_quote: str, after_quote: str, counts: bool
) -> None:
    case = Case("case-1", "positives", "Acme", Pair("case-1", "We never scan faces.", ""))
    assert quotes_match(before_quote, after_quote, case) == counts


@pytest.mark.parametrize(
    ("tier", "kind", "direction", "letter"),
    [
        (Tier.ALERT, "scope", "weaker", "A"),
        (Tier.REVIEW, "scope", "weaker", "a"),
        (Tier.ALERT, "scope", "stronger", "D"),
        (Tier.REVIEW, "term", "weaker", "k"),
        (Tier.ALERT, "term", "mixed", "B"),
        (Tier.LOG, "reworded", "neutral", "-"),
    ],
)
def test_one_letter_tells_tier_kind_and_direction(tier: Tier, kind: str, direction: str, letter: str) -> None:
    assert heard([finding(tier, kind, direction)]).letter == letter


def test_the_interval_is_always_the_same_and_holds_the_share() -> None:
    share = Share(((3, 4), (0, 2), (5, 5), (1, 3)))
    low, high = share.interval
    assert low < share.rate < high
    assert Share(share.tallies).interval == (low, high)


def test_many_cases_of_one_organization_are_no_more_than_one_draw() -> None:
    assert Share(((0, 500),)).interval == Share(((0, 1),)).interval
    assert Share(((0, 1),) * 40).interval[1] < 0.1


@pytest.mark.parametrize(
    ("before", "after", "who_alarms"),
    [
        ("We sell gates.\n", "We sell gates.\n", ""),
        ("We sell gates.\n", "We sell doors.\n", "any"),
        ("We sell doors. We use facial recognition.", "We sell gates. We use facial recognition.", "any line"),
        ("We use facial recognition daily in all shops.", "We use facial recognition daily in all shop.", "any line sentence"),
        ("We use facial recognition.", "We sell gates.", "any line sentence unlike"),
    ],
)  # fmt: skip
def test_the_baselines_alarm_where_their_rule_says(before: str, after: str, who_alarms: str) -> None:
    names = {
        "any difference": "any",
        "keyword on a changed line": "line",
        "keyword in a changed sentence": "sentence",
        "keyword, similarity below 0.9": "unlike",
    }
    assert " ".join(names[name] for name, raised in alarms(before, after).items() if raised) == who_alarms


# --------------------------------------------------------------------------- conservation, from outside

OLD = "We will not sell facial recognition to the police.\n\nWe will delete faceprints after ten days.\n"
NEW = "We will not sell facial recognition to the police.\n\nWe bake bread.\n"


def test_a_statement_that_is_gone_is_owed_and_told() -> None:
    assert checked(OLD, NEW) == Owed(statements=1)


def test_a_statement_that_stays_is_not_owed() -> None:
    assert checked(OLD, OLD) == Owed()


def test_a_statement_in_no_finding_is_lost() -> None:
    assert checked(OLD, NEW, times=0).in_none == ("We will delete faceprints after ten days.",)


def test_a_statement_in_two_findings_is_told_twice() -> None:
    assert checked(OLD, NEW, times=2).in_several == ("We will delete faceprints after ten days.",)


def test_a_text_that_is_not_believed_owes_nothing_but_still_tells_once() -> None:
    assert checked(OLD, NEW, times=0, believed=False) == Owed(statements=1)
    assert checked(OLD, NEW, times=2, believed=False).misplaced == 1


# --------------------------------------------------------------------------- made up


def checked(before: str, after: str, *, times: int = 1, believed: bool = True) -> Owed:
    """The check over two texts whose findings all stand there so many times."""
    old, new = (extract(text.encode(), "text/markdown") for text in (before, after))
    found = compare(old, new, ENGLISH).findings * times
    return owed(statements_in(old, ENGLISH), sentences(new), found, believed=believed)


def finding(tier: Tier, kind: str, direction: str) -> Finding:
    return Finding(
        FindingKind(kind), Direction(direction), tier, "high", "a-rule", ("It changed.",), "We will."
    )


def heard(findings: list[Finding]) -> Heard:
    case = Case(
        id="case-1",
        set="authored",
        organization="Acme",
        passages=Pair("case-1", "We will.", "We may."),
        material=True,
        kinds=frozenset({"scope"}),
        directions=frozenset({"weaker"}),
    )
    answer = Answer("en", Access.OK, tuple(findings), "", len(findings), (), Owed())
    return hear(case, answer, is_whole=False)


def results(letter: str) -> Results:
    """One authored case with this outcome."""
    found = next(one for one in _possible() if one.letter == letter)
    return Results(whole=(), passages=(found,), alarms={})


def _possible() -> Iterator[Heard]:
    yield heard([])
    for tier in (Tier.ALERT, Tier.REVIEW):
        for kind in ("scope", "term"):
            for direction in ("weaker", "stronger"):
                yield heard([finding(tier, kind, direction)])
