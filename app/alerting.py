"""pledgewatch alerts: list what was raised, show one with its evidence, send what waits, try a route."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from alerts.message import Message, sender
from alerts.outbox import send_waiting
from alerts.render import text, when
from alerts.routes import PERSONAL
from app.home import Home
from app.screen import columns, say
from app.status import addressee
from monitor.announce import alert_of
from monitor.confirm import finding_key
from monitor.errors import DeliveryError, InputError, StoreError
from monitor.model import (
    Alert,
    Direction,
    Fetch,
    Finding,
    FindingKind,
    Organization,
    Page,
    Role,
    Side,
    Sighting,
    Tier,
    Tracked,
)
from monitor.settings import Route
from monitor.store import Store, alerts, fetches, findings
from monitor.tables import suggestion
from monitor.wire import alert_json

LIST_SCHEMA = "pledgewatch.alerts/1"
_AT_MOST = 1_000  #: alerts in a list, the newest


def list_alerts(home: Home, *, as_json: bool) -> int:
    """Print every alert, newest first. Raises StoreError."""
    with home.open_store() as store, store.read() as conn:
        raised = alerts.all(conn, _AT_MOST)
    if as_json:
        answer = {"schema": LIST_SCHEMA, "alerts": [alert_json(alert) for alert in raised]}
        print(json.dumps(answer, ensure_ascii=False, indent=1))
    elif not raised:
        say("No alert was raised yet.")
    else:
        rows = [(alert.id[:12], when(alert.raised_at), alert.direction, alert.headline) for alert in raised]
        columns(rows, header=("id", "raised", "direction", "what"))
    return 0


# --------------------------------------------------------------------------- one alert


def show_alert(home: Home, id_or_prefix: str, *, as_json: bool) -> int:
    """Print one alert and where its evidence lies. Raises InputError where no alert, or several, fit."""
    with home.open_store() as store:
        with store.read() as conn:
            alert = alerts.get(conn, id_or_prefix)
        if as_json:
            print(json.dumps(alert_json(alert), ensure_ascii=False, indent=1))
            return 0
        print(text(alert))
        for line in _evidence(store, alert, home.root / "blobs"):
            say(line)
    return 0


def _evidence(store: Store, alert: Alert, blobs: Path) -> Iterator[str]:
    """The fetches of both sides, and whether their bodies are intact."""
    known = _fetches(store, alert)
    for name, side in (("before", alert.before), ("after", alert.after)):
        fetch = known.get((side.fetched_at, side.sha256))
        number = f"fetch {fetch.id}" if fetch else "fetch"
        origin = f", from the archive {fetch.archive_url}" if fetch and fetch.archive_url else ""
        status = f", status {fetch.status}" if fetch and fetch.status else ""
        yield f"{name + ':':<8}{number} of {when(side.fetched_at)}{status}{origin}"
        yield f"        {_body(store, side.sha256, blobs)}"


def _fetches(store: Store, alert: Alert) -> dict[tuple[datetime, str], Fetch]:
    """The fetches that the alert's findings were followed on, by time and body."""
    keys = {finding_key(finding) for finding in alert.findings}
    with store.read() as conn:
        followed = [one for one in findings.tracked(conn, alert.page["id"]) if one.key in keys]
        ids = {id for one in followed for id in (one.before_fetch_id, one.after_fetch_id)}
        known = [fetches.get(conn, id) for id in sorted(ids)]
    return {(fetch.ended_at, fetch.body_sha256): fetch for fetch in known}


def _body(store: Store, sha256: str, blobs: Path) -> str:
    if not sha256:
        return "no body came with it"
    try:
        body = store.blobs.get(sha256)
    except StoreError as error:
        return f"its body cannot be shown as evidence: {error}"
    return f"{blobs / sha256[:2] / sha256}.zst, {len(body):,} bytes, intact"


# --------------------------------------------------------------------------- sending


def send_alerts(home: Home, environ: Mapping[str, str]) -> int:
    """Send what is waiting and due; 1 where something could not be sent. Raises StoreError."""
    with home.open_store() as store:
        done = send_waiting(store, home.settings, _now, home.environ(environ))
        with store.read() as conn:
            waiting = alerts.waiting(conn)
    say(f"{done.sent} sent, {done.failed} failed and tried again later, {done.parked} given up.")
    if done.parked:
        say("  why they were given up: pledgewatch status")
    for delivery in waiting:
        to, again = addressee(delivery), when(delivery.next_attempt_at)
        say(f"  waiting: {delivery.alert_id[:12]} by {to}, next {again}. {delivery.last_error}".rstrip())
    return int(bool(done.failed or done.parked))


def test_route(home: Home, name: str, environ: Mapping[str, str]) -> int:
    """Send a sample by one route now; 1 where the other side did not take it. Raises InputError."""
    route = _route(home, name)
    channel = home.settings.channels[route.channel]
    recipients = tuple(dict.fromkeys(route.recipients)) if channel.kind in PERSONAL else ("",)
    now = _now()
    alert = sample_alert(now)
    taken = True
    for recipient in recipients:
        message = Message(alert, f"{alert.id}/{route.name}/{recipient}", route.name, recipient)
        to = f"{route.name} (by {channel.kind}) {recipient}".strip()
        try:
            sender(channel.kind).send(message, channel, home.environ(environ), now)
            say(f"{to}: the sample was taken.")
        except DeliveryError as error:
            taken = False
            say(f"{to}: the sample was not taken: {error}.")
    return int(not taken)


def _route(home: Home, name: str) -> Route:
    routes = {route.name: route for route in home.settings.routes}
    if name not in routes:
        raise InputError(f'no route "{name}" is in the settings; {suggestion(name, routes)}')
    return routes[name]


def sample_alert(now: datetime) -> Alert:
    """An alert about nobody, to try a way out with; at another moment it has another id."""
    organization = Organization("sample", "Sample Organization (made up, this is a test)", "other")
    page = Page("sample/pledge", "sample", "https://example.org/pledge", Role.PLEDGE)
    finding = Finding(
        FindingKind.SCOPE,
        Direction.WEAKER,
        Tier.ALERT,
        "high",
        "sample",
        ("This is a test of the route: nobody said this.",),
        "We will not sell facial recognition technology to police departments.",
        "We do not currently sell facial recognition technology to police departments.",
        stance="refuses",
        bearer="company",
        actions=("sell",),
        technologies=("face_recognition",),
        parties=("police",),
    )
    followed = Tracked(finding_key(finding), finding, 0, 0, now, now, 1, Sighting.CONFIRMED, now)
    before = Side(now, _sha256(f"before {now}"), page.url, last_seen_at=now)
    after = Side(now, _sha256(f"after {now}"), page.url, confirmed_at=now)
    return alert_of(
        organization, page, [followed], before, after, now, ("This is a test: there is no such page.",)
    )


def _sha256(words: str) -> str:
    return sha256(words.encode()).hexdigest()


def _now() -> datetime:
    return datetime.now(UTC)
