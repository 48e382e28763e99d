"""All organizations: who is watched, and what changed there lately."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from starlette.responses import Response

from app.desk.door import READER, Door
from app.desk.paging import cut, number
from app.desk.rendering import page
from app.desk.visit import Visit
from app.marks import set_aside
from monitor.model import Direction, Organization
from monitor.store import Connection, raised, readings

SPAN = 90  #: days of which changes are counted
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One organization. changes: of the last days, by direction; unread: pages that cannot be read now.

    changes: without what was judged not to be right, was taken back, or never confirmed and went again.
    """

    organization: Organization
    changes: Counter[Direction]
    unread: int


def show(visit: Visit) -> Response:
    """Those that fit the words, by name."""
    words, part = visit.asked("words"), number(visit)
    fitting = [one for one in visit.home.watchlist.organizations if _fits(one, words.casefold().split())]
    fitting.sort(key=lambda one: (one.name.casefold(), one.id))
    shown, has_more = cut(fitting[(part - 1) * SHOWN : part * SHOWN + 1], SHOWN)
    with visit.store.read() as conn:
        rows = _rows(conn, visit, shown)
    values = {
        "words": words,
        "rows": rows,
        "fitting": len(fitting),
        "watched": len(visit.home.watchlist.organizations),
        "first": raised.FIRST,
        "span": SPAN,
        "part": part,
        "has_more": has_more,
        "query": urlencode({"words": words}),
    }
    return page(visit, "organizations.html", values)


def _fits(one: Organization, words: Sequence[str]) -> bool:
    names = (one.id, one.name, one.kind, one.country, one.identifiers.ticker, *one.aliases, *one.products)
    said = " ".join(names).casefold()
    return all(word in said for word in words)


def _rows(conn: Connection, visit: Visit, shown: Sequence[Organization]) -> list[Row]:
    changes: dict[str, Counter[Direction]] = {}
    since = visit.now - timedelta(days=SPAN)
    counted = raised.by_page(conn, since, {one.id for one in shown}) - Counter(set_aside(conn, since))
    for (page_id, direction), count in counted.items():
        changes.setdefault(page_id.partition("/")[0], Counter())[direction] += count
    unread = {one.page_id for one in readings.unreadable(conn)}
    return [
        Row(
            one,
            changes.get(one.id, Counter()),
            sum(each.id in unread for each in one.pages if not each.paused),
        )
        for one in shown
    ]


DOORS = (Door("/organizations", READER, show),)
