"""What a sentence is about: the technology that it names, or that the words before it named.

"We offer face search."  ─►  "It may be used by the police."  ─►  "Requests take two days."
     named                        points back: same subject            points at nothing: none
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

from monitor.lexicon import Lexicon, Tag, spell
from monitor.model import Sentence
from monitor.segment import fold

READ_AT_MOST = 20_000  #: characters of one sentence that are looked at for what they mean
_LOOK_BACK = 3  #: sentences over which a subject carries without being taken up again
_CHAIN = 6  #: … and in all
#: How far in the sentence, in characters, such words must stand: later "it" is something named there.
_WITHIN = {"opening": 0, "pronoun": 25}
_ITEMS = 40  #: items of a list between its line and the last of them
_NEXT = 2  #: … where only the police or another authority is named
_SECTION = 12  #: sentences of a section short enough to be about its heading
_AUTHORITIES = frozenset(
    ["government", "law_enforcement", "police", "local_police", "federal_law_enforcement", "immigration"]
)


@dataclass(frozen=True, slots=True)
class Subject:
    """The technologies a sentence is about."""

    technologies: frozenset[str]
    carried: str = ""  #: "" where its own words name them, else: words (before it), heading or section
    actions: frozenset[str] = frozenset()  #: what was said to be done, where the sentence only points back


class Known:
    """What a lexicon finds in texts, each looked at once: for one document, or both of a comparison."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self.fold = cache(fold)
        self.may_name = cache(lexicon.may_name_subject)
        self._written: dict[str, tuple[str, tuple[Tag, ...]]] = {}

    def written(self, text: str) -> tuple[str, tuple[Tag, ...]]:
        """A sentence, spelled, with its phrases."""
        if text not in self._written:
            spelled = spell(text[:READ_AT_MOST])
            self._written[text] = spelled, self._lexicon.tags(spelled)
        return self._written[text]


class Subjects:
    """The subject of each sentence of one document; worked out when asked for."""

    def __init__(self, sentences: Sequence[Sentence], lexicon: Lexicon, known: Known) -> None:
        self._sentences = sentences
        self._lexicon = lexicon
        self._known = known
        self._named: dict[int, Subject | None] = {}

    def of(self, i: int) -> Subject | None:
        """What the sentence of this place is about; None where that is not our subject."""
        return self._of_words(i) or self._carried(i)

    def _of_words(self, i: int) -> Subject | None:
        if i not in self._named:
            self._named[i] = self._name(i)
        return self._named[i]

    def _name(self, i: int) -> Subject | None:
        """Named in the sentence itself or in the line that governs it."""
        sentence = self._sentences[i]
        own = _subject_of(self.tags(i)) if self._known.may_name(sentence.key) else None
        return own or self._of_frame(line_above(sentence), sentence.frame)

    def _of_frame(self, text: str, key: str) -> Subject | None:
        """Named in a line above, or a heading."""
        if not text or not self._known.may_name(key):
            return None
        return _subject_of(self._lexicon.frame(text)[1])

    def _carried(self, i: int, at_most: int = _CHAIN) -> Subject | None:
        """Named so many sentences before at most, or in the heading, where it points back at that."""
        sentence = self._sentences[i]
        if sentence.kind == "heading" or not self._is_near(i):
            return None
        points = self._answers(i) or points_back(self.tags(i))
        near = points or (sentence.kind != "item" and _names_authority(self.tags(i)))
        before = self._before(i, min(at_most, _CHAIN if points else _NEXT)) if near else None
        if before:
            return replace(before, carried="words")
        if sentence.kind == "item":
            return self._of_line(i)
        if not points and self._sizes[sentence.headings] > _SECTION:
            return None
        heading = self._of_heading(sentence)
        return replace(heading, carried="heading" if points else "section") if heading else None

    def _is_near(self, i: int) -> bool:
        """A quick first look: whether anything that could carry over may name a technology."""
        first = i - (_ITEMS if self._sentences[i].kind == "item" else _CHAIN)
        near = self._may_name[max(first, 0) : i]
        headings = self._sentences[i].headings
        return any(near) or (bool(headings) and self._known.may_name(self._known.fold(headings[-1])))

    @cached_property
    def _may_name(self) -> list[bool]:
        return [self._known.may_name(sentence.key) for sentence in self._sentences]

    def lines_above(self, i: int) -> tuple[str, ...]:
        """The lines that govern the sentence of this place, outermost first.

        One that only goes on ("Do not spy. This includes:") stands there with the sentence before it.
        """
        lines = self._sentences[i].lead_ins
        if not lines or not self._goes_on(line_above(self._sentences[i])):
            return lines
        line = self._line(i)
        before, its = (self._sentences[line - 1], self._sentences[line]) if line else (None, None)
        return (before.text, *lines) if before and its and before.segment == its.segment else lines

    def _goes_on(self, line: str) -> bool:
        tags = self._lexicon.frame(line)[1]
        goes_on = any(tag.list == "anaphora" and tag.entry.id == "continues" for tag in tags)
        return goes_on and not any(tag.list == "cues" for tag in tags)

    def _line(self, i: int) -> int | None:
        """The place of the line above the list that holds an item."""
        lines = self._sentences[i].lead_ins
        before = range(i - 1, max(i - _ITEMS, 0) - 1, -1)
        return next((n for n in before if self._sentences[n].text in lines), None)

    def _of_line(self, i: int) -> Subject | None:
        """For an item: what the line above its list is about, or its heading.

        A line that does not name it itself reaches back to the sentence right before it, and no further.
        """
        sentence = self._sentences[i]
        first = max(i - _ITEMS, 0)
        line = next((n for n in range(i - 1, first - 1, -1) if self._sentences[n].kind != "item"), None)
        if line is None:
            return None
        found = self._carried(line, at_most=1) if self._sentences[line].text in sentence.lead_ins else None
        if found:
            return replace(found, carried="words")
        heading = self._of_heading(sentence) if self._sizes[sentence.headings] <= _SECTION else None
        return replace(heading, carried="section") if heading else None

    @cached_property
    def _sizes(self) -> Counter[tuple[str, ...]]:
        """How many sentences stand below each heading."""
        return Counter(sentence.headings for sentence in self._sentences)

    def _before(self, i: int, at_most: int) -> Subject | None:
        """What one of the sentences just before names; further back only where each one between points on."""
        for back in range(1, min(at_most, i) + 1):
            if not _same_section(self._sentences[i - back], self._sentences[i - back + 1]):
                return None
            found = self._of_words(i - back)
            if found:
                return found
            if back >= _LOOK_BACK and not points_back(self.tags(i - back)):
                return None
        return None

    def _of_heading(self, sentence: Sentence) -> Subject | None:
        heading = sentence.headings[-1] if sentence.headings else ""
        return self._of_frame(heading, self._known.fold(heading))

    def _answers(self, i: int) -> bool:
        """Right after a question, or after words that say that one was asked."""
        if i == 0:
            return bool(self._sentences[i].headings and is_question(self._sentences[i].headings[-1]))
        before, sentence = self._sentences[i - 1], self._sentences[i]
        if not _same_section(before, sentence):
            return bool(sentence.headings and is_question(sentence.headings[-1]))
        return is_question(before.text) or _asks(self.tags(i - 1))

    def tags(self, i: int) -> tuple[Tag, ...]:
        """Every phrase in the sentence of this place."""
        return self.written(i)[1]

    def written(self, i: int) -> tuple[str, tuple[Tag, ...]]:
        """The sentence of this place, spelled, with its phrases."""
        return self._known.written(self._sentences[i].text)


def points_back(tags: Sequence[Tag]) -> bool:
    """Whether words such as "it", "this feature" or "the search" take up what was said before."""
    return any(
        tag.list == "anaphora"
        and tag.entry.id not in ("asks", "dummy")
        and tag.start <= _WITHIN.get(tag.entry.id, tag.start)
        for tag in tags
    )


def _names_authority(tags: Sequence[Tag]) -> bool:
    return any(tag.list == "parties" and tag.entry.id in _AUTHORITIES for tag in tags)


def is_question(text: str) -> bool:
    """Whether it asks: a question promises nothing."""
    return text.rstrip(" *_\"'”»)").endswith(("?", "？"))


def _asks(tags: Sequence[Tag]) -> bool:
    return any(tag.list == "anaphora" and tag.entry.id == "asks" for tag in tags)


def line_above(sentence: Sentence) -> str:
    """The line that governs a sentence, as far as it is read."""
    return " ".join(sentence.lead_ins)[:READ_AT_MOST]


def _subject_of(tags: Sequence[Tag]) -> Subject | None:
    technologies = frozenset(tag.entry.id for tag in tags if tag.list == "technologies")
    actions = frozenset(tag.entry.id for tag in tags if tag.list == "actions")
    return Subject(technologies, actions=actions) if technologies else None


def _same_section(a: Sentence, b: Sentence) -> bool:
    """In one block, or in two plain ones that follow one another under the same heading."""
    if a.segment == b.segment:
        return True
    return a.headings == b.headings and a.kind == b.kind == "paragraph" and b.segment - a.segment == 1
