"""How an alert words things: facts, not motives; exact words; and no change where only a day has come."""

import re
from dataclasses import replace

import pytest

from alerts.reader import Reader
from alerts.render import html, text
from monitor.model import KEPT, LAPSED, LAPSING, Alert, Direction, FindingKind, Relation, Tier
from tests.mails import BERLIN, MORATORIUM, following, lapse, told, with_places
from tests.sample_alerts import HEDGED, REFUSAL, alert, finding
from tests.shown import Shown, squeezed, unmarked

TOLD = alert()


def both(one: Alert, reader: Reader = Reader()) -> tuple[str, str]:  # noqa: B008
    """The words of the plain text and of the HTML."""
    return squeezed(text(one, reader)), squeezed(Shown(html(one, reader)).words)


# --------------------------------------------------------------------------- what ends by its own words


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        (LAPSING, "A statement soon ends, by its own words."),
        (LAPSED, "A statement has ended, by its own words."),
    ],
)
def test_a_lapse_shows_the_words_once_and_claims_no_change_of_them(rule: str, what: str) -> None:
    one = lapse(rule)
    for shown in both(one):
        assert what in shown
        assert shown.replace(one.headline, "").count(MORATORIUM) == 1
        assert "The words last seen: 2026-11-22 06:02 UTC" in shown
        assert shown.count("SHA-256") == 1
        passage = shown.replace("The words, unchanged:", "")
        assert not re.search("chang|Removed|Marked|Before|After", passage)
        assert "The words, unchanged: Until 10 June" in shown
    assert not Shown(html(one)).marked


def test_sisters_of_a_lapse_are_not_said_to_have_changed() -> None:
    assert all(
        "The same words stand on 2 more pages" in shown for shown in both(with_places(2, lapse(LAPSED)))
    )


def test_a_lapse_beside_a_change_keeps_the_times_of_the_change() -> None:
    lapsed = finding(rule=LAPSED, before_quote=MORATORIUM, after_quote=MORATORIUM)
    for shown in both(alert(finding(), lapsed)):
        assert "The words, unchanged:" in shown and "First seen changed:" in shown


def test_words_below_a_line_that_turned_are_not_called_unchanged() -> None:
    turned = finding(kind=FindingKind.REVERSED, rule="polarity-reversed", after_quote=REFUSAL)
    for shown in both(alert(turned)):
        assert "The words, unchanged:" not in shown
        assert "The words, the same below other lines than before:" in shown and "Where now: " in shown


def test_what_stands_as_before_is_shown_once() -> None:
    kept = finding(kind=FindingKind.MOVED, rule=KEPT, tier=Tier.LOG, after_quote=REFUSAL)
    assert all(shown.count(REFUSAL) == 1 for shown in both(replace(alert(kept), headline="One thing")))


# --------------------------------------------------------------------------- facts, not motives

MOTIVES = (
    "quietly dropped withdrew abandoned broke betrayed hid silently secretly admitted refuses-to sneaked scrapped "
    "reneged walked-back backtracked covertly deliberately intended wanted tried claimed violated"
).replace("-", " ").split()  # fmt: skip


@pytest.mark.parametrize("kind", FindingKind)
@pytest.mark.parametrize("direction", Direction)
def test_nothing_that_we_say_names_a_motive(kind: FindingKind, direction: Direction) -> None:
    ours = replace(alert(finding(kind=kind, direction=direction, reasons=())), headline="")
    said = set(re.findall("[a-z]+", "".join(both(ours)).lower()))
    assert not said & (set(MOTIVES) - {"to", "refuses"})


@pytest.mark.parametrize("kind", FindingKind)
def test_between_quotation_marks_stands_nothing_of_ours(kind: FindingKind) -> None:
    one = replace(following(with_places(2, told(finding(kind=kind))), Relation.REVERSED), headline="")
    for shown in both(one, BERLIN):
        assert not re.search('["“”„«»]', shown)


@pytest.mark.parametrize("kind", FindingKind)
def test_before_and_after_are_the_exact_words(kind: FindingKind) -> None:
    shown = unmarked(text(alert(finding(kind=kind))))
    assert f"Before: {REFUSAL} After: {HEDGED}" in shown


def test_signs_of_ours_on_the_page_are_pointed_out() -> None:
    said = "The page's own words hold signs like those that mark words here"
    assert said in squeezed(text(alert(finding(before_quote="We will [-not-] sell face recognition."))))
    assert said not in squeezed(text(TOLD))
