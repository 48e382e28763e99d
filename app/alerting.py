"""pledgewatch alerts: list and show what was raised, release what is held."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alerts.corrections import SAYINGS, reviewed
from alerts.reader import Reader
from alerts.render import text, when
from app.home import Home
from app.marks import Early, early
from app.publishing import muted_ids
from app.screen import columns, say
from monitor.confirm import finding_key
from monitor.errors import InputError, StoreError
from monitor.model import Alert, Audit, Fetch, Review
from monitor.mutes import Mute
from monitor.store import Connection, Store, alerts, audits, fetches, findings, holds, reviews
from monitor.store.raised import taken_back
from monitor.wire import alert_json, utc_text

LIST_SCHEMA = "pledgewatch.alerts/1"
_AT_MOST = 1_000  #: alerts in a list, the newest
NEXT = "Sent with the next check, or now with `pledgewatch alerts send`."
_NONE_HELD = "Nothing is held."
COMMAND_LINE = "command line"  #: who did it, where nobody is named


def list_alerts(home: Home, *, as_json: bool) -> int:
    """Print every alert, newest first. Raises StoreError."""
    mutes = home.mutes
    with home.existing_store() as store, store.read() as conn:
        raised, held = alerts.all(conn, _AT_MOST), holds.held(conn)
        judged = _judged(conn, [one.id for one in raised])
        muted = muted_ids(conn, raised, mutes)
        states = findings.states(conn, {one.page["id"] for one in raised if not one.after.confirmed_at})
        told = told_json(conn, raised, mutes) if as_json else []
    marks = {
        one.id: _marks(one, early(one, states), one.id in held, one.id in muted, judged) for one in raised
    }
    if as_json:
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
    alert: Alert, early: Early | None, is_held: bool, is_muted: bool, judged: Mapping[str, Sequence[Review]]
) -> str:
    """What keeps an alert from being told as it stands, and what a person made of it."""
    verdict = "".join(f"[judged {review.verdict}] " for review in judged.get(alert.id, ())[-1:])
    return "[held] " * is_held + "[muted] " * is_muted + (f"[{early}] " if early else "") + verdict


def _row(alert: Alert, marks: str) -> tuple[str, ...]:
    return alert.id[:12], when(alert.raised_at), alert.direction, marks + alert.headline


def told_json(conn: Connection, raised: Sequence[Alert], mutes: Iterable[Mute]) -> list[dict[str, Any]]:
    """These alerts as in `alerts list --json`: what is told, what keeps it back, and every verdict."""
    held, judged = holds.held(conn), _judged(conn, [one.id for one in raised])
    muted, back = muted_ids(conn, raised, mutes), taken_back(conn, {one.page["id"] for one in raised})
    by = {one.id: back[one.id].alert_id for one in raised if one.id in back}
    return [_told_json(one, held, muted, judged) | {"taken_back_by": by.get(one.id, "")} for one in raised]


def _told_json(
    alert: Alert,
    held: Mapping[str, holds.Hold],
    muted: Mapping[str, Mute],
    judged: Mapping[str, Sequence[Review]],
) -> dict[str, Any]:
    return alert_json(alert) | _kept_back(alert, held, muted) | _reviews_json(judged, alert)


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


def _judged(conn: Connection, alert_ids: Sequence[str]) -> Mapping[str, Sequence[Review]]:
    """Alert id → the verdicts on it, oldest first, for those of these that were judged."""
    judged: dict[str, list[Review]] = {}
    for review in reviews.among(conn, alert_ids):
        judged.setdefault(review.alert_id, []).append(review)
    return judged


def _reviews_json(judged: Mapping[str, Sequence[Review]], alert: Alert) -> dict[str, list[dict[str, str]]]:
    """The key "reviews", where there are any."""
    given = [review_json(one) for one in judged.get(alert.id, ())]
    return {"reviews": given} if given else {}


# --------------------------------------------------------------------------- one alert


def show_alert(home: Home, id_or_prefix: str, *, as_json: bool) -> int:
    """Print one alert and where its evidence lies. Raises InputError where no alert, or several, fit."""
    with home.existing_store() as store:
        with store.read() as conn:
            alert, held = alerts.get(conn, id_or_prefix), holds.held(conn)
            judged = {alert.id: reviews.of_alert(conn, alert.id)}
            muted = muted_ids(conn, [alert], home.mutes)
            told = told_json(conn, [alert], home.mutes)[0] if as_json else {}
        if as_json:
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
        asked = list(holds.held(conn)) if everything else [alerts.get(conn, id_or_prefix).id]
        released = release(conn, asked, COMMAND_LINE, _now())
    if not released and not everything:
        raise InputError(f"{asked[0][:12]} is not held: `pledgewatch alerts list` shows what is")
    for alert in released:
        say(f"released {alert.id[:12]}: {alert.headline}")
    say(NEXT if released else _NONE_HELD)
    return 0


def release(conn: Connection, alert_ids: Iterable[str], who: str, now: datetime) -> list[Alert]:
    """Let those of them go out that are held, and keep who said so. conn: a write transaction."""
    held = holds.held(conn)
    released = [alerts.get(conn, id) for id in alert_ids if id in held]
    for alert in released:
        holds.release(conn, alert.id, now)
        audits.add(conn, Audit(now, who, "released", alert.id))
    return released


def _now() -> datetime:
    return datetime.now(UTC)
