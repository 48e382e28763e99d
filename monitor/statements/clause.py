"""One spelled sentence → what governs it and what only qualifies it.

Conditions, exceptions and "until …" never cancel a refusal: their words are set apart first, and the
cue that carries the force is looked for in what remains (the idea of ConText: Harkema et al. 2009).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from monitor.lexicon import Lexicon, Tag
from monitor.model import Stance

_QUALIFIERS = ("conditions", "exceptions")
_FRONT_CHARACTERS = 60  #: within two words, and so many characters, a qualifier opens its sentence
_BREAKS = {",", ";", ".", ":", "and", "or", "nor", "but"}
_STRONGEST_FIRST = (
    Stance.REFUSES,
    Stance.LIMITS,
    Stance.WITHDRAWS,
    Stance.REQUIRES,
    Stance.ASPIRES,
    Stance.PERMITS,
    Stance.PROMISES,
    Stance.PRACTISES,
)


@dataclass(frozen=True, slots=True)
class Qualifier:
    """Words that qualify: which list they belong to, and the words themselves."""

    list: str
    id: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Clause:
    """One sentence taken apart. Offsets are characters of the spelled text."""

    own: str
    lead: str
    tags: tuple[Tag, ...]  #: of the sentence itself
    lead_tags: tuple[Tag, ...]
    heading_tags: tuple[Tag, ...]
    qualifiers: tuple[Qualifier, ...]
    cue: Tag | None  #: what carries the force …
    cue_text: str  #: … and the spelled text that it stands in: own, lead or heading

    @property
    def by_heading(self) -> bool:
        """Whether the force stands in the heading."""
        return self.cue is not None and self.cue_text not in (self.own, self.lead)

    @property
    def hangs(self) -> bool:
        """A list item whose line above says only "this includes …": what governs it stands further up."""
        points = any(tag.list == "anaphora" and tag.entry.id == "continues" for tag in self.lead_tags)
        return points and (self.cue is None or self.by_heading)

    def qualified(self, tag: Tag) -> bool:
        """Whether a tag stands inside a condition, an exception or an "until …"."""
        return any(q.start < tag.end and tag.start < q.end for q in self.qualifiers)


def clause_of(own: str, lead: str, heading: str, lexicon: Lexicon, *, is_item: bool = False) -> Clause:
    """Take a spelled sentence apart, with its spelled lead-ins and heading ("" where there is none)."""
    tags = lexicon.tags(own)
    lead_tags = lexicon.tags(lead) if lead else ()
    heading_tags = lexicon.tags(heading) if heading else ()
    qualifiers = _qualifiers(own, tags)
    frames = [(lead_tags, lead), (_ruling(heading_tags) if is_item else (), heading)]
    cue, cue_text = _governing(own, tags, frames, qualifiers)
    return Clause(own, lead, tags, lead_tags, heading_tags, qualifiers, cue, cue_text)


def is_double_negation(clause: Clause) -> bool:
    """Two refusals in one breath, with no comma or "and" between: "no customer to whom it does not apply"."""
    cues = [tag for tag in clause.tags if tag.list == "cues" and _stance(tag) is Stance.REFUSES]
    between = (clause.own[a.end : b.start].split() for a, b in pairwise(cues))
    return any(not _BREAKS & set(words) for words in between)


def _qualifiers(own: str, tags: Sequence[Tag]) -> tuple[Qualifier, ...]:
    starts = [tag for tag in tags if tag.list in _QUALIFIERS or _opens_until(tag)]
    found: list[Qualifier] = []
    for i, tag in enumerate(starts):
        if found and tag.start < found[-1].end and not _new_kind(found[-1], tag):
            continue
        following = starts[i + 1].start if i + 1 < len(starts) else len(own)
        end = min(_end_of(own, tag), following) if following > tag.start else _end_of(own, tag)
        found.append(Qualifier(tag.list, tag.entry.id, own[tag.start : end].strip(" ,;."), tag.start, end))
    return tuple(found)


def _opens_until(tag: Tag) -> bool:
    return tag.list == "terms" and tag.entry.term == "until_event"


def _new_kind(previous: Qualifier, tag: Tag) -> bool:
    """A qualifier inside another one counts for itself only when it is of another list."""
    return previous.list != tag.list and tag.start > previous.start


def _end_of(own: str, tag: Tag) -> int:
    """A qualifier at the front ends at its comma; any other one runs to the end of its clause."""
    at_front = own.count(" ", 0, min(tag.start, _FRONT_CHARACTERS)) <= 2 and tag.start < _FRONT_CHARACTERS
    stops = [own.find(mark, tag.end) for mark in ((" ,", " ;", " .") if at_front else (" ;", " ."))]
    return min((stop for stop in stops if stop >= 0), default=len(own))


def _governing(
    own: str,
    tags: Sequence[Tag],
    frames: Sequence[tuple[Sequence[Tag], str]],
    qualifiers: Sequence[Qualifier],
) -> tuple[Tag | None, str]:
    """The cue that carries the force, and the text that it stands in: the line above, or the sentence."""
    free = [
        tag
        for tag in tags
        if tag.list == "cues" and not any(q.start <= tag.start < q.end for q in qualifiers)
    ]
    if not _has_own_subject(tags, free):
        for frame_tags, text in frames:
            cues = [tag for tag in frame_tags if tag.list == "cues"]
            if cues:
                return _strongest(cues), text
    return (_strongest(free), own) if free else (None, own)


def _ruling(heading_tags: Sequence[Tag]) -> tuple[Tag, ...]:
    """A heading such as "Do not …" or "Permitted uses" governs the items below it."""
    ruling = (Stance.REFUSES, Stance.PERMITS)
    return tuple(tag for tag in heading_tags if tag.list == "cues" and tag.entry.stance in ruling)


def _has_own_subject(tags: Sequence[Tag], cues: Sequence[Tag]) -> bool:
    """An item that brings its own subject and verb is not governed by the line above it."""
    return bool(cues) and any(tag.list == "bearers" and tag.start < cues[0].start for tag in tags)


def _strongest(cues: Sequence[Tag]) -> Tag:
    return min(cues, key=lambda tag: (_STRONGEST_FIRST.index(_stance(tag)), -tag.entry.force, tag.start))


def _stance(tag: Tag) -> Stance:
    assert tag.entry.stance is not None  # the loader refuses a cue without one
    return tag.entry.stance
