"""pledgewatch status --json."""

from datetime import UTC, datetime, timedelta
from typing import Any

from app.outlook import Outlook, outlook
from app.owner import process_id
from app.status import Status
from monitor.confirm import Policy
from monitor.model import Alert, Delivery, Host, Reading, Tracked
from monitor.store import checks, holds, leases
from monitor.wire import finding_json, utc_text

SCHEMA = "pledgewatch.status/1"
_NEVER = datetime.min.replace(tzinfo=UTC)


def status_json(status: Status, policy: Policy) -> dict[str, Any]:
    """pledgewatch.status/1: times are RFC 3339 with Z, null where there is none."""
    asked = {page_id for page_id, _ in status.schedule}
    last, first = status.last_check, status.schedule[0] if status.schedule else None
    return {
        "schema": SCHEMA,
        "at": utc_text(status.at),
        "pages": {"watched": status.watched, "due": status.due},
        "paused": list(status.paused),
        "last_check": last and _check_json(last),
        "next_due": first and {"page": first[0], "at": utc_text(first[1])},
        "daemon": status.daemon and _daemon_json(status.daemon),
        "canary": status.canary,
        "patience": [_host_json(host) for host in status.patience],
        "not_readable": [_unread_json(reading, since) for reading, since in status.not_readable],
        "remarks": [_reading_json(reading) for reading in status.remarks],
        "pending": [
            _pending_json(page_id, one, outlook(one, policy), page_id in asked)
            for page_id, one in status.pending
        ],
        "alternating": [_alternating_json(page_id, one) for page_id, one in status.alternating],
        "held": [_held_json(alert, hold) for alert, hold in status.held],
        "waiting": [_delivery_json(delivery) for delivery in status.waiting],
        "parked": [_delivery_json(delivery) for delivery in status.parked],
    }


def _check_json(check: checks.Check) -> dict[str, Any]:
    return {
        "started_at": utc_text(check.started_at),
        "ended_at": utc_text(check.ended_at) if check.ended_at else None,
        "counts": dict(check.counts),
        "remark": check.remark,
    }


def _daemon_json(lease: leases.Lease) -> dict[str, Any]:
    return {"process": process_id(lease.owner), "since": utc_text(lease.since)}


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


def _pending_json(page_id: str, one: Tracked, what: Outlook, is_asked: bool) -> dict[str, Any]:
    return {
        "page": page_id,
        "first_seen_at": utc_text(one.first_seen_at),
        "last_seen_at": utc_text(one.last_seen_at),
        "readings": one.readings,
        "needs": {"readings": what.need.readings, "hours": what.need.span / timedelta(hours=1)},
        "next_look_at": utc_text(what.next_look) if is_asked else None,
        "looks_at": [utc_text(at) for at in what.looks] if is_asked else [],
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
        "digest": delivery.digest_id,
        "state": delivery.state,
    }
