"""Where a sentence may begin a new clause, where it only describes somebody, and what negates what."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from monitor.lexicon import Lexicon, Tag
from monitor.model import Stance
from monitor.statements.qualifying import BARE

_MARKS = frozenset([",", ";", ".", ":"])


class Breaks:
    """The clause breaks of one spelled sentence."""

    def __init__(self, own: str, lexicon: Lexicon) -> None:
        self._own = own
        self._lexicon = lexicon
        self._words = (lexicon.coordinators - lexicon.concord) | _MARKS
        self._relatives = list(described(own, lexicon))

    def between(self, a: Tag, b: Tag) -> bool:
        """Whether a comma, an "and" or a relative clause parts two tags."""
        first, second = (a, b) if a.start <= b.start else (b, a)
        if any(first.end <= place < second.start for place, _ in self._relatives):
            return True
        parts = (
            self._own[first.end : second.start].split(),
            self._own[second.start : second.end].split()[:1],
        )
        return any(not self._words.isdisjoint(words) for words in parts)

    def describes(self, tag: Tag) -> bool:
        """Whether it stands in words that describe somebody: "users who do not …"."""
        return any(start <= tag.start < end for start, end in self._relatives)

    def only_describes(self, tag: Tag) -> bool:
        """Whether it opens such words: "data that can …"."""
        starts = (start for start, _ in self._relatives if start < tag.start)
        return any(self._own.count(" ", start, tag.start) == 1 for start in starts)

    def modal(self, cue: Tag | None, tags: Sequence[Tag]) -> Tag | None:
        """The verb that a bare negation goes with: "no officer may", "will at no time"."""
        if cue is None or cue.entry.id != BARE:
            return None
        modals = (tag for tag in tags if tag.list == "cues" and tag.entry.negated)
        return next((tag for tag in modals if not self.between(cue, tag)), None)

    def is_double_negation(self, tags: Sequence[Tag]) -> bool:
        """Two refusals in one breath: "no customer to whom it does not apply".

        Not where the second one only repeats the first, as in Spanish "no … en ningún caso".
        """
        cues = [tag for tag in tags if tag.list == "cues" and tag.entry.stance is Stance.REFUSES]
        return any(not self._repeats(b) and not self.between(a, b) for a, b in pairwise(cues))

    def _repeats(self, tag: Tag) -> bool:
        return not self._lexicon.concord.isdisjoint(self._own[tag.start : tag.end].split())


def described(own: str, lexicon: Lexicon) -> Iterator[tuple[int, int]]:
    """Each "who sells …" and "that sells …", but not "that the company sells …": (start, end)."""
    words = own.split()
    place = 0
    for word, following in pairwise([*words, ""]):
        if place and word in lexicon.relatives and following not in _MARKS | lexicon.subjects:
            stops = (own.find(f" {mark}", place) for mark in _MARKS)
            yield place, min((stop for stop in stops if stop >= 0), default=len(own))
        place += len(word) + 1
