"""Fetches, append-only: what was tried, what came back, what is still to be read.

Our own are ordered by id, as they were recorded: a clock may be set back. Mementos are by their dates.
"""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, func, insert, or_, select

from monitor.errors import StoreError
from monitor.model import Access, Fetch, Page
from monitor.store import chain
from monitor.store.tables import fetches, pages, readings

_FACTS = tuple(each.name for each in fields(Fetch) if each.name != "id")
FULL_FETCH_EVERY = timedelta(days=7)
_INSERT = insert(fetches)
_ALL = select(fetches)
_IS_OURS = fetches.c.archive_url == ""
_HAS_BODY = fetches.c.body_sha256 != ""
_UNREAD = ~select(readings.c.fetch_id).where(readings.c.fetch_id == fetches.c.id).exists()
_IS_READING = readings.c.access.in_([access for access in Access if access.is_reading])
_OF_PAGE = fetches.c.page_id == bindparam("page_id")

# what every page asks at every check is made once: to build a statement takes longer than to run it
_BY_ID = _ALL.where(fetches.c.id == bindparam("fetch_id"))
_GOOD = _ALL.where(fetches.c.status == 200, _HAS_BODY)
_NEWEST_GOOD = _GOOD.where(_OF_PAGE).order_by(fetches.c.id.desc()).limit(1)
_READ_OF_PAGE = select(readings.c.fetch_id).where(readings.c.page_id == bindparam("page_id"))  # index alone
_UNREAD_OF_PAGE = _ALL.where(_OF_PAGE, fetches.c.id.not_in(_READ_OF_PAGE)).order_by(
    fetches.c.started_at, fetches.c.id
)
_PREVIOUS_BODY = (
    _ALL.join(readings, readings.c.fetch_id == fetches.c.id)
    .where(_OF_PAGE, _IS_OURS, _HAS_BODY, _IS_READING, fetches.c.id < bindparam("fetch_id"))
    .order_by(fetches.c.id.desc())
    .limit(1)
)


def record(conn: Connection, fetch: Fetch) -> Fetch:
    """Keep this fetch for ever (its body must be in the blobs by now); returns it with its id."""
    result = conn.execute(_INSERT, {name: getattr(fetch, name) for name in _FACTS})
    assert result.inserted_primary_key is not None
    chain.note(conn, fetches, result.inserted_primary_key[0])
    return replace(fetch, id=result.inserted_primary_key[0])


def get(conn: Connection, fetch_id: int) -> Fetch:
    """The fetch with this id. Raises StoreError if there is none."""
    row = conn.execute(_BY_ID, {"fetch_id": fetch_id}).one_or_none()
    if row is None:
        raise StoreError(f"the store has no fetch {fetch_id}: restore it from a backup")
    return Fetch(**row._mapping)


def unread(conn: Connection, page_id: str) -> list[Fetch]:
    """The fetches of this page that have no reading yet, oldest first."""
    return [Fetch(**row._mapping) for row in conn.execute(_UNREAD_OF_PAGE, {"page_id": page_id})]


def newest_asides(conn: Connection, prefix: str) -> list[Fetch]:
    """The newest fetch of each aside whose page id begins like this, where it answered with a good body."""
    ours = select(func.max(fetches.c.id)).where(fetches.c.page_id.startswith(prefix, autoescape=True))
    newest = _GOOD.where(fetches.c.id.in_(ours.group_by(fetches.c.page_id)))
    return [Fetch(**row._mapping) for row in conn.execute(newest.order_by(fetches.c.id))]


def newest_aside(conn: Connection, page_id: str) -> Fetch | None:
    """The newest good answer to this one."""
    row = conn.execute(_NEWEST_GOOD, {"page_id": page_id}).one_or_none()
    return Fetch(**row._mapping) if row else None


def newest_unread(conn: Connection) -> list[Fetch]:
    """The newest fetch of each watched page, where it has no reading yet."""
    newest = _newest_of_watched()
    return [Fetch(**row._mapping) for row in conn.execute(newest.where(_UNREAD).order_by(fetches.c.id))]


def asked_since(conn: Connection, page_ids: Sequence[str], since: datetime) -> list[Fetch]:
    """The fetches of these ids at this time (UTC) or later."""
    query = _ALL.where(fetches.c.page_id.in_(page_ids), fetches.c.started_at >= since)
    return [Fetch(**row._mapping) for row in conn.execute(query.order_by(fetches.c.id))]


def previous_body(conn: Connection, fetch: Fetch) -> Fetch | None:
    """What a 304 refers to: our newest earlier fetch of the page with a body that was read well.

    Never a memento, and never the body of a wall or an error page.
    """
    row = conn.execute(_PREVIOUS_BODY, {"page_id": fetch.page_id, "fetch_id": fetch.id}).one_or_none()
    return Fetch(**row._mapping) if row else None


def newest_read(conn: Connection, page_id: str) -> Fetch | None:
    """Our newest fetch of the page with a body that was read well; None where there is none."""
    row = conn.execute(_PREVIOUS_BODY, {"page_id": page_id, "fetch_id": 2**63 - 1}).one_or_none()
    return Fetch(**row._mapping) if row else None


def has_memento(conn: Connection, memento: Fetch) -> bool:
    """Whether this capture (page, time and bytes) was imported before."""
    is_same = and_(
        fetches.c.page_id == memento.page_id,
        fetches.c.started_at == memento.started_at,
        fetches.c.body_sha256 == memento.body_sha256,
        ~_IS_OURS,
    )
    return conn.execute(select(fetches.c.id).where(is_same).limit(1)).first() is not None


def validators(
    conn: Connection, pages: Sequence[Page] | None = None, now: datetime | None = None
) -> dict[str, tuple[str, str]]:
    """What to ask watched pages conditionally with: page id → (ETag, Last-Modified), "" for one not known.

    They come from our newest fetch with a body, where it was read well and only 304 came after it; anything
    else in between means a full fetch. So does a redirect: validators belong to the address that gave them,
    and we do not know where the next one leads. Given pages, those whose address is another by now are left
    out; given now (UTC), those whose body is older than a week, so that no wrong 304 hides a change for long.
    """
    is_change = or_(_HAS_BODY, fetches.c.status.is_distinct_from(304), fetches.c.failure.is_not(None))
    query = (
        _newest_of_watched(is_change)
        .join(readings, readings.c.fetch_id == fetches.c.id)
        .where(_HAS_BODY, _IS_READING)
    )
    if now is not None:
        query = query.where(fetches.c.started_at >= now - FULL_FETCH_EVERY)
    current = None if pages is None else {(page.id, page.url) for page in pages}
    known = {
        row.page_id: (_header(row.headers, "etag"), _header(row.headers, "last-modified"))
        for row in conn.execute(query)
        if not row.redirects and (current is None or (row.page_id, row.requested_url) in current)
    }
    return {page_id: pair for page_id, pair in known.items() if any(pair)}


def _newest_of_watched(*wanted: ColumnElement[bool]) -> Select[tuple[Any, ...]]:
    """The newest of our fetches that are wanted, of each watched page: one step of an index a page."""
    newest = (
        select(fetches.c.id)
        .where(fetches.c.page_id == pages.c.id, _IS_OURS, *wanted)
        .order_by(fetches.c.id.desc())
        .limit(1)
        .correlate(pages)
        .scalar_subquery()
    )
    return select(*fetches.c).select_from(pages.join(fetches, fetches.c.id == newest))


def _header(headers: Sequence[tuple[str, str]], name: str) -> str:
    return next((value for key, value in headers if key.lower() == name), "")
