"""What goes to those who got an earlier message: a change was taken back, an early word went away."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from alerts.message import EARLY
from alerts.render import when
from alerts.routes import deliveries, to_one
from monitor.confirm import finding_key
from monitor.model import (
    RETRACTION,
    Alert,
    Notice,
    Organization,
    Page,
    Relation,
    Sighting,
)
from monitor.settings import Route, Settings
from monitor.store import Connection, findings, notices
from monitor.store import alerts as stored
from monitor.store.alerts import NewDelivery

OPEN_FOR = timedelta(days=60)  #: what was told early is followed for so long


def addressed(
    conn: Connection, alert: Alert, organization: Organization, page: Page, settings: Settings
) -> tuple[NewDelivery, ...]:
    """Who gets an alert: whom the routes name, and whoever was told of what it takes back."""
    by_route = deliveries(alert, organization, page, settings)
    reached = {(one.route, one.recipient) for one in by_route}
    taken_back = [one.alert_id for one in alert.follows if one.relation is Relation.REVERSED]
    also = {(route.name, to): (route, to) for id in taken_back for route, to in told(conn, id, settings)}
    if alert.after.confirmed_at is None:
        return by_route
    return (*by_route, *(to_one(alert, *also[key]) for key in also if key not in reached))


def told(conn: Connection, alert_id: str, settings: Settings) -> Iterator[tuple[Route, str]]:
    """Who has this alert and is still in the settings: the route, and the recipient ("" for a place)."""
    routes = {route.name: route for route in settings.routes}
    seen: set[tuple[str, str]] = set()
    for one in stored.told_to(conn, alert_id):
        route = routes.get(one.route)
        is_there = route and (not one.recipient or one.recipient in route.recipients)
        if route and is_there and (one.route, one.recipient) not in seen:
            seen.add((one.route, one.recipient))
            yield route, one.recipient


def retract_early(conn: Connection, settings: Settings, now: datetime) -> int:
    """Tell those who got an unconfirmed alert where what it told did not last; returns of how many alerts.

    conn: a write transaction. What still waits of such an alert is taken back. `now` is aware UTC.
    """
    early = [one for one in stored.told_early(conn, now - OPEN_FOR, EARLY) if not one.after.confirmed_at]
    return sum(_retract(conn, alert, settings, now) for alert in early if _is_gone(conn, alert))


def _is_gone(conn: Connection, alert: Alert) -> bool:
    """Whether none of its findings is pending or believed any more."""
    keys = {finding_key(finding) for finding in alert.findings}
    followed = [one for one in findings.tracked(conn, alert.page["id"]) if one.key in keys]
    return bool(followed) and all(one.state is Sighting.VARIANT for one in followed)


def _retract(conn: Connection, alert: Alert, settings: Settings, now: datetime) -> bool:
    notice = retraction(alert, now)
    stored.take_back(conn, alert.id)
    return notices.add(conn, notice, everyone(notice, told(conn, alert.id, settings)))


def everyone(notice: Notice, them: Iterable[tuple[Route, str]]) -> Sequence[NewDelivery]:
    """The deliveries of a notice to them."""
    return [to_one(notice, route, recipient) for route, recipient in them]


def retraction(alert: Alert, now: datetime) -> Notice:
    """What is said of an early word that went away. The same alert, the same id."""
    id = hashlib.sha256(json.dumps([RETRACTION, alert.id]).encode()).hexdigest()
    headline = f"Not confirmed after all: {alert.headline}."
    lines = (
        f"We told this unconfirmed, as seen on {when(alert.after.fetched_at)}.",
        "Later looks at the page did not bear it out, so it is not told as a change.",
        f"The page: {alert.page['url']}",
        f"The evidence stays: pledgewatch alerts show {alert.id[:12]}",
    )
    return Notice(id, now, RETRACTION, headline, lines, alert.id)
