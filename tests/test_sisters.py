"""The same change on sister pages goes out once, with all its places."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.routes import deliveries
from alerts.sisters import as_told, join_sisters, with_places
from monitor.blobs import Blobs
from monitor.model import Alert, Notice, Page, Role
from monitor.settings import Channel, Route, Settings
from monitor.store import Store, chain, holds, notices, open_store, sqlite_url
from monitor.store import alerts as stored
from monitor.store.alerts import NewDelivery
from tests.chained import must_hold
from tests.sample_alerts import CORVID, NOW, TERMS, alert, finding, unconfirmed

PLEDGE = replace(TERMS, id="corvid/pledge", url="https://corvid.example/pledge", role=Role.PLEDGE)
POLICY = replace(TERMS, id="corvid/policy", url="https://corvid.example/policy", role=Role.POLICY)
LOG = Channel("file", path="alerts.jsonl")
MAIL = Channel("email", host="mail.example", sender="watch@pledges.example")
ALL = Settings(channels={"log": LOG}, routes=(Route("archive", "log"),))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(sqlite_url(tmp_path / "pledgewatch.db"), Blobs(tmp_path / "blobs")) as opened:
        yield opened
        must_hold(opened)


def told(page: Page = TERMS, **changes: object) -> Alert:
    """The same change on this page, under an id of its own."""
    id = f"{page.id:x<64}"[:64]
    return replace(alert(finding(**changes), page=page), id=id)


def raised(store: Store, settings: Settings, *alerts: Alert) -> None:
    with store.begin() as conn:
        for one in alerts:
            page = Page(one.page["id"], "corvid", one.page["url"], Role(one.page["role"]))
            stored.add(conn, one, deliveries(one, CORVID, page, settings))


def places(store: Store, lead: Alert) -> list[str]:
    """What the one that leads names when it goes out."""
    with store.read() as conn:
        (carrier,) = [one for one in stored.of_alert(conn, lead.id) if one.state != "bundled"]
        return [place.page["id"] for place in with_places(conn, lead, carrier.id).places]


def due(store: Store) -> list[str]:
    with store.read() as conn:
        return [one.alert_id for one in stored.due(conn, NOW)]


def test_one_goes_out_for_all_and_names_the_others(store: Store) -> None:
    raised(store, ALL, told(), told(POLICY), told(PLEDGE))
    assert join_sisters(store) == 2
    assert due(store) == [told(PLEDGE).id], "a pledge page leads"
    assert places(store, told(PLEDGE)) == ["corvid/policy", "corvid/terms"]
    with store.read() as conn:
        (place, _) = as_told(conn, told(PLEDGE)).places
    assert (place.alert_id, place.page) == (told(POLICY).id, told(POLICY).page)


def test_a_second_pass_changes_nothing(store: Store) -> None:
    raised(store, ALL, told(), told(PLEDGE))
    join_sisters(store)
    with store.read() as conn:
        head = chain.head(conn)
    assert join_sisters(store) == 0
    with store.read() as conn:
        assert chain.head(conn) == head


def test_one_that_comes_later_joins_while_nothing_was_sent(store: Store) -> None:
    raised(store, ALL, told(POLICY), told())
    join_sisters(store)
    raised(store, ALL, told(PLEDGE))
    join_sisters(store)
    assert due(store) == [told(PLEDGE).id], "a pledge page leads, whoever led until now"
    assert places(store, told(PLEDGE)) == ["corvid/policy", "corvid/terms"]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(told(PLEDGE, after_quote="We do not sell it at this time."), id="other words"),
        pytest.param(unconfirmed(told(PLEDGE)), id="not as sure"),
        pytest.param(
            replace(told(PLEDGE), organization={**told().organization, "id": "ring"}),
            id="another organization",
        ),
    ],
)
def test_what_is_not_the_same_is_told_by_itself(store: Store, other: Alert) -> None:
    everything = replace(ALL, routes=(replace(ALL.routes[0], unconfirmed=True),))
    raised(store, everything, told(), other)
    assert join_sisters(store) == 0
    assert sorted(due(store)) == sorted([told().id, other.id])


def test_the_same_words_in_other_letters_are_the_same(store: Store) -> None:
    shouted = told(PLEDGE, before_quote=finding().before_quote.upper())
    raised(store, ALL, told(), shouted)
    assert join_sisters(store) == 1


def test_each_recipient_gets_what_their_route_asks_for(store: Store) -> None:
    """Who wants terms only gets the terms' alert by itself."""
    terms_only = Route("lawyers", "mail", recipients=("l@x.example",), roles=("terms",))
    both = Settings(channels={"log": LOG, "mail": MAIL}, routes=(ALL.routes[0], terms_only))
    raised(store, both, told(), told(PLEDGE))
    assert join_sisters(store) == 1
    with store.read() as conn:
        waiting = [(one.route, one.alert_id) for one in stored.due(conn, NOW)]
    assert sorted(waiting) == [("archive", told(PLEDGE).id), ("lawyers", told().id)]


def test_they_share_the_fate_of_the_one_that_goes_out(store: Store) -> None:
    raised(store, ALL, told(), told(PLEDGE))
    join_sisters(store)
    with store.begin() as conn:
        (carrier,) = stored.due(conn, NOW)
        stored.mark_failed(conn, carrier.id, NOW, None, "410")
        assert [one.alert_id for one in stored.parked(conn)] == [told().id, told(PLEDGE).id]
        stored.put_back(conn, stored.parked(conn), NOW)
        assert [one.id for one in stored.due(conn, NOW)] == [carrier.id]
        stored.mark_sent(conn, carrier.id, NOW)
        assert [one.key for one in stored.told_to(conn, told().id)] == [f"{told().id}/archive/"]


def test_in_a_digest_they_are_sent_with_the_one_that_leads(store: Store) -> None:
    with store.begin() as conn:
        for one in (told(), told(PLEDGE)):
            stored.add(conn, one, [NewDelivery(f"{one.id}/archive/", "archive", "log", "", gathered=True)])
    assert join_sisters(store) == 1
    digest = Notice("d" * 64, NOW, "digest", "1 change")
    with store.begin() as conn:
        (lead,) = stored.gathered(conn)
        notices.add(conn, digest, [NewDelivery("digest", "archive", "log", "")])
        stored.bundle(conn, [lead.id], digest.id)
        (own,) = stored.due(conn, NOW)
        stored.mark_sent(conn, own.id, NOW)
        assert stored.waiting(conn) == []
        assert len(stored.told_to(conn, told().id)) == 1


def test_what_was_tried_or_is_held_is_left_alone(store: Store) -> None:
    raised(store, ALL, told(), told(PLEDGE), told(POLICY))
    with store.begin() as conn:
        first = stored.due(conn, NOW)[0]
        stored.mark_failed(conn, first.id, NOW, NOW, "451")
        holds.hold(conn, holds.Hold(told(PLEDGE).id, NOW, "so much changed"))
    assert join_sisters(store) == 0


def test_the_others_wait_by_themselves_again_where_the_one_that_leads_is_taken_back(store: Store) -> None:
    raised(store, ALL, told(), told(PLEDGE))
    join_sisters(store)
    with store.begin() as conn:
        stored.take_back(conn, told(PLEDGE).id)
    assert due(store) == [told().id]


def test_the_same_change_twice_on_one_page_is_two_changes(store: Store) -> None:
    """Gone, back and gone again: the second one is not swallowed by the first."""
    again = replace(told(), id="9" * 64, raised_at=told().raised_at + timedelta(days=2))
    raised(store, ALL, told(), again, told(PLEDGE))
    assert join_sisters(store) == 1
    assert sorted(due(store)) == sorted([told().id, told(PLEDGE).id])
    assert places(store, told(PLEDGE)) == ["corvid/terms"]


def test_one_that_is_judged_wrong_is_not_carried_on(store: Store) -> None:
    raised(store, ALL, told(), told(PLEDGE))
    join_sisters(store)
    with store.begin() as conn:
        stored.take_back(conn, told().id)
    assert places(store, told(PLEDGE)) == []
    with store.begin() as conn:
        stored.take_back(conn, told(PLEDGE).id)
    assert due(store) == []


def test_the_same_words_under_another_line_are_another_change(store: Store) -> None:
    """ "You may sell … to: police" and "You may not sell … to: police" """
    may_not = told(PLEDGE, context=("Use", "You may not sell it to:"))
    raised(store, ALL, told(context=("Use", "You may sell it to:")), may_not)
    assert join_sisters(store) == 0


def test_what_was_given_up_with_another_one_waits_by_itself_where_that_stays(store: Store) -> None:
    raised(store, ALL, told(), told(PLEDGE))
    join_sisters(store)
    with store.begin() as conn:
        (carrier,) = stored.due(conn, NOW)
        stored.mark_failed(conn, carrier.id, NOW, None, "410")
        stored.put_back(conn, [one for one in stored.parked(conn) if one.id != carrier.id], NOW)
    assert due(store) == [told().id]
