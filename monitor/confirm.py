"""Findings over readings → pending, confirmed or variant. Pure.

A change is believed when enough readings agree over enough time; a withdrawal needs more. A text that
flips back before that was a variant, and from then on needs as much as a withdrawal. What was told and
then no longer holds is a finding of its own, with proof of its own.
"""

from collections.abc import Collection, Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from monitor.model import (
    PAGE_BACK,
    PAGE_GONE,
    UNDONE,
    WAYS_BACK,
    Access,
    Direction,
    Finding,
    FindingKind,
    Reading,
    Sighting,
    Tracked,
)
from monitor.segment import fold

STOOD = "It has stood like this for as long as a withdrawal takes, so this is the page now."
_INVERSE_KIND = {
    FindingKind.WITHDRAWN: FindingKind.INTRODUCED,
    FindingKind.INTRODUCED: FindingKind.WITHDRAWN,
}
_INVERSE_DIRECTION = {
    Direction.WEAKER: Direction.STRONGER,
    Direction.STRONGER: Direction.WEAKER,
}


@dataclass(frozen=True, slots=True)
class Need:
    """So many agreeing readings, over at least this span."""

    readings: int
    span: timedelta


@dataclass(frozen=True, slots=True)
class Policy:
    """What it takes to believe a change, and a withdrawal."""

    changed: Need
    withdrawn: Need


def finding_key(finding: Finding) -> str:
    """What is found, whatever stands around it: the same change has the same key in every reading."""
    whole = PAGE_GONE if finding.rule == PAGE_GONE else ""
    parts = (finding.kind, fold(finding.before_quote), fold(finding.after_quote), whole)
    return sha256("\x1f".join(parts).encode()).hexdigest()


def follow(
    tracked: Iterable[Tracked],
    findings: Sequence[Finding],
    fetch_ids: tuple[int, int],
    at: datetime,
    policy: Policy,
    back: Collection[str] = (),
) -> tuple[Tracked, ...]:
    """What we believe after one more reading. fetch_ids: the page as it was, and this reading.

    back: the keys of the ways back from what was told that this reading truly shows.
    """
    known = {one.key: one for one in tracked}
    now = {finding_key(finding): (finding, fetch_ids) for finding in findings if finding.is_material}
    for one in told_and_missing(known.values(), now):
        if finding_key(inverse(one.finding)) in back:
            now[finding_key(inverse(one.finding))] = (
                inverse(one.finding),
                (one.after_fetch_id, fetch_ids[1]),
            )
    seen = [_seen(known.get(key), key, finding, ids, at, policy) for key, (finding, ids) in now.items()]
    returned = {one.key for one in seen if one.finding.rule in WAYS_BACK and one.state is Sighting.CONFIRMED}
    gone = [_gone(one, returned) for key, one in known.items() if key not in now]
    return (*gone, *seen)


def told_and_missing(known: Iterable[Tracked], now: Container[str]) -> list[Tracked]:
    """What was told and is not found any more."""
    return [
        one
        for one in known
        if one.state is Sighting.CONFIRMED and one.key not in now and one.finding.rule not in WAYS_BACK
    ]


def inverse(finding: Finding) -> Finding:
    """The same change the other way round."""
    return replace(
        finding,
        kind=_INVERSE_KIND.get(finding.kind, finding.kind),
        direction=_INVERSE_DIRECTION.get(finding.direction, finding.direction),
        rule=PAGE_BACK if finding.rule == PAGE_GONE else UNDONE,
        reasons=("The change that was told earlier no longer holds: the page reads as it did before.",),
        before_quote=finding.after_quote,
        after_quote=finding.before_quote,
    )


def _gone(one: Tracked, returned: Container[str]) -> Tracked:
    """Not found in this reading: it flipped back, or it was told and its way back is not proven yet."""
    was_told = one.state is Sighting.CONFIRMED and one.finding.rule not in WAYS_BACK
    if one.state is Sighting.VARIANT or (was_told and finding_key(inverse(one.finding)) not in returned):
        return one
    return replace(one, state=Sighting.VARIANT, flips=one.flips + 1, readings=0, confirmed_at=None)


def _seen(
    one: Tracked | None, key: str, finding: Finding, fetch_ids: tuple[int, int], at: datetime, policy: Policy
) -> Tracked:
    if one is not None and one.state is Sighting.CONFIRMED:
        return replace(one, last_seen_at=at)
    if one is None or one.state is Sighting.VARIANT:
        flips = one.flips if one else 0
        one = Tracked(key, finding, *fetch_ids, at, at, 0, Sighting.PENDING, flips=flips)
    one = replace(one, readings=one.readings + 1, last_seen_at=at)
    if not _believed(one, policy):
        return one
    return replace(one, state=Sighting.CONFIRMED, confirmed_at=at)


def _believed(one: Tracked, policy: Policy) -> bool:
    need = need_of(one, policy)
    return one.readings >= need.readings and one.last_seen_at - one.first_seen_at >= need.span


def need_of(one: Tracked, policy: Policy) -> Need:
    """What it takes to believe this one."""
    heavy = one.finding.kind is FindingKind.WITHDRAWN or one.flips > 0
    return policy.withdrawn if heavy else policy.changed


def settled(earlier: Sequence[Reading], now: Reading, policy: Policy) -> bool:
    """Whether a text unlike its usual self has stood long enough to be the page that there is now.

    earlier: the readings of the page, oldest first. It takes what a withdrawal takes, and never one look
    alone; looks that did not bring the page (a wall, an outage) neither help nor hinder.
    """
    run = [now.at]
    for reading in reversed(earlier):
        alike = reading.access is now.access or STOOD in reading.evidence
        if not alike and not reading.access.is_reading:
            continue
        same_size = now.access is Access.REPLACED or _about_equal(reading.words, now.words)
        if not alike or not same_size:
            break
        run.append(reading.at)
    return len(run) >= max(policy.withdrawn.readings, 2) and run[0] - run[-1] >= policy.withdrawn.span


def _about_equal(a: int, b: int) -> bool:
    return abs(a - b) <= 0.1 * max(a, b)


def next_look(one: Tracked, policy: Policy) -> datetime:
    """When the reading is due that could settle a pending finding (UTC)."""
    need = need_of(one, policy)
    missing = max(need.readings - one.readings, 1)
    share = (need.readings - missing) / max(need.readings - 1, 1)
    return one.first_seen_at + max(need.span * share, timedelta(0))
