"""So much changed at once that a person looks first: what is held, what is told, and how it goes out."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from alerts.operations import hold_mass_changes
from alerts.outbox import Sent, send_waiting
from alerts.routes import deliveries
from monitor.announce import alert_of
from monitor.blobs import Blobs
from monitor.confirm import finding_key
from monitor.mass import ALERTS_AT_MOST, Changed, Mass, held_notice, mass_of
from monitor.model import Alert, FindingKind, Organization, Page, Role, Sighting, Tier, Tracked
from monitor.settings import Channel, MassChange, Route, Settings
from monitor.store import (
    Store,
    alerts,
    chain,
    fetches,
    findings,
    holds,
    notices,
    open_store,
    sqlite_url,
    tables,
)
from tests.chained import must_hold
from tests.sample_alerts import AFTER, BEFORE, NOW, alert, finding
from tests.store_values import fetch

LIMITS = MassChange(organization_share=0.2, all_share=0.3, from_pages=5)
SEEN = AFTER.fetched_at
HOUR = timedelta(hours=1)


def changed(pages: int, organization: str = "corvid", hours: float = 0) -> list[Changed]:
    return [Changed(f"{organization}/{number}", organization, SEEN + hours * HOUR) for number in range(pages)]


@pytest.mark.parametrize(
    ("pages", "watched", "of_whom"),
    [
        pytest.param(changed(5), {"corvid": 24, "others": 76}, "corvid", id="more than a fifth of its pages"),
        pytest.param(changed(5), {"corvid": 25, "others": 75}, None, id="exactly a fifth"),
        pytest.param(changed(4), {"corvid": 4, "others": 96}, None, id="all its pages, but few"),
        pytest.param(
            [*changed(1), *changed(6, "heron")], {"corvid": 9, "heron": 10}, "", id="a third of everything"
        ),
        pytest.param(
            [*changed(1), *changed(6, "heron")],
            {"corvid": 9, "heron": 90},
            None,
            id="another one's mass change",
        ),
        pytest.param(
            [*changed(5), *changed(1, "heron")], {"corvid": 9, "heron": 9}, "", id="both: all goes first"
        ),
        pytest.param(changed(5), {"corvid": 9}, "corvid", id="both, and nobody else changed"),
        pytest.param(changed(9, hours=24), {"corvid": 9}, "corvid", id="a day later"),
        pytest.param(changed(9, hours=-24), {"corvid": 9}, "corvid", id="a day earlier"),
        pytest.param(changed(9, hours=24.1), {"corvid": 9}, None, id="more than a day later"),
        pytest.param(changed(3) * 3, {"corvid": 9}, None, id="many findings on few pages"),
        pytest.param([], {}, None, id="nothing is watched any more"),
    ],
)
def test_what_is_a_mass_change(pages: list[Changed], watched: dict[str, int], of_whom: str | None) -> None:
    mass = mass_of(alert(), {SEEN}, pages, watched, LIMITS)
    assert (mass.organization_id if mass else None) == of_whom


def test_the_sentence_says_how_many_and_whose() -> None:
    theirs = mass_of(alert(), {SEEN}, changed(6), {"corvid": 9, "heron": 80}, LIMITS)
    every = mass_of(alert(), {SEEN}, [*changed(6), *changed(4, "heron")], {"corvid": 9, "heron": 9}, LIMITS)
    assert theirs and theirs.why.startswith("6 of 9 pages of Corvid Cloud changed within 24 hours")
    assert every and every.why.startswith("10 of 18 watched pages changed within 24 hours")


# --------------------------------------------------------------------------- the notice

MASS = Mass("corvid", "6 of 9 pages of Corvid Cloud changed within 24 hours.")


def test_the_notice_names_what_is_held_and_how_to_let_it_go() -> None:
    one = held_notice(MASS, [alert()], NOW)
    assert one.kind == "mass_change"
    assert one.headline == f"1 alert is held for a person: {MASS.why}"
    assert one.lines[1] == f"{alert().id[:12]} (weaker): {alert().headline}"
    assert "pledgewatch alerts release ID" in " ".join(one.lines)


def test_at_most_so_many_alerts_are_named() -> None:
    many = [replace(alert(), id=f"{number:064x}") for number in range(ALERTS_AT_MOST + 2)]
    lines = held_notice(MASS, many, NOW).lines
    assert sum("(weaker)" in line for line in lines) == ALERTS_AT_MOST
    assert "… and 2 more: pledgewatch alerts list" in lines


def test_the_same_alerts_on_the_same_day_are_one_notice() -> None:
    one, other = alert(), replace(alert(), id="f" * 64)
    first = held_notice(MASS, [one, other], NOW).id
    assert first == held_notice(MASS, [other, one], NOW + HOUR).id
    assert first != held_notice(MASS, [one], NOW).id, "what is held later the same day is told too"
    assert first != held_notice(replace(MASS, organization_id=""), [one, other], NOW).id


# --------------------------------------------------------------------------- in the store

CORVID, HERON = Organization("corvid", "Corvid Cloud", "vendor"), Organization("heron", "Heron", "vendor")
PAGES = tuple(
    Page(
        f"{organization.id}/{number}",
        organization.id,
        f"https://{organization.id}.example/{number}",
        Role.TERMS,
    )
    for organization in (CORVID, HERON)
    for number in range(10)
)
SETTINGS = Settings(
    mass_change=LIMITS,
    channels={"log": Channel("file", path="told.jsonl")},
    routes=(Route("desk", "log", operations=True),),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(sqlite_url(tmp_path / "pledgewatch.db"), Blobs(tmp_path / "blobs")) as opened:
        yield opened
        must_hold(opened)


def see(store: Store, page: Page, at: datetime = SEEN, **change: object) -> Tracked:
    """A finding of this page, first seen then."""
    one = finding(before_quote=f"We will not sell it to {page.id}.")
    followed = Tracked(finding_key(one), one, 1, 1, at, at, 1, Sighting.PENDING)
    followed = replace(followed, **change)  # type: ignore[arg-type]
    with store.begin() as conn:
        fetches.record(conn, fetch(page_id=page.id))
        findings.save(conn, page.id, [followed])
    return followed


def confirm(store: Store, page: Page, at: datetime = SEEN) -> Alert:
    """The alert on that finding, with its deliveries."""
    organization = CORVID if page.organization_id == "corvid" else HERON
    believed = see(store, page, at, state=Sighting.CONFIRMED, confirmed_at=NOW)
    raised = alert_of(organization, page, [believed], BEFORE, AFTER, NOW)
    with store.begin() as conn:
        assert alerts.add(conn, raised, deliveries(raised, organization, page, SETTINGS))
    return raised


def hold(store: Store, now: datetime = NOW) -> tuple[Alert, ...]:
    return hold_mass_changes(store, SETTINGS, PAGES, now)


def send(store: Store, folder: Path) -> Sent:
    return send_waiting(store, SETTINGS, lambda: NOW + HOUR, {"PLEDGEWATCH_HOME": str(folder)})


def test_a_mass_change_is_held_told_once_and_goes_out_when_it_is_released(
    store: Store, tmp_path: Path
) -> None:
    raised = [confirm(store, page) for page in PAGES[:5]]
    assert {one.id for one in hold(store)} == {one.id for one in raised}
    assert hold(store, NOW + HOUR) == ()
    assert send(store, tmp_path) == Sent(sent=1), "the notice"
    with store.begin() as conn:
        assert set(holds.held(conn)) == {one.id for one in raised}
        told = notices.newest(conn, "mass_change", NOW + timedelta(days=999))
        assert told and all(any(one.id[:12] in line for line in told.lines) for one in raised)
        holds.release(conn, raised[0].id, NOW)
    assert hold(store, NOW + HOUR) == (), "what was released is not held again"
    assert send(store, tmp_path) == Sent(sent=1)


def test_what_is_pending_on_the_other_pages_counts(store: Store) -> None:
    for page in PAGES[1:5]:
        see(store, page)
    raised = confirm(store, PAGES[0])
    assert hold(store) == (raised,)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"state": Sighting.VARIANT}, id="flipped back"),
        pytest.param({"first_seen_at": SEEN - 25 * HOUR}, id="seen long before"),
        pytest.param({"finding": finding(tier=Tier.LOG)}, id="immaterial"),
        pytest.param({"finding": finding(kind=FindingKind.REWORDED)}, id="other words only"),
    ],
)
def test_what_does_not_count(store: Store, change: dict[str, object]) -> None:
    for page in PAGES[1:9]:
        see(store, page, **change)  # type: ignore[arg-type]
    confirm(store, PAGES[0])
    assert hold(store) == ()


def test_pages_that_are_not_watched_any_more_do_not_count(store: Store) -> None:
    for number in range(20, 30):
        see(store, replace(PAGES[0], id=f"corvid/{number}"))
    confirm(store, PAGES[0])
    assert hold(store) == ()


def test_a_change_of_one_page_goes_out(store: Store, tmp_path: Path) -> None:
    confirm(store, PAGES[0])
    assert hold(store) == ()
    assert send(store, tmp_path) == Sent(sent=1)


def test_a_change_of_everything_is_told_by_one_notice(store: Store) -> None:
    for page in PAGES:
        confirm(store, page)
    assert len(hold(store)) == len(PAGES)
    with store.read() as conn:
        (told,) = [one for one in alerts.waiting(conn) if one.notice_id]
        assert "20 of 20 watched pages" in notices.get(conn, told.notice_id).headline


def test_the_change_is_dated_by_its_first_sight_not_by_its_proof(store: Store) -> None:
    """Confirmed on one day, but seen a week apart, as captures of others are."""
    for number, page in enumerate(PAGES[:8]):
        confirm(store, page, SEEN - timedelta(days=7 * number))
    assert hold(store) == ()


def test_an_alert_whose_findings_are_not_followed_any_more_is_dated_by_its_fetch(store: Store) -> None:
    for page in PAGES[1:6]:
        see(store, page)
    raised = confirm(store, PAGES[0], SEEN - timedelta(days=90))
    assert hold(store) == ()
    with store.begin() as conn:
        theirs = tables.findings.c.page_id == PAGES[0].id
        chain.note(conn, tables.findings, *conn.scalars(tables.findings.select().where(theirs)))
        conn.execute(tables.findings.delete().where(theirs))
    assert hold(store) == (raised,)
