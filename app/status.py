"""pledgewatch status: what was done last, what comes next, and what waits or could not be read."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from alerts.render import when
from app.home import Home
from app.screen import columns, say
from monitor.confirm import Policy, need_of, next_look
from monitor.model import Delivery, Page, Reading, Tracked
from monitor.store import Store, alerts, checks, findings, pages, readings
from monitor.wire import finding_json, utc_text

SCHEMA = "pledgewatch.status/1"
_SHOWN = 20  #: rows of one kind; the rest is counted


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a watch at one moment (UTC)."""

    at: datetime
    watched: int
    last_check: checks.Check | None
    schedule: tuple[tuple[str, datetime], ...]  #: page id and when it is due, soonest first
    not_readable: tuple[Reading, ...]
    pending: tuple[tuple[str, Tracked], ...]
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
        schedule = [(page.id, known.get(page.id, now)) for page in watched]
        latest = [newest[page.id] for page in watched if page.id in newest]
        return Status(
            at=now,
            watched=len(watched),
            last_check=checks.last(conn),
            schedule=tuple(sorted(schedule, key=lambda row: row[1])),
            not_readable=tuple(reading for reading in latest if not reading.access.is_reading),
            pending=tuple(findings.all_pending(conn)),
            waiting=tuple(alerts.waiting(conn)),
            parked=tuple(alerts.parked(conn)),
        )


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
        "not_readable": [_reading_json(reading) for reading in status.not_readable],
        "pending": [_pending_json(page_id, one, policy) for page_id, one in status.pending],
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


def _pending_json(page_id: str, one: Tracked, policy: Policy) -> dict[str, Any]:
    need = need_of(one, policy)
    return {
        "page": page_id,
        "first_seen_at": utc_text(one.first_seen_at),
        "last_seen_at": utc_text(one.last_seen_at),
        "readings": one.readings,
        "needs": {"readings": need.readings, "hours": need.span / timedelta(hours=1)},
        "next_look_at": utc_text(next_look(one, policy)),
        "finding": finding_json(one.finding),
    }


def _delivery_json(delivery: Delivery) -> dict[str, Any]:
    again = delivery.next_attempt_at
    return {
        "alert": delivery.alert_id,
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
    _show_rows("Not readable", [_unread_row(reading) for reading in status.not_readable])
    rows = [_pending_row(page_id, one, policy, page_id in watched) for page_id, one in status.pending]
    _show_rows("Waiting for confirmation", rows)
    _show_rows("Waiting to be sent", [_waiting_row(delivery) for delivery in status.waiting])
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
    return f"{when(at)} ({page_id}); {status.watched} pages are watched"


def _unread_row(reading: Reading) -> tuple[str, ...]:
    return reading.page_id, str(reading.access), when(reading.at), " ".join(reading.evidence)


def _pending_row(page_id: str, one: Tracked, policy: Policy, watched: bool) -> tuple[str, ...]:
    need, finding = need_of(one, policy), one.finding
    hours = need.span / timedelta(hours=1)
    seen = f"seen {one.readings} of {need.readings} times, over at least {hours:g} h"
    look = f"next look {when(next_look(one, policy))}" if watched else "not on the watchlist"
    return page_id, f"{finding.direction} {finding.kind}", seen, look, " ".join(finding.reasons)


def _waiting_row(delivery: Delivery) -> tuple[str, ...]:
    tried = f"{_tried(delivery)}, next {when(delivery.next_attempt_at)}"
    return delivery.alert_id[:12], addressee(delivery), tried, delivery.last_error


def _parked_row(delivery: Delivery) -> tuple[str, ...]:
    return delivery.alert_id[:12], addressee(delivery), _tried(delivery), delivery.last_error


def _tried(delivery: Delivery) -> str:
    return "1 attempt" if delivery.attempts == 1 else f"{delivery.attempts} attempts"


def addressee(delivery: Delivery) -> str:
    """By which route a delivery goes, and to whom where that is a person."""
    return f"{delivery.route} {delivery.recipient}".strip()


def _show_rows(title: str, rows: Sequence[tuple[str, ...]]) -> None:
    say(f"\n{title}: {len(rows) or 'nothing'}")
    columns(rows[:_SHOWN], indent=2)
    if len(rows) > _SHOWN:
        say(f"  … and {len(rows) - _SHOWN} more (all of them with --json)")
