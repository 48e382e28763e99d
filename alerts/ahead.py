"""What lies ahead: the commitments that end by their own words, and the days that the watchlist names."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from alerts.entries import count, quoted, said
from alerts.routes import Watched, concerns, hears_of
from monitor.model import Item, Organization, Page, Section, Standing
from monitor.settings import Route
from monitor.standing import DAYS_BEFORE
from monitor.store import Connection, standing
from monitor.watchlist import Watchlist

AHEAD = tuple(sorted(DAYS_BEFORE))  #: days: what ends within these is told of
EVER = date.min  #: a day from which on everything counts

_UNQUOTED = "a commitment with too much above it to be quoted here"


def ends(conn: Connection, route: Route, theirs: Watched, since: date, today: date) -> Iterator[Section]:
    """The protecting commitments that ended since that day, or that end soon, by their own words."""
    found = list(_ending(conn, route, theirs))
    ended = [item for day, item in found if since <= day < today]
    if ended:
        when = "" if since == EVER else f" since {since}"
        yield _section(f"Ended by its own words{when}", ended)
    least = -1
    for most in AHEAD:
        if items := [item for day, item in found if least < (day - today).days <= most]:
            yield _section(f"Ends by its own words within {most} days", items)
        least = most


def _section(title: str, items: Sequence[Item]) -> Section:
    return Section(f"{title}: {count(len(items), 'commitment')}", tuple(items))


def standing_on(conn: Connection, route: Route, theirs: Watched) -> Mapping[str, tuple[Standing, ...]]:
    """Page id → what stands there that protects people and that the route asks for; of each page read."""
    ids = {page.id for _, page in theirs}
    return {
        one.page_id: tuple(each for each in one.statements if each.protects and concerns(route, each))
        for one in standing.all(conn)
        if one.page_id in ids
    }


def _ending(conn: Connection, route: Route, theirs: Watched) -> list[tuple[date, Item]]:
    """Each commitment that names its end, the soonest first."""
    stands = standing_on(conn, route, theirs)
    found = [
        (date.fromisoformat(one.ends), _end(organization, page, one))
        for organization, page in theirs
        for one in stands.get(page.id, ())
        if one.ends
    ]
    return sorted(found, key=lambda one: one[0])


def _end(organization: Organization, page: Page, one: Standing) -> Item:
    says = f" ({quoted(one.ends_text)})" if one.ends_text else ""
    return Item(f"{one.ends}{says}, {organization.name}: {said(one) or _UNQUOTED}", url=page.url)


def known_days(route: Route, watched: Watchlist, today: date) -> Iterator[Section]:
    """The days of the watchlist that lie ahead, with what is not sure of them."""
    days = [
        (one, organization)
        for organization in watched.organizations
        if hears_of(route, organization)
        for one in organization.dates
        if 0 <= (one.on - today).days <= AHEAD[-1]
    ]
    items = [
        Item(
            f"{one.on}, {organization.name}: {one.kind.value.replace('_', ' ')}: {one.what}",
            marks=(one.certainty,) if one.certainty else (),
            url=one.source if one.source.startswith(("https://", "http://")) else "",
        )
        for one, organization in sorted(days, key=lambda each: each[0].on)
    ]
    if items:
        yield Section(f"Other days within {AHEAD[-1]} days: {len(items)}", tuple(items))
