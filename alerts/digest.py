"""Many alerts in one message: the digests of routes that have them, and a flood for one person.

A digest is a notice with one delivery of its own; the deliveries that it stands for share its fate (see
monitor/store/alerts.py). All is written in one transaction: no alert is told both ways, or not at all.

A digest goes out at each moment of its route's schedule (schedule.py), an hourly one only where there is
something to tell. The first one to a recipient counts from the last check that ended: a moment from before
the route was there brings none. Whatever is gathered when a digest is made goes into it.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.coverage import coverage
from alerts.entries import address, count, head_line, is_for_review, proof
from alerts.routes import PERSONAL, recipients_of, to_one, unwanted
from alerts.schedule import slot
from alerts.sisters import with_places
from monitor.model import DIGEST, Alert, Delivery, Direction, Item, Notice, Review, Section, Tier
from monitor.settings import AT_ONCE, Route, Settings
from monitor.store import Connection, Store, chain, checks, notices, reviews
from monitor.store import alerts as stored
from monitor.store.alerts import Gathered
from monitor.watchlist import Watchlist

_To = tuple[str, str]  # the name of a route, and a recipient
_Member = tuple[Delivery, Alert]  # what waits for a digest, and what it tells
_ORDER = tuple(Direction)  # weaker comes first
_ONLY_WITH_CONTENT = ("hourly",)


# --------------------------------------------------------------------------- the digests of a route


@dataclass(frozen=True, slots=True)
class _Due:
    """One digest to be made: for whom, for which moment of the schedule, and which one came before."""

    route: Route
    recipient: str
    slot: datetime
    previous: notices.Raised | None

    @property
    def since(self) -> datetime:
        """What it tells of begins here: the digest before, or else the moment before."""
        return (
            self.previous.raised_at if self.previous else slot(self.route, self.slot - timedelta(seconds=1))
        )

    @property
    def to(self) -> _To:
        """The name of its route, and its recipient."""
        return self.route.name, self.recipient

    @property
    def id(self) -> str:
        """The same for whoever makes it, and after a kill. A clock that ran ahead has not used it up."""
        before = self.previous.id if self.previous else ""
        return _sha256(DIGEST, self.route.name, self.recipient, self.slot.isoformat(), before)


def due_digests(conn: Connection, settings: Settings, now: datetime) -> bool:
    """Whether bundle_digests has something to do: light, to be asked at every tick. now: aware UTC."""
    groups = stored.gathered_since(conn)
    return any(_is_astray(one, settings) for one in groups) or any(_due(conn, settings, groups, now))


def bundle_digests(store: Store, settings: Settings, watched: Watchlist, now: datetime) -> int:
    """Make each digest that is due; returns how many. What waits for a digest that never comes is let go.

    now: aware UTC. Raises StoreError.
    """
    with store.read() as conn:
        if not due_digests(conn, settings, now):
            return 0
    with store.begin() as conn:
        stored.let_go(conn, [one.id for one in stored.gathered(conn) if _is_astray(one, settings)], now)
        due = list(_due(conn, settings, stored.gathered_since(conn), now))
        raised = stored.all(conn)
        members = _members(conn, {one.to for one in due}, raised)
        return sum(_make(conn, settings, watched, one, members[one.to], raised, now) for one in due)


def is_due(every: str, slot: datetime, told_at: datetime | None, began: datetime | None, ripe: bool) -> bool:
    """Whether a digest for this moment of the schedule is still to be made.

    told_at: when the one before was made; began: when the last check that ended began; None for never.
    ripe: whether something waits since before that moment.
    """
    if told_at is None and ripe:
        return True
    since = told_at or began
    return since is not None and since < slot and (ripe or every not in _ONLY_WITH_CONTENT)


def _due(conn: Connection, settings: Settings, groups: Sequence[Gathered], now: datetime) -> Iterator[_Due]:
    """What is due and was not made before: a clock that was set back comes to the same moment again.

    What is gathered after that waits for the next moment.
    """
    ended = checks.last_ended(conn, now)
    began = ended.started_at if ended else None
    expected = list(_expected(settings))
    newest = notices.newest_to_each(conn, DIGEST, {(route.name, to) for route, to in expected}, now)
    for route, recipient in expected:
        at, before = slot(route, now), newest.get((route.name, recipient))
        told_at = before.raised_at if before else None
        due = _Due(route, recipient, at, before)
        theirs = (one for one in groups if (one.route, one.recipient) == due.to)
        ripe = (told_at is None or told_at < at) and any(_is_ripe(one, at, now) for one in theirs)
        if is_due(route.every, at, told_at, began, ripe) and not notices.is_there(conn, due.id):
            yield due


def _is_ripe(group: Gathered, at: datetime, now: datetime) -> bool:
    """Whether any was raised before this moment; what is dated later than now comes of a wrong clock."""
    return group.oldest <= at or group.newest > now


def _expected(settings: Settings) -> Iterator[tuple[Route, str]]:
    """Each route that has digests, with each of its recipients."""
    for route in settings.routes:
        if route.every != AT_ONCE:
            yield from ((route, recipient) for recipient in recipients_of(route, settings))


def _is_astray(one: Delivery | Gathered, settings: Settings) -> bool:
    """Whether it waits for a digest that never comes: the settings no longer have it."""
    expected = {(route.name, recipient) for route, recipient in _expected(settings)}
    return one.channel not in settings.channels or (one.route, one.recipient) not in expected


def _members(
    conn: Connection, whose: Collection[_To], raised: Iterable[Alert]
) -> Mapping[_To, list[_Member]]:
    """What waits for these digests. raised: alerts that are at hand."""
    known = {one.id: one for one in raised}
    carriers = {one.carried_by for one in stored.waiting(conn)}
    members: dict[_To, list[_Member]] = {to: [] for to in whose}
    for one in stored.gathered(conn):
        if (one.route, one.recipient) in members:
            alert = known.setdefault(one.alert_id, known.get(one.alert_id) or stored.get(conn, one.alert_id))
            told = with_places(conn, alert, one.id) if one.id in carriers else alert
            members[one.route, one.recipient].append((one, told))
    return members


def _make(
    conn: Connection,
    settings: Settings,
    watched: Watchlist,
    due: _Due,
    members: Sequence[_Member],
    raised: Sequence[Alert],
    now: datetime,
) -> bool:
    notice = _periodic(conn, settings, watched, due, [told for _, told in members], raised, now)
    if made := notices.add(conn, notice, [to_one(notice, due.route, due.recipient)]):
        stored.bundle(conn, [one.id for one, _ in members], notice.id)
    return made


def _periodic(
    conn: Connection,
    settings: Settings,
    watched: Watchlist,
    due: _Due,
    told: Sequence[Alert],
    raised: Sequence[Alert],
    now: datetime,
) -> Notice:
    """The changes, and what was looked at. Pages that share a change share its entry."""
    ids = {one.id for one in told} | {place.alert_id for one in told for place in one.places}
    looked = coverage(conn, settings, due.route, watched, raised, ids, due.since, now)
    headline = _headline(told) if told else looked.quiet
    changes = _changes(told, settings.desk.url, reviews.newest(conn))
    lines = (*looked.lines, *proof(conn))
    return Notice(due.id, now, DIGEST, headline, lines, sections=(*changes, *looked.sections))


# --------------------------------------------------------------------------- a flood for one person


def bundle_floods(store: Store, settings: Settings, now: datetime) -> int:
    """Bundle each flood that is due and was never tried; returns how many digests were made."""
    with store.read() as conn:
        if not floods(stored.due(conn, now), settings):
            return 0
    with store.begin() as conn:
        found = floods(stored.due(conn, now), settings)
        return sum(_bundle(conn, settings, route, members, now) for route, members in found)


def floods(due: Iterable[Delivery], settings: Settings) -> list[tuple[Route, tuple[Delivery, ...]]]:
    """What waits for one person by one route, where that is at least route.digest_from alerts.

    Only what was never tried, and what the settings still want; places get each alert by itself.
    """
    grouped: dict[tuple[str, str, str], list[Delivery]] = {}
    for one in due:
        untried = not one.attempts and not one.last_error
        if one.alert_id and untried and not one.held and not unwanted(one, settings):
            grouped.setdefault((one.route, one.channel, one.recipient), []).append(one)
    routes = {route.name: route for route in settings.routes}
    return [
        (routes[name], tuple(members))
        for (name, channel, _), members in grouped.items()
        if settings.channels[channel].kind in PERSONAL
        and routes[name].channel == channel
        and len(members) >= routes[name].digest_from
    ]


def _bundle(
    conn: Connection, settings: Settings, route: Route, members: Sequence[Delivery], now: datetime
) -> bool:
    id = _sha256(DIGEST, sorted(one.key for one in members))  # a delivery is in one digest only
    told = [with_places(conn, stored.get(conn, one.alert_id), one.id) for one in members]
    notice = digest_notice(id, told, chain.head(conn), now, settings.desk.url, reviews.newest(conn))
    if made := notices.add(conn, notice, [to_one(notice, route, members[0].recipient)]):
        stored.bundle(conn, [one.id for one in members], id)
    return made


# --------------------------------------------------------------------------- what it says of the changes


def digest_notice(
    id: str,
    alerts: Sequence[Alert],
    head: chain.Link | None,
    now: datetime,
    desk_url: str = "",
    verdicts: Mapping[str, Review] | None = None,
) -> Notice:
    """The digest of these alerts, every one named. head: of the chain, just before the digest."""
    lines = (head_line(head),) if head else ()
    sections = _changes(alerts, desk_url, verdicts or {})
    return Notice(id, now, DIGEST, _headline(alerts), lines, sections=sections)


def _headline(alerts: Sequence[Alert]) -> str:
    names = sorted({alert.organization["name"] for alert in alerts})
    whose = names[0] if len(names) == 1 else f"{len(names)} organizations"
    return f"{count(len(alerts), 'change')} on pages of {whose}: {_counted(alerts)}"


def _changes(alerts: Iterable[Alert], desk_url: str, verdicts: Mapping[str, Review]) -> tuple[Section, ...]:
    """One section an organization, whoever has most that is weaker first; in it what is weaker first."""
    by_organization: dict[str, list[Alert]] = {}
    for alert in alerts:
        by_organization.setdefault(alert.organization["name"], []).append(alert)
    return tuple(
        Section(f"{name}: {_counted(group)}", tuple(_items(group, desk_url, verdicts)))
        for name, group in sorted(by_organization.items(), key=lambda one: (*_ranks(one[1]), one[0]))
    )


def _items(alerts: Iterable[Alert], desk_url: str, verdicts: Mapping[str, Review]) -> Iterator[Item]:
    for one in sorted(alerts, key=lambda one: (_ORDER.index(one.direction), one.raised_at, one.id)):
        marks = tuple(_marks(one, verdicts.get(one.id)))
        yield Item(one.headline, one.direction, marks, address(one, desk_url), one.id)


def _marks(alert: Alert, review: Review | None) -> Iterator[str]:
    if not alert.after.confirmed_at:
        yield "unconfirmed"
    if is_for_review(alert) and review is None:
        trusted = any(finding.tier is Tier.ALERT for finding in alert.findings)
        if trusted:  # else the headline says so
            yield "partly for review"
    if review is not None:
        yield f"reviewed: {review.verdict.value.replace('-', ' ')}"
    if alert.places:
        yield f"on {1 + len(alert.places)} pages"


def _ranks(alerts: Iterable[Alert]) -> tuple[int, ...]:
    """Whoever has most that is weaker comes first, then most that is stronger …"""
    counts = Counter(alert.direction for alert in alerts)
    return tuple(-counts[direction] for direction in _ORDER)


def _counted(alerts: Iterable[Alert]) -> str:
    counts = Counter(alert.direction for alert in alerts)
    return ", ".join(f"{counts[direction]} {direction}" for direction in _ORDER if counts[direction])


def _sha256(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
