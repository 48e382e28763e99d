"""One organization: what it says, since when, what changed, and how its pages are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.responses import Response

from app.desk.door import READER, Door
from app.desk.paging import cut, number
from app.desk.rendering import page
from app.desk.texts import texts
from app.desk.visit import NotFoundError, Visit
from app.marks import marks_of
from app.outlook import Ahead, Outlook, ahead_of, outlook
from app.sight import unseen_pages
from app.timeline import Event, Lane, picture
from monitor.ledger import Commitment, Status, ledger
from monitor.ledger.told import with_told
from monitor.model import Alert, Direction, Organization, Page, Reading, Sighting, Touched, Tracked
from monitor.store import Connection, findings, pages, raised, readings, statements

CHANGES = 25  #: in one part
COMMITMENTS = 25  #: of one status
ASKED = 50  #: the newest alerts, of which the asks are shown
PENDING = 20
#: What stands, then what does not, then what we only saw.
ORDER = (
    *(Status.STANDING, Status.LAPSING, Status.LAPSED, Status.WITHDRAWN, Status.RELOCATED),
    *(Status.REWORDED, Status.UNSEEN, Status.UNBELIEVED),
)


@dataclass(frozen=True, slots=True)
class Group:
    """The commitments of one status, the newest first. count: of all of them."""

    status: Status
    shown: tuple[Commitment, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Health:
    """How a page is. since: when it could be read last, where it cannot be read now (UTC)."""

    page: Page
    reading: Reading | None
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change that is not believed yet."""

    page_id: str
    one: Tracked
    outlook: Outlook
    ahead: Ahead | None  #: None where nobody looks


def show(visit: Visit) -> Response:
    """The organization, also where it is not watched any more, as long as we know anything of it."""
    id = visit.path["organization"]
    watched = {one.id: one for one in visit.home.watchlist.organizations}
    with visit.store.read() as conn:
        values = _values(conn, visit, id, watched.get(id))
    parent = watched.get(id) and watched.get(watched[id].parent)
    return page(visit, "organization.html", values | {"parent": parent})


def _values(conn: Connection, visit: Visit, id: str, organization: Organization | None) -> dict[str, object]:
    part = number(visit)
    sayings, tracked = statements.of_organization(conn, id), findings.of_organization(conn, id)
    newest = raised.of_organization(conn, id, ASKED)
    changes, has_more = cut(raised.of_organization(conn, id, CHANGES + 1, (part - 1) * CHANGES), CHANGES)
    if organization is None and not (sayings or tracked or newest):
        raise NotFoundError(f"There is no organization {id}, and there never was one.")
    kept = ledger(sayings, with_told(tracked, newest), visit.now.astimezone(UTC).date())
    watched = {one.id: one for one in visit.home.watchlist.pages}
    pending = [one for one in tracked if one[1].state is Sighting.PENDING]
    return {
        "id": id,
        "organization": organization,
        "name": organization.name if organization else _name(newest, id),
        "groups": grouped(kept),
        "unseen": unseen_pages(conn, watched, [id for one in kept for id in one.page_ids], visit.now),
        "lag": statements.lag(conn),
        "commitments": len(kept),
        "picture": picture([_lane(one) for one in in_order(kept)], visit.now),
        "changes": changes,
        "part": part,
        "has_more": has_more,
        "marks": marks_of(conn, changes, visit.home.mutes),
        "health": _health(conn, organization.pages if organization else ()),
        "waiting": _waiting(conn, pending[:PENDING], organization, visit),
        "alternating": [each for each in tracked if findings.alternates(each[1])],
        "pending": len(pending),
        "asks": asks_of(newest),
        "asked_marks": marks_of(conn, newest, visit.home.mutes),
        "asked": len(newest),
        "dates": sorted(organization.dates, key=lambda one: one.on) if organization else (),
        "today": visit.now.date(),
    }


def _waiting(
    conn: Connection, pending: Sequence[tuple[str, Tracked]], organization: Organization | None, visit: Visit
) -> list[Waiting]:
    asked = {one.id for one in organization.pages if not one.paused} if organization else set[str]()
    due = pages.due_of(conn, asked)

    def waiting(page_id: str, one: Tracked) -> Waiting:
        what = outlook(one, visit.home.rules.policy)
        due_at = due.get(page_id, visit.now) if page_id in asked else None
        return Waiting(page_id, one, what, ahead_of(what, due_at, visit.now))

    return [waiting(*each) for each in pending]


def _name(newest: Sequence[Alert], otherwise: str) -> str:
    return newest[0].organization["name"] if newest else otherwise


def in_order(kept: Sequence[Commitment]) -> list[Commitment]:
    """By status as in ORDER, within one the newest first."""
    by_time = sorted(kept, key=lambda one: (one.since, one.key), reverse=True)
    return sorted(by_time, key=lambda one: ORDER.index(one.status))


def grouped(kept: Sequence[Commitment]) -> list[Group]:
    """The same, a group for each status that there is."""
    groups: Mapping[Status, list[Commitment]] = {status: [] for status in ORDER}
    for one in in_order(kept):
        groups[one.status].append(one)
    return [Group(status, tuple(its[:COMMITMENTS]), len(its)) for status, its in groups.items() if its]


def _lane(one: Commitment) -> Lane:
    events = tuple(
        Event(step.at, Direction(step.direction), str(step.kind)) for step in one.steps if step.direction
    )
    status = texts()(f"organizations.status_of.{one.status}")
    return Lane(one.saying.quote, status, one.since, one.until, events, one.saying.context, one.last_seen)


def _health(conn: Connection, watched: Sequence[Page]) -> list[Health]:
    ids = [one.id for one in watched]
    newest, since = readings.latest(conn, ids), readings.unread_since(conn, ids)
    return [Health(one, newest.get(one.id), since.get(one.id)) for one in watched]


def asks_of(newest: Sequence[Alert]) -> list[tuple[Touched, list[Alert]]]:
    """Each ask that these alerts touch, with the alerts; the ask that was touched last first."""
    found: dict[str, tuple[Touched, list[Alert]]] = {}
    for alert in newest:
        for ask in alert.asks:
            found.setdefault(ask.id, (ask, []))[1].append(alert)
    return list(found.values())


DOORS = (Door("/organizations/{organization}", READER, show),)
