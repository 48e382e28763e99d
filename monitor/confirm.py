"""Findings over readings → pending, confirmed or variant. Pure.

A change is believed when enough readings agree over enough time; a withdrawal needs more. A text that
flips back before that was a variant, and from then on needs as much as a withdrawal; one that keeps coming
and going (two editions in turn, an experiment, another country) needs most. What was told and then no
longer holds is a finding of its own, with proof of its own.
"""

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import groupby

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

REMEMBERED = timedelta(days=60)  #: how long we remember that a text came and went (detection.md: flapping)
STOOD = "It has stood like this for as long as a withdrawal takes, so this is the page now."
_INVERSE_KIND = {
    FindingKind.WITHDRAWN: FindingKind.INTRODUCED,
    FindingKind.INTRODUCED: FindingKind.WITHDRAWN,
    FindingKind.RELOCATED: FindingKind.INTRODUCED,
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
    """What it takes to believe a change, a withdrawal, and half a page or a text that alternates."""

    changed: Need
    withdrawn: Need
    unusual: Need = Need(5, timedelta(days=14))


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
    stood: tuple[datetime, ...] = (),
    turns: int = 0,
    further: Sequence[tuple[Finding, int]] = (),
) -> tuple[Tracked, ...]:
    """What we believe after one more reading. fetch_ids: the page as it was, and this reading.

    back: the keys of the ways back from what was told that this reading truly shows. stood: the earlier looks
    (oldest first) that showed this very text, when we did not take it for the page yet. turns: see
    alternations. further: changes to words that only a text which was told says, with the fetch of that text.
    """
    known = {one.key: one for one in tracked}
    found = [(one, fetch_ids) for one in findings] + [(one, (id, fetch_ids[1])) for one, id in further]
    now = {finding_key(one): (one, ids) for one, ids in found if one.is_material}
    for one in told_and_missing(known.values(), now):
        if finding_key(inverse(one.finding)) in back:
            now[finding_key(inverse(one.finding))] = (
                inverse(one.finding),
                (one.after_fetch_id, fetch_ids[1]),
            )
    seen = [
        _seen(_forerunner(known, now, key), key, finding, ids, (*stood, at), policy, turns)
        for key, (finding, ids) in now.items()
    ]
    returned = {one.key for one in seen if one.finding.rule in WAYS_BACK and one.state is Sighting.CONFIRMED}
    missing = (one for key, one in known.items() if key not in now)
    return (*(_missed(one, seen, returned) for one in missing), *seen)


def _forerunner(
    known: Mapping[str, Tracked], now: Mapping[str, tuple[Finding, tuple[int, int]]], key: str
) -> Tracked | None:
    """What was known of this finding; else of the same kind of change to the same words, told otherwise now.

    A weaker wording that names the day is another wording every day, and yet one change.
    """
    own, (finding, (before_id, after_id)) = known.get(key), now[key]
    if own is not None and own.state is not Sighting.VARIANT:
        return own
    kin = [one for other, one in known.items() if other not in now and _is_kin(one, finding)]
    if not kin:
        return own
    return replace(
        min(kin, key=lambda one: one.first_seen_at),
        key=key,
        finding=finding,
        before_fetch_id=before_id,
        after_fetch_id=after_id,
        flips=max(one.flips for one in (*kin, *([own] if own else []))),
    )


def _is_kin(one: Tracked, finding: Finding) -> bool:
    """Whether this pending finding is the same kind of change to the same words."""
    is_same_kind = one.finding.kind is finding.kind and one.finding.rule == finding.rule
    return one.state is Sighting.PENDING and is_same_kind and _is_about(one, finding)


def _is_about(one: Tracked, finding: Finding) -> bool:
    """Whether both say what became of the same words, so that neither tells that they are back."""
    quote = fold(finding.before_quote)
    is_way = one.finding.rule in WAYS_BACK or finding.rule in WAYS_BACK
    return bool(quote) and not is_way and fold(one.finding.before_quote) == quote


def _missed(one: Tracked, seen: Sequence[Tracked], returned: Container[str]) -> Tracked:
    """What is not found in this reading: another change to the same words takes its place, or it flipped."""
    rivals = [other for other in seen if _is_about(one, other.finding)]
    is_found = one.finding.kind is FindingKind.WITHDRAWN and any(
        other.finding.kind is FindingKind.RELOCATED for other in rivals
    )
    if one.state is not Sighting.PENDING or not rivals or is_found:
        return _gone(one, returned)
    is_settled = any(other.state is Sighting.CONFIRMED or _is_kin(one, other.finding) for other in rivals)
    return replace(one, state=Sighting.VARIANT, readings=0) if is_settled else one


def told_and_missing(known: Iterable[Tracked], now: Container[str]) -> list[Tracked]:
    """What was told and is not found any more."""
    return [
        one
        for one in known
        if one.state is Sighting.CONFIRMED and one.key not in now and one.finding.rule not in WAYS_BACK
    ]


def is_remembered(one: Tracked) -> bool:
    """A variant is known again when it comes back; a way back is followed until it is told."""
    if one.finding.rule in WAYS_BACK:
        return one.state is not Sighting.VARIANT
    return bool(one.flips) and one.state is not Sighting.CONFIRMED


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
    one: Tracked | None,
    key: str,
    finding: Finding,
    fetch_ids: tuple[int, int],
    looks: tuple[datetime, ...],
    policy: Policy,
    turns: int,
) -> Tracked:
    """looks: when it was seen since the last reading, this one last."""
    at = looks[-1]
    if one is not None and one.state is Sighting.CONFIRMED:
        return replace(one, last_seen_at=at)
    if one is None or one.state is Sighting.VARIANT:
        flips = max(_flips(finding, turns), one.flips if one and at - one.last_seen_at <= REMEMBERED else 0)
        one = Tracked(key, finding, *fetch_ids, looks[0], at, len(looks) - 1, Sighting.PENDING, flips=flips)
    one = replace(one, readings=one.readings + 1, last_seen_at=at)
    if not _believed(one, policy):
        return one
    return replace(one, state=Sighting.CONFIRMED, confirmed_at=at)


def _flips(finding: Finding, turns: int) -> int:
    """How often this came and went, as far as the page's texts tell.

    The first return of an earlier text is news, a change was undone, but for what only the text in between
    said: that was an edition, rather than a statement which is withdrawn now.
    """
    in_between_only = finding.kind is FindingKind.WITHDRAWN and turns > 0
    return turns + 1 if in_between_only else turns if turns > 1 else 0


def _believed(one: Tracked, policy: Policy) -> bool:
    need = need_of(one, policy)
    return one.readings >= need.readings and one.last_seen_at - one.first_seen_at >= need.span


def need_of(one: Tracked, policy: Policy) -> Need:
    """What it takes to believe this one."""
    if one.flips > 1:
        return policy.unusual
    heavy = one.finding.kind in (FindingKind.WITHDRAWN, FindingKind.RELOCATED) or one.flips > 0
    return policy.withdrawn if heavy else policy.changed


def alternations(earlier: Sequence[Reading], now: Reading) -> int:
    """How often known texts came back, this one included; 0 where this one is new.

    earlier: the readings that are remembered, oldest first. A text seen for one look only is no face.
    """
    texts = [reading.text_sha256 for reading in (*earlier, now) if reading.access.is_reading]
    runs = [(text, len(list(looks))) for text, looks in groupby(texts)]
    faces = [text for text, looks in runs[:-1] if looks > 1]
    if now.text_sha256 not in faces:
        return 0
    turns = [text for text, _ in groupby([*faces, now.text_sha256])]
    return len(turns) - len(set(turns))


def settled(earlier: Sequence[Reading], now: Reading, policy: Policy) -> bool:
    """Whether a text unlike its usual self has stood long enough to be the page that there is now.

    earlier: the readings of the page, oldest first. Another document takes what a withdrawal takes, half a
    page takes most, and never is one look enough; looks that did not bring the page (a wall, an outage)
    neither help nor hinder.
    """
    need = policy.unusual if now.access is Access.PARTIAL else policy.withdrawn
    run = [now.at]
    for reading in reversed(earlier):
        alike = _alike(reading, now) or STOOD in reading.evidence
        if not alike and not reading.access.is_reading:
            continue
        same_size = now.access is not Access.PARTIAL or _about_equal(reading.words, now.words)
        if not alike or not same_size:
            break
        run.append(reading.at)
    return len(run) >= max(need.readings, 2) and run[0] - run[-1] >= need.span


def _alike(reading: Reading, now: Reading) -> bool:
    """The same trouble; a page that moved has to lead to the same place."""
    same_place = now.access is not Access.MOVED or _place(reading) == _place(now)
    return reading.access is now.access and same_place


def _place(reading: Reading) -> tuple[str, ...]:
    """Where a page led, but for the query, which may hold a number of the visit."""
    return tuple(line.partition("?")[0] for line in reading.evidence)


def _about_equal(a: int, b: int) -> bool:
    return abs(a - b) <= 0.1 * max(a, b)


def next_look(one: Tracked, policy: Policy) -> datetime:
    """When the next reading is due that helps to settle a pending finding (UTC)."""
    return looks_to_come(one, policy)[0]


def looks_to_come(one: Tracked, policy: Policy) -> tuple[datetime, ...]:
    """When readings are due that settle a pending finding (UTC): after the last of them it is believed."""
    need = need_of(one, policy)
    missing = max(need.readings - one.readings, 1)
    steps = max(need.readings - 1, 1)
    return tuple(one.first_seen_at + need.span * (1 - (left - 1) / steps) for left in range(missing, 0, -1))
