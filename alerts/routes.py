"""Who gets what: the routes of config/settings.toml, matched to one alert or one notice. Pure."""

from collections.abc import Collection

from alerts.message import EARLY
from monitor.alive import CANARY
from monitor.model import Alert, Delivery, Notice, Organization, Page
from monitor.settings import Route, Settings
from monitor.store.alerts import NewDelivery

PERSONAL = ("email",)  #: kinds of channel that reach people; the others are places, with recipient ""


def deliveries(
    alert: Alert, organization: Organization, page: Page, settings: Settings
) -> tuple[NewDelivery, ...]:
    """One delivery for each recipient of each route that matches, in the order of the settings.

    What is not confirmed yet is for routes with unconfirmed = true, under keys of its own: it is told again.
    """
    early = alert.after.confirmed_at is None
    return tuple(
        NewDelivery(_key(alert, route, recipient) + EARLY * early, route.name, route.channel, recipient)
        for route in settings.routes
        if (route.unconfirmed or not early) and matches(route, alert, organization, page)
        for recipient in _recipients(route, settings)
    )


def operational(notice: Notice, settings: Settings, besides: Collection[str] = ()) -> tuple[NewDelivery, ...]:
    """One delivery for each recipient of each route with operations = true, but by none of these channels."""
    return tuple(
        to_one(notice, route, recipient)
        for route in settings.routes
        if route.operations and route.channel not in besides
        for recipient in _recipients(route, settings)
    )


def to_one(notice: Notice, route: Route, recipient: str) -> NewDelivery:
    """The delivery of a notice to one recipient of a route."""
    return NewDelivery(_key(notice, route, recipient), route.name, route.channel, recipient)


def unwanted(delivery: Delivery, settings: Settings) -> str:
    """Why the settings of today no longer want this delivery, as part of a sentence; "" where they do."""
    route = next((one for one in settings.routes if one.name == delivery.route), None)
    if route is None:
        return f'the route "{delivery.route}" is no longer in the settings'
    if delivery.recipient and delivery.recipient not in route.recipients:
        return f'{delivery.recipient} is no longer a recipient of the route "{route.name}"'
    if delivery.channel not in settings.channels:
        return f'the channel "{delivery.channel}" is no longer in the settings'
    return ""


def matches(route: Route, alert: Alert, organization: Organization, page: Page) -> bool:
    """True where the route wants this alert: an empty list does not narrow.

    A mixed alert is also for those who asked for the direction of one of its findings; one of a canary only
    for those who asked for it by kind or by organization.
    """
    heard = [finding for finding in alert.findings if not route.tiers or finding.tier in route.tiers]
    directions = {alert.direction, *(finding.direction for finding in heard)}
    return (
        bool(heard)
        and (not route.organizations or organization.id in route.organizations)
        and (not route.kinds or organization.kind in route.kinds)
        and (organization.kind != CANARY or bool(route.kinds or route.organizations))
        and (not route.roles or page.role in route.roles)
        and (not route.directions or not directions.isdisjoint(route.directions))
    )


def _key(content: Alert | Notice, route: Route, recipient: str) -> str:
    return f"{content.id}/{route.name}/{recipient}"


def _recipients(route: Route, settings: Settings) -> tuple[str, ...]:
    if settings.channels[route.channel].kind in PERSONAL:
        return tuple(dict.fromkeys(route.recipients))
    return ("",)
