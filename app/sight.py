"""Of which pages what we say may be out of date, since nobody has read them for long."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.model import Page, Reading
from monitor.store import Connection, readings

AT_LEAST = timedelta(hours=72)  #: so long without a good reading is long
LOOKS = 3  #: or so many times what lies between two looks, where that is longer


class Why(StrEnum):
    """What keeps us from knowing how a page is now."""

    UNWATCHED = "unwatched"
    PAUSED = "paused"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Unseen:
    """A page that was not read well for long. since: from when on (UTC), None where that is not known."""

    why: Why
    since: datetime | None


def unseen_pages(
    conn: Connection, watched: Mapping[str, Page], page_ids: Collection[str], now: datetime
) -> dict[str, Unseen]:
    """Page id → why nobody knows how it is now, where that is so. Two questions."""
    ids = list(dict.fromkeys(page_ids))
    newest, unread = readings.latest(conn, ids), readings.unread_since(conn, ids)
    found = ((id, unseen(watched.get(id), newest.get(id), unread.get(id), now)) for id in ids)
    return {id: one for id, one in found if one}


def unseen(
    page: Page | None, newest: Reading | None, unread_since: datetime | None, now: datetime
) -> Unseen | None:
    """The same for one page (None: it is not watched). newest: its newest reading, whatever came of it."""
    since = unread_since or (newest.at if newest else None)
    if page is None or page.paused:
        return Unseen(Why.PAUSED if page else Why.UNWATCHED, since)
    long = max(LOOKS * timedelta(hours=page.every_hours), AT_LEAST)
    return Unseen(Why.UNREAD, since) if since and now - since > long else None
