"""Which earlier alerts a new one follows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.model import Alert, Finding, Relation
from monitor.threads import AT_MOST, earlier_of, thread_of
from tests.sample_alerts import alert, finding

FIRM = "We will not sell face recognition to police."
LOOSE = "We do not currently sell face recognition to police."
OTHER = "We publish a report every year."


def change(before: str, after: str) -> Finding:
    return finding(before_quote=before, after_quote=after)


def told(before: str, after: str, name: str = "a", **changes: object) -> Alert:
    return replace(alert(change(before, after)), id=name * 64, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("earlier", "now", "relation"),
    [
        pytest.param((FIRM, LOOSE), (LOOSE, FIRM), Relation.REVERSED, id="the words are back"),
        pytest.param((FIRM, ""), ("", FIRM), Relation.REVERSED, id="what was gone stands again"),
        pytest.param(("", FIRM), (FIRM, ""), Relation.REVERSED, id="what was new is gone again"),
        pytest.param((FIRM, LOOSE), (LOOSE, OTHER), Relation.EARLIER, id="it goes on from there"),
        pytest.param(("", FIRM), (FIRM, LOOSE), Relation.EARLIER, id="what was new has changed"),
        pytest.param((FIRM, LOOSE), (FIRM.upper(), OTHER), Relation.EARLIER, id="in other letters"),
        pytest.param((FIRM, LOOSE), (OTHER, ""), None, id="other words"),
        pytest.param((FIRM, ""), (OTHER, ""), None, id="two that are gone share nothing"),
    ],
)
def test_what_follows_what(earlier: tuple[str, str], now: tuple[str, str], relation: Relation | None) -> None:
    found = earlier_of([change(*now)], [told(*earlier)])
    assert [one.relation for one in found] == ([relation] if relation else [])


def test_what_was_told_early_is_followed_by_what_confirms_it_alone() -> None:
    """It may have told more at once than is confirmed at once."""
    early = told(FIRM, LOOSE)
    early = replace(early, after=replace(early.after, confirmed_at=None))
    assert earlier_of([change(LOOSE, FIRM)], [early]) == ()
    (one,) = earlier_of([change(FIRM, LOOSE), change("", OTHER)], [early])
    assert (one.alert_id, one.relation) == (early.id, Relation.CONFIRMS)


def test_the_newest_come_first_and_not_all_of_them() -> None:
    known = [told(FIRM, LOOSE, name) for name in "123456789"]
    named = earlier_of([change(LOOSE, OTHER)], known)
    assert [one.alert_id[0] for one in named] == list("123456789")[:AT_MOST]


def test_a_thread_is_the_first_alert_of_all() -> None:
    first = told("", FIRM, "1")
    second = told(FIRM, LOOSE, "2", thread=first.id, raised_at=first.raised_at + timedelta(days=1))
    follows = earlier_of([change(LOOSE, OTHER)], [second, first])
    assert thread_of(follows, [second, first]) == first.id
    assert thread_of((), [second, first]) == ""


def test_the_same_words_under_another_line_are_others() -> None:
    """What left "You may sell … to:" does not stand again under "You may not sell … to:"."""
    gone = finding(before_quote="police", after_quote="", context=("Use", "You may sell it to:"))
    new = finding(before_quote="", after_quote="police", context=("Use", "You may not sell it to:"))
    assert earlier_of([new], [alert(gone)]) == ()
    back = replace(new, context=("Use", "You may sell it to:"))
    assert [one.relation for one in earlier_of([back], [alert(gone)])] == [Relation.REVERSED]
