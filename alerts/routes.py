"""Who gets which alert: the routes of config/settings.toml, matched to one alert. Pure."""

from monitor.model import Alert, Organization, Page
from monitor.settings import Route, Settings
from monitor.store.alerts import NewDelivery

PERSONAL = ("email",)  #: kinds of channel that reach people; the others are places, with recipient ""


def deliveries(
    alert: Alert, organization: Organization, page: Page, settings: Settings
) -> tuple[NewDelivery, ...]:
    """One delivery for each recipient of each route that matches, in the order of the settings."""
    return tuple(
        NewDelivery(f"{alert.id}/{route.name}/{recipient}", route.name, route.channel, recipient)
        for route in settings.routes
        if matches(route, alert, organization, page)
        for recipient in _recipients(route, settings)
    )


def matches(route: Route, alert: Alert, organization: Organization, page: Page) -> bool:
    """True where the route wants this alert: an empty list does not narrow.

    A mixed alert is also for those who asked for the direction of one of its findings.
    """
    heard = [finding for finding in alert.findings if not route.tiers or finding.tier in route.tiers]
    directions = {alert.direction, *(finding.direction for finding in heard)}
    return (
        bool(heard)
        and (not route.organizations or organization.id in route.organizations)
        and (not route.kinds or organization.kind in route.kinds)
        and (not route.roles or page.role in route.roles)
        and (not route.directions or not directions.isdisjoint(route.directions))
    )


def _recipients(route: Route, settings: Settings) -> tuple[str, ...]:
    if settings.channels[route.channel].kind in PERSONAL:
        return tuple(dict.fromkeys(route.recipients))
    return ("",)
