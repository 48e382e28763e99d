"""One page from recorded fetches to recorded findings, in one transaction.

    fetch ─► extract ─► access ─► reading ─► compare with the baseline ─► follow ─► alert + deliveries

The baseline is the version of the page that we believe. Both sides of a comparison are extracted with
today's code. A page that looks the same as the baseline costs one hash.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from monitor.check.look import Look
from monitor.check.rules import Address, Rules
from monitor.confirm import Policy, next_look
from monitor.model import Access, Alert, Fetch, Organization, Page, Reading, Sighting, Tracked
from monitor.store import Connection, Store, fetches, findings, pages

__all__ = ["Address", "Outcome", "Rules", "check_page", "check_together", "next_due"]

SOONEST = timedelta(
    hours=1
)  #: a page that waits for confirmation, or that we failed, is not asked more often
SPREAD = 0.05  #: so much of its cadence a page may be asked earlier
OUR_FAULT = (
    Access.OUTAGE,
    Access.NOT_REACHED,
    Access.RATE_LIMITED,
)  #: says nothing of the page: asked again soon


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one look at a page brought."""

    page_id: str
    readings: tuple[Reading, ...] = ()
    followed: tuple[Tracked, ...] = ()  #: findings after the last reading
    alerts: tuple[Alert, ...] = ()
    damage: str = ""  #: why it could not be looked at: evidence of ours is damaged. One sentence
    links: tuple[str, ...] = ()  #: where a statement that is missing may stand now: new links of the page


def check_page(
    conn: Connection,
    store: Store,
    organization: Organization,
    page: Page,
    rules: Rules,
    address: Address,
    now: datetime,
    doubt: str = "",
) -> Outcome:
    """Read every fetch of this page that was not read yet, oldest first. Raises StoreError.

    conn: a write transaction of the store; several pages may share one. doubt: why nothing that was fetched
    in this check can be believed, one sentence; "" for an ordinary check. The page is due again counted from
    when it was asked: a fetch may have waited long to be read.
    """
    look = Look(store, conn, organization, page, rules, address, doubt)
    unread = fetches.unread(conn, page.id)
    for fetch in unread:
        look.at(fetch)
    return _outcome(conn, look, unread, now)


def check_together(
    conn: Connection,
    store: Store,
    organization: Organization,
    asked: Iterable[tuple[Page, datetime]],
    rules: Rules,
    address: Address,
) -> list[Outcome]:
    """The same for several pages of one organization, each with its `now`, one day (UTC) after the other.

    What came of a day is read before any of it is compared: so what one page said then is known when words
    leave another, however long ago that was. Raises StoreError.
    """
    looks = [
        (Look(store, conn, organization, page, rules, address), fetches.unread(conn, page.id), now)
        for page, now in asked
    ]
    turns = [(_turns(unread), look) for look, unread, _ in looks]
    for turn in sorted({turn for its, _ in turns for turn in its}):
        came = sorted(((its[turn], look) for its, look in turns if turn in its), key=_by_time)
        seen = [(look, fetch, look.see(fetch)) for fetch, look in came]
        for look, fetch, brought in seen:
            look.act(fetch, brought)
    return [_outcome(conn, look, unread, now) for look, unread, now in looks]


_Turn = tuple[date, int]  #: the n-th fetch of a page on a day


def _turns(unread: Iterable[Fetch]) -> dict[_Turn, Fetch]:
    on = Counter[date]()
    found = {}
    for fetch in unread:
        day = fetch.ended_at.astimezone(UTC).date()
        found[day, on[day]] = fetch
        on[day] += 1
    return found


def _by_time(one: tuple[Fetch, Look]) -> datetime:
    return one[0].ended_at


def _outcome(conn: Connection, look: Look, unread: Sequence[Fetch], now: datetime) -> Outcome:
    """What came of all of them; the page is due again."""
    page, doubt, policy = look.page, look.doubt, look.rules.policy
    last = look.readings[-1].access if look.readings else Access.OK
    followed = look.followed or findings.tracked(conn, page.id)
    asked_at = min([now, *(fetch.ended_at for fetch in unread[-1:] if not fetch.archive_url)])
    at = next_due(page, followed, policy, asked_at, Access.OUTAGE if doubt else last)
    pages.set_next_due(conn, page.id, at)
    return Outcome(
        page.id, tuple(look.readings), tuple(look.followed), tuple(look.alerts), links=tuple(look.links)
    )


def next_due(
    page: Page, followed: Sequence[Tracked], policy: Policy, now: datetime, last: Access = Access.OK
) -> datetime:
    """The page's own cadence (UTC), sooner where a look could settle what is pending, or where we failed.

    The cadence is up to a twentieth shorter, another share each day: pages spread, and none waits for longer.
    """
    looks = [next_look(one, policy) for one in followed if one.state is Sighting.PENDING]
    soon = [now] if last in OUR_FAULT else []
    cadence = timedelta(hours=page.every_hours) * (1 - SPREAD * _share(f"{page.id} {now:%Y-%m-%d}"))
    return min([now + cadence, *(max(at, now + SOONEST) for at in looks + soon)])


def _share(of: str) -> float:
    """From 0 to 1, the same for the same words."""
    return sha256(of.encode()).digest()[0] / 255
