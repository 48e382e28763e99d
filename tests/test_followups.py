"""Follow-ups go to those who got what they follow, and to nobody twice."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.followups import OPEN_FOR, addressed, retract_early, retraction
from alerts.message import EARLY
from monitor.blobs import Blobs
from monitor.confirm import finding_key
from monitor.model import Alert, Earlier, Relation, Sighting
from monitor.settings import Channel, Route, Settings
from monitor.store import Store, fetches, findings, notices, open_store, sqlite_url
from monitor.store import alerts as stored
from monitor.store.alerts import NewDelivery
from tests.chained import must_hold
from tests.sample_alerts import CORVID, NOW, TERMS, alert, finding, notice, tracked, unconfirmed
from tests.store_values import fetch

MAIL = Channel("email", host="mail.example", sender="watch@pledges.example")
WEAKER = Route("weaker", "mail", recipients=("a@x.example", "b@x.example"), directions=("weaker",))
EVERY = Route("every", "mail", recipients=("c@x.example",))
SETTINGS = Settings(channels={"mail": MAIL}, routes=(WEAKER, EVERY))
FIRST = alert()
BACK = replace(
    alert(
        finding(direction="stronger", before_quote=finding().after_quote, after_quote=finding().before_quote)
    ),
    follows=(Earlier(FIRST.id, NOW, FIRST.headline, Relation.REVERSED),),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(sqlite_url(tmp_path / "pledgewatch.db"), Blobs(tmp_path / "blobs")) as opened:
        yield opened
        must_hold(opened)


def sent(store: Store, told: Alert, *recipients: str, ending: str = "") -> None:
    with store.begin() as conn:
        new = [NewDelivery(f"{told.id}/weaker/{to}{ending}", "weaker", "mail", to) for to in recipients]
        stored.add(conn, told, new)
        for one in stored.due(conn, NOW):
            stored.mark_sent(conn, one.id, NOW)


def to_whom(store: Store, told: Alert, settings: Settings = SETTINGS) -> list[tuple[str, str]]:
    with store.read() as conn:
        return [(one.route, one.recipient) for one in addressed(conn, told, CORVID, TERMS, settings)]


def test_what_is_taken_back_goes_to_everyone_who_was_told(store: Store) -> None:
    """Whoever heard only of what got weaker hears that it holds no more."""
    sent(store, FIRST, "a@x.example")
    assert to_whom(store, BACK) == [("every", "c@x.example"), ("weaker", "a@x.example")]


def test_nobody_gets_it_twice(store: Store) -> None:
    sent(store, FIRST, "a@x.example")
    everything = replace(SETTINGS, routes=(replace(WEAKER, directions=()), EVERY))
    expected = [("weaker", "a@x.example"), ("weaker", "b@x.example"), ("every", "c@x.example")]
    assert to_whom(store, BACK, everything) == expected


def test_who_left_the_settings_gets_nothing_more(store: Store) -> None:
    sent(store, FIRST, "a@x.example", "gone@x.example")
    assert ("weaker", "gone@x.example") not in to_whom(store, BACK)
    assert to_whom(store, BACK, replace(SETTINGS, routes=(EVERY,))) == [("every", "c@x.example")]


def test_a_change_that_goes_on_is_for_those_whom_the_routes_name(store: Store) -> None:
    sent(store, FIRST, "a@x.example")
    further = replace(BACK, follows=(replace(BACK.follows[0], relation=Relation.EARLIER),))
    assert to_whom(store, further) == [("every", "c@x.example")]


def test_an_early_word_of_it_is_not_spread(store: Store) -> None:
    sent(store, FIRST, "a@x.example")
    assert to_whom(store, unconfirmed(BACK)) == []


# --------------------------------------------------------------------------- early words that went away


def followed(store: Store, state: Sighting) -> None:
    """The finding of the alert, followed on its page until this state."""
    with store.begin() as conn:
        if findings.tracked(conn, TERMS.id) == []:
            fetches.record(conn, replace(fetch(), page_id=TERMS.id))
        one = replace(
            tracked(finding(), finding_key(finding())), state=state, before_fetch_id=1, after_fetch_id=1
        )
        findings.save(conn, TERMS.id, [one])


def retracted(store: Store, days: float = 1) -> int:
    with store.begin() as conn:
        return retract_early(conn, SETTINGS, NOW + timedelta(days=days))


def test_who_was_told_early_hears_that_it_did_not_last(store: Store) -> None:
    sent(store, unconfirmed(FIRST), "a@x.example", ending=EARLY)
    followed(store, Sighting.VARIANT)
    assert retracted(store) == 1
    with store.read() as conn:
        (delivery,) = stored.due(conn, NOW + timedelta(days=1))
    assert (delivery.route, delivery.recipient) == ("weaker", "a@x.example")
    assert retracted(store, days=2) == 0, "once"


@pytest.mark.parametrize("state", [Sighting.PENDING, Sighting.CONFIRMED])
def test_what_may_still_hold_is_not_taken_back(store: Store, state: Sighting) -> None:
    sent(store, unconfirmed(FIRST), "a@x.example", ending=EARLY)
    followed(store, state)
    assert retracted(store) == 0


def test_what_still_waits_is_not_sent_at_all(store: Store) -> None:
    early = unconfirmed(FIRST)
    with store.begin() as conn:
        stored.add(conn, early, [NewDelivery(f"{early.id}/weaker/a{EARLY}", "weaker", "mail", "a@x.example")])
    followed(store, Sighting.VARIANT)
    retracted(store)
    with store.read() as conn:
        assert stored.waiting(conn) == []


def test_whoever_gets_the_early_word_later_hears_of_it_then(store: Store) -> None:
    """It was in a digest that waited for its server."""
    early = unconfirmed(FIRST)
    with store.begin() as conn:
        stored.add(
            conn, early, [NewDelivery(f"{early.id}/weaker/a{EARLY}", "weaker", "mail", "a@x.example", True)]
        )
        notices.add(conn, notice(id="d" * 64), [NewDelivery("digest", "weaker", "mail", "a@x.example")])
        stored.bundle(conn, [one.id for one in stored.gathered(conn)], "d" * 64)
    followed(store, Sighting.VARIANT)
    assert retracted(store) == 0
    with store.begin() as conn:
        (digest,) = stored.due(conn, NOW)
        stored.mark_sent(conn, digest.id, NOW)
    assert [retracted(store, days=2), retracted(store, days=3)] == [1, 0]


def test_what_was_under_way_may_have_arrived(store: Store) -> None:
    early = unconfirmed(FIRST)
    with store.begin() as conn:
        stored.add(conn, early, [NewDelivery(f"{early.id}/weaker/a{EARLY}", "weaker", "mail", "a@x.example")])
        stored.mark_under_way(conn, stored.due(conn, NOW)[0].id)
    followed(store, Sighting.VARIANT)
    assert [retracted(store), retracted(store, days=2)] == [1, 0]


def test_what_was_given_up_is_not_sent_later(store: Store) -> None:
    early = unconfirmed(FIRST)
    with store.begin() as conn:
        stored.add(conn, early, [NewDelivery(f"{early.id}/weaker/a{EARLY}", "weaker", "mail", "a@x.example")])
        stored.mark_failed(conn, stored.due(conn, NOW)[0].id, NOW, None, "550")
    followed(store, Sighting.VARIANT)
    retracted(store)
    with store.read() as conn:
        assert stored.parked(conn) == []


def test_what_was_confirmed_or_is_long_ago_is_left(store: Store) -> None:
    sent(store, unconfirmed(FIRST), "a@x.example", ending=EARLY)
    followed(store, Sighting.VARIANT)
    assert retracted(store, days=OPEN_FOR.days + 1) == 0
    sent(store, FIRST, "a@x.example")
    assert retracted(store) == 0


def test_the_words_of_it() -> None:
    told = retraction(unconfirmed(FIRST), NOW)
    assert told.headline == f"Not confirmed after all: {FIRST.headline}."
    assert told.about == FIRST.id
    assert any("Later looks at the page did not bear it out" in line for line in told.lines)
