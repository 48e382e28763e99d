"""What routes with operations = true hear unasked: the watch is alive, or its canary is silent."""

from datetime import datetime

from alerts.routes import operational
from monitor.alive import (
    CANARY,
    CANARY_TOLD_EVERY,
    KIND,
    Facts,
    alive_notice,
    canary_notice,
    canary_overdue,
    canary_pages,
    is_time,
)
from monitor.model import Notice
from monitor.settings import Settings
from monitor.store import Connection, chain, figures, notices, readings
from monitor.store.alerts import PARKED
from monitor.watchlist import Watchlist


def tell_alive(conn: Connection, settings: Settings, watched: Watchlist, now: datetime) -> bool:
    """Raise what is due now (aware UTC): the alive message, the notice of a silent canary. True if any was.

    conn: a write transaction. A kill before its end leaves both for the next time.
    """
    silent = why_silent(conn, watched, now)
    newest = notices.newest(conn, KIND, now)
    first = figures.first_check_at(conn)
    told = False
    if is_time(newest, first, settings.daemon.alive_days, now):
        since = newest.raised_at if newest else first or now
        told = _tell(conn, settings, alive_notice(facts_of(conn, watched, since, silent), now))
    if silent and not _told_lately(conn, now):
        told = _tell(conn, settings, canary_notice(silent, now)) or told
    return told


def why_silent(conn: Connection, watched: Watchlist, now: datetime) -> str:
    """See monitor.alive.canary_overdue; "" where no canary is declared."""
    ids = [page.id for page in canary_pages(watched)]
    return canary_overdue(figures.told_at(conn, ids), figures.first_fetch_at(conn, ids), now)


def facts_of(conn: Connection, watched: Watchlist, since: datetime, silent: str) -> Facts:
    """What the store says. since: from when on things are counted (UTC); silent: of the canary."""
    checks = figures.checks_since(conn, since)
    unread_since, latest = readings.unread_since(conn), readings.latest(conn)
    deliveries = figures.deliveries_by_state(conn)
    waiting, waiting_since = figures.waiting(conn)
    head = chain.head(conn)
    return Facts(
        since=since,
        checks=sum(one.ended_at is not None for one in checks),
        cut_short=sum(one.ended_at is None for one in checks),
        doubted=sum(bool(one.remark) for one in checks),
        read=sum(one.counts.get("read", 0) for one in checks),
        not_read=sum(one.counts.get("not_readable", 0) for one in checks),
        alerts=figures.alerts_raised(conn, since),
        watched=len(watched.pages),
        never=sum(page.id not in latest for page in watched.asked),
        unread=tuple((latest[page_id], at) for page_id, at in unread_since.items() if page_id in latest),
        waiting=waiting,
        waiting_since=waiting_since,
        parked=deliveries.get(PARKED, 0),
        held=figures.held(conn),
        canary=silent,
        links=head.id if head else 0,
        head=head.sha256 if head else "",
    )


def _tell(conn: Connection, settings: Settings, notice: Notice) -> bool:
    return notices.add(conn, notice, operational(notice, settings))


def _told_lately(conn: Connection, now: datetime) -> bool:
    newest = notices.newest(conn, CANARY, now)
    return newest is not None and now - newest.raised_at < CANARY_TOLD_EVERY
