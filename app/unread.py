"""Which watched pages of an organization nobody could read lately, each with the reason in words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile

from app.home import Home
from app.sight import AT_LEAST, LOOKS, Unseen, Why, unseen_pages
from monitor.access import primary
from monitor.model import Organization, Page, Reading
from monitor.store import Connection, findings, readings, statements
from monitor.words import STATES


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the pages of one organization, by their ids."""

    unseen: Mapping[str, Unseen]
    newest: Mapping[str, Reading]
    indexed: Mapping[str, int]
    believed: frozenset[str]
    imported: frozenset[str]  #: those that only captures of others show


def unread_pages(conn: Connection, home: Home, one: Organization, now: datetime) -> dict[str, str]:
    """Page id → why nobody knows how it is now ("acme/terms: it was never read"); now: aware UTC.

    Where no page of the organization is watched, one entry that says so, under its own id.
    """
    pages = {page.id: page for page in one.pages}
    if not pages:
        return {one.id: "no page of it is watched"}
    known = _known(conn, pages, now)
    reasons = ((page, _reason(page, known, home, now)) for page in one.pages)
    return {page.id: f"{page.id}: {why}" for page, why in reasons if why}


def _known(conn: Connection, pages: Mapping[str, Page], now: datetime) -> _Known:
    newest = readings.latest(conn, pages)
    imported = readings.newest_of(conn, pages.keys() - newest.keys())
    return _Known(
        unseen=unseen_pages(conn, pages, pages, now),
        newest={**imported, **newest},
        indexed=statements.looked_at(conn, pages),
        believed=frozenset(findings.believed(conn, pages)),
        imported=frozenset(imported),
    )


def unreadable(conn: Connection, page_ids: Collection[str]) -> dict[str, tuple[Reading, datetime]]:
    """Page id → its newest reading and since when (UTC), where it could not be read then.

    Where we never looked ourselves, what others captured counts.
    """
    newest, since = readings.latest(conn, page_ids), readings.unread_since(conn, page_ids)
    found = {id: (newest[id], since[id]) for id in page_ids if id in newest and id in since}
    for id, last in readings.newest_of(conn, set(page_ids) - newest.keys()).items():
        if not last.access.is_reading:
            found[id] = last, _since(readings.of_page(conn, id))
    return found


def _since(seen: Sequence[Reading]) -> datetime:
    """When the last ones of these, which are no good readings, began."""
    return list(takewhile(lambda one: not one.access.is_reading, reversed(seen)))[-1].at


def _reason(page: Page, known: _Known, home: Home, now: datetime) -> str:
    """Why nobody knows how the page is now, or ""."""
    newest, unseen = known.newest.get(page.id), known.unseen.get(page.id)
    if unseen and unseen.why is Why.PAUSED:
        return "it is paused"
    if newest is None or page.id not in known.believed:
        return "it was never read"
    if unseen and unseen.since and not newest.access.is_reading:
        return f"{STATES[newest.access]}, since {_day(unseen.since)}"
    if page.id in known.imported and not newest.access.is_reading:
        return f"{STATES[newest.access]} in the newest capture, of {_day(newest.at)}"
    if unseen or now - newest.at > max(LOOKS * timedelta(hours=page.every_hours), AT_LEAST):
        return f"nobody has read it since {_day(newest.at)}"
    if primary(page.language) not in home.rules.lexicons:
        return "we have no words for its language"
    if known.indexed.get(page.id, 0) < newest.fetch_id:
        return "what was read last has not been looked through"
    return ""


def _day(at: datetime) -> str:
    return at.astimezone(UTC).date().isoformat()
