"""The proof of silence: of each page when it was read in a period, and when it was not. Pure.

Days are UTC, the first and the last one included. A page counts from its first own fetch on: what we imported
from archives proves nothing of our looking.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from monitor.model import Access, Page
from monitor.store.looks import Looks

LONGEST = 366  #: days
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last one."""

    first: date
    last: date

    @property
    def since(self) -> datetime:
        """Its beginning (UTC)."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def until(self) -> datetime:
        """The moment after its end (UTC)."""
        return datetime.combine(self.last + _DAY, time(), UTC)


def last_days(count: int, today: date) -> Period:
    """The last days, today among them."""
    return Period(today - (count - 1) * _DAY, today)


def period_of(first: str, last: str, otherwise: Period) -> tuple[Period, str]:
    """The period that was asked for (2027-03-01), and "" or one sentence why it is another one."""
    try:
        asked = Period(
            date.fromisoformat(first) if first else otherwise.first,
            date.fromisoformat(last) if last else otherwise.last,
        )
    except ValueError:
        return otherwise, "A day is written like 2027-03-01."
    if asked.last < asked.first:
        return otherwise, "The last day lies before the first one."
    if asked.first.year < 1990 or asked.last > otherwise.last + _DAY:
        return otherwise, "Only days between 1990 and today can be shown."
    if (asked.last - asked.first).days >= LONGEST:
        return otherwise, f"At most {LONGEST} days can be shown at once."
    return asked, ""


@dataclass(frozen=True, slots=True)
class Readings:
    """When a page was read in a period, counted. ends: the first and the last time (UTC)."""

    looks: Looks = field(default_factory=Looks)
    count: int = 0
    days: int = 0
    ends: tuple[datetime, datetime] | None = None


def counted(looks: Looks, since: datetime | None) -> Readings:
    """The same without what is before this time (UTC)."""
    ours = looks.since(since) if since else looks
    return Readings(ours, ours.count, len(ours.days), ours.ends)


@dataclass(frozen=True, slots=True)
class PageProof:
    """One page in one period. page: None where it is not watched any more.

    watched_since: our first own fetch (UTC), None where there was none; days: those of the period on which it
    was watched, up to our last look where it is not any more; begin, end: the moments between which gaps are
    measured.
    """

    page_id: str
    name: str  #: of the organization
    page: Page | None
    watched_since: datetime | None
    days: int
    begin: datetime
    end: datetime
    read: Readings
    failures: Counter[Access] = field(default_factory=Counter)

    @property
    def days_without(self) -> int:
        """Days of its time in the period on which it was not read once."""
        return max(self.days - self.read.days, 0)

    @property
    def failed(self) -> int:
        """How often it could not be read."""
        return self.failures.total()

    @property
    def longest_gap(self) -> timedelta:
        """The longest time without a reading, that before the first and after the last one included."""
        at = [self.begin, *self.read.looks.at, self.end]
        return max((later - earlier for earlier, later in pairwise(at)), default=timedelta(0))


@dataclass(frozen=True, slots=True)
class Facts:
    """What the store knows of a period: page id → when it was read, what failed, since when it is watched.

    last_at: page id → our last look in the period, whatever came of it, for what is on the schedule no more.
    """

    read: Mapping[str, Readings]
    failed: Mapping[str, Counter[Access]]
    watched_since: Mapping[str, datetime]
    last_at: Mapping[str, datetime] = field(default_factory=dict)


def proofs(
    watched: Mapping[str, tuple[str, Page]], facts: Facts, period: Period, now: datetime
) -> list[PageProof]:
    """Each page that is watched, or was read or tried in the period; the worst first.

    watched: page id → name of its organization, and the page.
    """
    ids = sorted({*watched, *facts.read, *facts.failed})
    found = [_proof(one, watched, facts, period, now) for one in ids if " " not in one]
    return sorted(found, key=lambda one: (-one.days_without, -one.failed, one.page_id))


def _proof(
    page_id: str, watched: Mapping[str, tuple[str, Page]], facts: Facts, period: Period, now: datetime
) -> PageProof:
    name, page = watched.get(page_id, (page_id.partition("/")[0], None))
    since = facts.watched_since.get(page_id)
    read = facts.read.get(page_id, Readings())
    begin, end = max(period.since, since or period.since), min(period.until, now)
    last_day = min(period.last, now.date())
    if page is None:
        end = facts.last_at.get(page_id, read.ends[1] if read.ends else begin)
        last_day = end.date()
    days = max((last_day - begin.date()).days + 1, 0)
    begin = min(begin, end)
    return PageProof(
        page_id=page_id,
        name=name,
        page=page,
        watched_since=since,
        days=days,
        begin=begin,
        end=end,
        read=read,
        failures=facts.failed.get(page_id, Counter()),
    )


@dataclass(frozen=True, slots=True)
class Totals:
    """All pages together."""

    pages: int
    each_day: int  #: pages that were read on every day on which they were watched
    read: int  #: … at least once
    unread: int  #: … not once
    readings: int
    failures: Counter[Access]


def totals(rows: Iterable[PageProof]) -> Totals:
    """The sums."""
    rows = list(rows)
    return Totals(
        pages=len(rows),
        each_day=sum(one.days_without == 0 and one.read.count > 0 for one in rows),
        read=sum(one.read.count > 0 for one in rows),
        unread=sum(one.read.count == 0 for one in rows),
        readings=sum(one.read.count for one in rows),
        failures=_sum(one.failures for one in rows if one.failures),
    )


def _sum(counters: Iterable[Counter[Access]]) -> Counter[Access]:
    found: Counter[Access] = Counter()
    for one in counters:
        found.update(one)
    return found
