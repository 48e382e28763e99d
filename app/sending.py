"""pledgewatch alerts send and test: send what is waiting now, try a route with a sample."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

from alerts.links import linked
from alerts.message import EARLY, Message, sender
from alerts.operations import tell_failing_routes
from alerts.reader import Reader
from alerts.render import when
from alerts.routes import recipients_of, unwanted
from app import watch
from app.home import Home
from app.screen import say
from app.status import addressee, goes_with
from app.telling import hold_and_gather
from monitor.announce import alert_of
from monitor.confirm import finding_key
from monitor.errors import DeliveryError, InputError
from monitor.model import (
    Alert,
    Delivery,
    Direction,
    Finding,
    FindingKind,
    Organization,
    Page,
    Role,
    Side,
    Sighting,
    Tier,
    Touched,
    Tracked,
)
from monitor.settings import Route, Settings
from monitor.store import Connection, Store, alerts
from monitor.tables import suggestion


def send_alerts(home: Home, environ: Mapping[str, str], *, parked: bool) -> int:
    """Send what is waiting and due; 1 where something could not be sent. Raises ConfigError, StoreError.

    parked: first put back what was given up and is still wanted.
    """
    with home.open_store() as store:
        hold_and_gather(home, store, _now())
        if parked:
            say(_put_back(store, home.settings))
        done = watch.send(home, store, _now, environ)
        failing = tell_failing_routes(store, home.settings, _now())
        with store.read() as conn:
            waiting = alerts.waiting(conn)
    say(f"{done.sent} sent, {done.failed} failed and tried again later, {done.parked} given up.")
    if done.parked:
        say("  why they were given up: pledgewatch status")
    for notice in failing:
        say(f"  told elsewhere with what is sent next: {notice.headline}")
    for delivery in waiting:
        say(_waiting_told(delivery))
    return int(bool(done.failed or done.parked or done.put_off))


def _put_back(store: Store, settings: Settings) -> str:
    """What was given up waits again, but for what nobody wants any more; says how much of each."""
    with store.begin() as conn:
        given_up = alerts.parked(conn)
        wanted = [one for one in given_up if not unwanted(one, settings) and not _is_overtaken(conn, one)]
        alerts.put_back(conn, wanted, _now())
    left = len(given_up) - len(wanted)
    stay = f"; {left} stay, as their route, channel or recipient is no longer in the settings" if left else ""
    return f"{len(wanted)} put back{stay}."


def _is_overtaken(conn: Connection, delivery: Delivery) -> bool:
    """Whether it would tell early what is told as confirmed by now."""
    if not delivery.key.endswith(EARLY):
        return False
    return alerts.get(conn, delivery.alert_id).after.confirmed_at is not None


def _waiting_told(delivery: Delivery) -> str:
    told = f"{(delivery.alert_id or delivery.notice_id)[:12]} by {addressee(delivery)}"
    if delivery.held:
        return f"  held: {told}, until `pledgewatch alerts release {delivery.alert_id[:12]}`."
    if elsewhere := goes_with(delivery):
        return f"  waiting: {told}, {elsewhere}."
    return f"  waiting: {told}, next {when(delivery.next_attempt_at)}. {delivery.last_error}".rstrip()


def test_route(home: Home, name: str, environ: Mapping[str, str]) -> int:
    """Send a sample by one route now; 1 where the other side did not take it. Raises InputError."""
    route = _route(home, name)
    channel = home.settings.channels[route.channel]
    now = _now()
    alert = linked(sample_alert(now), home.settings.desk.url)
    reader = Reader(route.zone)
    taken = True
    for recipient in recipients_of(route, home.settings):
        key = f"{alert.id}/{route.name}/{recipient}"
        message = Message(alert, key, route.name, recipient, home.settings.network.allow_hosts, reader)
        to = f"{route.name} (by {channel.kind}) {recipient}".strip()
        try:
            answered = sender(channel.kind).send(message, channel, home.environ(environ), now)
            say(f"{to}: the sample was taken{f': {answered}' if answered else '.'}")
        except DeliveryError as error:
            taken = False
            say(f"{to}: the sample was not taken: {error}.")
    return int(not taken)


def _route(home: Home, name: str) -> Route:
    routes = {route.name: route for route in home.settings.routes}
    if name not in routes:
        raise InputError(f'no route "{name}" is in the settings; {suggestion(name, routes)}')
    return routes[name]


_SAMPLE_ASK = Touched(
    "TEST-1",
    "This stands for what is asked of them, in the words of config/asks.toml.",
    "this stands for the reason why the change touches it",
    "https://example.org/ask",
)
_SAMPLE_NOT_CHECKED = (
    "This is a test: there is no such page, and neither the desk nor the evidence has such a change.",
)


def sample_alert(now: datetime) -> Alert:
    """An alert about nobody, to try a way out with; at another moment it has another id."""
    organization = Organization("sample", "Sample Organization (made up: a test)", "other")
    page = Page("sample/pledge", "sample", "https://example.org/pledge", Role.PLEDGE)
    finding = Finding(
        FindingKind.FORCE,
        Direction.WEAKER,
        Tier.ALERT,
        "high",
        "sample",
        ("This is a test of the route: nobody said this.",),
        "We will not sell facial recognition technology to police departments.",
        "We do not currently sell facial recognition technology to police departments.",
        ("What we do not sell",),
        stance="refuses",
        bearer="company",
        actions=("sell",),
        technologies=("face_recognition",),
        parties=("police",),
        asks=(_SAMPLE_ASK.id,),
    )
    followed = Tracked(finding_key(finding), finding, 0, 0, now, now, 1, Sighting.CONFIRMED, now)
    before = Side(now, _sha256(f"before {now}"), page.url, last_seen_at=now)
    after = Side(now, _sha256(f"after {now}"), page.url, confirmed_at=now)
    alert = alert_of(organization, page, [followed], before, after, now, _SAMPLE_NOT_CHECKED)
    return replace(alert, asks=(_SAMPLE_ASK,))


def _sha256(words: str) -> str:
    return sha256(words.encode()).hexdigest()


def _now() -> datetime:
    return datetime.now(UTC)
