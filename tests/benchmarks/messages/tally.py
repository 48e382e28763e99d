"""What must have arrived by what the store and the clock say, beside what did. No row of the outbox is asked."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from alerts.channels.email import message_id
from monitor.model import RETRACTION, WELCOME, Alert, Relation
from monitor.store import Store, notices
from monitor.store import alerts as stored
from tests.benchmarks.messages.places import (
    CHATS,
    EARLY,
    FILE,
    HOOK,
    PEOPLE,
    SENDER,
    STAFF,
    WEEKLY,
    ZONE,
    Arrival,
    Letter,
    Places,
)
from tests.benchmarks.messages.worlds import Look

_ALL = 1_000_000
_MONDAY_AT = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Row:
    """One place. extra: what nobody expected there."""

    place: str
    expected: int
    received: int
    missing: tuple[str, ...]
    twice: tuple[str, ...]
    extra: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not (self.missing or self.twice or self.extra)


@dataclass(frozen=True, slots=True)
class Tally:
    """What one world told.

    digested: what is wrong with the alerts in the digests; unsettled: the ids of what was told early, and that
    nobody heard to be confirmed or taken back; garbled: subjects that do not say what the mail says.
    """

    world: str
    checks: int
    alerts: tuple[Alert, ...]
    early: int
    unsettled: tuple[str, ...]
    digests: int
    rows: tuple[Row, ...]
    digested: tuple[str, ...]
    garbled: tuple[str, ...]
    bad_signatures: int
    schema_errors: tuple[str, ...]
    failed: int
    waiting: int
    letters: tuple[Letter, ...]

    @property
    def holds(self) -> bool:
        unsaid = self.digested or self.unsettled or self.garbled
        wrong = unsaid or self.bad_signatures or self.schema_errors or self.failed or self.waiting
        return bool(self.alerts) and all(row.holds for row in self.rows) and not wrong


def tally(world: str, store: Store, looks: Sequence[Look], places: Places) -> Tally:
    """Count it all."""
    early = {id for look in looks for id in look.unconfirmed}
    with store.read() as conn:
        kept = stored.all(conn, _ALL)
        taken_back = {one.id: one.about for one in notices.since(conn, RETRACTION, looks[0].at)}
        waiting = len(stored.waiting(conn)) + len(stored.parked(conn))
    confirmed = [alert for alert in kept if alert.after.confirmed_at]
    days = [f"{look.at:%Y-%m-%d %H:%M}" for look in _at_digests(looks)]
    expected = Counter(_expected(_leading(confirmed), early, taken_back, days))
    arrived = Counter(places.arrived())
    return Tally(
        world,
        len(looks),
        tuple(sorted(confirmed, key=lambda alert: alert.raised_at)),
        len(early),
        tuple(sorted(early - _confirming(confirmed) - set(taken_back.values()))),
        len(days),
        tuple(_rows(expected, arrived)),
        tuple(_digested(confirmed, places.letters)),
        tuple(sorted({one.subject for one in places.letters if not one.is_clear})),
        places.bad_signatures(),
        tuple(places.schema_errors()),
        sum(look.sent.failed + look.sent.parked + look.sent.put_off for look in looks),
        waiting,
        tuple(places.letters),
    )


def _leading(alerts: Sequence[Alert]) -> list[Alert]:
    """Those that stand for themselves: the same change on a sister page is told by another."""
    carried = {place.alert_id for alert in alerts for place in alert.places}
    return [alert for alert in alerts if alert.id not in carried]


def _confirming(confirmed: Sequence[Alert]) -> set[str]:
    """The ids of what is confirmed, by itself or by others that say so."""
    by_others = (past for one in confirmed for past in one.follows if past.relation is Relation.CONFIRMS)
    return {one.id for one in confirmed} | {past.alert_id for past in by_others}


def _expected(
    alerts: Sequence[Alert], early: Collection[str], taken_back: Collection[str], days: Sequence[str]
) -> Iterator[Arrival]:
    for person in PEOPLE:
        yield from (_mail(STAFF, person, one.id) for one in alerts)
        yield from (_mail(EARLY, person, one.id) for one in alerts)
        yield from (_mail(EARLY, person, id, "/unconfirmed") for id in early)
        yield from (_mail(EARLY, person, id) for id in taken_back)
        yield from (Arrival(f"{person} by {WEEKLY}", f"digest {day}") for day in days)
        yield from (_mail(route, person, _welcome(route, person)) for route in (STAFF, EARLY, WEEKLY))
    for place in (HOOK, FILE):
        yield from (Arrival(place, id) for id in (*(one.id for one in alerts), _welcome(place, "")))
    for chat in CHATS:
        yield from (Arrival(chat, name) for name in (*(one.id[:12] for one in alerts), "welcome"))


def _mail(route: str, person: str, id: str, ending: str = "") -> Arrival:
    return Arrival(f"{person} by {route}", message_id(f"{id}/{route}/{person}{ending}", SENDER))


def _welcome(route: str, recipient: str) -> str:
    return hashlib.sha256(json.dumps([WELCOME, route, recipient]).encode()).hexdigest()


def _at_digests(looks: Sequence[Look]) -> Iterator[Look]:
    """The checks that are the first one after a Monday, 08:00, in the zone; a watch that begins has none."""
    for before, look in pairwise(looks):
        if _week(before.at) != _week(look.at):
            yield look


def _week(at: datetime) -> tuple[int, int]:
    """The week on the walls of the zone, from Monday 08:00 on."""
    wall = at.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)
    year, week, _ = (wall - _MONDAY_AT).isocalendar()
    return year, week


def _digested(alerts: Sequence[Alert], letters: Sequence[Letter]) -> Iterator[str]:
    """Each alert that is not in exactly one digest of each person, or that is in one and was never raised."""
    for person in PEOPLE:
        named = Counter(
            id for one in letters if one.is_digest and one.to.startswith(person) for id in set(one.alerts)
        )
        due = Counter(alert.id[:12] for alert in _leading(alerts))
        for id in (named | due) - (named & due):
            yield f"{person}: alert {id} is in {named[id]} digests"


def _rows(expected: Counter[Arrival], arrived: Counter[Arrival]) -> Iterator[Row]:
    for place in sorted({one.place for one in (*expected, *arrived)}):
        due = Counter({one: number for one, number in expected.items() if one.place == place})
        came = Counter({one: number for one, number in arrived.items() if one.place == place})
        yield Row(
            place,
            due.total(),
            came.total(),
            tuple(one.what for one in due - came),
            tuple(one.what for one in came - due if one in due),
            tuple(one.what for one in came if one not in due),
        )
