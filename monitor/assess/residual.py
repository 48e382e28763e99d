"""The words of a matched statement that no slot explains: never silently "reworded" where they may matter.

A word-by-word comparison of stems. What only moved, is spelled otherwise, is an example, an aside or another
name changes nothing; two words that came or went on one side alone, or another person, are for a reader.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from monitor.assess.deltas import Delta, delta, quoted
from monitor.assess.words import unlike
from monitor.lexicon import Lexicon, spell
from monitor.model import Stance, Statement

_FROM_WORDS = 2  #: words that came or went on one side alone
_REPLACED_FROM = 3  #: words on both sides, from which a replacement is more than a synonym
_LIST_FROM = 3  #: commas that make a list
_READ_AT_MOST = 1_500  #: words of a sentence, beyond which nobody weighs single words
_EXPLAINED = frozenset(
    ["technologies", "cues", "terms", "hedges", "bearers", "parties", "purposes", "places", "actions"]
)
_MARKS = frozenset('.,;:()?!"%')


@dataclass(frozen=True, slots=True)
class _Side:
    """One wording: its words, their stems, and which of them say something that no slot explains."""

    words: tuple[str, ...]
    stems: tuple[str, ...]
    telling: tuple[bool, ...]
    tags: tuple[tuple[str, int, int], ...]  #: list, first word, word after the last one

    def told(self, start: int, end: int, other: frozenset[str]) -> list[str]:
        """The telling words of a run whose stems do not stand on the other side."""
        return [self.words[i] for i in range(start, end) if self.telling[i] and self.stems[i] not in other]

    def has(self, list_name: str, start: int, end: int) -> bool:
        """Whether a phrase of this list begins in the run."""
        return any(name == list_name and start <= first < end for name, first, _ in self.tags)


@dataclass(frozen=True, slots=True)
class _Run:
    """One place where the wordings differ: words lost and words new there."""

    old: tuple[int, int]
    new: tuple[int, int]


def residual(b: Statement, a: Statement, lexicon: Lexicon) -> tuple[Delta, ...]:
    """What came, went or was replaced in the words that no slot explains."""
    old, new = _side(b, lexicon), _side(a, lexicon)
    if max(len(old.words), len(new.words)) > _READ_AT_MOST or _is_list_of_practices(b, a):
        return ()
    olds, news = frozenset(old.stems), frozenset(new.stems)
    lost: list[str] = []
    come: list[str] = []
    for run in _runs(old.stems, new.stems):
        said, says = old.told(*run.old, news), new.told(*run.new, olds)
        gone, fresh = unlike(said, says), unlike(says, said)
        swapped = _swapped(run, gone, fresh, old, new, b, lexicon)
        if swapped:
            return (swapped,)
        if _says(old, run.old, lexicon) and _says(new, run.new, lexicon):
            continue  # a few words in place of others: another name, a synonym
        lost += [] if _is_harmless(run.old, old, lexicon) else gone
        come += [] if _is_harmless(run.new, new, lexicon) else fresh
    return _one_sided(b, lost, come)


def _is_list_of_practices(b: Statement, a: Statement) -> bool:
    """ "We collect names, addresses, …": such a list grows and shrinks every day."""
    commas = min(statement.quote.count(",") + statement.quote.count(";") for statement in (b, a))
    return Stance.PRACTISES in (b.stance, a.stance) and commas >= _LIST_FROM


def _side(statement: Statement, lexicon: Lexicon) -> _Side:
    text = spell(statement.quote)
    words = tuple(text.split())
    starts: dict[int, int] = {}
    place = 0
    for i, word in enumerate(words):
        starts[place] = i
        place += len(word) + 1
    tags = tuple(
        (tag.list, starts[tag.start], starts[tag.start] + text.count(" ", tag.start, tag.end) + 1)
        for tag in lexicon.tags(text)
    )
    explained = {i for name, first, end in tags if name in _EXPLAINED for i in range(first, end)}
    telling = tuple(
        (i not in explained or lexicon.stem(word) in lexicon.people)
        and word[0].isalpha()
        and len(word) > 1
        and word not in lexicon.function_words
        and lexicon.stem(word) not in lexicon.dates
        for i, word in enumerate(words)
    )
    return _Side(words, tuple(map(lexicon.stem, words)), telling, tags)


def _runs(old: Sequence[str], new: Sequence[str]) -> Iterator[_Run]:
    """Where they differ; what went and what came at one place is one run."""
    start: tuple[int, int] | None = None
    steps = [*Indel.opcodes(old, new)]
    for step in steps:
        if step.tag == "equal":
            if start is not None:
                yield _Run((start[0], step.src_start), (start[1], step.dest_start))
            start = None
        elif start is None:
            start = (step.src_start, step.dest_start)
    if start is not None:
        yield _Run((start[0], len(old)), (start[1], len(new)))


def _swapped(
    run: _Run, gone: list[str], fresh: list[str], old: _Side, new: _Side, b: Statement, lexicon: Lexicon
) -> Delta | None:
    """Words that stand in the place of others: another person, or all of them, or much else."""
    if not gone and not fresh:
        return None
    before, after = (quoted(" ".join(side.words[s:e])) for side, (s, e) in ((old, run.old), (new, run.new)))
    wider = new.has("breadth", *run.new) - old.has("breadth", *run.old)
    acts = _acts(old, run.old[0], lexicon)
    if wider and (gone or not fresh):
        reach = "reach-widened" if wider > 0 else "reach-narrowed"
        return delta("actor-widened" if acts and gone and wider > 0 else reach, b, before, after)
    if not (gone and fresh):
        return None
    people = all(lexicon.people.intersection(map(lexicon.stem, words)) for words in (gone, fresh))
    if people:
        return delta("bearer-changed" if acts else "words-changed", b, before, after)
    if min(len(gone), len(fresh)) >= _REPLACED_FROM:
        return delta("words-changed", b, before, after)
    return None


def _acts(side: _Side, place: int, lexicon: Lexicon) -> bool:
    """Whether the words here say who acts: they open the sentence, stand before its verb or after "by"."""
    before = [word for word in side.words[:place] if word not in lexicon.function_words - lexicon.agents]
    if not before or before[-1] in lexicon.agents:
        return True
    cue = next((first for name, first, _ in side.tags if name == "cues" and first >= place), None)
    return cue is not None and cue - place <= _FROM_WORDS


def _is_harmless(run: tuple[int, int], side: _Side, lexicon: Lexicon) -> bool:
    """An example more, another name, or words in brackets."""
    start, end = run
    if start == end or side.has("technologies", start, end):
        return start == end
    if side.has("aliases", start, end) or _in_brackets(side.words, start, end):
        return True
    bounded = _ends_item(side.words[start - 1 : start], lexicon) and _ends_item(
        side.words[end : end + 1], lexicon
    )
    if not bounded:
        return False
    examples = [place for name, place, _ in side.tags if name == "examples" and place < start]
    return bool(examples)


def _ends_item(words: Sequence[str], lexicon: Lexicon) -> bool:
    return not words or words[0] in _MARKS or words[0] in lexicon.coordinators


def _in_brackets(words: Sequence[str], start: int, end: int) -> bool:
    inside = words[:start].count("(") > words[:start].count(")")
    return inside or (words[start] == "(" and words[end - 1] == ")")


def _says(side: _Side, run: tuple[int, int], lexicon: Lexicon) -> bool:
    """Whether a run holds more than small words and marks."""
    return any(word[0].isalnum() and word not in lexicon.function_words for word in side.words[slice(*run)])


def _one_sided(b: Statement, lost: list[str], come: list[str]) -> tuple[Delta, ...]:
    """Words that only came, or only went: fewer words mostly cover more."""
    if len(come) >= _FROM_WORDS and not lost:
        return (delta("words-added", b, after=quoted(", ".join(come))),)
    if len(lost) >= _FROM_WORDS and not come:
        return (delta("words-removed", b, before=quoted(", ".join(lost))),)
    return ()
