"""What an organization said, with what became of it: the material of a scorecard. Pure.

saying (words on one page, over the time in which they were seen)
  + statement  its slots, read again: conditions, exceptions, ends
  + stands     whether the text that we believe holds them
  + losses     the confirmed changes that weakened or took them, and the end that their own words name
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from monitor.ledger import end_of, is_taken
from monitor.ledger.lines import Followed, meant_before
from monitor.model import (
    LAPSED,
    LAPSING,
    Direction,
    FindingKind,
    Saying,
    Sighting,
    Stance,
    Statement,
    Tier,
    Tracked,
)
from monitor.scorecard.said import Said
from monitor.until import Until

Read = Callable[[Saying], Said | None]
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Loss:
    """Words became weaker, left, or ended by what they say themselves.

    at: since when; known: when it was confirmed (both UTC); after: the words in their place, or "".
    """

    at: datetime
    known: datetime
    after: str = ""
    ended: str = ""  #: the day of the end (2027-03-01), where they ended by themselves
    is_counted: bool = False  #: that day is counted from when they were first seen: they name only a time
    is_sure: bool = True  #: False: a person should look at the change first


@dataclass(frozen=True, slots=True)
class Claim:
    """Words on one page. said: what they say; None where they could not be read by themselves.

    stands: they are in the text that we believe, and have not ended.
    """

    saying: Saying
    said: Said | None
    stands: bool
    losses: tuple[Loss, ...] = ()

    @property
    def statement(self) -> Statement | None:
        """Its slots, read again."""
        return self.said.statement if self.said else None


def claims_of(sayings: Sequence[Saying], tracked: Followed, read: Read, today: date) -> tuple[Claim, ...]:
    """Everything that was said, as of this day (UTC). tracked: the changes on its pages, in any state.

    read: what a saying says; it is asked only of what stands or was lost and may protect
    people, make an exception, or be of others.
    """
    confirmed = [(page, one) for page, one in tracked if one.state is Sighting.CONFIRMED]
    on_page: dict[str, list[Saying]] = defaultdict(list)
    for one in sayings:
        on_page[one.page_id].append(one)
    changed = _weakened(on_page, confirmed)
    return tuple(_claim(one, on_page[one.page_id], confirmed, changed, read, today) for one in sayings)


def _claim(
    one: Saying,
    on_page: Sequence[Saying],
    confirmed: Followed,
    changed: Mapping[int, list[Loss]],
    read: Read,
    today: date,
) -> Claim:
    losses = list(changed.get(id(one), ()))
    end = end_of(one, on_page)
    is_over = end is not None and end.day < today
    stands = one.standing and not is_over and not is_taken(one, on_page, confirmed)
    if end is not None and min(one.last_seen_at.astimezone(UTC).date(), today) > end.day:
        losses.append(_ended(end))
    said = read(one) if (stands or losses) and _tells(one) else None
    return Claim(one, said, stands, tuple(losses))


def _tells(one: Saying) -> bool:
    """Whether it may protect people, or make an exception, or tell of what nobody is named to do."""
    return one.protects or one.stance == Stance.PERMITS or (one.stance == Stance.PRACTISES and not one.bearer)


def _ended(end: Until) -> Loss:
    after = datetime.combine(end.day + _DAY, time(), UTC)
    return Loss(after, after, ended=end.day.isoformat(), is_counted=end.is_counted)


def _weakened(on_page: Mapping[str, Sequence[Saying]], confirmed: Followed) -> dict[int, list[Loss]]:
    """Identity of a saying → the changes that weakened or took it."""
    found: dict[int, list[Loss]] = defaultdict(list)
    for page, change in confirmed:
        if not _weakens(change):
            continue
        for one in _before(on_page.get(page, ()), page, change):
            found[id(one)].append(_loss(change))
    return found


def _before(sayings: Sequence[Saying], page: str, change: Tracked) -> Iterator[Saying]:
    meant = meant_before(sayings, page, change)
    return (one for one in meant if one.first_seen_at < change.first_seen_at)


def _weakens(change: Tracked) -> bool:
    finding = change.finding
    if not finding.is_material or finding.rule in (LAPSING, LAPSED):
        return False
    left = finding.kind is FindingKind.WITHDRAWN and finding.direction is not Direction.STRONGER
    return left or finding.direction is Direction.WEAKER


def _loss(change: Tracked) -> Loss:
    known = change.confirmed_at or change.last_seen_at
    is_sure = change.finding.tier is Tier.ALERT
    return Loss(change.first_seen_at, known, change.finding.after_quote, is_sure=is_sure)
