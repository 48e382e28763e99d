"""Conditions, exceptions and "until …": the words of a sentence that only qualify it."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.lexicon import Lexicon, Tag
from monitor.model import Stance

BARE = "do_not"  #: the id of the cues that only negate: "not", "no", "nobody"
_QUALIFIERS = ("conditions", "exceptions")
_WHOLE = ("consent", "warrant")  #: ids of conditions that say all in their own words
CONCEDED = "conceded"  #: the list of what changes nothing: "even with a warrant"
NOT_APPLY = "not_apply"  #: the id of the exceptions that say so of a ban: "does not apply to …"
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
        conceded = _conceded_from(own, tag, lexicon)
        following = starts[i + 1].start if i + 1 < len(starts) else len(own)
        end = _end_of(own, tag, tags, lexicon)
        end = min(end, following) if following > tag.start and conceded is None else end
        end = min(
            (t.start for t in tags if t.list == "examples" and tag.end + 1 < t.start < end), default=end
        )
        start = _start_of(own, tag, found) if conceded is None else conceded
        kind = "terms" if _ends_refusal(tag, tags) else tag.list
        kind = CONCEDED if conceded is not None or _contrasts(own, tag, end, tags, lexicon) else kind
        found.append(Qualifier(kind, tag.entry.id, own[start:end].strip(" ,;.:"), start, end))
    return tuple(found)


def _conceded_from(own: str, tag: Tag, lexicon: Lexicon) -> int | None:
    """ "Even with a warrant" asks for none: where the words begin that say so, right before the condition."""
    before = own[: tag.start].rstrip()
    found = (len(before) - len(one) for one in lexicon.conceding if f" {before}".endswith(f" {one}"))
    return min(found, default=None) if tag.list != "terms" else None


def _contrasts(own: str, tag: Tag, end: int, tags: Sequence[Tag], lexicon: Lexicon) -> bool:
    """ "We do not sell it to the police, only to schools": others, who were not refused."""
    if own[tag.start : tag.end].split()[0] not in lexicon.limiting or not own[: tag.start].endswith(" , "):
        return False
    before = tags[: tags.index(tag)]
    refused = any(one.list == "cues" and one.entry.stance is Stance.REFUSES for one in before)
    parties = [one for one in tags if one.list == "parties"]
    named = [one for one in before if one.list == "parties" and one.end <= tag.start]
    whom = {id for one in named for id in lexicon.wider("parties", one.entry.id)}
    others = [one.entry.id for one in parties if tag.start < one.start < end]
    apart = all(not whom & lexicon.wider("parties", id) for id in others)
    return refused and bool(whom) and bool(others) and apart


def _ends_refusal(tag: Tag, tags: Sequence[Tag]) -> bool:
    """ "We will not sell it before there is a law": until then, not on condition."""
    refuses = (cue for cue in tags if cue.list == "cues" and cue.entry.stance is Stance.REFUSES)
    return tag.entry.id == "before" and any(cue.end <= tag.start for cue in refuses)


def _start_of(own: str, tag: Tag, found: Sequence[Qualifier]) -> int:
    """ "counter-terrorism units excepted": what is excepted stands before the word that says so."""
    if tag.entry.id != _PREDICATIVE:
        return tag.start
    ends = [found[-1].end if found else 0]
    marks = (own.rfind(mark, 0, tag.start) for mark in (" , ", " ; ", " . ", " : "))
    ends += [mark + len(" , ") for mark in marks if mark >= 0]
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
        inside = tag.list == "conditions" and tag.start < reach
        if not qualifies or inside or tag in denied or _is_done(tag, tags) or _tells(own, tag, tags, lexicon):
            continue
        reach = _end_of(own, tag, tags, lexicon) if tag.list == "exceptions" else 0
        opening.append(tag)
    return opening


def _tells(own: str, tag: Tag, tags: Sequence[Tag], lexicon: Lexicon) -> bool:
    """ "…; cameras only record": "only" about somebody else, in a clause that says nothing of our subject."""
    start = own.rfind(" ; ", 0, tag.start) + len(" ; ")
    if start < len(" ; ") or start == tag.start or own[tag.start :].split()[0] not in lexicon.limiting:
        return False
    return not any(one.list in ("technologies", "cues") and start <= one.start < tag.start for one in tags)


def _is_done(tag: Tag, tags: Sequence[Tag]) -> bool:
    """ "We do not apply it": somebody's act, and no ban that does not apply."""
    return tag.entry.id == NOT_APPLY and any(
        one.list == "bearers" and one.end + 1 == tag.start for one in tags
    )


def lists_exceptions(line: str, tags: Sequence[Tag], lexicon: Lexicon) -> bool:
    """Whether the list below a spelled line names exceptions: "…, except for:", "Except for the following:".

    Where the line points at its list, that must stand in the exception: in "Do none of the following, except
    with our consent:" it does not.
    """
    if not any(tag.list == "exceptions" for tag in tags):
        return False
    opened = [tag for tag in _openers(line, tags, lexicon) if tag.list == "exceptions"]
    if any(not _says(line, *_rest_of(line, tag), lexicon) for tag in opened):
        return True
    pointers = [tag.start for tag in tags if tag.list == "pointers"]
    spans = [(_start_of(line, tag, ()), _reach(line, tag, tags, lexicon)) for tag in opened]
    return any(
        start <= pointers[-1] < end and (end >= len(line) or not _hangs_open(line, lexicon))
        for start, end in spans
        if pointers
    )


def _reach(line: str, tag: Tag, tags: Sequence[Tag], lexicon: Lexicon) -> int:
    """Where an exception ends; one between two commas at the second."""
    end = max(_end_of(line, tag, tags, lexicon), tag.end)
    comma = line.find(" ,", tag.end, end) if line[: tag.start].endswith(", ") else -1
    return comma if comma >= 0 else end


def _hangs_open(line: str, lexicon: Lexicon) -> bool:
    """Whether its last word waits for the list: "you may not use it to:", "you may not:"."""
    last = line.rstrip(" :").rpartition(" ")[2]
    return last in lexicon.prepositions or any(one.split()[-1] == last for one in lexicon.imperatives)


def is_exception(own: str, tags: Sequence[Tag], lexicon: Lexicon) -> bool:
    """Whether a spelled sentence is one exception from its first word to its last: "Except for …"."""
    first = next((tag for tag in tags if tag.list in _QUALIFIERS and not tag.start), None)
    if first is None or first.list != "exceptions":
        return False
    return not own[_end_of(own, first, tags, lexicon) :].strip(" .,;:")


def _rest_of(line: str, tag: Tag) -> tuple[int, int]:
    """What has to be empty where the list itself is the exception: what comes after, or before, the tag."""
    return (0, tag.start) if tag.entry.id == _PREDICATIVE else (tag.end, len(line))


def _says(line: str, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether some words are more than small words and marks."""
    small = lexicon.function_words | lexicon.prepositions | lexicon.limiting
    return any(word[0].isalnum() and word not in small for word in line[start:end].split())


def opens_until(tag: Tag) -> bool:
    """Whether it opens an "until …"."""
    return tag.list == "terms" and tag.entry.term == "until_event"


def _is_new_kind(previous: Qualifier, tag: Tag) -> bool:
    """A qualifier inside another one counts for itself only when it is of another list."""
    if previous.list == CONCEDED:
        return False
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
