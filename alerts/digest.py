"""A flood for one person becomes one message: a digest that names every alert, and takes its place.

The digest is a notice with one delivery of its own; the deliveries it stands for share its fate (see
monitor/store/alerts.py). All is written in one transaction: no alert is told both ways, or not at all.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from alerts.routes import PERSONAL, to_one, unwanted
from monitor.model import DIGEST, Alert, Delivery, Direction, Notice
from monitor.settings import Route, Settings
from monitor.store import Connection, Store, chain, notices
from monitor.store import alerts as stored

_ORDER = tuple(Direction)  # weaker comes first


def bundle_floods(store: Store, settings: Settings, now: datetime) -> int:
    """Bundle each flood that is due and was never tried; returns how many digests were made."""
    with store.read() as conn:
        if not floods(stored.due(conn, now), settings):
            return 0
    with store.begin() as conn:
        found = floods(stored.due(conn, now), settings)
        return sum(_bundle(conn, route, members, now) for route, members in found)


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


def digest_notice(id: str, alerts: Sequence[Alert], head: chain.Link | None, now: datetime) -> Notice:
    """The digest of these alerts, every one named. head: of the chain, just before the digest."""
    by_organization: dict[str, list[Alert]] = {}
    for alert in alerts:
        by_organization.setdefault(alert.organization["name"], []).append(alert)
    groups = sorted(by_organization.items(), key=lambda group: (*_ranks(group[1]), group[0]))
    whose = groups[0][0] if len(groups) == 1 else f"{len(groups)} organizations"
    changes = "1 change" if len(alerts) == 1 else f"{len(alerts)} changes"
    lines = [line for name, group in groups for line in _organization(name, group)]
    proof = [f"Head of the chain: link {head.id}, SHA-256 {head.sha256}"] if head else []
    return Notice(id, now, DIGEST, f"{changes} on pages of {whose}: {_counted(alerts)}", (*lines, *proof))


def _bundle(conn: Connection, route: Route, members: Sequence[Delivery], now: datetime) -> bool:
    id = _id(members)
    told = [stored.get(conn, one.alert_id) for one in members]
    notice = digest_notice(id, told, chain.head(conn), now)
    if made := notices.add(conn, notice, [to_one(notice, route, members[0].recipient)]):
        stored.bundle(conn, [one.id for one in members], id)
    return made


def _id(members: Iterable[Delivery]) -> str:
    """Of the keys of all that it stands for: a delivery is in one digest only."""
    return hashlib.sha256(json.dumps([DIGEST, sorted(one.key for one in members)]).encode()).hexdigest()


def _organization(name: str, alerts: Iterable[Alert]) -> Iterator[str]:
    in_order = sorted(alerts, key=lambda one: (_ORDER.index(one.direction), one.raised_at, one.id))
    yield f"{name}: {_counted(in_order)}"
    for alert in in_order:
        early = "" if alert.after.confirmed_at else "unconfirmed, "
        yield (
            f"{early}{alert.direction}: {alert.headline} {alert.page['url']} "
            f"(pledgewatch alerts show {alert.id[:12]})"
        )


def _ranks(alerts: Iterable[Alert]) -> tuple[int, ...]:
    """Whoever has most that is weaker comes first, then most that is stronger …"""
    counts = Counter(alert.direction for alert in alerts)
    return tuple(-counts[direction] for direction in _ORDER)


def _counted(alerts: Iterable[Alert]) -> str:
    counts = Counter(alert.direction for alert in alerts)
    return ", ".join(f"{counts[direction]} {direction}" for direction in _ORDER if counts[direction])
