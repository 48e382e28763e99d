"""What people read in an alert: a headline to paste, exact words before and after, direction, times and the proof."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.links import linked
from alerts.looks import LOOKS
from alerts.reader import Reader
from alerts.render import html, subject, text, when
from monitor.model import (
    PAGE_BACK,
    PAGE_GONE,
    Alert,
    Direction,
    Finding,
    FindingKind,
    Relation,
    Tier,
)
from tests.mails import ASKED, BERLIN, DESK, following, told, with_places
from tests.sample_alerts import HEDGED, NOW, REFUSAL, alert, finding, unconfirmed
from tests.shown import Shown, squeezed, unmarked


def both(one: Alert, reader: Reader = Reader()) -> tuple[str, str]:  # noqa: B008
    """The words of the plain text and of the HTML."""
    return squeezed(text(one, reader)), squeezed(Shown(html(one, reader)).words)


# --------------------------------------------------------------------------- what every message says

TOLD = alert()
SAID = [
    pytest.param(TOLD.headline, id="the headline"),
    pytest.param("▼ Weaker: people are protected less than before", id="the direction, in words"),
    pytest.param("Corvid Cloud", id="who"),
    pytest.param("https://corvid.example/terms", id="which page"),
    pytest.param("A statement changed in what it covers", id="what changed"),
    pytest.param("Public safety › What we do not sell", id="the heading trail"),
    pytest.param("The refusal now covers general-purpose technology only.", id="the reason"),
    pytest.param("POL-1", id="the ask"),
    pytest.param("rule counterpart-narrowed, high confidence, not reviewed by a person", id="the rule"),
    pytest.param("2026-11-21 06:01 UTC", id="last seen unchanged"),
    pytest.param("2026-11-21 18:00 UTC", id="first seen changed"),
    pytest.param("2026-11-22 06:02 UTC", id="confirmed"),
    pytest.param("The sister page was not read.", id="not checked"),
    pytest.param(f"pledgewatch alerts show {TOLD.id[:12]}", id="how to see the evidence"),
    pytest.param("b" * 64, id="sha256 before"),
    pytest.param("a" * 64, id="sha256 after"),
]


@pytest.mark.parametrize("said", SAID)
def test_both_parts_say(said: str) -> None:
    assert all(said in words for words in both(TOLD))


def test_the_plain_text_marks_the_words_that_went_and_came() -> None:
    shown = squeezed(text(TOLD))
    before = shown.split("Before: ")[1].split(" After: ")[0]
    after = shown.split("After: ")[1].split(" A statement changed")[0]
    assert "[-will" in before and "{+" not in before
    assert "currently" in after and "[-" not in after
    assert unmarked(before) == REFUSAL
    assert unmarked(after) == HEDGED


@pytest.mark.parametrize("gone", [{"before_quote": ""}, {"after_quote": ""}])
def test_words_that_all_went_or_all_came_are_left_unmarked(gone: dict[str, str]) -> None:
    one = alert(finding(**gone))
    assert not re.search(r"\[-|\{\+|Marked", text(one)) and not Shown(html(one)).marked


def test_the_html_marks_the_words_that_went_and_came() -> None:
    marked = Shown(html(TOLD)).marked
    assert "will" in "".join(words for tag, words in marked if tag == "del")
    assert "currently" in "".join(words for tag, words in marked if tag == "ins")


def test_the_plain_text_fits_a_mail() -> None:
    assert max(len(line) for line in text(TOLD).splitlines()) <= 80
    assert text(TOLD).endswith("\n") and not text(TOLD).endswith("\n\n")
    assert "\n\n\n" not in text(TOLD)


@pytest.mark.parametrize("direction", Direction)
def test_a_direction_is_a_word_and_a_sign_and_never_a_colour_alone(direction: Direction) -> None:
    one = alert(finding(direction=direction))
    look = LOOKS[direction]
    assert subject(one).startswith(f"[{direction}] ")
    assert all(f"{look.sign} {look.word}: {look.sentence}" in words for words in both(one))
    assert f'<span aria-hidden="true">{look.sign}</span> {look.word}' in html(one)


@pytest.mark.parametrize("kind", FindingKind)
def test_every_kind_has_its_words(kind: FindingKind) -> None:
    shown = text(alert(finding(kind=kind)))
    assert re.search(r"\n  (A|The) [a-z ]*statement", shown)
    assert "its force" not in shown and "its scope" not in shown, "words that staff understand"


@pytest.mark.parametrize(
    ("one", "what", "before", "after"),
    [
        pytest.param(
            finding(kind=FindingKind.WITHDRAWN, rule=PAGE_GONE, after_quote=""),
            "The page is gone.",
            REFUSAL,
            "The page is gone.",
            id="page gone",
        ),
        pytest.param(
            finding(kind=FindingKind.WITHDRAWN, after_quote=""),
            "A statement no longer appears on the page we watch.",
            REFUSAL,
            "It no longer appears on the page we watch.",
            id="clause gone",
        ),
        pytest.param(
            finding(kind=FindingKind.INTRODUCED, before_quote=""),
            "A new statement appears.",
            "It did not stand on the page we watch.",
            HEDGED,
            id="clause new",
        ),
        pytest.param(
            finding(), "A statement changed in what it covers.", REFUSAL, HEDGED, id="clause changed"
        ),
        pytest.param(
            finding(kind=FindingKind.INTRODUCED, rule=PAGE_BACK, before_quote=""),
            "The page is there again.",
            "The page was gone.",
            HEDGED,
            id="page back",
        ),
        pytest.param(
            finding(kind=FindingKind.WITHDRAWN, rule=PAGE_GONE, before_quote="", after_quote=""),
            "The page is gone.",
            "No words of it were kept.",
            "The page is gone.",
            id="page gone without words",
        ),
    ],
)
def test_page_gone_clause_gone_and_clause_changed_are_told_apart(
    one: Finding, what: str, before: str, after: str
) -> None:
    shown = unmarked(text(alert(one)))
    assert what in shown
    assert f"Before: {before} After: {after} {what}" in shown
    source = "Corvid Cloud, terms: https://corvid.example/terms"
    assert f"Before {before} After {after} {source} {what}" in both(alert(one))[1]
    assert ("page is gone" in shown) == (one.rule == PAGE_GONE)


def test_a_finding_for_review_says_so() -> None:
    assert "For review: a person should look" in squeezed(text(alert(finding(tier=Tier.REVIEW))))
    assert "For review" not in text(TOLD)


def test_what_is_not_yet_confirmed_is_not_called_confirmed() -> None:
    early = unconfirmed(TOLD)
    said = "Not confirmed yet: seen once; it is told again when it is confirmed."
    at_a_glance = "First seen 2026-11-21 18:00 UTC · not confirmed yet · touches POL-1"
    assert subject(early) == f"[unconfirmed] {subject(TOLD)}"
    for shown in both(early):
        assert said in shown and at_a_glance in shown
        assert "confirmed" not in shown.replace(said, "").replace(at_a_glance, "").lower()
    assert squeezed(text(early)).startswith(said)
    assert html(early).index(said) < html(early).index("<h1")


def test_what_is_confirmed_is_not_called_unconfirmed() -> None:
    for shown in (subject(TOLD), text(TOLD), Shown(html(TOLD)).words):
        assert "unconfirmed" not in shown and "Not confirmed" not in shown


def test_last_seen_falls_back_on_the_fetch_itself() -> None:
    one = replace(TOLD, before=replace(TOLD.before, last_seen_at=None))
    assert all("Last seen unchanged: 2026-11-13 06:02 UTC" in words for words in both(one))


def test_a_side_without_a_body_says_so() -> None:
    one = replace(TOLD, after=replace(TOLD.after, sha256=""))
    assert all("no body came" in words for words in both(one))
    assert "no body came" not in text(TOLD) + html(TOLD)


def test_nothing_unchecked_no_heading() -> None:
    one = replace(TOLD, not_checked=())
    assert "Not checked" not in text(one) + html(one)


def test_findings_with_the_same_quotes_show_them_once() -> None:
    shown = text(alert(finding(), finding(kind=FindingKind.TERM)))
    assert shown.count("  Before:\n") == 1
    assert "what it covers" in shown and "how long it holds" in shown


def test_moments_are_told_in_utc() -> None:
    assert when(datetime(2026, 2, 3, 6, 0, 59, tzinfo=UTC)) == "2026-02-03 06:00 UTC"
    assert when(None) == "not yet"


# --------------------------------------------------------------------------- what else an alert holds


@pytest.mark.parametrize(
    ("one", "reader", "said"),
    [
        pytest.param(
            told(), BERLIN, "Last seen unchanged: 2026-11-21 06:01 UTC (07:01 CET)", id="the reader's zone"
        ),
        pytest.param(told(), BERLIN, "First seen changed: 2026-11-21 18:00 UTC (19:00 CET)", id="first seen"),
        pytest.param(
            told(),
            BERLIN,
            "The ask it touches POL-1: No sale or lease of facial recognition technology to police, in any form. Why: "
            "the statement named police departments before, and names them with fewer products now. "
            "https://asks.example/letter-of-2021",
            id="the ask, why and its source",
        ),
        pytest.param(
            replace(told(), asks=(*told().asks, replace(told().asks[0], id="RET-2", why="", source=""))),
            BERLIN,
            "RET-2: No sale or lease",
            id="an ask without a why",
        ),
        pytest.param(
            replace(told(), asks=(replace(told().asks[0], source="A letter of 2021", why="it is"),)),
            BERLIN,
            "in any form. Source: A letter of 2021. Why: it is.",
            id="an ask from what has no address",
        ),
        pytest.param(
            replace(
                told(),
                asks=tuple(replace(ASKED, id=id, why="it is", source="A letter") for id in ("A-1", "A-2")),
            ),
            BERLIN,
            "in any form. Source: A letter. A-2: No sale or lease of facial recognition technology to police, "
            "in any form. Source: A letter. Why these 2: it is.",
            id="one reason of two asks is said once",
        ),
        pytest.param(
            told(finding(asks=("POL-1", "INV-1"))), BERLIN, "Touches the asks POL-1, INV-1.", id="two asks"
        ),
        pytest.param(
            with_places(2, told()),
            BERLIN,
            "The same words changed on 2 more pages policy: https://corvid.example/0/acceptable-use "
            f"pledgewatch alerts show {'0' * 12} policy: https://corvid.example/1/acceptable-use",
            id="sister pages",
        ),
        pytest.param(
            with_places(1, told()), BERLIN, "The same words changed on 1 more page policy:", id="one sister"
        ),
        pytest.param(
            following(told(), Relation.EARLIER),
            BERLIN,
            "What we told before Earlier: on 2026-11-12 06:02 UTC (07:02 CET) we told: Corvid Cloud's terms page was "
            "told of before. pledgewatch alerts show eeeeeeeeeeee",
            id="an earlier alert",
        ),
        pytest.param(
            following(told(), Relation.REVERSED),
            BERLIN,
            "This reverses what we told on 2026-11-12 06:02 UTC (07:02 CET): Corvid Cloud's terms page was told of "
            "before. pledgewatch alerts show eeeeeeeeeeee",
            id="a reversal",
        ),
    ],
)
def test_both_parts_hold(one: Alert, reader: Reader, said: str) -> None:
    assert all(said in re.sub("-----+ |(?<= )- ", "", words) for words in both(one, reader))


def test_a_reversal_is_told_before_the_words() -> None:
    for shown in both(following(told(), Relation.REVERSED)):
        assert shown.index("This reverses") < shown.index("Before")


def test_who_was_told_early_is_told_so_on_top() -> None:
    said = "Confirmed: we told you of this unconfirmed on 2026-11-21 18:02 UTC (19:02 CET)."
    early = replace(BERLIN, told_early_at=NOW - timedelta(hours=12))
    assert squeezed(text(TOLD, early)).startswith(said)
    assert html(TOLD, early).index(said) < html(TOLD, early).index("<h1")
    assert "we told you" not in "".join(both(TOLD, BERLIN))
    assert "we told you" not in "".join(both(unconfirmed(TOLD), early)), (
        "what is not confirmed is not called so"
    )


def test_with_a_desk_it_links_to_the_live_page_the_desk_and_the_evidence() -> None:
    one = linked(with_places(1, following(told(), Relation.EARLIER)), DESK)
    at = f"{DESK}/changes/{one.id}"
    links = Shown(html(one)).links
    assert {"https://corvid.example/terms", at, f"{at}/evidence.zip", f"{DESK}/changes/{'e' * 64}"} <= set(
        links
    )
    assert all(link in text(one) for link in links)
    assert "pledgewatch alerts show" not in text(one) + html(one)


def test_without_a_desk_it_names_the_command() -> None:
    assert f"The evidence: pledgewatch alerts show {TOLD.id[:12]}" in squeezed(text(TOLD))
    assert "desk" not in text(TOLD) + Shown(html(TOLD)).words
