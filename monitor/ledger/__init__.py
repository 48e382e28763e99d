"""The commitments of one organization, followed across wordings, pages and time. Pure.

    sayings ─► the same words on any page, words that a confirmed change links, and words that took the
               place of much the same ones, are one line
    line    ─► a commitment where any of its words protect people; its status is of its newest wording

A status never says more than we know: what is no longer in the text that we believe, and of which no change
was confirmed, is only `unseen`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from monitor.ledger.binding import protects
from monitor.ledger.lines import Followed, Line, lines_of, meant_after, meant_before
from monitor.model import FindingKind, Saying, Tracked
from monitor.segment import fold
from monitor.threads import governing_line
from monitor.until import Until, until

__all__ = [
    "BACK", "LAPSES_WITHIN", "SEEN", "Commitment", "Status", "Step", "end_of", "is_taken", "ledger",
    "line_of", "protects",
]  # fmt: skip

LAPSES_WITHIN = timedelta(days=180)  #: so long before its end a commitment is called lapsing
SEEN = "seen"  #: the kind of a step that no confirmed change stands behind
BACK = "seen-again"  #: the same where these words had been seen on the page before

_LEAVES = frozenset({FindingKind.WITHDRAWN, FindingKind.RELOCATED})


class Status(StrEnum):
    """How a commitment stands, as far as we know."""

    STANDING = "standing"
    LAPSING = "lapsing"  #: it stands, and ends soon by its own words
    LAPSED = "lapsed"  #: it stands, and its end has passed by its own words
    RELOCATED = "relocated"  #: it left a page, and the same words stand, or stood then, on another
    WITHDRAWN = "withdrawn"  #: its newest wording was confirmed to have left the page, or its page to be gone
    REWORDED = "reworded"  #: succeeded by words that are no commitment by our reading
    UNSEEN = "unseen"  #: no longer in what we believe, without a confirmed change
    UNBELIEVED = "unbelieved"  #: seen, and never confirmed


@dataclass(frozen=True, slots=True)
class Step:
    """One event in the line of a commitment. at: when it was first seen (UTC).

    kind: of the confirmed change, or SEEN or BACK; direction: of that change, else ""; quote: the words from
    then on, "" where they left; key: of the words, "" where they are no statement by our reading; context:
    the headings and lines above the words, also above those that left.
    """

    at: datetime
    page_id: str
    quote: str
    kind: str
    direction: str
    key: str
    fetch_id: int = 0  #: of the snapshot that brought it
    tracked: Tracked | None = None  #: the change behind it
    context: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Commitment:
    """One line. saying: its newest wording; since, until: when it was first and last seen (UTC).

    until: None while it stands, as far as we know: last_seen says how far that is. keys: of all its wordings,
    the newest first. pending: (page id, change) that would take words of it, and waits to be confirmed.
    end: of its newest wording, by its own words.
    """

    key: str
    status: Status
    saying: Saying
    since: datetime
    until: datetime | None
    steps: tuple[Step, ...]
    page_ids: tuple[str, ...]
    keys: tuple[str, ...]
    last_seen: datetime
    pending: tuple[tuple[str, Tracked], ...] = ()
    end: Until | None = None


def ledger(sayings: Sequence[Saying], tracked: Followed, today: date) -> tuple[Commitment, ...]:
    """The commitments of one organization as of this day (UTC), what was seen first before the rest.

    sayings: everything that it said; tracked: the changes on its pages, in whatever state.
    """
    lines = lines_of(sayings, tracked)
    return tuple(_followed(line, today) for line in lines if any(map(protects, line.sayings)))


def line_of(key: str, sayings: Sequence[Saying], tracked: Followed, today: date) -> Commitment | None:
    """The line that holds the words of this key, whether or not it is a commitment; None where none does."""
    lines = lines_of(sayings, tracked)
    found = (line for line in lines if any(one.key == key for one in line.sayings))
    return next((_followed(line, today) for line in found), None)


# --------------------------------------------------------------------------- one line followed


def _followed(line: Line, today: date) -> Commitment:
    newest = _newest(line)
    stands = _stands(newest, line)
    ours = _ours(line)
    known = [one for one in ours if one.believed] or ours
    seen = (one.last_seen_at for one in known if not stands or _stands(one, line))
    last_seen = max(seen, default=newest.last_seen_at)
    wordings = sorted(line.sayings, key=lambda one: (one.key == newest.key, one.last_seen_at), reverse=True)
    return Commitment(
        key=newest.key,
        status=_status(line, newest, stands, today),
        saying=newest,
        since=min(one.first_seen_at for one in known),
        until=None if stands else last_seen,
        steps=_steps(line),
        page_ids=tuple(dict.fromkeys(one.page_id for one in line.sayings)),
        keys=tuple(dict.fromkeys(one.key for one in wordings)),
        last_seen=last_seen,
        pending=line.pending if stands else (),
        end=end_of(newest, line.sayings),
    )


def end_of(one: Saying, sayings: Iterable[Saying]) -> Until | None:
    """The last day on which it can hold, by its own words. sayings: those among which it is."""
    same = (each.first_seen_at for each in sayings if (each.page_id, each.key) == (one.page_id, one.key))
    return until(one, min(same))


def _newest(line: Line) -> Saying:
    """The wording that counts: one that protects, stands and was believed before one that does not."""
    return max(
        _ours(line),
        key=lambda one: (_stands(one, line), one.believed, one.first_seen_at, one.last_seen_at),
    )


def _ours(line: Line) -> Sequence[Saying]:
    """Its wordings that protect; where none does, all of them."""
    return [one for one in line.sayings if protects(one)] or line.sayings


def _stands(one: Saying, line: Line) -> bool:
    """Whether the text that we believe holds it, and no change was confirmed since that took it."""
    return one.standing and not is_taken(one, line.sayings, line.changes)


def is_taken(one: Saying, sayings: Sequence[Saying], confirmed: Followed) -> bool:
    """Whether one of these confirmed changes took it from its page after it was seen last.

    sayings: those among which it is, with all that stand on its page in the same words.
    """
    return any(_took(page, each, one) and _is_meant(one, sayings, page, each) for page, each in confirmed)


def _took(page_id: str, change: Tracked, one: Saying) -> bool:
    """Whether this confirmed change took such words from this page after they were seen last."""
    finding = change.finding
    if page_id != one.page_id or change.first_seen_at <= one.last_seen_at:
        return False
    if fold(finding.before_quote) != fold(one.quote):
        return False
    other_words = fold(finding.after_quote) != fold(one.quote)
    other_line = governing_line(finding.context) != governing_line(one.context)
    return finding.kind in _LEAVES or other_words or other_line


def _is_meant(one: Saying, sayings: Sequence[Saying], page_id: str, change: Tracked) -> bool:
    return one in meant_before(sayings, page_id, change)


def _status(line: Line, newest: Saying, stands: bool, today: date) -> Status:
    if stands:
        return _while_it_stands(line, newest, today)
    if not any(one.believed for one in line.sayings):
        return Status.UNBELIEVED
    return _since_it_left(line, newest)


def _while_it_stands(line: Line, newest: Saying, today: date) -> Status:
    end = end_of(newest, line.sayings)
    if end is not None and end.day < today:
        return Status.LAPSED
    if end is not None and end.day - today <= LAPSES_WITHIN:
        return Status.LAPSING
    return Status.RELOCATED if _has_moved(line) else Status.STANDING


def _has_moved(line: Line) -> bool:
    """Whether it left a page, as far as was confirmed, and does not stand there any more."""
    stand_on = {one.page_id for one in line.sayings if _stands(one, line)}
    return any(
        change.finding.kind is FindingKind.RELOCATED and page not in stand_on for page, change in line.changes
    )


def _since_it_left(line: Line, newest: Saying) -> Status:
    """By the last confirmed change to its newest wording."""
    on_it = [
        change
        for page, change in line.changes
        if page == newest.page_id
        and fold(change.finding.before_quote) == fold(newest.quote)
        and change.first_seen_at > newest.last_seen_at
        and _is_meant(newest, line.sayings, page, change)
    ]
    if not on_it:
        return Status.UNSEEN
    last = max(on_it, key=lambda one: one.first_seen_at).finding
    if last.kind is FindingKind.RELOCATED:
        return Status.RELOCATED
    return Status.REWORDED if last.after_quote else Status.WITHDRAWN


# --------------------------------------------------------------------------- its steps


def _steps(line: Line) -> tuple[Step, ...]:
    """Each time that words of it came to a page or left it, in order of time."""
    behind = _behind(line)
    told = {(page, one.key) for page, one in behind.values()}
    others = (_otherwise(line, page, one) for page, one in line.changes if (page, one.key) not in told)
    steps = (*_came(line, behind), *others)
    return tuple(sorted(steps, key=lambda one: (one.at, one.page_id, bool(one.quote))))


def _came(line: Line, behind: Mapping[int, tuple[str, Tracked]]) -> Iterator[Step]:
    known: set[tuple[str, str]] = set()
    for place, one in enumerate(line.sayings):
        _, change = behind.get(place, ("", None))
        kind = BACK if (one.page_id, one.key) in known else SEEN
        known.add((one.page_id, one.key))
        yield Step(
            at=one.first_seen_at,
            page_id=one.page_id,
            quote=one.quote,
            kind=change.finding.kind.value if change else kind,
            direction=change.finding.direction.value if change else "",
            key=one.key,
            fetch_id=one.first_fetch_id,
            tracked=change,
            context=one.context,
        )


def _behind(line: Line) -> dict[int, tuple[str, Tracked]]:
    """Place of a saying → the confirmed change that brought it."""
    found: dict[int, tuple[str, Tracked]] = {}
    for page, change in line.changes:
        meant = meant_after(line.sayings, page, change)
        for place, one in enumerate(line.sayings):
            if one in meant and place not in found and _brought(change, one):
                found[place] = page, change
                break
    return found


def _brought(change: Tracked, one: Saying) -> bool:
    """Whether the words came with this change."""
    is_then = change.first_seen_at <= one.first_seen_at <= change.last_seen_at
    return is_then and bool(one.quote) and fold(one.quote) == fold(change.finding.after_quote)


def _otherwise(line: Line, page_id: str, change: Tracked) -> Step:
    """A change that took words away, brought back what had stood there, or brought what is no statement."""
    came, left = meant_after(line.sayings, page_id, change), meant_before(line.sayings, page_id, change)
    above = came or ([] if change.finding.after_quote else left)
    return Step(
        at=change.first_seen_at,
        page_id=page_id,
        quote=change.finding.after_quote,
        kind=change.finding.kind.value,
        direction=change.finding.direction.value,
        key=came[0].key if came else "",
        fetch_id=change.after_fetch_id,
        tracked=change,
        context=above[0].context if above else change.finding.context,
    )
