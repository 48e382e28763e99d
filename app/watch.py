"""One check: fetch what is due, read it, decide what changed, send what is waiting.

    due ─► crawl (spiders) ─► record ─► check_page (monitor) ─► outbox (alerts)

They meet in the store: a check that is killed at any point is taken up by the next one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from alerts.outbox import Sent, send_waiting
from alerts.routes import deliveries
from app.home import Home, program_version
from monitor.check import Outcome, check_page_within
from monitor.errors import ConfigError
from monitor.model import Access, Alert, Fetch, Page, Reading, Sighting, Tracked
from monitor.store import Connection, Store, alerts, checks, fetches, pages
from spiders.crawl import Stamp, Target, crawl, user_agent

_TOGETHER = 16  #: pages that share a transaction: a commit that survives a power cut is not free
_AT_LATEST = timedelta(seconds=2)  #: no fetch waits longer than this for the next one
Clock = Callable[[], datetime]
Progress = Callable[[str], None]  #: told the id of each page as it is fetched, and then as it is read


@dataclass(frozen=True, slots=True)
class Check:
    """What one check brought."""

    started_at: datetime
    ended_at: datetime
    asked: tuple[Page, ...]
    outcomes: tuple[Outcome, ...]
    sent: Sent

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
    """The pages to ask now, in the order of the watchlist; brings the schedule up to date first."""
    with store.begin() as conn:
        pages.sync(conn, home.watchlist.pages, now)
        due = set(pages.due(conn, now))
    return tuple(page for page in home.watchlist.pages if everything or page.id in due)


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
    await _fetch(home, store, asked, clock, progress)
    outcomes = read_pages(home, store, clock, progress)
    sent = send_waiting(store, home.settings, clock, home.environ(environ))
    done = Check(started_at, clock(), tuple(asked), outcomes, sent)
    with store.begin() as conn:
        checks.finish(conn, check_id, done.ended_at, counts(done))
    return done


async def _fetch(home: Home, store: Store, asked: Sequence[Page], clock: Clock, progress: Progress) -> None:
    if not asked:
        return
    with store.read() as conn:
        known = fetches.validators(conn, asked)
    targets = [Target(page, *known.get(page.id, ("", ""))) for page in asked]
    stamp = Stamp(program_version(), home.config_sha256)
    agent = user_agent(home.settings.operator.contact, program_version())
    recorder = Recorder(store, progress)
    try:
        await crawl(targets, home.settings.network, agent, stamp, recorder.record, clock=clock)
    finally:
        recorder.flush()


class Recorder:
    """Keeps fetches, a few in one transaction: what a kill takes is at most fetched again."""

    def __init__(self, store: Store, progress: Progress) -> None:
        self.store, self.progress = store, progress
        self.waiting: list[Fetch] = []

    def record(self, fetch: Fetch, body: bytes) -> None:
        """Keep a body at once, and its fetch with the next few."""
        if body:
            self.store.blobs.put(body)
        self.waiting.append(fetch)
        if len(self.waiting) >= _TOGETHER or fetch.ended_at - self.waiting[0].ended_at >= _AT_LATEST:
            self.flush()
        self.progress(fetch.page_id)

    def flush(self) -> None:
        """Write what waits. Raises StoreError."""
        if self.waiting:
            with self.store.begin() as conn:
                for fetch in self.waiting:
                    fetches.record(conn, fetch)
            self.waiting = []


def read_pages(home: Home, store: Store, clock: Clock, progress: Progress) -> tuple[Outcome, ...]:
    """Read whatever was fetched and not read yet, also what an earlier check left behind."""
    with store.read() as conn:
        unread = set(fetches.pages_with_unread(conn))
    waiting = [page for page in home.watchlist.pages if page.id in unread]
    outcomes: list[Outcome] = []
    for start in range(0, len(waiting), _TOGETHER):
        with store.begin() as conn:
            for page in waiting[start : start + _TOGETHER]:
                outcomes.append(_read_page(home, store, conn, page, clock()))
                progress(page.id)
    return tuple(outcomes)


def _read_page(home: Home, store: Store, conn: Connection, page: Page, now: datetime) -> Outcome:
    organization = home.watchlist.organization(page.organization_id)

    def address(alert: Alert) -> Sequence[alerts.NewDelivery]:
        return deliveries(alert, organization, page, home.settings)

    return check_page_within(conn, store, organization, page, home.rules, address, now)


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
        "sent": done.sent.sent,
        "failed": done.sent.failed + done.sent.parked,
    }
