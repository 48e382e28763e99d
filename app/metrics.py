"""What Prometheus is told: read from the store at the moment of asking, with no state of our own.

Labels hold access states, delivery states and versions: no address, no name of a recipient, no secret.
"""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from platform import python_version

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from alerts.alive import why_silent
from app.home import Home, program_version
from app.room import Room
from monitor.alive import canary_pages
from monitor.model import Access
from monitor.store import Connection, Store, chain, checks, figures, readings
from monitor.store.alerts import PARKED, SENT, WAITING

#: The states in which somebody keeps us out, rather than that something broke.
BLOCKED = frozenset(
    {Access.WALL, Access.LOGIN, Access.CONSENT, Access.ROBOTS_DISALLOWED, Access.RATE_LIMITED}
)
NEVER = "never"  #: in place of an access state: a page that was never read, or tried
_DELIVERIES = (WAITING, SENT, PARKED)


class BlobBytes:
    """What the bodies of a home take up, measured once an hour: it takes a look at every file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.measured: tuple[datetime, int] | None = None

    def at(self, now: datetime) -> int:
        """The bytes, as they were at most an hour before this time."""
        known = self.measured
        if known is None or abs(now - known[0]) > timedelta(hours=1):
            known = self.measured = (now, tree_bytes(self.folder))
        return known[1]


def metrics_text(home: Home, now: datetime, blobs: BlobBytes | None = None) -> str:
    """All metrics in Prometheus' text format. now: aware UTC. Raises ConfigError and StoreError."""
    with home.open_store() as store:
        registry = CollectorRegistry(auto_describe=False)
        blob_bytes = (blobs or BlobBytes(home.root / "blobs")).at(now)
        registry.register(StoreCollector(home, store, now, blob_bytes))
        return generate_latest(registry).decode()


def show_metrics(home: Home, now: datetime) -> int:
    """pledgewatch metrics: print them, for node_exporter's textfile collector."""
    print(metrics_text(home, now), end="")
    return 0


class StoreCollector(Collector):
    """One look at a store at one moment (aware UTC)."""

    def __init__(self, home: Home, store: Store, now: datetime, blob_bytes: int) -> None:
        self.home, self.store, self.now, self.blob_bytes = home, store, now, blob_bytes

    def describe(self) -> list[Metric]:
        """Nothing: to register it must not cost a look at the store."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Every metric. Raises StoreError."""
        with self.store.read() as conn:
            yield from self._checks(conn)
            yield from self._pages(conn)
            yield from self._changes(conn)
            yield from self._outbox(conn)
            yield from self._canary(conn)
            yield from self._room(conn)
        yield _info()

    def _checks(self, conn: Connection) -> Iterator[Metric]:
        last, good = checks.last(conn), figures.last_good_check(conn)
        yield _time(
            "last_check_timestamp_seconds", "When the last check began.", last.started_at if last else None
        )
        yield _time(
            "last_good_check_timestamp_seconds",
            "When the last check ended that decided something and had no remark.",
            good.ended_at if good else None,
        )

    def _pages(self, conn: Connection) -> Iterator[Metric]:
        latest, watched = readings.latest(conn), [page.id for page in self.home.watchlist.asked]
        states = Counter(str(latest[one].access) if one in latest else NEVER for one in watched)
        pages = GaugeMetricFamily(
            "pledgewatch_pages", "Watched pages by what came of the last look.", labels=["access"]
        )
        for state in (*Access, NEVER):
            pages.add_metric([str(state)], states[str(state)])
        yield pages
        blocked = sum(states[str(state)] for state in BLOCKED)
        share = blocked / len(watched) if watched else 0.0
        yield _gauge("blocked_ratio", "Share of the watched pages where somebody kept us out.", share)
        due, overdue = figures.schedule(conn, self.now)
        yield _gauge("pages_due", "Pages that are due now.", due)
        yield _gauge("pages_overdue_seconds", "For how long the first of them has been due.", _s(overdue))

    def _changes(self, conn: Connection) -> Iterator[Metric]:
        yield _gauge("findings_pending", "Findings that wait to be confirmed.", figures.pending(conn))
        raised = figures.alerts_raised(conn)
        yield CounterMetricFamily("pledgewatch_alerts_raised", "Alerts raised so far.", value=raised)
        yield _gauge("alerts_held", "Alerts that are held for a person.", figures.held(conn))

    def _outbox(self, conn: Connection) -> Iterator[Metric]:
        states = figures.deliveries_by_state(conn)
        deliveries = GaugeMetricFamily("pledgewatch_deliveries", "Deliveries by state.", labels=["state"])
        for state in sorted({*_DELIVERIES, *states}):
            deliveries.add_metric([state], states.get(state, 0))
        yield deliveries
        yield _gauge("outbox_parked", "Deliveries that were given up.", states.get(PARKED, 0))
        _, since = figures.waiting(conn)
        age = max(self.now - since, timedelta(0)) if since else timedelta(0)
        yield _gauge("outbox_oldest_seconds", "For how long the oldest message has waited.", _s(age))

    def _canary(self, conn: Connection) -> Iterator[Metric]:
        ids = [page.id for page in canary_pages(self.home.watchlist)]
        told_at = figures.told_at(conn, ids)
        yield _time(
            "canary_last_delivered_timestamp_seconds", "When a change of the canary was told last.", told_at
        )
        silent = why_silent(conn, self.home.watchlist, self.now)
        yield _gauge("canary_overdue", "1 where the canary was silent for too long.", int(bool(silent)))

    def _room(self, conn: Connection) -> Iterator[Metric]:
        head = chain.head(conn)
        yield _gauge("chain_length", "Links of the chain over what was recorded.", head.id if head else 0)
        yield _gauge("database_bytes", "What the database takes up.", figures.database_bytes(conn))
        yield _gauge("blob_bytes", "What the bodies take up.", self.blob_bytes)
        free = Room(self.home.root, 0).free()
        yield _gauge("disk_free_bytes", "Free room on the disk of the home.", free)


def tree_bytes(folder: Path) -> int:
    """The bytes of all files below a folder; what goes away meanwhile is not counted."""
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(path) / name).stat().st_size
            except FileNotFoundError:
                continue
    return total


def _info() -> Metric:
    labels = {"version": program_version(), "python": python_version()}
    info = GaugeMetricFamily("pledgewatch_build_info", "Which program this is.", labels=list(labels))
    info.add_metric(list(labels.values()), 1)
    return info


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"pledgewatch_{name}", what, value=value)


def _time(name: str, what: str, at: datetime | None) -> Metric:
    """Seconds since 1970; 0 where it never was, so that every rule about its age holds."""
    return _gauge(name, what, at.timestamp() if at else 0)


def _s(span: timedelta) -> float:
    return span.total_seconds()
