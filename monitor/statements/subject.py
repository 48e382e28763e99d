"""What a sentence is about: the technology that it names, or that the words before it named.

"We offer face search."  ─►  "It may be used by the police."  ─►  "Requests take two days."
     named                        points back: same subject            points at nothing: none
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

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


class Subjects:
    """The subject of each sentence of one document; worked out when asked for."""

    def __init__(self, sentences: Sequence[Sentence], lexicon: Lexicon) -> None:
        self._sentences = sentences
        self._lexicon = lexicon
        self._named: dict[int, Subject | None] = {}
        self._tags: dict[int, tuple[Tag, ...]] = {}

    @cached_property
    def _places(self) -> dict[int, int]:
        return {id(sentence): i for i, sentence in enumerate(self._sentences)}

    def of(self, sentence: Sentence) -> Subject | None:
        """What it is about; None where that is not our subject."""
        place = self._places[id(sentence)]
        return self._of_words(place) or self._carried(place)

    def _of_words(self, i: int) -> Subject | None:
        if i not in self._named:
            self._named[i] = self._name(self._sentences[i])
        return self._named[i]

    def _name(self, sentence: Sentence) -> Subject | None:
        """Named in the sentence itself or in the line that governs it."""
        for text, key in ((sentence.text, sentence.key), (" ".join(sentence.lead_ins), sentence.frame)):
            if self._lexicon.may_name_subject(key):
                tags = self._lexicon.tags(spell(text[:READ_AT_MOST]))
                technologies = frozenset(tag.entry.id for tag in tags if tag.list == "technologies")
                if technologies:
                    return Subject(technologies, actions=_actions(tags))
        return None

    def _carried(self, i: int) -> Subject | None:
        """Named just before, or in the heading, where this sentence points back at it."""
        sentence = self._sentences[i]
        if sentence.kind == "heading" or not self._is_near(i):
            return None
        points = self._answers(i) or points_back(self._tags_of(i))
        if sentence.kind == "item" and not (points and self._before(i, points)):
            return self._of_line(i)
        before = self._before(i, points) if points or _names_authority(self._tags_of(i)) else None
        if before:
            return Subject(before.technologies, "words", before.actions)
        if not points and self._sizes[sentence.headings] > _SECTION:
            return None
        heading = self._of_heading(sentence)
        return replace(heading, carried="heading" if points else "section") if heading else None

    def _is_near(self, i: int) -> bool:
        """A quick first look: whether anything that could carry over may name a technology."""
        first = i - (_ITEMS if self._sentences[i].kind == "item" else _CHAIN)
        near = self._may_name[max(first, 0) : i]
        headings = self._sentences[i].headings
        return any(near) or (bool(headings) and self._lexicon.may_name_subject(fold(headings[-1])))

    @cached_property
    def _may_name(self) -> list[bool]:
        return [self._lexicon.may_name_subject(sentence.key) for sentence in self._sentences]

    def _of_line(self, i: int) -> Subject | None:
        """For an item: what the line above its list is about, or its heading."""
        sentence = self._sentences[i]
        for back in range(1, min(_ITEMS, i) + 1):
            line = self._sentences[i - back]
            if line.kind != "item":
                found = self._carried(i - back) if line.text in sentence.lead_ins else None
                heading = self._of_heading(sentence) if self._sizes[sentence.headings] <= _SECTION else None
                return (
                    replace(found, carried="words")
                    if found
                    else heading and replace(heading, carried="section")
                )
        return None

    @cached_property
    def _sizes(self) -> Counter[tuple[str, ...]]:
        """How many sentences stand below each heading."""
        return Counter(sentence.headings for sentence in self._sentences)

    def _before(self, i: int, points: bool) -> Subject | None:
        """What one of the sentences just before names; further back only where each one between points on."""
        for back in range(1, min(_CHAIN if points else _NEXT, i) + 1):
            if not _same_section(self._sentences[i - back], self._sentences[i - back + 1]):
                return None
            found = self._of_words(i - back)
            if found:
                return found
            if back >= _LOOK_BACK and not points_back(self._tags_of(i - back)):
                return None
        return None

    def _of_heading(self, sentence: Sentence) -> Subject | None:
        heading = sentence.headings[-1] if sentence.headings else ""
        if not heading or not self._lexicon.may_name_subject(fold(heading)):
            return None
        tags = self._lexicon.tags(spell(heading))
        technologies = frozenset(tag.entry.id for tag in tags if tag.list == "technologies")
        return Subject(technologies, actions=_actions(tags)) if technologies else None

    def _answers(self, i: int) -> bool:
        """Right after a question, or after words that say that one was asked."""
        if i == 0:
            return bool(self._sentences[i].headings and is_question(self._sentences[i].headings[-1]))
        before, sentence = self._sentences[i - 1], self._sentences[i]
        if not _same_section(before, sentence):
            return bool(sentence.headings and is_question(sentence.headings[-1]))
        return is_question(before.text) or _asks(self._tags_of(i - 1))

    def _tags_of(self, i: int) -> tuple[Tag, ...]:
        if i not in self._tags:
            self._tags[i] = self._lexicon.tags(spell(self._sentences[i].text[:READ_AT_MOST]))
        return self._tags[i]


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


def _actions(tags: Sequence[Tag]) -> frozenset[str]:
    return frozenset(tag.entry.id for tag in tags if tag.list == "actions")


def _same_section(a: Sentence, b: Sentence) -> bool:
    """In one block, or in two plain ones that follow one another under the same heading."""
    if a.segment == b.segment:
        return True
    return a.headings == b.headings and a.kind == b.kind == "paragraph" and b.segment - a.segment == 1
