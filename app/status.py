"""pledgewatch status: what was done last, what comes next, and what waits or could not be read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from alerts.render import when
from app.outlook import outlook
from app.owner import is_alive, process_id
from app.screen import columns, say
from monitor.confirm import Policy
from monitor.model import Alert, Delivery, Host, Page, Reading, Tracked
from monitor.store import (
    Connection,
    Store,
    alerts,
    checks,
    findings,
    holds,
    hosts,
    leases,
    paged,
    pages,
    readings,
)
from monitor.store.alerts import GATHERED
from monitor.words import STATES
from spiders.memory import origin_of, wait

_SHOWN = 20  #: rows of one kind; the rest is counted
_Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a watch at one moment (UTC)."""

    at: datetime
    watched: int  #: without those that are paused
    last_check: checks.Check | None
    daemon: leases.Lease | None  #: the daemon that watches, as far as anybody here can tell
    schedule: tuple[tuple[str, datetime], ...]  #: page id and when it is due, soonest first
    patience: tuple[Host, ...]  #: hosts that are not asked before a time
    not_readable: tuple[tuple[Reading, datetime], ...]  #: the last look, and since when it is so
    remarks: tuple[Reading, ...]  #: of pages that were read: they moved, or stood long enough
    pending: tuple[tuple[str, Tracked], ...]
    alternating: tuple[tuple[str, Tracked], ...]
    held: tuple[tuple[Alert, holds.Hold], ...]
    waiting: tuple[Delivery, ...]
    parked: tuple[Delivery, ...]  #: given up: they are not tried again
    canary: str = ""  #: why it counts as silent
    paused: tuple[str, ...] = ()  #: ids of pages that nobody asks for

    @property
    def due(self) -> int:
        """How many pages are due now."""
        return sum(at <= self.at for _, at in self.schedule)


def status_of(store: Store, watched: Sequence[Page], now: datetime) -> Status:
    """What the store knows about these pages; a page that was never scheduled is due now.

    A paused page is only named: it is neither due nor unread.
    """
    paused = tuple(page.id for page in watched if page.paused)
    watched = [page for page in watched if not page.paused]
    with store.read() as conn:
        known = dict(pages.schedule(conn))
        newest = readings.notable(conn)
        patience = {host.origin: host for host in hosts.all(conn) if wait(host.not_before, now)}
        schedule = [(page.id, _due(page, known.get(page.id, now), patience)) for page in watched]
        latest = [newest[page.id] for page in watched if page.id in newest]
        since = readings.unread_since(conn, [one.page_id for one in latest if not one.access.is_reading])
        return Status(
            at=now,
            watched=len(watched),
            last_check=checks.last(conn),
            daemon=_daemon(conn, now),
            schedule=tuple(sorted(schedule, key=lambda row: row[1])),
            patience=tuple(patience.values()),
            not_readable=tuple(
                (reading, since[reading.page_id]) for reading in latest if not reading.access.is_reading
            ),
            remarks=tuple(one for one in latest if one.access.is_reading and one.evidence),
            pending=tuple(findings.all_pending(conn)),
            alternating=tuple(findings.all_alternating(conn)),
            held=_held(conn),
            waiting=tuple(alerts.waiting(conn)),
            parked=tuple(alerts.parked(conn)),
            paused=paused,
        )


def _held(conn: Connection) -> tuple[tuple[Alert, holds.Hold], ...]:
    held = holds.held(conn)
    known = paged.those(conn, list(held))
    return tuple((known[id], hold) for id, hold in held.items())


def _daemon(conn: Connection, now: datetime) -> leases.Lease | None:
    held = (one for one in leases.all(conn) if one.name == leases.DAEMON)
    return next((one for one in held if leases.is_held(one, now, is_alive)), None)


def _due(page: Page, at: datetime, patience: Mapping[str, Host]) -> datetime:
    host = patience.get(origin_of(page.url)) if patience else None
    return max(at, host.not_before) if host and host.not_before else at


# --------------------------------------------------------------------------- for people


def show(status: Status, policy: Policy, watched: set[str]) -> None:
    say(f"Last check   {_last_check(status.last_check)}", hang=13)
    say(f"Next check   {_next_check(status)}", hang=13)
    say(f"Daemon       {_daemon_told(status.daemon)}", hang=13)
    if status.canary:
        say(f"Canary       {status.canary}", hang=13)
    _show_rows("Hosts that asked for patience", [_host_row(one) for one in status.patience], if_any=True)
    _show_rows("Not readable", [row for one in status.not_readable for row in _unread_rows(*one)])
    _show_rows("Paused, not asked for", [(page_id,) for page_id in status.paused], if_any=True)
    _show_rows("Read, with a remark", [_remark_row(reading) for reading in status.remarks], if_any=True)
    pending = ((page_id, one, policy, _unlooked(page_id, status, watched)) for page_id, one in status.pending)
    _show_rows("Waiting for confirmation", [row for one in pending for row in _pending_rows(*one)])
    _show_rows("Comes and goes", [_alternating_row(*one) for one in status.alternating], if_any=True)
    _show_rows("Held for a person", [_held_row(*one) for one in status.held], if_any=True)
    waiting = [_waiting_row(delivery) for delivery in status.waiting if not delivery.held]
    _show_rows("Waiting to be sent", waiting)
    _show_rows("Given up, not sent", [_parked_row(delivery) for delivery in status.parked])
    if status.parked:
        say("  Put them back and try them at once: pledgewatch alerts send --parked")


def _last_check(check: checks.Check | None) -> str:
    if check is None:
        return "none yet"
    if check.ended_at is None:
        return f"{when(check.started_at)}, not finished: it is running, or it was stopped"
    counts = ", ".join(f"{count} {what.replace('_', ' ')}" for what, count in check.counts.items())
    remark = f". {check.remark}" if check.remark else ""
    return f"{when(check.started_at)}: {counts}{remark}"


def _daemon_told(lease: leases.Lease | None) -> str:
    if lease is None:
        return "none runs: `pledgewatch run` starts one"
    return f"process {process_id(lease.owner)} watches since {when(lease.since)}"


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


def _unlooked(page_id: str, status: Status, watched: set[str]) -> str:
    """Why nobody looks at this page; "" for one that is looked at."""
    if page_id in status.paused:
        return "paused, so nobody looks"
    return "" if page_id in watched else "not on the watchlist any more, so nobody looks"


def _pending_rows(page_id: str, one: Tracked, policy: Policy, unlooked: str) -> Iterator[_Row]:
    finding, ahead = one.finding, outlook(one, policy)
    seen = f"seen {one.readings} of {ahead.need.readings} times since {when(one.first_seen_at)}"
    believed = f"believed from {when(ahead.believed_from)} on if it stands until then"
    then = f"next look {when(ahead.next_look)}, {believed}"
    yield page_id, f"{finding.direction} {finding.kind}: {seen}"
    yield from _more(unlooked or then, *finding.reasons)


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
    if elsewhere := goes_with(delivery):
        return _told(delivery), addressee(delivery), elsewhere, ""
    tried = f"{_tried(delivery)}, next {when(delivery.next_attempt_at)}"
    return _told(delivery), addressee(delivery), tried, delivery.last_error


def _parked_row(delivery: Delivery) -> _Row:
    tried = goes_with(delivery) or _tried(delivery)
    return _told(delivery), addressee(delivery), tried, delivery.last_error


def goes_with(delivery: Delivery) -> str:
    """What it is told with, as part of a sentence; "" where it goes by itself."""
    if delivery.digest_id:
        return f"in digest {delivery.digest_id[:12]}"
    if delivery.carried_by:
        return "told with the same change on a sister page"
    return "for the next digest" if delivery.state == GATHERED else ""


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
