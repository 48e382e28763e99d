"""One page from recorded fetches to recorded findings, in one transaction.

    fetch ─► extract ─► access ─► reading ─► compare with the baseline ─► follow ─► alert + deliveries

The baseline is the version of the page that we believe. Both sides of a comparison are extracted with
today's code. A page that looks the same as the baseline costs one hash.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.check.look import Look
from monitor.check.rules import Address, Rules
from monitor.confirm import Policy, next_look
from monitor.model import Access, Alert, Organization, Page, Reading, Sighting, Tracked
from monitor.store import Connection, Store, fetches, findings, pages

__all__ = ["Address", "Outcome", "Rules", "check_page", "next_due"]

SOONEST = timedelta(
    hours=1
)  #: a page that waits for confirmation, or that we failed, is not asked more often
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
    in this check can be believed, one sentence; "" for an ordinary check.
    """
    look = Look(store, conn, organization, page, rules, address, doubt)
    for fetch in fetches.unread(conn, page.id):
        look.at(fetch)
    last = look.readings[-1].access if look.readings else Access.OK
    followed = look.followed or findings.tracked(conn, page.id)
    at = next_due(page, followed, rules.policy, now, Access.OUTAGE if doubt else last)
    pages.set_next_due(conn, page.id, at)
    return Outcome(page.id, tuple(look.readings), tuple(look.followed), tuple(look.alerts), tuple(look.links))


def next_due(
    page: Page, followed: Sequence[Tracked], policy: Policy, now: datetime, last: Access = Access.OK
) -> datetime:
    """The page's own cadence (UTC), sooner where a look could settle what is pending, or where we failed."""
    looks = [next_look(one, policy) for one in followed if one.state is Sighting.PENDING]
    soon = [now] if last in OUR_FAULT else []
    return min([now + timedelta(hours=page.every_hours), *(max(at, now + SOONEST) for at in looks + soon)])
