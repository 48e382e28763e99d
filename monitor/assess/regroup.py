"""The same words cut into other sentences: split, merged, a list made prose or turned round.

A few neighbouring sentences of the old document are held against a few of the new one. Where they say the
same with the same negations, nothing changed, whatever became of the full stops.
"""

from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import cached_property

from monitor.assess.words import opposite, unlike
from monitor.lexicon import Lexicon, Tag, spell
from monitor.model import SAYING_NO, Edit, Sentence

_SHAPES = [(k, 1) for k in range(1, 7)] + [(1, k) for k in range(2, 7)] + [(2, 2), (2, 3), (3, 2)]
_SAME_AT = 0.86  #: share of the words that stand on both sides
_WORTH_A_LOOK_AT = 0.66  #: … below which no spelling will make up the rest
_MISSPELT_AT_MOST = 6  #: words looked at for that
_WINDOWS_AT_MOST = 60_000  #: pairs of windows
_WORDS_AT_MOST = 400
#: What must be named on both sides, however the words are cut.
_DECIDING = (
    "technologies", "actions", "parties", "places", "purposes",
    "breadth", "bearers", "conditions", "exceptions", "hedges",
)  # fmt: skip


def regrouped(
    edits: Sequence[Edit], asked: Container[int], lexicon: Lexicon
) -> tuple[dict[int, Sentence], dict[int, Sentence]]:
    """Sentences (by id) that only stand otherwise cut → a sentence of the other side that says the same.

    asked: the ids of the sentences on which something hangs; where none of them is, nobody looks.
    """
    olds = _windows([edit.before for edit in edits if not edit.twin], lexicon)
    news = _windows([edit.after for edit in edits if not edit.twin], lexicon)
    old_twin: dict[int, Sentence] = {}
    new_twin: dict[int, Sentence] = {}
    if sum(map(len, olds.values())) * sum(map(len, news.values())) > _WINDOWS_AT_MOST:
        return old_twin, new_twin
    asked_news = {size: [new for new in windows if new.holds(asked)] for size, windows in news.items()}
    for old_size, new_size in _SHAPES:
        for old in olds.get(old_size, ()):
            for new in (news if old.holds(asked) else asked_news).get(new_size, ()):
                if _free(old, old_twin) and _free(new, new_twin) and _say_the_same(old, new):
                    old_twin.update({id(s): new.sentences[0] for s in old.sentences})
                    new_twin.update({id(s): old.sentences[0] for s in new.sentences})
    return old_twin, new_twin


@dataclass(frozen=True)
class _Window:
    """Neighbouring changed sentences."""

    sentences: tuple[Sentence, ...]
    lexicon: Lexicon

    def holds(self, ids: Container[int]) -> bool:
        """Whether one of its sentences is among these."""
        return any(id(sentence) in ids for sentence in self.sentences)

    @cached_property
    def text(self) -> str:
        """All of it, spelled."""
        return spell(" ".join(sentence.text for sentence in self.sentences))

    @cached_property
    def words(self) -> Counter[str]:
        """How often each stem stands there; small words left out."""
        return Counter(
            self.lexicon.stem(word)
            for word in self.text.split()
            if word[0].isalnum() and word not in self.lexicon.function_words
        )

    @cached_property
    def size(self) -> int:
        return self.words.total()

    @cached_property
    def is_list(self) -> bool:
        """Whether a line above governs some of it: then one "not" stands for many."""
        return any(sentence.lead_ins for sentence in self.sentences)

    @cached_property
    def tags(self) -> tuple[Tag, ...]:
        """Every phrase in it."""
        return self.lexicon.tags(self.text)

    @cached_property
    def forces(self) -> Counter[tuple[str, int]]:
        """Every verb of force in it: how often, by stance and force."""
        cues = (tag.entry for tag in self.tags if tag.list == "cues")
        return Counter((cue.stance or "", cue.force) for cue in cues)

    @cached_property
    def decides(self) -> tuple[object, ...]:
        """What must be alike, however the words are cut: who, where, for what, how long."""
        named = frozenset((t.list, t.entry.id) for t in self.tags if t.list in _DECIDING)
        terms = frozenset(t.entry.term for t in self.tags if t.list == "terms")
        return named, terms, tuple(sorted(self.lexicon.durations(self.text)))


def _windows(changed: Sequence[Sentence | None], lexicon: Lexicon) -> dict[int, list[_Window]]:
    """Every run of one to six changed sentences that follow one another, by its length."""
    ordered = sorted({id(s): s for s in changed if s is not None}.values(), key=lambda s: s.index)
    found: dict[int, list[_Window]] = {}
    for start in range(len(ordered)):
        for size in range(1, 7):
            run = ordered[start : start + size]
            if len(run) < size or run[-1].index - run[0].index != size - 1:
                break
            found.setdefault(size, []).append(_Window(tuple(run), lexicon))
    return found


def _free(window: _Window, taken: dict[int, Sentence]) -> bool:
    return not any(id(sentence) in taken for sentence in window.sentences)


def _say_the_same(old: _Window, new: _Window) -> bool:
    if max(old.size, new.size) > _WORDS_AT_MOST or not _near(old.size, new.size):
        return False
    shared = (old.words & new.words).total()
    if 2 * shared < _WORTH_A_LOOK_AT * (old.size + new.size):
        return False
    lost, fresh = old.words - new.words, new.words - old.words
    if _turns(lost, fresh, old.lexicon):
        return False
    misspelt = _misspelt(lost, fresh)
    if len(old.sentences) == len(new.sentences) == 1:
        return misspelt == lost.total() == fresh.total() and (bool(misspelt) or _decide_the_same(old, new))
    return 2 * (shared + misspelt) >= _SAME_AT * (old.size + new.size) and _decide_the_same(old, new)


def _turns(lost: Counter[str], fresh: Counter[str], lexicon: Lexicon) -> bool:
    """Whether the words left over are other people, or the opposite of one another."""
    swapped = bool(lexicon.people & lost.keys()) and bool(lexicon.people & fresh.keys())
    return swapped or any(opposite(a, b) for a in lost for b in fresh)


def _decide_the_same(old: _Window, new: _Window) -> bool:
    """As many verbs of each force; in a split or a merge, which says some again, the same noes at least."""
    if old.decides != new.decides:
        return False
    if len(old.sentences) == len(new.sentences):
        return old.forces == new.forces
    noes = (_noes(old), _noes(new))
    if old.is_list != new.is_list:
        return noes[0].keys() == noes[1].keys()
    return noes[0] == noes[1] and (
        old.forces.keys() <= new.forces.keys() or new.forces.keys() <= old.forces.keys()
    )


def _noes(window: _Window) -> Counter[tuple[str, int]]:
    return Counter({key: n for key, n in window.forces.items() if key[0] in SAYING_NO})


def _near(a: int, b: int) -> bool:
    return min(a, b) > 0 and 2 * min(a, b) >= _SAME_AT * (a + b)


def _misspelt(lost: Counter[str], new: Counter[str]) -> int:
    """How many of the words left over are other spellings of one another."""
    if max(lost.total(), new.total()) > _MISSPELT_AT_MOST:
        return 0
    return lost.total() - len(unlike(lost.elements(), new))
