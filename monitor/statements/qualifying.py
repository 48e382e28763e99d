"""Conditions, exceptions and "until …": the words of a sentence that only qualify it."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.lexicon import Lexicon, Tag
from monitor.model import Stance

BARE = "do_not"  #: the id of the cues that only negate: "not", "no", "nobody"
_QUALIFIERS = ("conditions", "exceptions")
_WHOLE = ("consent", "warrant")  #: ids of conditions that say all in their own words
_PREDICATIVE = "excepted"  #: the id of "X is exempt": what is excepted stands before it
_DENIED_WITHIN = 3  #: words between "no" and "is excepted"
_FRONT_CHARACTERS = 60  #: within so many characters, and words, a qualifier opens its sentence
_FRONT_WORDS = 4


@dataclass(frozen=True, slots=True)
class Qualifier:
    """Words that qualify: which list they belong to, and the words themselves."""

    list: str
    id: str
    text: str
    start: int
    end: int


def qualifiers(own: str, tags: Sequence[Tag], lexicon: Lexicon) -> tuple[Qualifier, ...]:
    """Every qualifier of a spelled sentence, in order."""
    starts = _openers(own, tags, lexicon)
    found: list[Qualifier] = []
    for i, tag in enumerate(starts):
        if found and tag.start < found[-1].end and not _is_new_kind(found[-1], tag):
            continue
        following = starts[i + 1].start if i + 1 < len(starts) else len(own)
        end = _end_of(own, tag, tags, lexicon)
        end = min(end, following) if following > tag.start else end
        end = min((t.start for t in tags if t.list == "examples" and tag.end <= t.start < end), default=end)
        start = _start_of(own, tag, found)
        kind = "terms" if _ends_refusal(tag, tags) else tag.list
        found.append(Qualifier(kind, tag.entry.id, own[start:end].strip(" ,;."), start, end))
    return tuple(found)


def _ends_refusal(tag: Tag, tags: Sequence[Tag]) -> bool:
    """ "We will not sell it before there is a law": until then, not on condition."""
    refuses = (cue for cue in tags if cue.list == "cues" and cue.entry.stance is Stance.REFUSES)
    return tag.entry.id == "before" and any(cue.end <= tag.start for cue in refuses)


def _start_of(own: str, tag: Tag, found: Sequence[Qualifier]) -> int:
    """ "counter-terrorism units excepted": what is excepted stands before the word that says so."""
    if tag.entry.id != _PREDICATIVE:
        return tag.start
    ends = [found[-1].end if found else 0]
    ends += [own.rfind(mark, 0, tag.start) + len(mark) for mark in (" , ", " ; ", " . ", " : ")]
    return max(end for end in ends if end <= tag.start)


def denials(own: str, tags: Sequence[Tag]) -> frozenset[Tag]:
    """The negations of "no unit is excepted": they deny an exception, and refuse nothing."""
    return frozenset(cue for cue, _ in _denied(own, tags))


def _denied(own: str, tags: Sequence[Tag]) -> list[tuple[Tag, Tag]]:
    """Each negation with the exception that it denies: the nearest one after it, a few words on."""
    excepted = [tag for tag in tags if tag.list == "exceptions" and tag.entry.id == _PREDICATIVE]
    starts = [tag.start for tag in excepted]
    found = []
    for cue in (tag for tag in tags if excepted and tag.list == "cues" and tag.entry.id == BARE):
        place = bisect_left(starts, cue.end)
        if place < len(starts) and own.count(" ", cue.end, starts[place]) <= _DENIED_WITHIN:
            found.append((cue, excepted[place]))
    return found


def _openers(own: str, tags: Sequence[Tag], lexicon: Lexicon) -> list[Tag]:
    """What opens a qualifier; a condition inside an exception ("unless a court has …") is part of it."""
    denied = {tag for _, tag in _denied(own, tags)}
    opening: list[Tag] = []
    reach = 0  # of the last exception
    for tag in tags:
        qualifies = tag.list in _QUALIFIERS or opens_until(tag)
        if not qualifies or tag in denied or (tag.list == "conditions" and tag.start < reach):
            continue
        reach = _end_of(own, tag, tags, lexicon) if tag.list == "exceptions" else 0
        opening.append(tag)
    return opening


def opens_until(tag: Tag) -> bool:
    """Whether it opens an "until …"."""
    return tag.list == "terms" and tag.entry.term == "until_event"


def _is_new_kind(previous: Qualifier, tag: Tag) -> bool:
    """A qualifier inside another one counts for itself only when it is of another list."""
    return previous.list != tag.list and tag.start > previous.start


def _end_of(own: str, tag: Tag, tags: Sequence[Tag], lexicon: Lexicon) -> int:
    """A qualifier at the front ends at its comma; any other one runs to the end of its clause.

    One that says all itself ("without your consent") ends with its own words, one without a verb ("except
    in Japan") where the sentence goes on.
    """
    if tag.entry.id in _WHOLE:
        return tag.end
    at_front = tag.start < _FRONT_CHARACTERS and own.count(" ", 0, tag.start) <= _FRONT_WORDS
    stops = [own.find(mark, tag.end) for mark in ((" ,", " ;", " .") if at_front else (" ;", " ."))]
    if lexicon.prepositions.issuperset(own[tag.start : tag.end].split()):
        stops += [cue.start for cue in tags if cue.list == "cues" and cue.start >= tag.end]
    return min((stop for stop in stops if stop >= 0), default=len(own))
