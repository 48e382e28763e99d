"""The same change on sister pages is told once, with all its places.

Before anything is sent, what waits for one recipient is looked through: alerts of one organization that say
the same in the same words become one, one of each page. The first of them goes out for all; the others keep
their evidence and share its fate (see monitor/store/alerts.py). Which places it names is looked up when it is
handed over: what is carried is told, and what is told is carried.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace

from monitor.model import Alert, Delivery, Place, Role
from monitor.segment import fold
from monitor.store import Connection, Store
from monitor.store import alerts as stored
from monitor.threads import governing

_ROLES = tuple(Role)  # a pledge page comes first


def join_sisters(store: Store) -> int:
    """Join what is the same; returns how many deliveries are now carried by others. Raises StoreError."""
    with store.read() as conn:
        if not _found(conn):
            return 0
    with store.begin() as conn:
        return sum(_join(conn, sisters) for sisters in _found(conn))


Waiting = tuple[Alert, Delivery]


def _found(conn: Connection) -> list[list[Waiting]]:
    """What waits for one recipient and is the same change, two or more each, the one that leads first."""
    groups: dict[Hashable, list[Waiting]] = {}
    known: dict[str, Alert] = {}
    for one in stored.untried(conn):
        if one.alert_id not in known:
            known[one.alert_id] = stored.get(conn, one.alert_id)
        alert = known[one.alert_id]
        groups.setdefault((one.route, one.channel, one.recipient, same(alert)), []).append((alert, one))
    newest = (_one_of_each_page(group) for group in groups.values())
    return [sorted(group, key=_order) for group in newest if len(group) > 1]


def _one_of_each_page(group: Sequence[Waiting]) -> list[Waiting]:
    """The newest of each page: the same change twice on one page is two changes."""
    oldest_first = sorted(group, key=lambda waiting: (waiting[0].raised_at, waiting[1].id))
    return list({alert.page["id"]: (alert, one) for alert, one in oldest_first}.values())


def same(alert: Alert) -> Hashable:
    """What two alerts share that tell the same change: of whom, how sure, which words, to what effect."""
    changes = frozenset(
        (one.kind, one.direction, one.rule, governing(one), fold(one.before_quote), fold(one.after_quote))
        for one in alert.findings
    )
    return alert.organization["id"], alert.after.confirmed_at is None, changes


def _order(waiting: Waiting) -> tuple[int, str]:
    """By what the page is for."""
    alert, _ = waiting
    return _ROLES.index(Role(alert.page["role"])), alert.page["id"]


def _join(conn: Connection, sisters: Sequence[Waiting]) -> int:
    (_, carrier), *others = sisters
    stored.carry(conn, [one.id for _, one in others], carrier.id)
    return len(others)


def with_places(conn: Connection, alert: Alert, *delivery_ids: int) -> Alert:
    """The alert as these deliveries tell it: with the sister pages that they stand for."""
    return replace(alert, places=_places(alert, stored.carried(conn, *delivery_ids)))


def as_told(conn: Connection, alert: Alert) -> Alert:
    """The alert with the sister pages that it stood for, to whomever."""
    return with_places(conn, alert, *(one.id for one in stored.of_alert(conn, alert.id)))


def _places(lead: Alert, others: Iterable[Alert]) -> tuple[Place, ...]:
    """By page, each once, but its own."""
    every = {one.page["id"]: Place(one.page, one.id) for one in others}
    return tuple(every[page_id] for page_id in sorted(every) if page_id != lead.page["id"])
