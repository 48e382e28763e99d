"""Between deciding and sending: what is told besides what pages showed, what is told together, what waits."""

from collections.abc import Sequence
from datetime import datetime

from alerts.alive import tell_alive
from alerts.corrections import is_wrong
from alerts.digest import bundle_digests
from alerts.followups import addressed, retract_early
from alerts.lapses import tell_lapses
from alerts.operations import hold_mass_changes
from alerts.sisters import join_sisters
from alerts.welcome import tell_welcome
from app.home import Home
from monitor.alive import watched_for_others
from monitor.model import Alert, Organization, Page
from monitor.mutes import muted
from monitor.store import Connection, Store, reviews
from monitor.store.alerts import NewDelivery


def who_gets(
    home: Home, conn: Connection, alert: Alert, organization: Organization, page: Page, now: datetime
) -> Sequence[NewDelivery]:
    """The deliveries of an alert; none where a person muted it, or judged its early word to be wrong.

    It is recorded all the same.
    """
    judged = reviews.of_alert(conn, alert.id)
    if muted(alert, home.mutes, now.date()) or (judged and is_wrong(judged[-1])):
        return ()
    return addressed(conn, alert, organization, page, home.settings)


def raise_what_is_due(home: Home, store: Store, now: datetime, doubt: str = "") -> tuple[Alert, ...]:
    """Raise what the calendar says, and take back what did not last; returns the alerts. `now` is aware UTC.

    doubt: why nothing of now can be believed; then no day is told of. "" for none. Raises StoreError.
    """

    def address(alert: Alert, organization: Organization, page: Page) -> Sequence[NewDelivery]:
        return who_gets(home, conn, alert, organization, page, now)

    with store.begin() as conn:
        lapses = () if doubt else tell_lapses(conn, address, home.watchlist, home.asks, now)
        retract_early(conn, home.settings, now)
    return lapses


def hold_and_gather(home: Home, store: Store, now: datetime) -> tuple[Alert, ...]:
    """What is the same becomes one, what is too much is held, what is due for a digest goes into it.

    Returns the alerts that are newly held. To be called before anything is sent. Raises StoreError.
    """
    join_sisters(store)
    held = hold_mass_changes(store, home.settings, watched_for_others(home.watchlist), now)
    with store.begin() as conn:
        tell_alive(conn, home.settings, home.watchlist, now)
        tell_welcome(conn, home.settings, home.watchlist, now)
    bundle_digests(store, home.settings, home.watchlist, now)
    return held
