"""What a digest says besides the changes: what was looked at and what was not, what ends, what waits.

All of it only of the pages that its route watches, so that silence about these is provable.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.ahead import ends, known_days
from alerts.entries import address, besides, count, is_for_review, section
from alerts.reader import Reader
from alerts.routes import Watched, matches, pages_of
from monitor.model import Access, Alert, Item, Section
from monitor.settings import Route, Settings
from monitor.store import Connection, findings, holds, readings, reviews
from monitor.watchlist import Watchlist
from monitor.words import STATES

PAGES_AT_MOST = 40  #: pages that were not read and that are named; the rest is counted
REVIEWS_AT_MOST = 20  #: alerts that wait for a person and that are named

_LEFT_OUT = "not asked for by this route, muted, or judged wrong."
_UNKNOWN = "Of these pages we know nothing since then: that nothing was told of them says nothing."


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a digest says besides the changes. quiet: its headline where there are none."""

    quiet: str
    sections: tuple[Section, ...]
    lines: tuple[str, ...]


def coverage(
    conn: Connection,
    settings: Settings,
    route: Route,
    watched: Watchlist,
    raised: Sequence[Alert],
    told: Collection[str],
    since: datetime,
    now: datetime,
) -> Coverage:
    """What the store says of the time from `since` to `now` (UTC).

    raised: the newest alerts, newest first; told: the ids of alerts in this digest.
    """
    theirs = pages_of(route, watched)
    ids = {page.id for _, page in theirs}
    untold = [one for one in raised if one.page["id"] in ids and one.id not in told]
    looks = _looks(conn, theirs, since, now)
    more = tuple(_not_told(conn, ids, untold, since, now))
    sections = (
        *not_read(conn, theirs, Reader(route.zone)),
        *ends(conn, route, theirs, since.date(), now.date()),
        *known_days(route, watched, now.date()),
        *_for_review(conn, settings, route, theirs, untold),
    )
    lines = (_said(looks, Reader(route.zone).when(since)), *more, *besides(sections))
    return Coverage(_quiet(looks, is_all=not more), sections, lines)


# --------------------------------------------------------------------------- what was looked at


@dataclass(frozen=True, slots=True)
class _Looks:
    """Pages: read since then, not read when we looked last (or never), not looked at since; and readings."""

    read: int
    unread: int
    rest: int
    good: int
    unchanged: int
    bad: int


def _looks(conn: Connection, theirs: Watched, since: datetime, now: datetime) -> _Looks:
    ids = {page.id for _, page in theirs}
    counted = {key: number for key, number in readings.counted(conn, since, now).items() if key[0] in ids}
    good = {page_id for page_id, access in counted if access.is_reading}
    unread = ids - _readable(conn)
    return _Looks(
        read=len(good - unread),
        unread=len(unread),
        rest=len(ids - good - unread),
        good=sum(number for (_, access), number in counted.items() if access.is_reading),
        unchanged=sum(number for (_, access), number in counted.items() if access is Access.UNCHANGED),
        bad=sum(number for (_, access), number in counted.items() if not access.is_reading),
    )


def _readable(conn: Connection) -> set[str]:
    """The ids of the pages that were read when we looked last."""
    return {page_id for page_id, reading in readings.latest(conn).items() if reading.access.is_reading}


def _quiet(looks: _Looks, *, is_all: bool) -> str:
    if not looks.read:
        return f"No page was read: {looks.unread} could not be, {looks.rest} were not looked at"
    nothing = "No statement changed in substance" if is_all else "There is no change to tell"
    unread = f"{looks.unread} not read" if looks.unread else "none failed when we looked last"
    return f"{nothing} on {count(looks.read, 'page')}; {unread}"


def _said(looks: _Looks, since: str) -> str:
    rest = f" {count(looks.rest, 'page')} not looked at since then." if looks.rest else ""
    return (
        f"Since {since}: {count(looks.read, 'page')} read, {looks.unread} not. There were "
        f"{count(looks.good, 'good reading')} ({looks.unchanged} unchanged) and "
        f"{count(looks.bad, 'failed one')}.{rest}"
    )


def not_read(conn: Connection, theirs: Watched, reader: Reader) -> Iterator[Section]:
    """The pages that could not be read when we looked last, the longest unread first, or that never were."""
    since, latest = readings.unread_since(conn), readings.latest(conn)
    failed = [one for one in theirs if one[1].id in since and one[1].id in latest]
    failed.sort(key=lambda one: (since[one[1].id], one[1].id))
    never = [one for one in theirs if one[1].id not in latest and not one[1].paused]
    whys = [
        *(f"{STATES[latest[page.id].access]}, since {reader.when(since[page.id])}" for _, page in failed),
        *("never looked at yet" for _ in never),
    ]
    items = [
        Item(f"{organization.name}, {page.id}: {why}", url=page.url)
        for (organization, page), why in zip([*failed, *never], whys, strict=True)
    ]
    if items:
        yield section("Not read", items, PAGES_AT_MOST, "page", _UNKNOWN)


# --------------------------------------------------------------------------- what is not told here


def _not_told(
    conn: Connection, page_ids: Collection[str], untold: Sequence[Alert], since: datetime, now: datetime
) -> Iterator[str]:
    """What changed on these pages, or may have, and is not in this digest: one line each."""
    held = holds.held(conn)
    if waits := sum(one.id in held for one in untold):
        yield f"{count(waits, 'alert')} held until a person has looked."
    pending = {page_id for page_id, one in findings.all_pending(conn) if one.finding.is_material}
    if seen := len(pending.intersection(page_ids)):
        yield f"{count(seen, 'page')} with a change that is not confirmed yet: it is told once it is."
    others = [one for one in untold if since < one.raised_at <= now and one.after.confirmed_at]
    if left_out := sum(one.id not in held for one in others):
        yield f"{count(left_out, 'other alert')} on these pages: {_LEFT_OUT}"


# --------------------------------------------------------------------------- what waits for a person


def _for_review(
    conn: Connection, settings: Settings, route: Route, theirs: Watched, untold: Sequence[Alert]
) -> Iterator[Section]:
    """Those that ask for a person's judgement and have none, newest first, of whatever tier."""
    places = {page.id: (organization, page) for organization, page in theirs}
    left_out = {*holds.held(conn), *reviews.newest(conn)}
    any_tier = replace(route, tiers=())
    waiting = [
        alert
        for alert in untold
        if alert.id not in left_out and is_for_review(alert)
        if (route.unconfirmed or alert.after.confirmed_at)
        if matches(any_tier, alert, *places[alert.page["id"]])
    ]
    items = [
        Item(one.headline, one.direction, ("for review",), address(one, settings.desk.url), one.id)
        for one in waiting
    ]
    if items:
        yield section("Waiting for review", items, REVIEWS_AT_MOST, "alert")
