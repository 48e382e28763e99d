"""What is due: a question to the store, asked by the daemon at each tick and by a check at its beginning.

Light: whoever only asks needs no spiders.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from alerts.digest import due_digests
from alerts.lapses import due_lapses
from app.home import Home
from app.owner import is_alive, this_process
from monitor.errors import ConfigError
from monitor.model import Page
from monitor.store import Connection, Store, alerts, fetches, hosts, leases, pages
from spiders.memory import origin_of, wait


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


def what_is_due(home: Home, store: Store, now: datetime) -> set[str]:
    """What a check would find to do, by the names of leases: pages to be asked or read, the outbox.

    What another process is at just now is left to it.
    """
    with store.begin() as conn:
        due = {lease_name(page.id) for page in _due(home, conn, now, everything=False)}
        unread = {lease_name(fetch.page_id) for fetch in fetches.newest_unread(conn)}
        is_time = (
            alerts.due(conn, now)
            or due_digests(conn, home.settings, now)
            or due_lapses(conn, home.watchlist, now)
        )
        sending = {leases.OUTBOX} if is_time else set()
        held = {one.name for one in leases.all(conn) if leases.is_held(one, now, is_alive)}
    return (due | unread | sending) - held


def due_pages(home: Home, store: Store, now: datetime, *, everything: bool = False) -> tuple[Page, ...]:
    """The pages to ask now, the longest overdue first; brings the schedule up to date.

    Pages of hosts that asked for patience wait; everything: all pages, whenever they are due. Paused ones
    are never asked.
    """
    with store.begin() as conn:
        return _due(home, conn, now, everything=everything)


def take_pages(
    home: Home, store: Store, now: datetime, wanted: Collection[str], *, everything: bool = False
) -> tuple[tuple[Page, ...], tuple[leases.Lease, ...]]:
    """Lease the due pages among these ids: (the pages that are ours now, the leases of others on the rest).

    What is due and who takes it is one question to the store: no page is taken twice.
    """
    with store.begin() as conn:
        all_due = _due(home, conn, now, everything=everything)
        due = {lease_name(page.id): page for page in all_due if page.id in wanted}
        taken, others = leases.take(conn, due, this_process(), now, is_alive)
    return tuple(due[name] for name in taken), tuple(others)


def _due(home: Home, conn: Connection, now: datetime, *, everything: bool) -> tuple[Page, ...]:
    asked = home.watchlist.asked
    pages.sync(conn, asked, now)
    if everything:
        return asked
    patient = {host.origin for host in hosts.all(conn) if wait(host.not_before, now)}
    unread = {fetch.page_id for fetch in fetches.newest_unread(conn)}  # fetched by a check that was killed
    watched = {page.id: page for page in asked}
    due = (watched[one] for one in pages.due(conn, now) if one not in unread)
    return tuple(page for page in due if origin_of(page.url) not in patient)


def lease_name(page_id: str) -> str:
    """What a page is called among the leases."""
    return f"page {page_id}"
