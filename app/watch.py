"""One check: fetch what is due, read it, decide what changed, send what is waiting.

    due ─► fetch ─► is it our own fault? ─► check_page (monitor) ─► hold what is too much ─► outbox (alerts)

They meet in the store: a check that is killed at any point is taken up by the next one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from alerts.operations import hold_mass_changes, tell_outage
from alerts.outbox import Sent, send_waiting
from alerts.routes import deliveries
from app.fetching import TOGETHER, Clock, Fetching, Progress
from app.home import Home
from monitor.check import Outcome, check_page
from monitor.errors import ConfigError
from monitor.model import Access, Alert, Page, Reading, Sighting, Tracked
from monitor.store import Connection, Store, alerts, checks, fetches, hosts, pages
from spiders.memory import origin_of, wait

_HELD_AT_MOST = timedelta(seconds=5)  #: so long may others wait for us to have written


@dataclass(frozen=True, slots=True)
class Check:
    """What one check brought."""

    started_at: datetime
    ended_at: datetime
    asked: tuple[Page, ...]
    outcomes: tuple[Outcome, ...]
    sent: Sent
    doubt: str = ""  #: why this check decided nothing; "" for an ordinary one
    held: tuple[Alert, ...] = ()  #: part of a mass change: a person looks first

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Every reading made, in order."""
        return tuple(reading for outcome in self.outcomes for reading in outcome.readings)

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """Every alert raised."""
        return tuple(alert for outcome in self.outcomes for alert in outcome.alerts)

    @property
    def pending(self) -> tuple[tuple[str, Tracked], ...]:
        """(page id, finding) for what was seen and is not believed yet."""
        return tuple(
            (outcome.page_id, one)
            for outcome in self.outcomes
            for one in outcome.followed
            if one.state is Sighting.PENDING
        )

    @property
    def trouble(self) -> bool:
        """Whether something failed and was recorded: pages not readable, deliveries not sent."""
        unread = any(not reading.access.is_reading for reading in self.readings)
        return unread or bool(self.sent.failed or self.sent.parked)


def refuse_without_contact(home: Home, asked: Iterable[Page]) -> None:
    """Whoever asks the world for pages must say who they are. Raises ConfigError."""
    if home.settings.operator.contact:
        return
    if any(not _is_loopback(page.url) for page in asked):
        raise ConfigError(
            str(home.config / "settings.toml"),
            "operator.contact",
            "is empty: give a URL or an e-mail address at which the owners of the pages can reach you; "
            "every request carries it.",
        )


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def due_pages(home: Home, store: Store, now: datetime, *, everything: bool = False) -> tuple[Page, ...]:
    """The pages to ask now, the longest overdue first; brings the schedule up to date.

    Pages of hosts that asked for patience wait; everything: all pages, whenever they are due.
    """
    with store.begin() as conn:
        pages.sync(conn, home.watchlist.pages, now)
        due = pages.due(conn, now)
        patient = {host.origin for host in hosts.all(conn) if wait(host.not_before, now)}
    if everything:
        return home.watchlist.pages
    watched = {page.id: page for page in home.watchlist.pages}
    return tuple(watched[one] for one in due if origin_of(watched[one].url) not in patient)


async def check(
    home: Home,
    store: Store,
    asked: Sequence[Page],
    clock: Clock,
    environ: Mapping[str, str],
    progress: Progress = lambda page_id: None,
) -> Check:
    """One check of these pages. Raises StoreError; everything else that goes wrong is recorded."""
    started_at = clock()
    with store.begin() as conn:
        check_id = checks.start(conn, started_at)
    fetching = Fetching(home, store, clock, progress)
    leftovers = read_pages(home, store, clock, _unseen, fetching.doubt_of_leftovers())
    await fetching.pages(asked)
    doubt = await fetching.doubt()
    if doubt:
        _tell_outage(home, store, doubt, started_at, clock())
    outcomes = (*leftovers, *read_pages(home, store, clock, progress, doubt))
    await fetching.linked(outcomes)
    held = hold_mass_changes(store, home.settings, home.watchlist.pages, clock())
    sent = send_waiting(store, home.settings, clock, home.environ(environ))
    done = Check(started_at, clock(), tuple(asked), outcomes, sent, doubt, held)
    with store.begin() as conn:
        checks.finish(conn, check_id, done.ended_at, counts(done))
    return done


def _unseen(page_id: str) -> None:
    """What an earlier check left behind is no step of this one."""


def _tell_outage(home: Home, store: Store, doubt: str, started_at: datetime, now: datetime) -> None:
    with store.begin() as conn:
        tell_outage(conn, home.settings, doubt, fetches.newest_unread(conn), started_at, now)


def read_pages(
    home: Home, store: Store, clock: Clock, progress: Progress, doubt: str = ""
) -> tuple[Outcome, ...]:
    """Read whatever was fetched and not read yet, also what an earlier check left behind.

    doubt: why none of it can be believed; "" for an ordinary check.
    """
    with store.read() as conn:
        unread = {fetch.page_id for fetch in fetches.newest_unread(conn)}
    waiting = [page for page in home.watchlist.pages if page.id in unread]
    outcomes: list[Outcome] = []
    while len(outcomes) < len(waiting):
        began = clock()
        with store.begin() as conn:
            for page in waiting[len(outcomes) :][:TOGETHER]:
                outcomes.append(_read_page(home, store, conn, page, clock(), doubt))
                progress(page.id)
                if clock() - began > _HELD_AT_MOST:
                    break
    return tuple(outcomes)


def _read_page(home: Home, store: Store, conn: Connection, page: Page, now: datetime, doubt: str) -> Outcome:
    organization = home.watchlist.organization(page.organization_id)

    def address(alert: Alert) -> Sequence[alerts.NewDelivery]:
        return deliveries(alert, organization, page, home.settings)

    return check_page(conn, store, organization, page, home.rules, address, now, doubt)


def counts(done: Check) -> dict[str, int]:
    """How many pages were asked, read, unchanged, not readable; alerts raised; deliveries sent and failed."""
    states = [reading.access for reading in done.readings]
    return {
        "asked": len(done.asked),
        "read": sum(state.is_reading for state in states),
        "unchanged": states.count(Access.UNCHANGED),
        "not_readable": sum(not state.is_reading for state in states),
        "alerts": len(done.alerts),
        "pending": len(done.pending),
        "held": len(done.held),
        "sent": done.sent.sent,
        "failed": done.sent.failed + done.sent.parked,
    }
