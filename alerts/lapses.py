"""What is told of commitments whose own words end them: 180, 90, 30 and 7 days before, and the day after.

Only of those that protect people: the end of a permission is no promise that lapses.

A day is told once: the page's row says from which day on nothing was told yet, and it is written with the
alerts. The same day of the same words on the same bytes has the same alert id besides. Where several days
have passed since the last look, only the newest is told.

The caller does not call while the clock is in doubt. A clock that ran ahead unnoticed tells early, and by ids
that the true day then finds told. Once it is right again, the days that it skipped are found anew from the
statements, which hold the days of their ends: no later warning is lost.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from alerts.render import when
from monitor.alive import CANARY
from monitor.announce import alert_of
from monitor.asks import Ask
from monitor.model import (
    LAPSED,
    LAPSING,
    Alert,
    Direction,
    Finding,
    FindingKind,
    Organization,
    Page,
    Side,
    Sighting,
    Standing,
    Tier,
    Tracked,
)
from monitor.standing import DAY_AFTER, is_protection, next_day, stages
from monitor.store import Connection, alerts, fetches, findings, standing
from monitor.store.alerts import NewDelivery
from monitor.store.findings import Baseline
from monitor.store.standing import OnPage
from monitor.threads import earlier_of, thread_of
from monitor.until import Until, until
from monitor.watchlist import Watchlist

LONG_AGO = timedelta(days=7)  #: a page that was read so long ago may say something else by now
UNCHANGED = "The words on the page have not changed: last seen {at}."
STOOD = "The words stood on the page when it was last read: {at}."
ELSEWHERE = "Whether it was extended, or ended, anywhere else."
NOT_READ = "What the page says since {at}, when it was last read."

OVER = "by its own words that time is over"

_DAY = timedelta(days=1)
Address = Callable[[Alert, Organization, Page], Sequence[NewDelivery]]
_Due = tuple[int, Standing]  #: how many days before the end the day is that is told


def tell_lapses(
    conn: Connection, address: Address, watched: Watchlist, asks: Sequence[Ask], now: datetime
) -> tuple[Alert, ...]:
    """Raise what is due now (aware UTC), one alert for each page and day, with its deliveries.

    conn: a write transaction. A kill before its end leaves all of it for the next time. address: who gets an
    alert of this page.
    """
    told: list[Alert] = []
    for row, organization, page, baseline in list(_pages(conn, watched, now)):
        raised = list(_alerts(conn, organization, page, row, baseline, asks, now))
        told += [one for one in raised if alerts.add(conn, one, address(one, organization, page))]
        _go_on(conn, row, now)
    return tuple(told)


def due_lapses(conn: Connection, watched: Watchlist, now: datetime) -> bool:
    """Whether tell_lapses has something to look at: light, to be asked at every tick. now: aware UTC."""
    return any(row.next_day and row.next_day <= _day(now) for row, *_ in _pages(conn, watched, now))


def _pages(
    conn: Connection, watched: Watchlist, now: datetime
) -> Iterator[tuple[OnPage, Organization, Page, Baseline]]:
    """The pages of which something is due; not those that are gone, or say other words than we believe."""
    pages = {page.id: (whose, page) for whose in watched.organizations for page in whose.pages}
    rows = _rows(conn, now)
    gone = findings.gone_now(conn, {row.page_id for row in rows})
    for row in (one for one in rows if one.page_id not in gone):
        organization, page = pages.get(row.page_id, (None, None))
        baseline = findings.baseline(conn, row.page_id)
        is_believed = baseline is not None and baseline.text_sha256 == row.text_sha256
        if organization and page and baseline and is_believed and organization.kind != CANARY:
            yield row, organization, page, baseline


def _rows(conn: Connection, now: datetime) -> list[OnPage]:
    """The pages of which something is due; all of them after a clock that ran ahead: it moved their days."""
    ran_ahead = any(one.raised_at > now + _DAY for one in alerts.all(conn, 1))
    return standing.all(conn) if ran_ahead else standing.due(conn, _day(now))


def _go_on(conn: Connection, row: OnPage, now: datetime) -> None:
    """From now on the page waits for its next day."""
    day = next_day(_seen_by(row.statements, now), _day(now) + _DAY)
    if day != row.next_day:
        standing.keep(conn, replace(row, next_day=day))


def _alerts(
    conn: Connection,
    organization: Organization,
    page: Page,
    row: OnPage,
    baseline: Baseline,
    asks: Sequence[Ask],
    now: datetime,
) -> Iterator[Alert]:
    fetch = fetches.get(conn, baseline.fetch_id)
    side = Side(
        fetch.ended_at, fetch.body_sha256, fetch.final_url or fetch.requested_url, baseline.last_seen_at
    )
    for _, due in groupby(sorted(_due(row, now), key=lambda one: one[0]), key=lambda one: one[0]):
        tracked = [_tracked(one, days, baseline, now) for days, one in due]
        known = alerts.of_page(conn, page.id)
        follows = earlier_of([one.finding for one in tracked], known)
        yield alert_of(
            organization,
            page,
            tracked,
            side,
            replace(side, confirmed_at=now),
            now,
            _not_checked(baseline, now),
            asks=asks,
            follows=follows,
            thread=thread_of(follows, known),
        )


def _due(row: OnPage, now: datetime) -> Iterator[_Due]:
    """Each statement of which something is to be told today or was to be, with the newest such day."""
    today = _day(now)
    for one in filter(is_protection, _seen_by(row.statements, now)):
        come = [days for day, days in stages(one) if row.next_day and row.next_day <= day <= today]
        if come:
            yield come[-1], one


def _seen_by(statements: Iterable[Standing], now: datetime) -> list[Standing]:
    """Nothing was first seen later than now, whatever a clock that ran ahead wrote."""
    return [replace(one, since=min(one.since, now)) for one in statements]


def _tracked(one: Standing, days: int, baseline: Baseline, now: datetime) -> Tracked:
    stage = LAPSED if days == DAY_AFTER else f"{LAPSING}-{days}"
    return Tracked(
        key=f"{one.key} {stage} {_end(one).day}",
        finding=_finding(one, days, baseline, now),
        before_fetch_id=baseline.fetch_id,
        after_fetch_id=baseline.fetch_id,
        first_seen_at=one.since,
        last_seen_at=baseline.last_seen_at,
        readings=1,
        state=Sighting.CONFIRMED,
        confirmed_at=now,
    )


def _finding(one: Standing, days: int, baseline: Baseline, now: datetime) -> Finding:
    has_lapsed = days == DAY_AFTER
    return Finding(
        kind=FindingKind.TERM,
        direction=Direction.WEAKER if has_lapsed else Direction.NEUTRAL,
        tier=Tier.REVIEW if _end(one).is_counted else Tier.ALERT,
        confidence="medium",
        rule=LAPSED if has_lapsed else LAPSING,
        reasons=(_said(one, _day(now)), _stood(baseline, now)),
        before_quote=one.quote,
        after_quote=one.quote,
        context=one.context,
        stance=one.stance,
        bearer=one.bearer,
        actions=one.actions,
        technologies=one.technologies,
        parties=one.parties,
    )


def _said(one: Standing, today: date) -> str:
    """What its own words say of its end, and how far that is."""
    end = _end(one)
    if end.is_counted:
        return f"It names a time ({one.lasts} days), and we first saw it on {_long(_day(one.since))}: {OVER}."
    left = (end.day - today).days
    if left < 0:
        return f"By its own words it held until {_long(end.day)}."
    return f"By its own words it holds until {_long(end.day)}: {_distance(left)}."


def _distance(days: int) -> str:
    return {0: "today", 1: "1 day from now"}.get(days, f"{days} days from now")


def _stood(baseline: Baseline, now: datetime) -> str:
    at = baseline.last_seen_at
    return (STOOD if now - at > LONG_AGO else UNCHANGED).format(at=when(at))


def _not_checked(baseline: Baseline, now: datetime) -> tuple[str, ...]:
    at = baseline.last_seen_at
    return (ELSEWHERE, NOT_READ.format(at=when(at))) if now - at > LONG_AGO else (ELSEWHERE,)


def _long(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _end(one: Standing) -> Until:
    end = until(one, one.since)
    assert end is not None  # only such a one is due
    return end


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()
