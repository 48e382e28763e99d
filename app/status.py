"""pledgewatch status: what was done last, what comes next, and what waits or could not be read."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

from alerts.render import when
from app.home import Home
from app.screen import columns, say
from app.words import STATES
from monitor.confirm import Policy, looks_to_come, need_of
from monitor.model import Alert, Delivery, Host, Page, Reading, Tracked
from monitor.store import Store, alerts, checks, findings, holds, hosts, pages, readings
from monitor.wire import finding_json, utc_text
from spiders.memory import origin_of, wait

SCHEMA = "pledgewatch.status/1"
_SHOWN = 20  #: rows of one kind; the rest is counted
_NEVER = datetime.min.replace(tzinfo=UTC)
_Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a watch at one moment (UTC)."""

    at: datetime
    watched: int
    last_check: checks.Check | None
    schedule: tuple[tuple[str, datetime], ...]  #: page id and when it is due, soonest first
    patience: tuple[Host, ...]  #: hosts that are not asked before a time
    not_readable: tuple[tuple[Reading, datetime], ...]  #: the last look, and since when it is so
    remarks: tuple[Reading, ...]  #: of pages that were read: they moved, or stood long enough
    pending: tuple[tuple[str, Tracked], ...]
    alternating: tuple[tuple[str, Tracked], ...]
    held: tuple[tuple[Alert, holds.Hold], ...]
    waiting: tuple[Delivery, ...]
    parked: tuple[Delivery, ...]  #: given up: they are not tried again

    @property
    def due(self) -> int:
        """How many pages are due now."""
        return sum(at <= self.at for _, at in self.schedule)


def show_status(home: Home, *, as_json: bool) -> int:
    """Print the state of the watch. Raises ConfigError and StoreError."""
    policy = home.rules.policy
    with home.open_store() as store:
        status = status_of(store, home.watchlist.pages, datetime.now(UTC))
    if as_json:
        print(json.dumps(status_json(status, policy), ensure_ascii=False, indent=1))
    else:
        _show(status, policy, {page.id for page in home.watchlist.pages})
    return 0


def status_of(store: Store, watched: Sequence[Page], now: datetime) -> Status:
    """What the store knows about these pages; a page that was never scheduled is due now."""
    with store.read() as conn:
        known = dict(pages.schedule(conn))
        newest = readings.latest(conn)
        patience = {host.origin: host for host in hosts.all(conn) if wait(host.not_before, now)}
        schedule = [(page.id, _due(page, known.get(page.id, now), patience)) for page in watched]
        latest = [newest[page.id] for page in watched if page.id in newest]
        since = readings.unread_since(conn)
        return Status(
            at=now,
            watched=len(watched),
            last_check=checks.last(conn),
            schedule=tuple(sorted(schedule, key=lambda row: row[1])),
            patience=tuple(patience.values()),
            not_readable=tuple(
                (reading, since[reading.page_id]) for reading in latest if not reading.access.is_reading
            ),
            remarks=tuple(one for one in latest if one.access.is_reading and one.evidence),
            pending=tuple(findings.all_pending(conn)),
            alternating=tuple(findings.all_alternating(conn)),
            held=tuple((alerts.get(conn, one.alert_id), one) for one in holds.held(conn).values()),
            waiting=tuple(alerts.waiting(conn)),
            parked=tuple(alerts.parked(conn)),
        )


def _due(page: Page, at: datetime, patience: Mapping[str, Host]) -> datetime:
    host = patience.get(origin_of(page.url))
    return max(at, host.not_before) if host and host.not_before else at


# --------------------------------------------------------------------------- for programs


def status_json(status: Status, policy: Policy) -> dict[str, Any]:
    """pledgewatch.status/1: times are RFC 3339 with Z, null where there is none."""
    last, first = status.last_check, status.schedule[0] if status.schedule else None
    return {
        "schema": SCHEMA,
        "at": utc_text(status.at),
        "pages": {"watched": status.watched, "due": status.due},
        "last_check": last and _check_json(last),
        "next_due": first and {"page": first[0], "at": utc_text(first[1])},
        "patience": [_host_json(host) for host in status.patience],
        "not_readable": [_unread_json(reading, since) for reading, since in status.not_readable],
        "remarks": [_reading_json(reading) for reading in status.remarks],
        "pending": [_pending_json(page_id, one, policy) for page_id, one in status.pending],
        "alternating": [_alternating_json(page_id, one) for page_id, one in status.alternating],
        "held": [_held_json(alert, hold) for alert, hold in status.held],
        "waiting": [_delivery_json(delivery) for delivery in status.waiting],
        "parked": [_delivery_json(delivery) for delivery in status.parked],
    }


def _check_json(check: checks.Check) -> dict[str, Any]:
    ended_at = utc_text(check.ended_at) if check.ended_at else None
    return {"started_at": utc_text(check.started_at), "ended_at": ended_at, "counts": dict(check.counts)}


def _reading_json(reading: Reading) -> dict[str, Any]:
    return {
        "page": reading.page_id,
        "at": utc_text(reading.at),
        "access": reading.access.value,
        "evidence": list(reading.evidence),
    }


def _host_json(host: Host) -> dict[str, Any]:
    return {"host": host.origin, "not_before": utc_text(host.not_before or _NEVER), "why": host.why}


def _unread_json(reading: Reading, since: datetime) -> dict[str, Any]:
    return {**_reading_json(reading), "since": utc_text(since)}


def _alternating_json(page_id: str, one: Tracked) -> dict[str, Any]:
    last = utc_text(one.last_seen_at)
    return {"page": page_id, "flips": one.flips, "last_seen_at": last, "finding": finding_json(one.finding)}


def _held_json(alert: Alert, hold: holds.Hold) -> dict[str, Any]:
    return {"alert": alert.id, "held_at": utc_text(hold.held_at), "why": hold.why}


def _pending_json(page_id: str, one: Tracked, policy: Policy) -> dict[str, Any]:
    need = need_of(one, policy)
    return {
        "page": page_id,
        "first_seen_at": utc_text(one.first_seen_at),
        "last_seen_at": utc_text(one.last_seen_at),
        "readings": one.readings,
        "needs": {"readings": need.readings, "hours": need.span / timedelta(hours=1)},
        "next_look_at": utc_text(looks_to_come(one, policy)[0]),
        "looks_at": [utc_text(at) for at in looks_to_come(one, policy)],
        "finding": finding_json(one.finding),
    }


def _delivery_json(delivery: Delivery) -> dict[str, Any]:
    again = delivery.next_attempt_at
    return {
        "alert": delivery.alert_id,
        "notice": delivery.notice_id,
        "held": delivery.held,
        "route": delivery.route,
        "channel": delivery.channel,
        "recipient": delivery.recipient,
        "attempts": delivery.attempts,
        "next_attempt_at": utc_text(again) if again else None,
        "last_error": delivery.last_error,
    }


# --------------------------------------------------------------------------- for people


def _show(status: Status, policy: Policy, watched: set[str]) -> None:
    say(f"Last check   {_last_check(status.last_check)}", hang=13)
    say(f"Next check   {_next_check(status)}", hang=13)
    _show_rows("Hosts that asked for patience", [_host_row(one) for one in status.patience], if_any=True)
    _show_rows("Not readable", [row for one in status.not_readable for row in _unread_rows(*one)])
    _show_rows("Read, with a remark", [_remark_row(reading) for reading in status.remarks], if_any=True)
    pending = ((page_id, one, policy, page_id in watched) for page_id, one in status.pending)
    _show_rows("Waiting for confirmation", [row for one in pending for row in _pending_rows(*one)])
    _show_rows("Comes and goes", [_alternating_row(*one) for one in status.alternating], if_any=True)
    _show_rows("Held for a person", [_held_row(*one) for one in status.held], if_any=True)
    waiting = [_waiting_row(delivery) for delivery in status.waiting if not delivery.held]
    _show_rows("Waiting to be sent", waiting)
    _show_rows("Given up, not sent", [_parked_row(delivery) for delivery in status.parked])


def _last_check(check: checks.Check | None) -> str:
    if check is None:
        return "none yet"
    if check.ended_at is None:
        return f"{when(check.started_at)}, not finished: it is running, or it was stopped"
    counts = ", ".join(f"{count} {what.replace('_', ' ')}" for what, count in check.counts.items())
    return f"{when(check.started_at)}: {counts}"


def _next_check(status: Status) -> str:
    if not status.schedule:
        return "none: no page is watched; add one with `pledgewatch add URL`"
    if status.due:
        return f"now: {status.due} of {status.watched} pages are due"
    page_id, at = status.schedule[0]
    watched = "1 page is" if status.watched == 1 else f"{status.watched} pages are"
    return f"{when(at)} ({page_id}); {watched} watched"


def _host_row(host: Host) -> _Row:
    return host.origin, f"is not asked before {when(host.not_before)}: {host.why}"


def _unread_rows(reading: Reading, since: datetime) -> Iterator[_Row]:
    tried = f", last tried {when(reading.at)}" if since != reading.at else ""
    yield reading.page_id, f"{STATES[reading.access]}, since {when(since)}{tried}"
    yield from _more(*reading.evidence)


def _remark_row(reading: Reading) -> _Row:
    return reading.page_id, " ".join(reading.evidence)


def _pending_rows(page_id: str, one: Tracked, policy: Policy, watched: bool) -> Iterator[_Row]:
    finding, looks, need = one.finding, looks_to_come(one, policy), need_of(one, policy)
    seen = f"seen {one.readings} of {need.readings} times since {when(one.first_seen_at)}"
    then = f"next look {when(looks[0])}, believed from {when(looks[-1])} on if it stands until then"
    yield page_id, f"{finding.direction} {finding.kind}: {seen}"
    yield from _more(then if watched else "not on the watchlist any more, so nobody looks", *finding.reasons)


def _more(*lines: str) -> Iterator[_Row]:
    """What goes on below the last row."""
    return (("", line) for line in lines)


def _alternating_row(page_id: str, one: Tracked) -> _Row:
    said = one.finding.before_quote or one.finding.after_quote
    return page_id, f"{one.flips} times, last on {when(one.last_seen_at)}: “{said}”"


def _held_row(alert: Alert, hold: holds.Hold) -> _Row:
    release = f"Let it go out: pledgewatch alerts release {alert.id[:12]}"
    return alert.id[:12], f"{alert.headline} (held since {when(hold.held_at)}: {hold.why}) {release}"


def _waiting_row(delivery: Delivery) -> _Row:
    tried = f"{_tried(delivery)}, next {when(delivery.next_attempt_at)}"
    return _told(delivery), addressee(delivery), tried, delivery.last_error


def _parked_row(delivery: Delivery) -> _Row:
    return _told(delivery), addressee(delivery), _tried(delivery), delivery.last_error


def _told(delivery: Delivery) -> str:
    return (delivery.alert_id or delivery.notice_id)[:12]


def _tried(delivery: Delivery) -> str:
    return "1 attempt" if delivery.attempts == 1 else f"{delivery.attempts} attempts"


def addressee(delivery: Delivery) -> str:
    """By which route a delivery goes, and to whom where that is a person."""
    return f"{delivery.route} {delivery.recipient}".strip()


def _show_rows(title: str, rows: Sequence[_Row], *, if_any: bool = False) -> None:
    """Rows with an empty first cell belong to the row above them. if_any: no title without rows."""
    if if_any and not rows:
        return
    groups = _grouped(rows)
    say(f"\n{title}: {len(groups) or 'nothing'}")
    columns(list(chain.from_iterable(groups[:_SHOWN])), indent=2)
    if len(groups) > _SHOWN:
        say(f"  … and {len(groups) - _SHOWN} more (all of them with --json)")


def _grouped(rows: Sequence[_Row]) -> list[list[_Row]]:
    groups: list[list[_Row]] = []
    for row in rows:
        if row[0] or not groups:
            groups.append([])
        groups[-1].append(row)
    return groups
