"""What was said on a page, and from when to when we saw it: readings in order, one span a stay. Pure.

readings   A A A B B · A A      A statement that is away for longer than a withdrawal takes to be believed
spans      [───────]   [─]      begins a new span when it is back; a shorter absence is none. What was not
                                read says nothing.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from monitor.model import (
    PAGE_GONE,
    FindingKind,
    Page,
    Reading,
    Saying,
    Sighting,
    Standing,
    Tracked,
)
from monitor.segment import fold

_OF_WORDS = (
    *("quote", "context", "stance", "bearer", "actions", "technologies", "parties", "protects"),
    *("ends", "lasts"),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """One reading that brought a text: which fetch, when (UTC), and the SHA-256 of the text."""

    fetch_id: int
    at: datetime
    text_sha256: str


@dataclass(frozen=True, slots=True)
class Run:
    """Readings in a row that brought one text."""

    first: Seen
    last: Seen

    @property
    def text_sha256(self) -> str:
        """Of the text."""
        return self.first.text_sha256


def seen_of(readings: Iterable[Reading]) -> tuple[Seen, ...]:
    """The readings that truly brought a text, in order of their time."""
    good = (one for one in readings if one.access.is_reading and one.text_sha256)
    return tuple(
        sorted(
            (Seen(one.fetch_id, one.at, one.text_sha256) for one in good),
            key=lambda one: (one.at, one.fetch_id),
        )
    )


def runs_of(seen: Sequence[Seen]) -> Iterator[Run]:
    """The same, with those in a row that brought one text as one."""
    for _, group in groupby(seen, key=lambda one: one.text_sha256):
        same = tuple(group)
        yield Run(same[0], same[-1])


@dataclass(frozen=True, slots=True)
class Stays:
    """How spans grow on one page. seen: all of its readings; absence: a longer one ends a span."""

    page: Page
    seen: tuple[Seen, ...]
    absence: timedelta

    def grown(self, known: Sequence[Saying], run: Run, said: Sequence[Standing]) -> tuple[Saying, ...]:
        """The spans of a page after one more run of readings, later than they are, that said this."""
        newest = {one.key: place for place, one in enumerate(known)}
        spans = list(known)
        for place, one in enumerate(said):
            at = newest.get(one.key)
            if at is not None and self._absent(spans[at], run) <= self.absence:
                spans[at] = _longer(spans[at], one, place, run)
            else:
                spans.append(self._new(one, place, run))
        return tuple(spans)

    def _absent(self, span: Saying, run: Run) -> timedelta:
        """From the first reading without it until it was back."""
        later = bisect_right(self.seen, span.last_seen_at, key=lambda one: one.at)
        missing_since = self.seen[later].at if later < len(self.seen) else run.first.at
        return max(run.first.at - missing_since, timedelta())

    def _new(self, one: Standing, place: int, run: Run) -> Saying:
        return Saying(
            page_id=self.page.id,
            organization_id=self.page.organization_id,
            language=self.page.language,
            key=one.key,
            **_read(one),
            place=place,
            first_fetch_id=run.first.fetch_id,
            first_seen_at=run.first.at,
            last_fetch_id=run.last.fetch_id,
            last_seen_at=run.last.at,
            believed=False,
            standing=False,
        )


def _read(one: Standing) -> dict[str, Any]:
    """What both say of the words."""
    return {name: getattr(one, name) for name in _OF_WORDS}


def _longer(span: Saying, one: Standing, place: int, run: Run) -> Saying:
    """The span, as it reads now."""
    return replace(
        span,
        **_read(one),
        place=place,
        last_fetch_id=run.last.fetch_id,
        last_seen_at=run.last.at,
    )


def still_said(known: Iterable[Saying], before: Seen, now: Seen) -> tuple[Saying, ...]:
    """The spans, once the last text was seen again: what stood in it goes on."""
    return tuple(
        replace(one, last_fetch_id=now.fetch_id, last_seen_at=now.at)
        if one.last_fetch_id == before.fetch_id
        else one
        for one in known
    )


def covers(span: Saying, times: Iterable[datetime]) -> bool:
    """Whether one of these times (UTC) is within the span."""
    return any(span.first_seen_at <= at <= span.last_seen_at for at in times)


def believed(spans: Iterable[Saying], times: Sequence[datetime], keys: Collection[str]) -> tuple[Saying, ...]:
    """The spans, once a text that was seen at these times and says these keys was believed."""
    return tuple(
        replace(one, believed=True) if one.key in keys and covers(one, times) else one for one in spans
    )


def standing(spans: Sequence[Saying], keys: Collection[str], left: Sequence[Tracked]) -> tuple[Saying, ...]:
    """The spans, where the text that we believe says just these keys: of each, its newest span stands.

    left: what was confirmed to have left since the page was read last; with the page, all of it has.
    """
    newest = {one.key: place for place, one in enumerate(spans)}
    is_gone = any(one.finding.rule == PAGE_GONE for one in left)
    words = {fold(one.finding.before_quote) for one in left}
    return tuple(
        replace(
            one,
            standing=one.key in keys
            and newest[one.key] == place
            and not is_gone
            and not (words and fold(one.quote) in words),
        )
        for place, one in enumerate(spans)
    )


def left_since(seen: Sequence[Seen], tracked: Iterable[Tracked]) -> tuple[Tracked, ...]:
    """The confirmed changes by which words left the page after it was read last: it is gone, say."""
    return tuple(
        one
        for one in tracked
        if one.state is Sighting.CONFIRMED
        and one.finding.kind in (FindingKind.WITHDRAWN, FindingKind.RELOCATED)
        and seen
        and one.first_seen_at > seen[-1].at
    )


def texts_believed(seen: Sequence[Seen], tracked: Sequence[Tracked], now: str) -> frozenset[str]:
    """The SHA-256 of every text of a page that was ever believed. now: of the one that is, or "".

    That is each that is proven, and each that came while no change was in doubt, as far as is known: not
    the later one of a change that was never confirmed.
    """
    texts = {one.fetch_id: one.text_sha256 for one in seen}
    sure = {one.text_sha256 for one in seen if not any(_in_doubt(each, one.at) for each in tracked)}
    never = {texts.get(one.after_fetch_id, "") for one in tracked if one.confirmed_at is None}
    return texts_proven(seen, tracked, now) | (sure - never)


def texts_proven(seen: Sequence[Seen], tracked: Sequence[Tracked], now: str) -> frozenset[str]:
    """The SHA-256 of every text that was surely what the page was compared with.

    That is the first one, the one of now, and one side of a change: the earlier one, or the later one of a
    change that was confirmed.
    """
    texts = {one.fetch_id: one.text_sha256 for one in seen}
    sides = {texts.get(fetch_id, "") for one in tracked for fetch_id in _sides(one)}
    first = {one.text_sha256 for one in seen[:1]}
    return frozenset((sides | first | {now}) - {""})


def never_confirmed(tracked: Sequence[Tracked]) -> frozenset[str]:
    """The words, folded, that only changes brought of which none was confirmed."""
    came = {(fold(one.finding.after_quote), one.confirmed_at is not None) for one in tracked}
    return frozenset({words for words, _ in came if words and (words, True) not in came})


def _sides(one: Tracked) -> tuple[int, ...]:
    is_confirmed = one.state is Sighting.CONFIRMED
    return (one.before_fetch_id, one.after_fetch_id) if is_confirmed else (one.before_fetch_id,)


def _in_doubt(one: Tracked, at: datetime) -> bool:
    """Whether this change was seen and not believed at this time (UTC)."""
    if one.confirmed_at is not None:
        return one.first_seen_at <= at < one.confirmed_at
    return one.first_seen_at <= at <= one.last_seen_at
