"""Which watched pages of an organization nobody could read lately, each with the reason in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

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
    imported = {id: one for id in pages if id not in newest and (one := readings.last(conn, id))}
    return _Known(
        unseen=unseen_pages(conn, pages, pages, now),
        newest={**imported, **newest},
        indexed=statements.looked_at(conn, pages),
        believed=frozenset(findings.believed(conn, pages)),
    )


def _reason(page: Page, known: _Known, home: Home, now: datetime) -> str:
    """Why nobody knows how the page is now, or ""."""
    newest, unseen = known.newest.get(page.id), known.unseen.get(page.id)
    if unseen and unseen.why is Why.PAUSED:
        return "it is paused"
    if newest is None or page.id not in known.believed:
        return "it was never read"
    if unseen and unseen.since and not newest.access.is_reading:
        return f"{STATES[newest.access]}, since {_day(unseen.since)}"
    if unseen or now - newest.at > max(LOOKS * timedelta(hours=page.every_hours), AT_LEAST):
        return f"nobody has read it since {_day(newest.at)}"
    if primary(page.language) not in home.rules.lexicons:
        return "we have no words for its language"
    if known.indexed.get(page.id, 0) < newest.fetch_id:
        return "what was read last has not been looked through"
    return ""


def _day(at: datetime) -> str:
    return at.astimezone(UTC).date().isoformat()
