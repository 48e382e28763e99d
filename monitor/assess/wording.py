"""Two wordings, word by word: what they share, and which words say something that no slot explains."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from monitor.lexicon import Lexicon, spell
from monitor.model import Statement
from monitor.statements import described, qualifiers

#: Lists whose phrases fill a slot: that slot tells.
_EXPLAINED = (
    "technologies", "actions", "parties", "places", "purposes", "bearers", "cues", "terms", "hedges",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """One place where the wordings differ: the words lost and the words new there, from and to."""

    old: tuple[int, int]
    new: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Wording:
    """One statement's words, their stems, and which of them say something that no slot explains."""

    words: tuple[str, ...]
    stems: tuple[str, ...]
    telling: tuple[bool, ...]
    tags: tuple[tuple[str, int, int], ...]  #: list, first word, word after the last one
    described: frozenset[int]  #: words that only describe somebody: "a force that has …"

    def told(self, start: int, end: int, other: frozenset[str]) -> list[str]:
        """The telling words of a run whose stems do not stand on the other side."""
        return [self.words[i] for i in range(start, end) if self.telling[i] and self.stems[i] not in other]

    def narrowing(self, start: int, end: int, other: frozenset[str]) -> list[str]:
        """The same, without what says that it holds everywhere: "anywhere in the world"."""
        wide = {i for name, first, past in self.tags if name == "breadth" for i in range(first, past)}
        spans = (i for i in range(start, end) if i not in wide)
        return [word for i in spans for word in self.told(i, i + 1, other)]

    def count(self, list_name: str, start: int, end: int) -> int:
        """How many phrases of this list begin in the run."""
        return sum(name == list_name and start <= first < end for name, first, _ in self.tags)

    def starts(self, lists: Sequence[str], place: int) -> bool:
        """Whether a phrase of these lists begins at this word."""
        return any(name in lists and first == place for name, first, _ in self.tags)


def wording(statement: Statement, lexicon: Lexicon) -> Wording:
    """The wording of a statement's own sentence."""
    text = spell(statement.quote)
    words = tuple(text.split())
    starts: dict[int, int] = {}
    place = 0
    for i, word in enumerate(words):
        starts[place] = i
        place += len(word) + 1
    found = lexicon.tags(text)
    tags = tuple(
        (tag.list, starts[tag.start], starts[tag.start] + text.count(" ", tag.start, tag.end) + 1)
        for tag in found
    )
    explained = {i for name, first, end in tags if name in _EXPLAINED for i in range(first, end)}
    qualifying = [(q.start, q.end) for q in qualifiers(text, found, lexicon)]
    explained |= {i for at, i in starts.items() if any(first <= at < end for first, end in qualifying)}
    spans = tuple(described(text, lexicon))
    return Wording(
        words,
        tuple(map(lexicon.stem, words)),
        tuple(_tells(word, i in explained, lexicon) for i, word in enumerate(words)),
        tags,
        frozenset(i for at, i in starts.items() if any(first <= at < end for first, end in spans)),
    )


def _tells(word: str, is_explained: bool, lexicon: Lexicon) -> bool:
    stem = lexicon.stem(word)
    small = word in lexicon.function_words or word in lexicon.prepositions
    if not word[0].isalpha() or len(word) < 2 or small or stem in lexicon.dates:
        return False
    return not is_explained or stem in lexicon.people


def runs(old: Sequence[str], new: Sequence[str]) -> Iterator[Run]:
    """Where two rows of stems differ; what went and what came at one place is one run."""
    start: tuple[int, int] | None = None
    for step in Indel.opcodes(old, new):
        if step.tag == "equal":
            if start is not None:
                yield Run((start[0], step.src_start), (start[1], step.dest_start))
            start = None
        elif start is None:
            start = (step.src_start, step.dest_start)
    if start is not None:
        yield Run((start[0], len(old)), (start[1], len(new)))


def adds(side: Wording, span: tuple[int, int], place: int, lexicon: Lexicon) -> bool:
    """Whether the word at `place` is one more element: "or in stores", ", in schools, or in stores"."""
    start, end = span
    joints = lexicon.joining | {","}
    if not (start < place < end) or side.words[start] not in joints:
        return False
    if lexicon.joining.isdisjoint(side.words[start:end]):
        return False
    opens = max(i for i in range(start, place) if side.words[i] in joints)
    small = (lexicon.function_words | lexicon.prepositions) - (lexicon.coordinators - lexicon.joining)
    return small.issuperset(side.words[opens + 1 : place])
