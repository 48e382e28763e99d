"""What a page is compared with (its baseline), and the findings that are followed until they are believed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, Row, bindparam, select, update

from monitor.model import PAGE_GONE, Sighting, Tracked
from monitor.store import chain
from monitor.store.readings import unread_since
from monitor.store.tables import baselines, findings, is_of, upsert


@dataclass(frozen=True, slots=True)
class Baseline:
    """The version of a page that we believe: which fetch, which text, and when it was last seen (UTC)."""

    page_id: str
    fetch_id: int
    text_sha256: str
    last_seen_at: datetime


_BASELINE = tuple(each.name for each in fields(Baseline))
_TRACKED = tuple(each.name for each in fields(Tracked))

_BASELINE_OF_PAGE = select(baselines).where(baselines.c.page_id == bindparam("page_id"))
_FINDINGS_OF_PAGE = (
    select(findings)
    .where(findings.c.page_id == bindparam("page_id"))
    .order_by(findings.c.first_seen_at, findings.c.id)
)


def baseline(conn: Connection, page_id: str) -> Baseline | None:
    """What this page is compared with; None before its first good reading."""
    row = conn.execute(_BASELINE_OF_PAGE, {"page_id": page_id}).one_or_none()
    return Baseline(**row._mapping) if row else None


def believed(conn: Connection, among: Collection[str] | None = None) -> set[str]:
    """The ids of the pages, or of these, that have a version which we believe."""
    query = select(baselines.c.page_id)
    return set(conn.scalars(query if among is None else query.where(baselines.c.page_id.in_(among))))


def set_baseline(conn: Connection, new: Baseline) -> None:
    """Compare the page with this from now on."""
    statement = upsert(conn.dialect.name, baselines, "page_id")
    conn.execute(statement, {name: getattr(new, name) for name in _BASELINE})
    chain.note(conn, baselines, new.page_id)


def tracked(conn: Connection, page_id: str) -> list[Tracked]:
    """All findings of this page in whatever state, oldest first."""
    return [_tracked(row) for row in conn.execute(_FINDINGS_OF_PAGE, {"page_id": page_id})]


def save(conn: Connection, page_id: str, followed: Sequence[Tracked]) -> None:
    """Keep these findings of the page, each instead of the one with its key."""
    if followed:
        rows = [{"page_id": page_id} | {name: getattr(each, name) for name in _TRACKED} for each in followed]
        conn.execute(upsert(conn.dialect.name, findings, "page_id", "key"), rows)
        keys = [each.key for each in followed]
        written = select(findings.c.id).where(findings.c.page_id == page_id, findings.c.key.in_(keys))
        chain.note(conn, findings, *conn.scalars(written.order_by(findings.c.id)))


def close_pending(conn: Connection, page_id: str) -> None:
    """Follow what waits to be confirmed on this page no further."""
    is_pending = (findings.c.page_id == page_id) & (findings.c.state == Sighting.PENDING)
    chain.note(conn, findings, *conn.scalars(select(findings.c.id).where(is_pending)))
    conn.execute(update(findings).where(is_pending).values(state=Sighting.VARIANT, readings=0))


def all_pending(conn: Connection) -> list[tuple[str, Tracked]]:
    """(page id, finding) for every finding that waits to be confirmed, by page, oldest first."""
    query = select(findings).where(findings.c.state == Sighting.PENDING)
    rows = conn.execute(query.order_by(findings.c.page_id, findings.c.first_seen_at, findings.c.id))
    return [(row.page_id, _tracked(row)) for row in rows]


def first_pending(conn: Connection, limit: int, offset: int = 0) -> list[tuple[str, Tracked]]:
    """(page id, finding) for what waits to be confirmed, what was seen last first."""
    query = select(findings).where(findings.c.state == Sighting.PENDING)
    query = query.order_by(findings.c.first_seen_at.desc(), findings.c.id.desc())
    return [(row.page_id, _tracked(row)) for row in conn.execute(query.limit(limit).offset(offset))]


def of_organization(conn: Connection, organization_id: str) -> list[tuple[str, Tracked]]:
    """(page id, finding) for all findings on its pages, in whatever state, oldest first."""
    other = findings.alias("other")
    its = select(other.c.page_id).where(is_of(other.c.page_id, organization_id))
    query = select(findings).where(findings.c.page_id.in_(its))
    rows = conn.execute(query.order_by(findings.c.first_seen_at, findings.c.id))
    return [(row.page_id, _tracked(row)) for row in rows]


def states(conn: Connection, page_ids: Collection[str]) -> dict[tuple[str, str], Sighting]:
    """(page id, key of the finding) → where it stands, on these pages."""
    columns = (findings.c.page_id, findings.c.key, findings.c.state)
    query = select(*columns).where(findings.c.page_id.in_(page_ids))
    return {(row.page_id, row.key): row.state for row in conn.execute(query)} if page_ids else {}


def seen_since(conn: Connection, since: datetime) -> list[tuple[str, Tracked]]:
    """(page id, finding) for every finding, pending or confirmed, that was first seen then or later (UTC)."""
    believable = findings.c.state.in_((Sighting.PENDING, Sighting.CONFIRMED))
    rows = conn.execute(select(findings).where(believable, findings.c.first_seen_at >= since))
    return [(row.page_id, _tracked(row)) for row in rows]


def all_alternating(conn: Connection) -> list[tuple[str, Tracked]]:
    """(page id, finding) for every finding that came and went more than once and is away just now."""
    query = select(findings).where(findings.c.state == Sighting.VARIANT, findings.c.flips > 1)
    rows = conn.execute(query.order_by(findings.c.page_id, findings.c.first_seen_at, findings.c.id))
    return [(row.page_id, _tracked(row)) for row in rows]


def alternates(one: Tracked) -> bool:
    """Whether it came and went more than once and is away just now."""
    return one.state is Sighting.VARIANT and one.flips > 1


def newest_alternating(conn: Connection, limit: int) -> list[tuple[str, Tracked]]:
    """So many of these, what was seen last first."""
    query = select(findings).where(findings.c.state == Sighting.VARIANT, findings.c.flips > 1)
    rows = conn.execute(query.order_by(findings.c.last_seen_at.desc(), findings.c.id).limit(limit))
    return [(row.page_id, _tracked(row)) for row in rows]


def pending_pages(conn: Connection, since: datetime, until: datetime) -> set[str]:
    """The ids of the pages with a change seen from then (UTC) to before then that still waits."""
    seen = (findings.c.first_seen_at < until, findings.c.last_seen_at >= since)
    return set(conn.scalars(select(findings.c.page_id).where(findings.c.state == Sighting.PENDING, *seen)))


def gone_now(conn: Connection, page_ids: Collection[str]) -> set[str]:
    """Those of these watched pages that are gone, which was confirmed, and that could not be read since."""
    unread = unread_since(conn, page_ids)
    columns = (findings.c.page_id, findings.c.first_seen_at, findings.c.state, findings.c.finding)
    theirs = select(*columns).where(findings.c.page_id.in_(unread.keys()))
    return {
        row.page_id
        for row in conn.execute(theirs)
        if row.state is Sighting.CONFIRMED and row.first_seen_at >= unread[row.page_id]
        if row.finding.rule == PAGE_GONE
    }


def ids_of(conn: Connection, page_id: str, keys: Collection[str]) -> list[int]:
    """The numbers of the rows of these findings of a page, in order."""
    query = select(findings.c.id).where(findings.c.page_id == page_id, findings.c.key.in_(keys))
    return list(conn.scalars(query.order_by(findings.c.id)))


def _tracked(row: Row[tuple[object, ...]]) -> Tracked:
    return Tracked(**{name: row._mapping[name] for name in _TRACKED})
