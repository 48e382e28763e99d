"""A flood for one person is one message that names every alert, and no alert is told both ways or not at all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

import pytest

from alerts import outbox
from alerts.digest import digest_notice, floods
from alerts.message import Message
from alerts.outbox import Sent, send_waiting
from alerts.render import html, subject, text
from alerts.routes import deliveries
from monitor.errors import DeliveryError, StoreError
from monitor.model import (
    DIGEST,
    Alert,
    Delivery,
    Direction,
    Item,
    Notice,
    Organization,
    Place,
    Review,
    Tier,
    Verdict,
)
from monitor.settings import Channel, Route, Settings
from monitor.store import Store, chain, holds, notices
from monitor.store import alerts as stored
from monitor.store.chain import Link
from tests.sample_alerts import CORVID, NOW, TERMS, alert, finding, unconfirmed

pytest_plugins = ["tests.postgres"]

HERON = Organization("heron", "Heron Systems", "vendor")
MAIL = Channel("email", host="mail.example", sender="watch@pledges.example")
HOOK = Channel("webhook", url="https://hook.example/")
STAFF = Route("staff", "mail", recipients=("ada@x.example",), digest_from=3)
TO_STAFF = Settings(channels={"mail": MAIL}, routes=(STAFF,))
LATER = NOW + timedelta(days=1)


def numbered(number: int, organization: Organization = CORVID, **changes: Any) -> Alert:
    page = replace(TERMS, id=f"corvid/{number}", url=f"https://corvid.example/{number}")
    return alert(finding(**changes), organization=organization, page=page)


FLOOD = tuple(numbered(number) for number in range(5))


@dataclass
class FakeWay:
    """A way out that notes each message, and refuses for as long as a test says so."""

    refuses: DeliveryError | None = None
    got: list[Message] = field(default_factory=list)

    def send(self, message: Message, channel: Channel, environ: Mapping[str, str], now: datetime) -> str:
        if self.refuses:
            raise self.refuses
        self.got.append(message)
        return "250 Ok"

    @property
    def told(self) -> list[str]:
        """Ids of alerts, and "digest", in the order in which they came."""
        return [DIGEST if isinstance(one.content, Notice) else one.content.id for one in self.got]


@pytest.fixture
def way(monkeypatch: pytest.MonkeyPatch) -> FakeWay:
    fake = FakeWay()
    monkeypatch.setattr(outbox, "sender", dict.fromkeys(("email", "webhook"), fake).__getitem__)
    return fake


def put(store: Store, settings: Settings, *alerts: Alert) -> None:
    with store.begin() as conn:
        for one in alerts:
            assert stored.add(conn, one, deliveries(one, CORVID, TERMS, settings))


def run(store: Store, settings: Settings = TO_STAFF, at: datetime = NOW) -> Sent:
    return send_waiting(store, settings, lambda: at, {})


def states(store: Store) -> dict[str, int]:
    """State → how many deliveries."""
    with store.read() as conn:
        rows = conn.exec_driver_sql("SELECT state, count(*) FROM deliveries GROUP BY state").all()
    return dict(rows)


# --------------------------------------------------------------------------- when


def waiting(count: int, **changes: Any) -> list[Delivery]:
    one = Delivery(0, "", "a", "staff", "mail", "ada@x.example", "waiting")
    return [replace(one, id=number, key=f"k{number}", **changes) for number in range(count)]


BOTH = Settings(channels={"mail": MAIL, "hook": HOOK}, routes=(STAFF, Route("place", "hook", digest_from=2)))


@pytest.mark.parametrize(
    ("due", "sizes"),
    [
        pytest.param(waiting(2), [], id="few"),
        pytest.param(waiting(3), [3], id="just enough"),
        pytest.param(waiting(40), [40], id="many"),
        pytest.param(waiting(3, route="place", channel="hook", recipient=""), [], id="a place"),
        pytest.param(waiting(2) + waiting(1, attempts=1), [], id="one was tried before"),
        pytest.param(waiting(3) + waiting(1, attempts=1), [3], id="what was tried goes by itself"),
        pytest.param(waiting(2) + waiting(1, held=True), [], id="one is held"),
        pytest.param(waiting(2) + waiting(1, alert_id="", notice_id="n"), [], id="a notice is no alert"),
        pytest.param(waiting(3, recipient="eve@x.example"), [], id="no longer a recipient"),
        pytest.param(waiting(3, route="gone"), [], id="no longer a route"),
        pytest.param(waiting(3, channel="gone"), [], id="no longer a channel"),
    ],
)
def test_what_is_a_flood(due: list[Delivery], sizes: list[int]) -> None:
    assert [len(members) for _, members in floods(due, BOTH)] == sizes


def test_each_person_has_floods_of_their_own() -> None:
    both = replace(BOTH, routes=(replace(STAFF, recipients=("ada@x.example", "bea@x.example")),))
    due = waiting(3) + waiting(2, recipient="bea@x.example")
    assert [members for _, members in floods(due, both)] == [tuple(waiting(3))]


# --------------------------------------------------------------------------- what it says

HEAD = Link(4711, "alerts", "a", "c" * 64, "d" * 64)
MIXED = (
    numbered(1),
    numbered(2, HERON, direction=Direction.STRONGER),
    numbered(3, HERON, direction=Direction.STRONGER),
    numbered(4, direction=Direction.STRONGER),
    numbered(5, HERON, direction=Direction.UNCLEAR),
    unconfirmed(numbered(6)),
)


def test_it_counts_and_names_every_alert_by_organization_weaker_first() -> None:
    told = digest_notice("0" * 64, MIXED, HEAD, NOW)
    assert told.headline == "6 changes on pages of 2 organizations: 2 weaker, 3 stronger, 1 unclear"
    corvid, heron = told.sections
    assert corvid.title == "Corvid Cloud: 2 weaker, 1 stronger"
    assert heron.title == "Heron Systems: 2 stronger, 1 unclear"
    assert corvid.items[2] == Item(
        MIXED[3].headline, "stronger", url="https://corvid.example/4", alert_id=MIXED[3].id
    )
    assert {one.marks for one in corvid.items[:2]} == {(), ("unconfirmed",)}
    assert [one.direction for one in corvid.items[:2]] == ["weaker", "weaker"]
    assert [one.direction for one in heron.items] == ["stronger", "stronger", "unclear"]
    assert told.lines == (f"Head of the chain: link 4711, SHA-256 {'d' * 64}",)
    items = [item for section in told.sections for item in section.items]
    assert sorted((one.alert_id, one.url) for one in items) == sorted(
        (one.id, one.page["url"]) for one in MIXED
    )


def test_one_organization_is_named() -> None:
    told = digest_notice("0" * 64, FLOOD, None, NOW)
    assert told.headline == "5 changes on pages of Corvid Cloud: 5 weaker"
    assert [len(section.items) for section in told.sections] == [5]
    assert told.lines == (), "no link, no proof"


def test_with_a_desk_it_links_there() -> None:
    (section,) = digest_notice("0" * 64, FLOOD[:1], None, NOW, "https://desk.example/").sections
    assert section.items[0].url == f"https://desk.example/changes/{FLOOD[0].id}"


REVIEW = Review(FLOOD[0].id, NOW, "ada", Verdict.WRONG_DIRECTION)


@pytest.mark.parametrize(
    ("told", "verdict", "marks"),
    [
        pytest.param(numbered(0, tier=Tier.REVIEW), None, (), id="for review: its headline says so"),
        pytest.param(
            alert(finding(), finding(tier=Tier.REVIEW)), None, ("partly for review",), id="a part of it"
        ),
        pytest.param(numbered(0, tier=Tier.REVIEW), REVIEW, ("reviewed: wrong direction",), id="reviewed"),
        pytest.param(
            replace(FLOOD[0], places=(Place({}, FLOOD[1].id),) * 2), None, ("on 3 pages",), id="sister pages"
        ),
    ],
)
def test_what_is_to_be_known_of_an_alert_is_a_mark(
    told: Alert, verdict: Review | None, marks: tuple[str, ...]
) -> None:
    verdicts = {told.id: verdict} if verdict else {}
    (section,) = digest_notice("0" * 64, [told], None, NOW, "", verdicts).sections
    assert section.items[0].marks == marks


def test_as_a_mail_it_is_not_said_to_be_about_the_watch_itself() -> None:
    told = digest_notice("0" * 64, MIXED, HEAD, NOW)
    assert subject(told).startswith("[pledgewatch] 6 changes on pages of 2 organizations: 2 weaker")
    for words in (text(told), html(told)):
        assert "about the watch itself" not in words and "one message" in words
        assert all(one.id[:12] in words for one in MIXED)


# --------------------------------------------------------------------------- its life


def test_a_flood_goes_out_as_one_message_and_is_sent_with_it(store: Store, way: FakeWay) -> None:
    put(store, TO_STAFF, *FLOOD)
    with store.read() as conn:
        head = chain.head(conn)
    assert run(store) == Sent(sent=1)
    assert way.told == [DIGEST]
    content = way.got[0].content
    assert isinstance(content, Notice) and head is not None
    assert content.lines[-1] == f"Head of the chain: link {head.id}, SHA-256 {head.sha256}"
    assert states(store) == {"sent": 6}
    assert run(store, at=LATER) == Sent()
    with store.read() as conn:
        assert stored.waiting(conn) == stored.parked(conn) == []
        sent_at = conn.exec_driver_sql("SELECT count(*) FROM deliveries WHERE sent_at IS NOT NULL").scalar()
    assert sent_at == 6


def test_fewer_go_out_one_by_one(store: Store, way: FakeWay) -> None:
    put(store, TO_STAFF, *FLOOD[:2])
    assert run(store) == Sent(sent=2)
    assert way.told == [one.id for one in FLOOD[:2]]


def test_places_get_each_alert_by_itself(store: Store, way: FakeWay) -> None:
    put(store, BOTH, *FLOOD)
    assert run(store, BOTH) == Sent(sent=6)
    assert sorted(way.told) == sorted([DIGEST, *(one.id for one in FLOOD)])


def test_each_person_gets_a_digest_under_a_key_of_its_own(store: Store, way: FakeWay) -> None:
    both = replace(TO_STAFF, routes=(replace(STAFF, recipients=("ada@x.example", "bea@x.example")),))
    put(store, both, *FLOOD)
    assert run(store, both) == Sent(sent=2)
    assert [one.recipient for one in way.got] == ["ada@x.example", "bea@x.example"]
    assert len({one.key for one in way.got}) == 2


def test_a_digest_that_fails_keeps_its_alerts_and_its_key(store: Store, way: FakeWay) -> None:
    put(store, TO_STAFF, *FLOOD)
    way.refuses = DeliveryError("greylisted")
    assert run(store) == Sent(failed=1)
    with store.read() as conn:
        *members, digest = stored.waiting(conn)
    assert [(one.state, one.digest_id, one.attempts) for one in members] == [
        ("bundled", digest.notice_id, 0)
    ] * 5
    assert (digest.state, digest.attempts, digest.digest_id) == ("waiting", 1, "")
    put(store, TO_STAFF, *(numbered(number) for number in (10, 11)))
    way.refuses = None
    assert run(store, at=LATER) == Sent(sent=3), "the digest, and two that came after it"
    assert next(one.key for one in way.got if isinstance(one.content, Notice)) == digest.key
    assert states(store) == {"sent": 8}


def test_a_digest_that_is_given_up_can_be_put_back_with_all_it_stands_for(store: Store, way: FakeWay) -> None:
    put(store, TO_STAFF, *FLOOD)
    way.refuses = DeliveryError("550 no such user", permanent=True)
    assert run(store) == Sent(parked=1)
    assert states(store) == {"parked": 6}
    way.refuses = None
    with store.begin() as conn:
        assert {one.last_error for one in stored.parked(conn)} == {"550 no such user"}
        stored.put_back(conn, stored.parked(conn), LATER)
    assert states(store) == {"waiting": 1, "bundled": 5}
    assert run(store, at=LATER) == Sent(sent=1)
    assert way.told == [DIGEST]
    assert states(store) == {"sent": 6}


def test_what_was_given_up_one_by_one_comes_back_as_a_digest(store: Store, way: FakeWay) -> None:
    patient = replace(TO_STAFF, routes=(replace(STAFF, digest_from=99),))
    put(store, patient, *FLOOD)
    way.refuses = DeliveryError("550 no such user", permanent=True)
    assert run(store, patient) == Sent(parked=5)
    with store.begin() as conn:
        stored.put_back(conn, stored.parked(conn), LATER)
        assert [one.attempts for one in stored.waiting(conn)] == [0] * 5
    way.refuses = None
    assert run(store, at=LATER) == Sent(sent=1)


def test_what_is_held_is_in_no_digest(store: Store, way: FakeWay) -> None:
    put(store, TO_STAFF, *FLOOD)
    with store.begin() as conn:
        holds.hold(conn, holds.Hold(FLOOD[0].id, NOW, "so much changed"))
    assert run(store) == Sent(sent=1)
    content = way.got[0].content
    assert isinstance(content, Notice)
    named = [item.alert_id for section in content.sections for item in section.items]
    assert sorted(named) == sorted(one.id for one in FLOOD[1:])
    with store.begin() as conn:
        holds.release(conn, FLOOD[0].id, NOW)
    assert run(store) == Sent(sent=1)
    assert way.told == [DIGEST, FLOOD[0].id]


EARLY = replace(TO_STAFF, routes=(replace(STAFF, unconfirmed=True),))


@pytest.mark.parametrize("refused", [False, True], ids=["told early", "not told yet"])
def test_what_is_confirmed_while_a_digest_has_it_is_told_again(
    store: Store, way: FakeWay, refused: bool
) -> None:
    put(store, EARLY, *(unconfirmed(one) for one in FLOOD))
    way.refuses = DeliveryError("greylisted") if refused else None
    run(store, EARLY)
    put(store, EARLY, FLOOD[0])
    way.refuses = None
    assert run(store, EARLY, LATER) == Sent(sent=1 + refused)
    assert way.told.count(DIGEST) == 1 and way.told.count(FLOOD[0].id) == 1
    assert states(store) == {"sent": 7}


# --------------------------------------------------------------------------- crashes


def dies(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, *, after: bool) -> None:
    """The next call of this function is cut short, before or after it did its work."""
    really: Callable[..., Any] = getattr(module, name)

    def cut_short(*args: Any, **more: Any) -> Any:
        monkeypatch.setattr(module, name, really)
        if after:
            really(*args, **more)
        raise StoreError("the power is gone")

    monkeypatch.setattr(module, name, cut_short)


@pytest.mark.parametrize(
    ("module", "name", "after"),
    [
        pytest.param(stored, "due", True, id="before anything is bundled"),
        pytest.param(notices, "add", True, id="the digest is written"),
        pytest.param(stored, "bundle", True, id="its members are written"),
        pytest.param(chain, "seal", True, id="all is linked, nothing committed"),
        pytest.param(stored, "is_due", False, id="all is committed, nothing sent"),
        pytest.param(stored, "mark_sent", False, id="it is sent, nothing marked"),
        pytest.param(stored, "mark_sent", True, id="all is marked, nothing committed"),
    ],
)
def test_a_crash_at_any_step_loses_nothing_and_tells_nothing_both_ways(
    store: Store, way: FakeWay, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, after: bool
) -> None:
    put(store, TO_STAFF, *FLOOD)
    dies(monkeypatch, module, name, after=after)
    with pytest.raises(StoreError):
        run(store)
    assert states(store) in ({"waiting": 5}, {"waiting": 1, "bundled": 5}), "all or nothing"
    assert run(store) == Sent(sent=1)
    assert len(way.told) == (2 if name == "mark_sent" else 1)
    assert set(way.told) == {DIGEST}
    assert len({one.key for one in way.got}) == 1, "sent twice, it is the same message"
    assert states(store) == {"sent": 6}


def test_a_crash_while_a_digest_is_given_up_leaves_it_waiting(
    store: Store, way: FakeWay, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, TO_STAFF, *FLOOD)
    way.refuses = DeliveryError("550 no such user", permanent=True)
    dies(monkeypatch, stored, "mark_failed", after=True)
    with pytest.raises(StoreError):
        run(store)
    assert states(store) == {"waiting": 1, "bundled": 5}


def test_every_step_is_in_the_chain(store: Store, way: FakeWay) -> None:
    put(store, TO_STAFF, *FLOOD)
    way.refuses = DeliveryError("550 no such user", permanent=True)
    run(store)
    with store.begin() as conn:
        stored.put_back(conn, stored.parked(conn), NOW)
    way.refuses = None
    run(store)
    with store.read() as conn:
        ids = [str(number) for number in conn.exec_driver_sql("SELECT id FROM deliveries").scalars()]
        for key in ids:
            newest = conn.exec_driver_sql(
                "SELECT content_sha256 FROM links WHERE kind = 'deliveries' "
                f"AND key = '{key}' ORDER BY id DESC LIMIT 1"
            ).scalar()
            assert newest == chain.contents(conn, "deliveries", [key])[key]
