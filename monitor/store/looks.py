"""When each page was read over a time, and when it was not: the proof of silence, for all pages at once."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, Text, cast, func, literal_column, select

from monitor.model import Access
from monitor.store.readings import IS_OURS
from monitor.store.tables import fetches, pages, readings

_IS_READING = readings.c.access.in_([access for access in Access if access.is_reading])
_DAY = len("2027-03-01")
_IS_OURS = fetches.c.archive_url == ""


@dataclass(frozen=True, slots=True)
class Looks:
    """When a page was truly read, as the database writes times: parsed only where somebody asks."""

    written: str = ""

    @property
    def count(self) -> int:
        """How often."""
        return self.written.count(",") + 1 if self.written else 0

    @property
    def at(self) -> tuple[datetime, ...]:
        """Every time (UTC), in order."""
        return tuple(map(_time, sorted(self._each)))

    @property
    def ends(self) -> tuple[datetime, datetime] | None:
        """The first and the last time (UTC); None where there is none."""
        return (_time(min(self._each)), _time(max(self._each))) if self.written else None

    @property
    def days(self) -> frozenset[str]:
        """The days (UTC, 2027-03-01) on which it was read once or more often."""
        return frozenset(one[:_DAY] for one in self._each)

    def since(self, at: datetime) -> "Looks":
        """Only those at this time (aware UTC) or later."""
        if not self.written or min(self._each)[:_DAY] > f"{at:%Y-%m-%d}":
            return self
        return Looks(",".join(one for one in self._each if _time(one) >= at))

    @property
    def _each(self) -> list[str]:
        return self.written.split(",") if self.written else []


def read(conn: Connection, since: datetime, until: datetime) -> dict[str, Looks]:
    """Page id → when we truly read it, from `since` (UTC) to before `until`, for every page that was.

    What was imported from archives is no look of ours, here and below.
    """
    times = func.aggregate_strings(cast(readings.c.at, Text), ",")
    query = select(readings.c.page_id, times).where(*_between(since, until), _IS_READING)
    return {row[0]: Looks(row[1]) for row in conn.execute(query.group_by(readings.c.page_id))}


def failed(conn: Connection, since: datetime, until: datetime) -> dict[str, Counter[Access]]:
    """Page id → how often it could not be read in that time, by what stood in the way."""
    query = select(readings.c.page_id, readings.c.access, func.count())
    query = query.where(*_between(since, until), ~_IS_READING)
    found: dict[str, Counter[Access]] = {}
    for page_id, access, count in conn.execute(query.group_by(readings.c.page_id, readings.c.access)):
        found.setdefault(page_id, Counter())[access] = count
    return found


def imported(conn: Connection, since: datetime, until: datetime) -> dict[str, int]:
    """Page id → how many captures that others took in that time were imported."""
    is_theirs = fetches.c.archive_url != literal_column("''")  # as the index says it
    query = select(fetches.c.page_id, func.count()).where(is_theirs)
    query = query.where(fetches.c.ended_at >= since, fetches.c.ended_at < until)
    return {row[0]: row[1] for row in conn.execute(query.group_by(fetches.c.page_id))}


def last_at(
    conn: Connection, since: datetime, until: datetime, page_ids: Collection[str]
) -> dict[str, datetime]:
    """Page id → our last look at it in that time, whatever came of it, for those of these that have any."""
    query = select(readings.c.page_id, func.max(readings.c.at)).where(*_between(since, until))
    rows = conn.execute(query.where(readings.c.page_id.in_(page_ids)).group_by(readings.c.page_id))
    return {row[0]: row[1] for row in rows}


def first_at(conn: Connection, page_ids: Collection[str]) -> dict[str, datetime]:
    """Page id → our first own fetch of it (UTC), for those of these pages that have any, watched or not."""
    query = select(fetches.c.page_id, func.min(fetches.c.started_at))
    query = query.where(fetches.c.page_id.in_(page_ids), _IS_OURS).group_by(fetches.c.page_id)
    return {row[0]: row[1] for row in conn.execute(query)}


def newest(conn: Connection) -> datetime | None:
    """The time of the newest reading (UTC), whatever came of it, imported ones among them; None for none."""
    at: datetime | None = conn.scalar(select(func.max(readings.c.at)))
    return at


def watched_since(conn: Connection) -> dict[str, datetime]:
    """Page id → our first own fetch of it (UTC), for each page on the schedule that has any."""
    first = select(fetches.c.started_at).where(fetches.c.page_id == pages.c.id, _IS_OURS)
    one = first.order_by(fetches.c.id).limit(1).correlate(pages).scalar_subquery()
    rows = conn.execute(select(pages.c.id, one.label("at")))
    return {row.id: row.at for row in rows if row.at is not None}


@dataclass(frozen=True, slots=True)
class PageText:
    """A text that differs from the one before it, whose fetch is before_id. at: when it came (UTC)."""

    fetch_id: int
    at: datetime
    access: Access
    words: int
    before_id: int | None


def texts(conn: Connection, page_id: str, limit: int, offset: int = 0) -> list[PageText]:
    """The texts of this page, each where it differs from the one before it, newest first."""
    in_order = (readings.c.at, readings.c.fetch_id)
    before = (
        func.lag(column).over(order_by=in_order).label(name)
        for column, name in ((readings.c.text_sha256, "before"), (readings.c.fetch_id, "before_id"))
    )
    columns = (
        readings.c.fetch_id,
        readings.c.at,
        readings.c.access,
        readings.c.words,
        readings.c.text_sha256,
    )
    held = select(*columns, *before).where(readings.c.page_id == page_id, readings.c.text_sha256 != "")
    all_ = held.subquery()
    differs = all_.c.before.is_(None) | (all_.c.before != all_.c.text_sha256)
    query = select(*(all_.c[name] for name in PageText.__slots__)).where(differs)
    rows = conn.execute(query.order_by(all_.c.at.desc(), all_.c.fetch_id.desc()).limit(limit).offset(offset))
    return [PageText(*row) for row in rows]


def _between(since: datetime, until: datetime) -> Sequence[ColumnElement[bool]]:
    return readings.c.at >= since, readings.c.at < until, IS_OURS


def _time(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)  # both databases write UTC
