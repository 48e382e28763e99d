"""Who gets what: the routes of config/settings.toml, matched to one alert or one notice. Pure."""

from collections.abc import Collection, Sequence

from alerts.message import EARLY
from monitor.access import primary
from monitor.alive import CANARY
from monitor.model import LAPSING, Alert, Delivery, Direction, Finding, Notice, Organization, Page, Standing
from monitor.settings import AT_ONCE, Route, Settings
from monitor.store.alerts import NewDelivery
from monitor.watchlist import Watchlist

PERSONAL = ("email",)  #: kinds of channel that reach people; the others are places, with recipient ""

Watched = Sequence[tuple[Organization, Page]]


def deliveries(
    alert: Alert, organization: Organization, page: Page, settings: Settings
) -> tuple[NewDelivery, ...]:
    """One delivery for each recipient of each route that matches, in the order of the settings.

    What is not confirmed yet is for routes with unconfirmed = true, under keys of its own: it is told again.
    Where the route has digests, the deliveries wait for the next one.
    """
    early = alert.after.confirmed_at is None
    return tuple(
        NewDelivery(
            _key(alert, route, recipient) + EARLY * early,
            route.name,
            route.channel,
            recipient,
            gathered=route.every != AT_ONCE,
        )
        for route in settings.routes
        if (route.unconfirmed or not early) and matches(route, alert, organization, page)
        for recipient in recipients_of(route, settings)
    )


def operational(notice: Notice, settings: Settings, besides: Collection[str] = ()) -> tuple[NewDelivery, ...]:
    """One delivery for each recipient of each route with operations = true, but by none of these channels."""
    return tuple(
        to_one(notice, route, recipient)
        for route in settings.routes
        if route.operations and route.channel not in besides
        for recipient in recipients_of(route, settings)
    )


def to_one(content: Alert | Notice, route: Route, recipient: str) -> NewDelivery:
    """The delivery of this to one recipient of a route, whatever it asked for: it waits for no digest."""
    return NewDelivery(_key(content, route, recipient), route.name, route.channel, recipient)


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
    """True where the route wants this alert. An empty list does not narrow; of a list any will do.

    One finding must fit all that is asked of findings: tier, direction, technology, party and ask. A mixed
    alert is also for those who asked for "mixed".
    """
    return watches(route, organization, page) and any(_wants(route, alert, one) for one in alert.findings)


def watches(route: Route, organization: Organization, page: Page) -> bool:
    """Whether the route hears of this page at all."""
    return (
        hears_of(route, organization)
        and _fits(route.roles, (page.role,))
        and _fits([primary(one) for one in route.languages], (primary(page.language),))
    )


def pages_of(route: Route, watched: Watchlist) -> Watched:
    """The pages that the route watches, with whose they are."""
    return [
        (organization, page)
        for organization in watched.organizations
        for page in organization.pages
        if watches(route, organization, page)
    ]


def hears_of(route: Route, organization: Organization) -> bool:
    """Whether it hears of this organization; of a canary only if asked for by kind or by organization."""
    return (
        _fits(route.organizations, (organization.id,))
        and _fits(route.kinds, (organization.kind,))
        and (organization.kind != CANARY or bool(route.kinds or route.organizations))
    )


def concerns(route: Route, statement: Standing) -> bool:
    """Whether what stands on a page is of what the route asked for: technology and party."""
    return _fits(route.technologies, statement.technologies) and _fits(route.parties, statement.parties)


def recipients_of(route: Route, settings: Settings) -> tuple[str, ...]:
    """Each recipient once; the one recipient "" of a place."""
    if settings.channels[route.channel].kind in PERSONAL:
        return tuple(dict.fromkeys(route.recipients))
    return ("",)


def _wants(route: Route, alert: Alert, finding: Finding) -> bool:
    """Whether this finding fits all that the route asks. That a commitment is to end has no direction yet."""
    mixed = [alert.direction] if alert.direction is Direction.MIXED else []
    asks = finding.asks or [one.id for one in alert.asks]
    return (
        _fits(route.tiers, (finding.tier,))
        and (_fits(route.directions, (finding.direction, *mixed)) or finding.rule == LAPSING)
        and _fits(route.technologies, finding.technologies)
        and _fits(route.parties, finding.parties)
        and _fits(route.asks, asks)
    )


def _fits(asked: Collection[str], there: Collection[str]) -> bool:
    return not asked or not set(asked).isdisjoint(there)


def _key(content: Alert | Notice, route: Route, recipient: str) -> str:
    return f"{content.id}/{route.name}/{recipient}"
