"""Feeds and the calendar at addresses that stay: the bytes that `feeds write` and `calendar write` give."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from threading import Lock

from starlette.responses import Response

from alerts.calendar import Entry, calendar
from alerts.feeds import ENTRIES_AT_MOST, Feed, atom, json_feed, safe_name
from app.calendaring import known_days
from app.desk.door import READER, Door
from app.desk.memory import Memory
from app.desk.paging import cut, number
from app.desk.rendering import page
from app.desk.texts import texts
from app.desk.visit import NotFoundError, Visit
from app.home import Home
from app.publishing import feed
from monitor.alive import CANARY
from monitor.store import Connection, since
from monitor.store.since import Mark

SHOWN = 50  #: organizations in one part
_CALENDAR_TYPE = "text/calendar; charset=utf-8"
_KINDS: dict[str, tuple[Callable[[Feed, str], bytes], str]] = {
    "atom": (atom, "application/atom+xml; charset=utf-8"),
    "json": (json_feed, "application/feed+json"),
}
_TELLING = ("alerts", "reviews", "holds")  #: the tables that feeds come of …
_MUTING = "deliveries"  #: … and another where something is muted: what somebody was told of stays
_KEPT_BYTES = 32 * 1024 * 1024


def show(visit: Visit) -> Response:
    """What there is to subscribe to, and how."""
    part, home = number(visit), visit.home
    watched = [one for one in home.watchlist.organizations if one.kind != CANARY]
    shown, has_more = cut(watched[(part - 1) * SHOWN : part * SHOWN + 1], SHOWN)
    values = {
        "at": (home.settings.desk.url or visit.base).rstrip("/"),
        "organizations": [(one.name, f"organizations/{safe_name(one.id)}") for one in shown],
        "asks": [(f"{one.id}: {one.text}", f"asks/{safe_name(one.id)}") for one in home.asks],
        "most": ENTRIES_AT_MOST,
        "part": part,
        "has_more": has_more,
    }
    return page(visit, "feeds.html", values)


# --------------------------------------------------------------------------- feeds


@dataclass(frozen=True, slots=True)
class _Kept:
    """A feed as it was sent, and of when: what the store and the settings said."""

    home: Home
    mark: Mark
    body: bytes
    updated: datetime | None


class _Shelf:
    """The feeds that were sent last: to write one takes longer than anything else at the desk."""

    def __init__(self, most: int) -> None:
        self.most = most  #: bytes
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._lock = Lock()

    def get(self, key: tuple[str, str], home: Home, conn: Connection) -> _Kept | None:
        """What was sent, where it still holds."""
        known = self._kept.get(key)
        kinds = (*_TELLING, _MUTING) if home.mutes else _TELLING
        return known if known and known.home is home and since.is_same(conn, known.mark, kinds) else None

    def put(self, key: tuple[str, str], kept: _Kept) -> None:
        """Keep this one, and the newest of the others as far as there is room."""
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = kept
            while sum(len(one.body) for one in self._kept.values()) > self.most and len(self._kept) > 1:
                del self._kept[next(iter(self._kept))]


_shelf = _Shelf(_KEPT_BYTES)


def of_all(visit: Visit) -> Response:
    """The feed of everything."""
    return _feed(visit, visit.path["name"])


def of_one(visit: Visit) -> Response:
    """The feed of an organization, or of an ask."""
    return _feed(visit, f"{visit.path['kind']}/{visit.path['name']}")


def _feed(visit: Visit, file: str) -> Response:
    name, _, ending = file.rpartition(".")
    if ending not in _KINDS:
        raise NotFoundError(texts()("subscribing.missing"))
    write, media_type = _KINDS[ending]
    with visit.store.read() as conn:
        kept = _shelf.get((visit.store.place, file), visit.home, conn)
        kept = kept or _written(conn, visit, name, write)
    _shelf.put((visit.store.place, file), kept)
    return _unless_known(visit, kept.body, media_type, kept.updated)


def _written(conn: Connection, visit: Visit, name: str, write: Callable[[Feed, str], bytes]) -> _Kept:
    found = feed(conn, visit.home, name)
    if found is None:
        raise NotFoundError(texts()("subscribing.missing"))
    updated = max((one.updated for one in found.entries), default=None)
    body = write(found, visit.home.settings.desk.url)
    return _Kept(visit.home, since.mark(conn), body, updated)


# --------------------------------------------------------------------------- the calendar

_calendars: Memory[bytes] = Memory(2)


def days(visit: Visit) -> Response:
    """The days that matter."""
    with visit.store.read() as conn:
        entries = known_days(conn, visit.home)
    body = _calendars.get(entries, lambda: calendar(entries))
    return _unless_known(visit, body, _CALENDAR_TYPE, max(map(_written_at, entries), default=None))


def _written_at(entry: Entry) -> datetime:
    return entry.written_at


# --------------------------------------------------------------------------- what both share


def _unless_known(visit: Visit, body: bytes, media_type: str, updated: datetime | None) -> Response:
    """The bytes, or 304 to who has them already. A date alone proves nothing: entries may also go."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag}
    if updated:
        headers["Last-Modified"] = format_datetime(updated.astimezone(UTC), usegmt=True)
    if _has(visit.has_already, tag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _has(has_already: str, tag: str) -> bool:
    known = (one.strip().removeprefix("W/") for one in has_already.split(","))
    return any(one in (tag, "*") for one in known)


DOORS = (
    Door("/feeds", READER, show),
    Door("/feeds/{name}", READER, of_all),
    Door("/feeds/{kind}/{name}", READER, of_one),
    Door("/calendar.ics", READER, days),
)
