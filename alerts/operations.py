"""What is told about the watch itself: an outage of ours, too many changes at once, a route that fails."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from alerts.failing import KIND as DELIVERY
from alerts.failing import QUIET, Failing, failing_notice, failing_routes
from alerts.routes import operational
from monitor.confirm import finding_key
from monitor.mass import AT_ONCE, Changed, Mass, held_notice, mass_of
from monitor.model import Alert, Delivery, Fetch, Notice, Page
from monitor.outage import KIND, is_news, outage_notice
from monitor.settings import Settings
from monitor.store import Connection, Store, findings, holds, notices
from monitor.store import alerts as stored


def tell_outage(
    conn: Connection,
    settings: Settings,
    why: str,
    fetches: Sequence[Fetch],
    started_at: datetime,
    now: datetime,
) -> bool:
    """Raise the notice of a degraded check; False where the outage was told within the last day.

    why: as monitor.outage.degraded said it; started_at: of the check; times are aware UTC.
    """
    if not is_news(notices.newest(conn, KIND, now), now):
        return False
    notice = outage_notice(why, fetches, started_at, now)
    return notices.add(conn, notice, operational(notice, settings))


def hold_mass_changes(
    store: Store, settings: Settings, watched: Sequence[Page], now: datetime
) -> tuple[Alert, ...]:
    """Hold what is part of a mass change and was not sent yet; one notice a mass; returns what is newly held.

    Call it before anything is sent. It decides from the store alone, in one transaction: a kill at any point
    loses nothing. What a person released is not held again. `now` is aware UTC. Raises StoreError.
    """
    with store.begin() as conn:
        new = [(alert, _seen_at(conn, alert)) for alert in holds.unjudged(conn)]
        changed = _changed(conn, watched, [at for _, seen_at in new for at in seen_at])
        masses: dict[str, tuple[Mass, list[Alert]]] = {}
        for alert, seen_at in new:
            mass = mass_of(alert, seen_at, changed, _counted(watched), settings.mass_change)
            if mass:
                holds.hold(conn, holds.Hold(alert.id, now, mass.why))
                masses.setdefault(mass.organization_id, (mass, []))[1].append(alert)
        for mass, held in masses.values():
            notice = held_notice(mass, held, now)
            notices.add(conn, notice, operational(notice, settings))
    return tuple(alert for _, held in masses.values() for alert in held)


def tell_failing_routes(store: Store, settings: Settings, now: datetime) -> tuple[Notice, ...]:
    """Raise a notice for each route by which nothing gets through; returns what was told.

    It goes to routes with operations = true by another channel; where there is none, nobody is told. Each
    route is told of at most once a day, and of what was given up once: that stays in `status`. Call it after
    anything was sent; what it raises goes out with what is sent next. `now` is aware UTC. Raises StoreError.
    """
    with store.begin() as conn:
        waiting, parked = (_not_of_failures(conn, some(conn)) for some in (stored.waiting, stored.parked))
        newest = notices.since(conn, DELIVERY, now - QUIET)
        told = {one.about for one in newest if now - QUIET < one.raised_at <= now}
        raised = [
            _tell_failing(conn, one, settings, now)
            for one in failing_routes(waiting, parked, settings)
            if one.route not in told
        ]
    return tuple(notice for notice in raised if notice)


def _tell_failing(conn: Connection, failing: Failing, settings: Settings, now: datetime) -> Notice | None:
    """The notice, where it is news and anybody can be told of it elsewhere."""
    since = min(_raised_at(conn, one) for one in (*failing.tried, *failing.parked))
    notice = failing_notice(failing, settings, since, now)
    addressed = operational(notice, settings, failing.channels)
    return notice if addressed and notices.add(conn, notice, addressed) else None


def _not_of_failures(conn: Connection, some: Iterable[Delivery]) -> list[Delivery]:
    """Without the notices of failing routes: that one of them fails is not told by another."""
    return [one for one in some if not one.notice_id or notices.get(conn, one.notice_id).kind != DELIVERY]


def _raised_at(conn: Connection, delivery: Delivery) -> datetime:
    if delivery.notice_id:
        return notices.get(conn, delivery.notice_id).raised_at
    return stored.get(conn, delivery.alert_id).raised_at


def _changed(conn: Connection, watched: Sequence[Page], seen_at: Sequence[datetime]) -> list[Changed]:
    """Each watched page with a material finding that was first seen about then, once for each moment."""
    owners = {page.id: page.organization_id for page in watched}
    since = findings.seen_since(conn, min(seen_at) - AT_ONCE) if seen_at else []
    moments = {(page_id, one.first_seen_at) for page_id, one in since if one.finding.is_material}
    return [Changed(page_id, owners[page_id], at) for page_id, at in sorted(moments) if page_id in owners]


def _seen_at(conn: Connection, alert: Alert) -> set[datetime]:
    """When the alert's findings were first seen."""
    keys = {finding_key(finding) for finding in alert.findings}
    followed = findings.tracked(conn, alert.page["id"])
    return {one.first_seen_at for one in followed if one.key in keys} or {alert.after.fetched_at}


def _counted(watched: Sequence[Page]) -> Mapping[str, int]:
    """Organization id → how many of its pages are watched."""
    counts: dict[str, int] = {}
    for page in watched:
        counts[page.organization_id] = counts.get(page.organization_id, 0) + 1
    return counts
