"""What stands when a route begins: one message to each recipient, instead of one alert for each statement.

It comes after the first check that read one of the pages which the route watches, once for ever. Whoever was
told of an alert by this route already needs none.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice

from alerts.ahead import EVER, ends, standing_on
from alerts.coverage import not_read
from alerts.entries import besides, count, proof, said
from alerts.reader import Reader
from alerts.routes import Watched, pages_of, recipients_of, to_one
from alerts.schedule import next_slot
from monitor.alive import CANARY
from monitor.model import WELCOME, Item, Notice, Organization, Page, Section, Stance, Standing
from monitor.settings import AT_ONCE, Route, Settings
from monitor.store import Connection, notices
from monitor.store import alerts as stored
from monitor.watchlist import Watchlist

STATEMENTS_AT_MOST = 60  #: quoted in one welcome; the rest is counted
OF_ONE_AT_MOST = 5  #: of one organization; at least one of each, where there is room

_STANCES = tuple(Stance)  # what refuses comes first
Standings = Mapping[str, tuple[Standing, ...]]  #: page id → what stands there


def tell_welcome(conn: Connection, settings: Settings, watched: Watchlist, now: datetime) -> int:
    """Raise each welcome that is due now (aware UTC); returns how many. conn: a write transaction."""
    told = 0
    for route in settings.routes:
        for recipient in recipients_of(route, settings):
            id = _id(route, recipient)
            if not (notices.is_there(conn, id) or stored.was_told(conn, route.name, recipient)):
                notice = _welcome(conn, id, route, watched, now)
                told += bool(notice and notices.add(conn, notice, [to_one(notice, route, recipient)]))
    return told


def _welcome(conn: Connection, id: str, route: Route, watched: Watchlist, now: datetime) -> Notice | None:
    """None for as long as no page of the route was read, and for a route that watches canaries only."""
    theirs = [(whose, page) for whose, page in pages_of(route, watched) if whose.kind != CANARY]
    stands = standing_on(conn, route, theirs)
    if not stands:
        return None
    whose = count(len({organization.id for organization, _ in theirs}), "organization")
    headline = f"Watching {count(len(theirs), 'page')} of {whose}: what stands there to protect people"
    more = (
        *ends(conn, route, theirs, EVER, now.date()),
        *not_read(conn, theirs, Reader(route.zone)),
    )
    lines = (*_said(route, now), *besides(more), *proof(conn))
    sections = (*_quoted(theirs, stands, Reader(route.zone)), *more)
    return Notice(id, now, WELCOME, headline, lines, sections=sections)


def _said(route: Route, now: datetime) -> Iterator[str]:
    yield (
        "This is what stands now: none of it is told as a change. The first statements of each page are "
        "quoted; there may be more."
    )
    when = "as soon as it is confirmed"
    if route.every != AT_ONCE:
        first = Reader(route.zone).when(next_slot(route, now))
        when = f"in one message ({route.every}), the first on {first}"
    yield f"What changes from now on is told {when}."


def _quoted(theirs: Watched, stands: Standings, reader: Reader) -> Iterator[Section]:
    """One section an organization: the first of its statements in their own words.

    What cannot be quoted with all that stands above it is left out.
    """
    by_organization: dict[str, list[tuple[Organization, Page, Standing]]] = {}
    for organization, page in theirs:
        found = [(organization, page, one) for one in stands.get(page.id, ())]
        by_organization.setdefault(organization.id, []).extend(found)
    groups = [group for group in by_organization.values() if group]
    most = min(OF_ONE_AT_MOST, max(1, STATEMENTS_AT_MOST // max(1, len(groups))))
    for place, group in enumerate(groups):
        room = most if place < STATEMENTS_AT_MOST else 0
        in_order = sorted(group, key=lambda one: (_STANCES.index(Stance(one[2].stance)), one[1].id))
        quotable = ((page, one) for _, page, one in in_order if said(one))
        items = tuple(_item(page, one, reader) for page, one in islice(quotable, room))
        yield Section(
            group[0][0].name, items, "… and more on their pages." if len(items) < len(group) else ""
        )


def _item(page: Page, one: Standing, reader: Reader) -> Item:
    role = page.role.value.replace("_", " ")
    return Item(f"{said(one)} ({role}, seen since {reader.when(one.since)})", url=page.url)


def _id(route: Route, recipient: str) -> str:
    return hashlib.sha256(json.dumps([WELCOME, route.name, recipient]).encode()).hexdigest()
