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
from monitor.store.alerts import UNDER_WAY, NewDelivery

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


def told(
    conn: Connection, alert_id: str, settings: Settings, also: Iterable[tuple[str, str]] = ()
) -> Iterator[tuple[Route, str]]:
    """Who has this alert and is still in the settings: the route, and the recipient ("" for a place).

    also: the names of more routes and recipients that may have it.
    """
    routes = {route.name: route for route in settings.routes}
    have_it = ((one.route, one.recipient) for one in stored.told_to(conn, alert_id))
    for name, recipient in dict.fromkeys((*have_it, *also)):
        route = routes.get(name)
        if route and (not recipient or recipient in route.recipients):
            yield route, recipient


def retract_early(conn: Connection, settings: Settings, now: datetime) -> int:
    """Tell those who have an unconfirmed alert where what it told did not last; returns how many are told.

    conn: a write transaction. What was not handed over of such an alert is taken back; whoever is found to
    have it only later (a digest that waited, a message that was under way) is told then. `now`: aware UTC.
    """
    early = [one for one in stored.told_early(conn, now - OPEN_FOR, EARLY) if not one.after.confirmed_at]
    return sum(_retract(conn, alert, settings, now) for alert in early if _is_gone(conn, alert))


def _is_gone(conn: Connection, alert: Alert) -> bool:
    """Whether none of its findings is pending or believed any more."""
    keys = {finding_key(finding) for finding in alert.findings}
    followed = [one for one in findings.tracked(conn, alert.page["id"]) if one.key in keys]
    return bool(followed) and all(one.state is Sighting.VARIANT for one in followed)


def _retract(conn: Connection, alert: Alert, settings: Settings, now: datetime) -> int:
    notice = retraction(alert, now)
    under_way = [one for one in stored.of_alert(conn, alert.id) if one.last_error == UNDER_WAY]
    stored.take_back(conn, alert.id)
    also = ((one.route, one.recipient) for one in under_way)
    return notices.add_to(conn, notice, everyone(notice, told(conn, alert.id, settings, also)))


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
