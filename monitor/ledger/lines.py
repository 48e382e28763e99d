"""Which sayings are one line. Pure.

The same words on any page are; so are words that a confirmed change links. A change of words that means
nothing is no finding: where words left a page and much the same came, and nothing was ever found of either,
the second follow the first.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from rapidfuzz.distance import Indel

from monitor.model import FindingKind, Saying, Sighting, Tracked
from monitor.segment import fold
from monitor.threads import governing_line

Followed = Sequence[tuple[str, Tracked]]  #: (page id, change)


@dataclass(frozen=True, slots=True)
class Line:
    """The sayings that are one commitment, in order of time, and the confirmed changes on them.

    pending: those that would take words of it, and wait to be confirmed.
    """

    sayings: tuple[Saying, ...]
    changes: tuple[tuple[str, Tracked], ...]
    pending: tuple[tuple[str, Tracked], ...] = ()


def lines_of(sayings: Iterable[Saying], tracked: Followed) -> list[Line]:
    """The lines of one organization, each saying in just one of them; tracked: changes in whatever state."""
    ordered = sorted(sayings, key=lambda one: (one.first_seen_at, one.page_id, one.place, one.key))
    confirmed = [(page, one) for page, one in tracked if one.state is Sighting.CONFIRMED]
    words = _Words(ordered)
    groups = _Groups(one.key for one in ordered)
    touched = [(change, words.touched_by(*change)) for change in confirmed]
    for _, keys in touched:
        for key in keys:
            groups.join(keys[0], key)
    for earlier, later in _much_the_same(ordered, tracked):
        groups.join(earlier.key, later.key)
    said, changes, pending = defaultdict(list), defaultdict(list), defaultdict(list)
    for one in ordered:
        said[groups.of(one.key)].append(one)
    for change, keys in touched:
        if keys:
            changes[groups.of(keys[0])].append(change)
    for page, waits in tracked:
        if waits.state is Sighting.PENDING and (keys := words.before(page, waits)):
            pending[groups.of(keys[0])].append((page, waits))
    return [Line(tuple(said[group]), tuple(changes[group]), tuple(pending[group])) for group in said]


def meant_before(sayings: Iterable[Saying], page_id: str, change: Tracked) -> list[Saying]:
    """Whose words a change took: of those on its page, rather what stood in its earlier text and left then.

    Where that does not tell them apart, rather what stands below the line that the change names: it is the
    line of the later text, where there is one.
    """
    line = governing_line(change.finding.context)
    return _best(
        _with_words(sayings, page_id, change.finding.before_quote),
        lambda one: (
            one.first_fetch_id <= change.before_fetch_id <= one.last_fetch_id,
            one.last_seen_at < change.first_seen_at,
            governing_line(one.context) == line,
        ),
    )


def meant_after(sayings: Iterable[Saying], page_id: str, change: Tracked) -> list[Saying]:
    """Whose words a change brought: of those on its page, rather what is in its later text and came then."""
    line = governing_line(change.finding.context)
    return _best(
        _with_words(sayings, page_id, change.finding.after_quote),
        lambda one: (
            one.first_fetch_id <= change.after_fetch_id <= one.last_fetch_id,
            change.first_seen_at <= one.first_seen_at <= change.last_seen_at,
            governing_line(one.context) == line,
        ),
    )


def _with_words(sayings: Iterable[Saying], page_id: str, quote: str) -> list[Saying]:
    words = fold(quote)
    return [one for one in sayings if words and one.page_id == page_id and fold(one.quote) == words]


def _best(sayings: Sequence[Saying], rank: Callable[[Saying], tuple[bool, ...]]) -> list[Saying]:
    """All that rank first."""
    first = max(map(rank, sayings), default=())
    return [one for one in sayings if rank(one) == first]


class _Words:
    """Which statements are meant by words that a change quotes."""

    def __init__(self, sayings: Iterable[Saying]) -> None:
        self._on: dict[tuple[str, str], list[Saying]] = defaultdict(list)
        self._anywhere: dict[tuple[str, str], list[str]] = defaultdict(list)
        for one in sayings:
            words, line = fold(one.quote), governing_line(one.context)
            self._on[one.page_id, words].append(one)
            self._anywhere[words, line].append(one.key)

    def before(self, page_id: str, one: Tracked) -> list[str]:
        """The keys of the words that this change took."""
        known = self._on.get((page_id, fold(one.finding.before_quote)), ())
        return [each.key for each in meant_before(known, page_id, one)]

    def after(self, page_id: str, one: Tracked) -> list[str]:
        """The keys of the words that it brought."""
        known = self._on.get((page_id, fold(one.finding.after_quote)), ())
        return [each.key for each in meant_after(known, page_id, one)]

    def touched_by(self, page_id: str, one: Tracked) -> list[str]:
        """The keys that this change links: before and after it, and elsewhere where it says so."""
        finding = one.finding
        keys = self.before(page_id, one) + self.after(page_id, one)
        if finding.kind is FindingKind.RELOCATED and finding.before_quote:
            keys += self._anywhere.get((fold(finding.before_quote), governing_line(finding.context)), [])
        return list(dict.fromkeys(keys))


class _Groups:
    """Keys that belong together."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._above = {key: key for key in keys}

    def of(self, key: str) -> str:
        """What stands for its group."""
        while self._above[key] != key:
            self._above[key] = self._above[self._above[key]]
            key = self._above[key]
        return key

    def join(self, key: str, other: str) -> None:
        """Make one group of theirs."""
        self._above[self.of(other)] = self.of(key)


# --------------------------------------------------------------------------- other words, the same meaning

ALIKE = 0.6  #: the share of words that two wordings have in common, in order


def _much_the_same(sayings: Sequence[Saying], tracked: Followed) -> list[tuple[Saying, Saying]]:
    """What left a page, with what came to it in its place, the most alike first, each once."""
    left, came = _without_a_finding(sayings, tracked)
    pairs = [
        (_alike(one, other), one, other)
        for page in left.keys() & came.keys()
        for one in left[page]
        for other in came[page]
        if one.key != other.key and one.last_seen_at < other.first_seen_at
    ]
    pairs.sort(key=lambda pair: (-pair[0], pair[2].first_seen_at - pair[1].last_seen_at, pair[1].key))
    gone: set[int] = set()
    new: set[int] = set()
    found = []
    for alike, one, other in pairs:
        if alike >= ALIKE and id(one) not in gone and id(other) not in new:
            gone.add(id(one))
            new.add(id(other))
            found.append((one, other))
    return found


_ByPage = dict[str, list[Saying]]


def _without_a_finding(sayings: Sequence[Saying], tracked: Followed) -> tuple[_ByPage, _ByPage]:
    """Page → what we believed and do not any more; page → what came to it later than its first text."""
    gone, new = _told_of(tracked)
    first: dict[str, datetime] = {}
    left, came = defaultdict(list), defaultdict(list)
    for one in sayings:
        start = first.setdefault(one.page_id, one.first_seen_at)
        words = (one.page_id, fold(one.quote))
        if one.believed and not one.standing and words not in gone:
            left[one.page_id].append(one)
        if one.believed and one.first_seen_at > start and words not in new:
            came[one.page_id].append(one)
    return left, came


def _told_of(tracked: Followed) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """The words on each page of which it was ever found, in whatever state, that they left, or came."""
    gone = {(page, fold(one.finding.before_quote)) for page, one in tracked}
    return gone, {(page, fold(one.finding.after_quote)) for page, one in tracked}


def _alike(one: Saying, other: Saying) -> float:
    if (one.stance, one.protects) != (other.stance, other.protects):
        return 0.0
    return Indel.normalized_similarity(fold(one.quote).split(), fold(other.quote).split())
