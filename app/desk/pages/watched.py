"""One watched page: what we ask for, how it went, which texts it held, what changed."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from starlette.responses import Response

from app.desk.door import READER, Door
from app.desk.paging import cut, number
from app.desk.reading import name_of
from app.desk.rendering import page
from app.desk.strip import DAYS, strip
from app.desk.visit import NotFoundError, Visit
from app.marks import marks_of
from app.outlook import Ahead, Outlook, ahead_of, outlook
from monitor.confirm import Policy
from monitor.model import Page, Sighting, Tracked
from monitor.store import alerts, findings, looks, pages, readings

TEXTS, ALERTS = 50, 20  #: at most so many in one part
_SETTINGS = (
    *("fetch", "every_hours", "language", "select", "remove", "min_words", "contains"),
    *("third_parties", "screenshot", "note"),
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change that is not believed yet."""

    one: Tracked
    outlook: Outlook
    ahead: Ahead | None  #: None where nobody looks


def show(visit: Visit) -> Response:
    """The page, also where it is not watched any more, as long as we ever looked at it."""
    page_id = f"{visit.path['organization']}/{visit.path['page']}"
    watched = {one.id: one for one in visit.home.watchlist.pages}.get(page_id)
    with visit.store.read() as conn:
        last = readings.last(conn, page_id)
        if watched is None and last is None:
            raise NotFoundError(f"There is no page {page_id}, and there never was one.")
        part = number(visit)
        texts, has_more = cut(looks.texts(conn, page_id, TEXTS + 1, (part - 1) * TEXTS), TEXTS)
        raised = alerts.of_page(conn, page_id)
        since = looks.first_at(conn, [page_id]).get(page_id)
        recent = readings.ours_of_page(conn, page_id, visit.now - timedelta(days=DAYS))
        due_at, followed = pages.due_at(conn, page_id), findings.tracked(conn, page_id)
        asked_at = (due_at or visit.now) if watched and not watched.paused else None
        values = {
            "page_id": page_id,
            "organization": _organization(visit),
            "watched": watched,
            "settings": _settings(watched),
            "last": readings.last_of_ours(conn, page_id),
            "unread_since": readings.unread_since(conn, [page_id]).get(page_id),
            "due_at": due_at,
            "is_overdue": due_at is not None and due_at <= visit.now,
            "watched_since": since,
            "waiting": _waiting(followed, visit.home.rules.policy, asked_at, visit.now),
            "alternating": [one for one in followed if findings.alternates(one)],
            "texts": texts,
            "part": part,
            "has_more": has_more,
            "strip": strip(recent, since, visit.now),
            "alerts": raised[:ALERTS],
            "all_alerts": len(raised),
            "marks": marks_of(conn, raised[:ALERTS], visit.home.mutes),
        }
    return page(visit, "watched.html", values)


def _organization(visit: Visit) -> tuple[str, str]:
    """Its id and its name, as far as we know one."""
    id = visit.path["organization"]
    return id, name_of(visit.home, id)


def _settings(watched: Page | None) -> list[tuple[str, str]]:
    """(name in the TOML file, value) for what is set, and always for how and how often it is fetched."""
    if watched is None:
        return []
    usual = {one.name: one.default for one in fields(Page)}
    values = {name: getattr(watched, name) for name in _SETTINGS}
    always = ("fetch", "every_hours", "language")
    return [(name, _said(one)) for name, one in values.items() if name in always or one != usual[name]]


def _said(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _waiting(
    followed: Sequence[Tracked], policy: Policy, due_at: datetime | None, now: datetime
) -> list[Waiting]:
    pending = ((one, outlook(one, policy)) for one in followed if one.state is Sighting.PENDING)
    return [Waiting(one, what, ahead_of(what, due_at, now)) for one, what in pending]


DOORS = (Door("/pages/{organization}/{page}", READER, show),)
