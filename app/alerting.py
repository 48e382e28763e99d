"""pledgewatch alerts: list and show what was raised, release what is held."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from alerts.render import text, when
from app.home import Home
from app.screen import columns, say
from monitor.confirm import finding_key
from monitor.errors import InputError, StoreError
from monitor.model import (
    Alert,
    Fetch,
    Sighting,
)
from monitor.store import Connection, Store, alerts, fetches, findings, holds
from monitor.wire import alert_json

LIST_SCHEMA = "pledgewatch.alerts/1"
_AT_MOST = 1_000  #: alerts in a list, the newest
_NEXT = "Sent with the next check, or now with `pledgewatch alerts send`."
_NONE_HELD = "Nothing is held."


def list_alerts(home: Home, *, as_json: bool) -> int:
    """Print every alert, newest first. Raises StoreError."""
    with home.open_store() as store, store.read() as conn:
        raised, held = alerts.all(conn, _AT_MOST), holds.held(conn)
        marks = {alert.id: _marks(conn, alert, alert.id in held) for alert in raised}
    if as_json:
        told = [alert_json(alert) | {"held": _why_held(alert, held)} for alert in raised]
        print(json.dumps({"schema": LIST_SCHEMA, "alerts": told}, ensure_ascii=False, indent=1))
    elif not raised:
        say("No alert was raised yet.")
    else:
        rows = [_row(alert, marks[alert.id]) for alert in raised]
        columns(rows, header=("id", "raised", "direction", "what"))
    if held and not as_json:
        say(f"{len(held)} held: let one go out with `pledgewatch alerts release ID`, or all with --all.")
    return 0


def _marks(conn: Connection, alert: Alert, is_held: bool) -> str:
    """What keeps an alert from being told as it stands; an unconfirmed one may have gone again."""
    held = "[held] " * is_held
    if alert.after.confirmed_at:
        return held
    keys = {finding_key(finding) for finding in alert.findings}
    states = {one.state for one in findings.tracked(conn, alert.page["id"]) if one.key in keys}
    return held + ("[unconfirmed] " if Sighting.PENDING in states else "[unconfirmed, gone again] ")


def _row(alert: Alert, marks: str) -> tuple[str, ...]:
    return alert.id[:12], when(alert.raised_at), alert.direction, marks + alert.headline


def _why_held(alert: Alert, held: Mapping[str, holds.Hold]) -> str:
    """Why it waits for a person, "" where it does not."""
    return held[alert.id].why if alert.id in held else ""


# --------------------------------------------------------------------------- one alert


def show_alert(home: Home, id_or_prefix: str, *, as_json: bool) -> int:
    """Print one alert and where its evidence lies. Raises InputError where no alert, or several, fit."""
    with home.open_store() as store:
        with store.read() as conn:
            alert, held = alerts.get(conn, id_or_prefix), holds.held(conn)
        if as_json:
            print(json.dumps(alert_json(alert), ensure_ascii=False, indent=1))
            return 0
        if why := _why_held(alert, held):
            say(f"Held, not sent: {why} It goes out with `pledgewatch alerts release {alert.id[:12]}`.\n")
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


# --------------------------------------------------------------------------- what is held


def release_alerts(home: Home, id_or_prefix: str, *, everything: bool) -> int:
    """Let an alert that is held go out with what is sent next, or all of them. Raises InputError."""
    if bool(id_or_prefix) == everything:
        raise InputError("name one alert by its ID, or all that are held with --all")
    with home.open_store() as store, store.begin() as conn:
        held = holds.held(conn)
        asked = list(held) if everything else [alerts.get(conn, id_or_prefix).id]
        released = [alerts.get(conn, id) for id in asked if id in held]
        for alert in released:
            holds.release(conn, alert.id, _now())
    if not released and not everything:
        raise InputError(f"{asked[0][:12]} is not held: `pledgewatch alerts list` shows what is")
    for alert in released:
        say(f"released {alert.id[:12]}: {alert.headline}")
    say(_NEXT if released else _NONE_HELD)
    return 0


def _now() -> datetime:
    return datetime.now(UTC)
