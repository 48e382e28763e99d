"""Today: what changed, what waits, what could not be read, what ends, and whether the watch is well."""

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from starlette.responses import Response

from alerts.alive import why_silent
from app.desk.door import READER, Door
from app.desk.paging import cut, number
from app.desk.rendering import page
from app.desk.texts import texts
from app.desk.visit import Visit
from app.marks import marks_of, set_aside
from app.outlook import Ahead, Outlook, ahead_of, outlook
from monitor.alive import canary_pages
from monitor.errors import ConfigError
from monitor.model import Organization, Page, Reading, Standing, Tracked
from monitor.mutes import Mute
from monitor.standing import DAYS_BEFORE, is_protection
from monitor.store import Connection, checks, figures, findings, pages, raised, readings, standing
from monitor.store.alerts import PARKED
from monitor.watchlist import Watchlist

SPANS = (1, 7, 14, 30, 90, 365)  #: days that can be chosen
SPAN = 14
CHANGES, PENDING, ALTERNATING, UNREADABLE, ENDING = 25, 12, 10, 20, 10  #: at most so many are shown
SILENCE = timedelta(hours=26)  #: without a check for so long something is wrong


_Watched = Mapping[str, tuple[Organization, Page]]  #: page id → whose it is; without those that are paused


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change that is not believed yet. ahead: None where nobody looks at its page."""

    page_id: str
    name: str  #: of the organization
    one: Tracked
    outlook: Outlook
    ahead: Ahead | None


@dataclass(frozen=True, slots=True)
class Unread:
    """A page that could not be read when we looked last."""

    page_id: str
    name: str
    reading: Reading
    since: datetime


@dataclass(frozen=True, slots=True)
class Ending:
    """A commitment that ends soon by its own words."""

    organization_id: str
    name: str
    page_id: str
    one: Standing
    days: int


@dataclass(frozen=True, slots=True)
class _Config:
    """What is watched, as far as it can be followed. problem: one sentence where it cannot."""

    watchlist: Watchlist = field(default_factory=Watchlist)
    mutes: tuple[Mute, ...] = ()
    problem: str = ""


def show(visit: Visit) -> Response:
    """The first view."""
    config = _config(visit)
    with visit.store.read() as conn:
        return page(visit, "today.html", _values(conn, visit, config))


def _values(conn: Connection, visit: Visit, config: _Config) -> Mapping[str, object]:
    days, part, watched = span(visit), number(visit), _watched(config.watchlist)
    since = visit.now - timedelta(days=days)
    ours = {one.id for one in canary_pages(config.watchlist)}
    rows = raised.newest(conn, since, CHANGES + 1, (part - 1) * CHANGES, ours)
    changes, has_more = cut(rows, CHANGES)
    unread = _unread(conn, watched)
    aside = [direction for page_id, direction in set_aside(conn, since) if page_id not in ours]
    ending = _ending(conn, watched, {one.page_id for one in unread}, visit.now.date())
    last, ahead = checks.last_ended(conn, visit.now), pages.ahead(conn, visit.now)
    return {
        "spans": SPANS,
        "days": days,
        "part": part,
        "counted": raised.directions(conn, since, ours) - Counter(aside),
        "aside": len(aside),
        "first": raised.FIRST,
        "changes": changes,
        "has_more": has_more,
        "marks": marks_of(conn, changes, config.mutes),
        "waiting": _waiting(conn, visit, config, watched),
        "pending": figures.pending(conn),
        "alternating": findings.newest_alternating(conn, ALTERNATING),
        "unread": unread[:UNREADABLE],
        "unreadable": len(unread),
        "reasons": Counter(one.reading.access for one in unread).most_common(),
        "ending": ending[:ENDING],
        "all_ending": len(ending),
        "watched": len(watched),
        "is_known": not config.problem,
        "last": last,
        "running": None if last else checks.last(conn),
        "has_read": last is not None or readings.is_any(conn),
        "due": ahead.due + max(len(watched) - ahead.scheduled, 0),
        "next_at": ahead.first_at,
        "notices": list(_notices(conn, visit, config, last)),
    }


def _config(visit: Visit) -> _Config:
    try:
        return _Config(visit.home.watchlist, visit.home.mutes)
    except ConfigError as error:
        return _Config(problem=str(error))


def span(visit: Visit) -> int:
    """The days that were asked for, if they can be chosen."""
    return next((days for days in SPANS if visit.asked("days") == str(days)), SPAN)


def _watched(watchlist: Watchlist) -> _Watched:
    whose = watchlist.organizations
    return {one.id: (each, one) for each in whose for one in each.pages if not one.paused}


def _waiting(conn: Connection, visit: Visit, config: _Config, watched: _Watched) -> list[Waiting]:
    names = {one.id: one.name for one in config.watchlist.organizations}
    pending, policy = findings.first_pending(conn, PENDING), visit.home.rules.policy
    due = pages.due_of(conn, {page_id for page_id, _ in pending})

    def waiting(page_id: str, one: Tracked) -> Waiting:
        what, due_at = outlook(one, policy), due.get(page_id, visit.now) if page_id in watched else None
        return Waiting(page_id, _name(page_id, names), one, what, ahead_of(what, due_at, visit.now))

    return [waiting(*each) for each in pending]


def _name(page_id: str, names: Mapping[str, str]) -> str:
    organization_id = page_id.partition("/")[0]
    return names.get(organization_id, organization_id)


def _unread(conn: Connection, watched: _Watched) -> list[Unread]:
    """The longest unread first."""
    found = [one for one in readings.unreadable(conn) if one.page_id in watched]
    since = readings.unread_since(conn, [one.page_id for one in found])
    unread = [
        Unread(one.page_id, watched[one.page_id][0].name, one, since.get(one.page_id, one.at))
        for one in found
    ]
    return sorted(unread, key=lambda one: (one.since, one.page_id))


def _ending(conn: Connection, watched: _Watched, unread: Set[str], today: date) -> list[Ending]:
    """What protects people and ends within the time in which an end is told of, the soonest first.

    What stood on a page that is gone, which was confirmed, has ended already.
    """
    rows = standing.ending(conn, today + timedelta(days=max(DAYS_BEFORE)))
    found = [
        Ending(watched[row.page_id][0].id, watched[row.page_id][0].name, row.page_id, one, days)
        for row in rows
        if row.page_id in watched
        for one in filter(is_protection, row.statements)
        if one.ends and 0 <= (days := (date.fromisoformat(one.ends) - today).days) <= max(DAYS_BEFORE)
    ]
    gone = findings.gone_now(conn, {one.page_id for one in found} & unread)
    return sorted((one for one in found if one.page_id not in gone), key=lambda one: (one.days, one.page_id))


# --------------------------------------------------------------------------- the watch itself


def _notices(
    conn: Connection, visit: Visit, config: _Config, last: checks.Check | None
) -> Iterator[tuple[str, str]]:
    """(what is wrong, where to go or "") for each thing that is."""
    say = texts()
    if config.problem:
        yield say("today.bad_config", problem=config.problem), ""
    if last and last.ended_at and visit.now - last.ended_at > SILENCE:
        hours = int((visit.now - last.ended_at) / timedelta(hours=1))
        yield say("today.silent", hours=hours), "/coverage"
    if last and last.remark:
        yield say("today.remark", remark=last.remark), "/coverage"
    if parked := figures.deliveries_by_state(conn).get(PARKED, 0):
        yield say("today.parked", count=parked), ""
    if held := figures.held(conn):
        yield say("today.held", count=held), ""
    if silent := why_silent(conn, config.watchlist, visit.now):
        yield silent, ""


DOORS = (Door("/", READER, show),)
