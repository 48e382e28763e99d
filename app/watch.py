"""One check: fetch what is due, read it, decide what changed, send what is waiting.

    due ─► fetch ─► is it our own fault? ─► check_page (monitor) ─► telling ─► outbox (alerts)

They meet in the store: a check that is killed at any point is taken up by the next one. Several may run at
once: each leases the pages that it looks at (store/leases.py), and only one sends.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.operations import tell_failing_routes, tell_outage
from alerts.outbox import Sent, send_waiting
from app.due import lease_name
from app.fetching import TOGETHER, Clock, Fetching, Progress
from app.home import Home
from app.owner import is_alive, this_process
from app.telling import hold_and_gather, raise_what_is_due, who_gets
from monitor.check import Outcome, check_page
from monitor.errors import StoreError
from monitor.model import Access, Alert, Page, Reading, Sighting, Tracked
from monitor.store import Connection, Store, alerts, chain, checks, fetches, leases

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
    short: str = ""  #: why it fetched nothing; "" for an ordinary one
    held: tuple[Alert, ...] = ()  #: part of a mass change: a person looks first
    lapses: tuple[Alert, ...] = ()  #: raised by the calendar: by its own words something ends

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Every reading made, in order."""
        return tuple(reading for outcome in self.outcomes for reading in outcome.readings)

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """Every alert raised."""
        return tuple(alert for outcome in self.outcomes for alert in outcome.alerts) + self.lapses

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
    def damage(self) -> tuple[tuple[str, str], ...]:
        """(page id, why) for each page that could not be looked at, as evidence of ours is damaged."""
        return tuple((outcome.page_id, outcome.damage) for outcome in self.outcomes if outcome.damage)

    @property
    def remark(self) -> str:
        """What is to be known of it afterwards; "" for an ordinary one."""
        damaged = " ".join(f"{page_id} could not be looked at: {why}." for page_id, why in self.damage[:3])
        return " ".join(filter(None, (self.doubt, self.short, damaged)))

    @property
    def trouble(self) -> bool:
        """Whether something failed and was recorded: pages not readable, deliveries not sent."""
        unread = any(not reading.access.is_reading for reading in self.readings)
        unsent = self.sent.failed + self.sent.parked + self.sent.put_off
        return unread or bool(self.damage or self.short or unsent)


async def check(
    home: Home,
    store: Store,
    asked: Sequence[Page],
    clock: Clock,
    environ: Mapping[str, str],
    progress: Progress = lambda page_id: None,
    own_doubt: Callable[[], str] = lambda: "",
    short: str = "",
) -> Check:
    """One check of these pages. Raises StoreError; everything else that goes wrong is recorded.

    own_doubt: asked once all is fetched; why none of it can be believed, whatever came; "" for no doubt.
    short: why no page is asked at all; what waits to be read and sent still is. "" for an ordinary check.
    """
    started_at = clock()
    with store.begin() as conn:
        check_id = checks.start(conn, started_at)
    fetching = Fetching(home, store, clock, progress)
    leftovers = read_pages(home, store, clock, _unseen, fetching.doubt_of_leftovers())
    await fetching.pages(asked)
    outage = await fetching.doubt()
    if outage:
        _tell_outage(home, store, outage, started_at, clock())
    doubt = outage or own_doubt()
    outcomes = (*leftovers, *read_pages(home, store, clock, progress, doubt))
    await fetching.linked(outcomes)
    lapses = raise_what_is_due(home, store, clock(), doubt)
    held = hold_and_gather(home, store, clock())
    sent = send(home, store, clock, environ)
    tell_failing_routes(store, home.settings, clock())
    done = Check(started_at, clock(), tuple(asked), outcomes, sent, doubt, short, held, lapses)
    with store.begin() as conn:
        checks.finish(conn, check_id, done.ended_at, counts(done), done.remark)
        leases.release(conn, this_process())
    return done


def send(home: Home, store: Store, clock: Clock, environ: Mapping[str, str]) -> Sent:
    """Send what is waiting and due; nothing where another process is at it just now."""

    def renew(conn: Connection) -> None:
        leases.renew(conn, this_process(), clock())

    with _outbox(store, clock) as is_ours:
        inside = home.environ(environ)
        return send_waiting(store, home.settings, clock, inside, renew=renew) if is_ours else Sent()


@contextmanager
def _outbox(store: Store, clock: Clock) -> Iterator[bool]:
    """Whether the outbox is ours for as long as this lasts."""
    with store.begin() as conn:
        taken, _ = leases.take(conn, [leases.OUTBOX], this_process(), clock(), is_alive)
    yield bool(taken)
    with store.begin() as conn:
        leases.release(conn, this_process(), taken)


def _unseen(page_id: str) -> None:
    """What an earlier check left behind is no step of this one."""


def _tell_outage(home: Home, store: Store, doubt: str, started_at: datetime, now: datetime) -> None:
    with store.begin() as conn:
        tell_outage(conn, home.settings, doubt, fetches.newest_unread(conn), started_at, now)


def read_pages(
    home: Home, store: Store, clock: Clock, progress: Progress, doubt: str = ""
) -> tuple[Outcome, ...]:
    """Read whatever was fetched and not read yet, also what an earlier check left behind.

    Not what another check that runs just now has fetched: it decides on that itself.
    doubt: why none of it can be believed; "" for an ordinary check.
    """
    with store.begin() as conn:
        unread = [lease_name(fetch.page_id) for fetch in fetches.newest_unread(conn)]
        ours, _ = leases.take(conn, unread, this_process(), clock(), is_alive)
    waiting = [page for page in home.watchlist.pages if lease_name(page.id) in ours]
    outcomes: list[Outcome] = []
    while len(outcomes) < len(waiting):
        began = clock()
        with store.begin() as conn:
            for page in waiting[len(outcomes) :][:TOGETHER]:
                outcomes.append(_read_apart(home, store, conn, page, clock(), doubt))
                progress(page.id)
                if clock() - began > _HELD_AT_MOST:
                    break
            leases.renew(conn, this_process(), clock())
    return tuple(outcomes)


def _read_apart(home: Home, store: Store, conn: Connection, page: Page, now: datetime, doubt: str) -> Outcome:
    """One page whose evidence is damaged costs itself alone: it waits, unread, until that is restored."""
    try:
        with chain.part(conn):
            return _read_page(home, store, conn, page, now, doubt)
    except StoreError as error:
        return Outcome(page.id, damage=str(error))


def _read_page(home: Home, store: Store, conn: Connection, page: Page, now: datetime, doubt: str) -> Outcome:
    organization = home.watchlist.organization(page.organization_id)

    def address(alert: Alert) -> Sequence[alerts.NewDelivery]:
        return who_gets(home, conn, alert, organization, page, now)

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
        "failed": done.sent.failed + done.sent.parked + done.sent.put_off,
    }
