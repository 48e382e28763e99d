"""The same change on sister pages is told once, with all its places.

Before anything is sent, what waits for one recipient is looked through: alerts of one organization that say
the same in the same words become one. The first of them goes out for all; the others keep their evidence and
share its fate (see monitor/store/alerts.py).
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace

from monitor.model import Alert, Delivery, Place, Role
from monitor.segment import fold
from monitor.store import Connection, Store
from monitor.store import alerts as stored

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
    for one in stored.untried(conn):
        alert = stored.get(conn, one.alert_id)
        groups.setdefault((one.route, one.channel, one.recipient, same(alert)), []).append((alert, one))
    several = (group for group in groups.values() if len({alert.id for alert, _ in group}) > 1)
    return [sorted(group, key=_order) for group in several]


def same(alert: Alert) -> Hashable:
    """What two alerts share that tell the same change: of whom, how sure, which words, to what effect."""
    changes = frozenset(
        (one.kind, one.direction, one.rule, fold(one.before_quote), fold(one.after_quote))
        for one in alert.findings
    )
    return alert.organization["id"], alert.after.confirmed_at is None, changes


def _order(waiting: Waiting) -> tuple[bool, int, str]:
    """Whoever leads already stays; then by what the page is for."""
    alert, _ = waiting
    return not alert.places, _ROLES.index(Role(alert.page["role"])), alert.page["id"]


def _join(conn: Connection, sisters: Sequence[Waiting]) -> int:
    (_, carrier), *others = sisters
    lead = stored.get(conn, carrier.alert_id)  # another recipient's group may have given it places
    stored.carry(conn, [one.id for _, one in others], carrier.id)
    stored.replace(conn, replace(lead, places=_places(lead, (alert for alert, _ in others))))
    return len(others)


def _places(lead: Alert, others: Iterable[Alert]) -> tuple[Place, ...]:
    """All places but its own, by page, each once."""
    known = {place.page["id"]: place for place in lead.places}
    new = {one.page["id"]: Place(one.page, one.id) for one in others}
    every = {**known, **new}
    return tuple(every[page_id] for page_id in sorted(every) if page_id != lead.page["id"])
