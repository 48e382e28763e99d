"""What is seen first of an alert, on a telephone too: when, how sure, which asks; then the words; then the reasons."""

from dataclasses import replace

import pytest

from alerts.reader import Reader
from alerts.render import html, text
from monitor.model import LAPSED, Alert, FindingKind, Tier
from tests.mails import ASKED, BERLIN, lapse, told
from tests.sample_alerts import alert, finding, unconfirmed
from tests.shown import Shown, squeezed

TOLD = alert()


def both(one: Alert, reader: Reader = Reader()) -> tuple[str, str]:  # noqa: B008
    """The words of the plain text and of the HTML."""
    return squeezed(text(one, reader)), squeezed(Shown(html(one, reader)).words)


def asking(*ids: str) -> Alert:
    return replace(told(), asks=tuple(replace(ASKED, id=id) for id in ids))


@pytest.mark.parametrize(
    ("one", "glance"),
    [
        pytest.param(
            told(),
            "First seen 2026-11-21 18:00 UTC (19:00 CET) · confirmed · touches POL-1",
            id="confirmed",
        ),
        pytest.param(
            unconfirmed(told()),
            "First seen 2026-11-21 18:00 UTC (19:00 CET) · not confirmed yet · touches POL-1",
            id="early",
        ),
        pytest.param(asking("A-1", "B-2"), "confirmed · touches A-1 and 1 more ask", id="two asks"),
        pytest.param(
            asking("A-1", "B-2", "C-3", "D-4", "E-5"), "· touches A-1 and 4 more asks", id="five asks"
        ),
        pytest.param(
            alert(finding(asks=("A-1",)), finding(asks=("A-1", "B-2"))),
            "· touches A-1 and 1 more ask",
            id="asks that only the findings name",
        ),
        pytest.param(
            told(finding(), finding(tier=Tier.REVIEW)), "confirmed · partly for review · touches", id="review"
        ),
        pytest.param(
            lapse(LAPSED), "Words last seen 2026-11-22 06:02 UTC (07:02 CET) · touches POL-1", id="a lapse"
        ),
    ],
)
def test_under_the_headline_stands_what_to_know_first(one: Alert, glance: str) -> None:
    plain, page = both(one, BERLIN)
    for shown in (plain, page):
        assert glance in shown
        assert shown.index(one.headline) < shown.index(glance)
    for first in ("Before", "The words, unchanged:"):
        assert first not in page or page.index(glance) < page.index(first)


def test_a_glance_without_asks_says_no_more() -> None:
    one = alert(finding(asks=()))
    assert "\nFirst seen 2026-11-21 18:00 UTC · confirmed\n" in text(one)
    assert "ouches" not in text(one) + html(one)


def test_the_words_stand_above_what_we_make_of_them() -> None:
    for shown in both(TOLD):
        places = [
            shown.index(part) for part in ("First seen", "Before", "After", "A statement changed", "How")
        ]
        assert places == sorted(places)


def test_what_the_alert_says_once_is_not_said_again_of_its_one_finding() -> None:
    for shown in both(TOLD):
        assert shown.count("▼ Weaker") == 1
    for shown in both(alert(finding(), finding(kind=FindingKind.TERM))):
        assert shown.count("▼ Weaker") == 3, "the alert, and each of its two findings"
        assert shown.count("How we know") == 1, "by the same rule"


def test_what_a_person_said_of_it_stands_in_place_of_that_nobody_looked() -> None:
    for shown in both(TOLD, Reader(reviewed="right by Ana\r\n, 2026-11-22 06:02 UTC")):
        assert "high confidence, judged right by Ana , 2026-11-22 06:02 UTC." in shown
        assert "not reviewed" not in shown
