"""pledgewatch alerts: list and show what was raised, release what is held."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from alerts.corrections import SAYINGS, reviewed
from alerts.reader import Reader
from alerts.render import text, when
from app.home import Home
from app.publishing import muted_ids
from app.screen import columns, say
from monitor.confirm import finding_key
from monitor.errors import InputError, StoreError
from monitor.model import Alert, Fetch, Review, Sighting
from monitor.mutes import Mute
from monitor.store import Connection, Store, alerts, fetches, findings, holds, reviews
from monitor.wire import alert_json, utc_text

LIST_SCHEMA = "pledgewatch.alerts/1"
_AT_MOST = 1_000  #: alerts in a list, the newest
NEXT = "Sent with the next check, or now with `pledgewatch alerts send`."
_NONE_HELD = "Nothing is held."


def list_alerts(home: Home, *, as_json: bool) -> int:
    """Print every alert, newest first. Raises StoreError."""
    mutes = home.mutes
    with home.open_store() as store, store.read() as conn:
        raised, held, judged = alerts.all(conn, _AT_MOST), holds.held(conn), _judged(conn)
        muted = muted_ids(conn, raised, mutes)
        marks = {one.id: _marks(conn, one, one.id in held, one.id in muted, judged) for one in raised}
    if as_json:
        told = [alert_json(one) | _kept_back(one, held, muted) | _reviews_json(judged, one) for one in raised]
        print(json.dumps({"schema": LIST_SCHEMA, "alerts": told}, ensure_ascii=False, indent=1))
    elif not raised:
        say("No alert was raised yet.")
    else:
        rows = [_row(alert, marks[alert.id]) for alert in raised]
        columns(rows, header=("id", "raised", "direction", "what"))
    if held and not as_json:
        say(f"{len(held)} held: let one go out with `pledgewatch alerts release ID`, or all with --all.")
    return 0


def _marks(
    conn: Connection, alert: Alert, is_held: bool, is_muted: bool, judged: Mapping[str, Sequence[Review]]
) -> str:
    """What keeps an alert from being told as it stands, and what a person made of it."""
    verdict = "".join(f"[judged {review.verdict}] " for review in judged.get(alert.id, ())[-1:])
    return "[held] " * is_held + "[muted] " * is_muted + _early(conn, alert) + verdict


def _early(conn: Connection, alert: Alert) -> str:
    """Whether it is confirmed; an unconfirmed one may be confirmed by others, or have gone again."""
    if alert.after.confirmed_at:
        return ""
    keys = {finding_key(finding) for finding in alert.findings}
    states = {one.state for one in findings.tracked(conn, alert.page["id"]) if one.key in keys}
    if Sighting.PENDING in states:
        return "[unconfirmed] "
    by_others = Sighting.CONFIRMED in states
    return "[unconfirmed, confirmed by a later one] " if by_others else "[unconfirmed, gone again] "


def _row(alert: Alert, marks: str) -> tuple[str, ...]:
    return alert.id[:12], when(alert.raised_at), alert.direction, marks + alert.headline


def _why_held(alert: Alert, held: Mapping[str, holds.Hold]) -> str:
    """Why it waits for a person, "" where it does not."""
    return held[alert.id].why if alert.id in held else ""


def _kept_back(alert: Alert, held: Mapping[str, holds.Hold], muted: Mapping[str, Mute]) -> dict[str, str]:
    """Why it is held or muted, each "" where it is not."""
    return {
        "held": _why_held(alert, held),
        "muted": muted[alert.id].reason if alert.id in muted else "",
    }


def review_json(review: Review) -> dict[str, str]:
    """One verdict as in `alerts show --json` and `alerts reviews --json`."""
    return {
        "at": utc_text(review.at),
        "author": review.author,
        "verdict": review.verdict.value,
        "note": review.note,
    }


def _judged(conn: Connection) -> Mapping[str, Sequence[Review]]:
    """Alert id → the verdicts on it, oldest first."""
    judged: dict[str, list[Review]] = {}
    for review in reviews.all(conn):
        judged.setdefault(review.alert_id, []).append(review)
    return judged


def _reviews_json(judged: Mapping[str, Sequence[Review]], alert: Alert) -> dict[str, list[dict[str, str]]]:
    """The key "reviews", where there are any."""
    given = [review_json(one) for one in judged.get(alert.id, ())]
    return {"reviews": given} if given else {}


# --------------------------------------------------------------------------- one alert


def show_alert(home: Home, id_or_prefix: str, *, as_json: bool) -> int:
    """Print one alert and where its evidence lies. Raises InputError where no alert, or several, fit."""
    with home.open_store() as store:
        with store.read() as conn:
            alert, held = alerts.get(conn, id_or_prefix), holds.held(conn)
            judged = {alert.id: reviews.of_alert(conn, alert.id)}
            muted = muted_ids(conn, [alert], home.mutes)
        if as_json:
            told = alert_json(alert) | _kept_back(alert, held, muted) | _reviews_json(judged, alert)
            print(json.dumps(told, ensure_ascii=False, indent=1))
            return 0
        for review in judged[alert.id][-1:]:
            say(f"Reviewed: {reviewed(review)}: {SAYINGS[review.verdict]}. {review.note}".rstrip() + "\n")
        if why := _why_held(alert, held):
            say(f"Held, not sent: {why} It goes out with `pledgewatch alerts release {alert.id[:12]}`.\n")
        if mute := muted.get(alert.id):
            say(f"Muted, told to nobody: {mute.reason} ({mute.author}, until {mute.until}).\n")
        said = [reviewed(review) for review in judged[alert.id][-1:]]
        print(text(alert, Reader(reviewed="".join(said))))
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
    say(NEXT if released else _NONE_HELD)
    return 0


def _now() -> datetime:
    return datetime.now(UTC)
