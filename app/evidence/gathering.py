"""What a pack is made of, out of the store. Half of the evidence proves nothing: then there is none."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta

from app.evidence.contents import body_and_text
from app.evidence.source import (
    SIDES,
    Linked,
    Period,
    Seen,
    Source,
    folder_of,
    record_name,
)
from app.evidence.wording import AT_MOST
from monitor.confirm import finding_key
from monitor.errors import InputError, StoreError
from monitor.model import Alert, Document, Page
from monitor.reading import Read
from monitor.store import Connection, Store, chain, extracts, findings, raised, snapshots
from monitor.store.snapshots import Snapshot
from monitor.wire import utc_text

CHANGES_AT_MOST = 100  #: in the pack of a period
Rows = Mapping[tuple[str, str], str]


def gathered(conn: Connection, store: Store, alert: Alert, page: Page, read: Read) -> Source:
    """The evidence of one change as the store holds it. read: gives the text of a body.

    Raises StoreError where a fetch or a body is missing or damaged.
    """
    sides = _sides(conn, alert)
    first, last = sides["before"].fetch.started_at, _last(alert, sides)
    between = _between(conn, page.id, first, last)
    files = _files(store, "", sides, page, read)
    return _source(conn, [alert], [*sides.values(), *between], files, None)


def gathered_period(
    conn: Connection,
    store: Store,
    period: Period,
    pages: Sequence[Page],
    page_of: Callable[[Alert], Page],
    read: Read,
) -> Source:
    """Every alert on this organization raised in this time, and every fetch of its pages then.

    pages: those that are watched today. Raises InputError where there is nothing, or too much, and StoreError
    where a fetch or a body is missing or damaged.
    """
    first = datetime.combine(period.first, time(), UTC)
    last = datetime.combine(period.last, time(), UTC) + timedelta(days=1, microseconds=-1)
    alerts = _raised(conn, period, first, last)
    seen, files = list[Snapshot](), dict[str, bytes]()
    for alert in alerts:
        page, sides = page_of(alert), _sides(conn, alert)
        seen += sides.values()
        seen += _between(conn, page.id, sides["before"].fetch.started_at, _last(alert, sides))
        files |= _files(store, folder_of(alert.id, period), sides, page, read)
    for page_id in sorted({page.id for page in pages} | {alert.page["id"] for alert in alerts}):
        seen += _between(conn, page_id, first, last)
    if not seen:
        said = f"no page of {period.organization_id} was looked at from {period.first} to {period.last}"
        raise InputError(f"{said}, so there is no evidence: choose other days")
    return _source(conn, alerts, seen, files, period)


def _raised(conn: Connection, period: Period, first: datetime, last: datetime) -> list[Alert]:
    every = raised.of_organization(conn, period.organization_id, 1_000_000)
    within = [one for one in every if first <= one.raised_at <= last]
    if len(within) > CHANGES_AT_MOST:
        said = f"{len(within):,} changes were told in this time, and a pack holds {CHANGES_AT_MOST}"
        raise InputError(f"{said}: choose fewer days")
    return within


def _source(
    conn: Connection,
    alerts: Sequence[Alert],
    seen: Iterable[Snapshot],
    files: Mapping[str, bytes],
    period: Period | None,
) -> Source:
    rows = _rows(conn, alerts, {one.fetch.id for one in seen})
    records = {record_name(*of): row.encode() for of, row in rows.items()}
    return Source(records, _chain(conn, rows), files, period)


# --------------------------------------------------------------------------- fetches and bodies


def _sides(conn: Connection, alert: Alert) -> dict[str, Snapshot]:
    return {name: _side(conn, alert, name) for name in SIDES}


def _side(conn: Connection, alert: Alert, name: str) -> Snapshot:
    side = getattr(alert, name)
    found = snapshots.of_side(conn, alert.page["id"], side.fetched_at, side.sha256)
    if found is None:
        at = utc_text(side.fetched_at)
        raise StoreError(f"the store has no fetch of {at}, which this alert names: restore it from a backup")
    return found


def _last(alert: Alert, sides: Mapping[str, Snapshot]) -> datetime:
    """When the last look was that this alert rests on."""
    return max(alert.after.confirmed_at or alert.after.fetched_at, sides["after"].fetch.started_at)


def _between(conn: Connection, page_id: str, first: datetime, last: datetime) -> list[Snapshot]:
    """The newest that began in this time (UTC), both ends included."""
    until = snapshots.until(conn, page_id, last, AT_MOST)
    return [one for one in until if one.fetch.started_at >= first]


def _files(
    store: Store, folder: str, sides: Mapping[str, Snapshot], page: Page, read: Read
) -> dict[str, bytes]:
    """The bodies of both sides and their texts, as far as what is read today is what was read then."""
    files: dict[str, bytes] = {}
    for side, one in sides.items():
        body = store.blobs.get(one.fetch.body_sha256)
        text = read(body, one.fetch, page)
        said = text.text if isinstance(text, Document) else ""
        files |= body_and_text(folder, side, Seen(one.fetch, one.reading, {}), body, said)
    return files


# --------------------------------------------------------------------------- records and their links


def _rows(conn: Connection, alerts: Sequence[Alert], fetch_ids: Iterable[int]) -> Rows:
    ids = [str(id) for id in sorted(fetch_ids)]
    found = [
        id
        for alert in alerts
        for id in findings.ids_of(conn, alert.page["id"], {finding_key(one) for one in alert.findings})
    ]
    wanted = {
        "alerts": [alert.id for alert in alerts],
        "fetches": ids,
        "readings": ids,
        "findings": [str(id) for id in sorted(set(found))],
    }
    return {
        (kind, key): row
        for kind, keys in wanted.items()
        for key, row in chain.written(conn, kind, keys).items()
    }


def _chain(conn: Connection, rows: Rows) -> tuple[Linked, ...]:
    """Every link from the first of theirs to the head: none may be left out."""
    head = chain.head(conn)
    if head is None:
        return ()
    own = (link for kind, keys in _by_kind(rows).items() for link in extracts.links_of(conn, kind, keys))
    kept = extracts.onwards(conn, min((link.id for link in own), default=head.id))
    newest = {(one.kind, one.key): one.id for one in kept}
    before = extracts.befores(conn, kept[:1]).get(kept[0].id, chain.ORIGIN)
    linked = []
    for one in kept:
        is_newest = (one.kind, one.key) in rows and newest[one.kind, one.key] == one.id
        name = record_name(one.kind, one.key) if is_newest else "-"
        linked.append(Linked(one, before, name))
        before = one.sha256
    return tuple(linked)


def _by_kind(rows: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for kind, key in rows:
        grouped.setdefault(kind, []).append(key)
    return grouped
