"""What in a sentence its one cue may not govern: a second clause, an aim, words without a slot. Pure.

"We do not use facial recognition; we sell it" has one "do not", and it does not reach the second verb.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.lexicon import Lexicon, Tag, spell
from monitor.model import BANS, SAYING_NO, Stance, Statement
from monitor.scorecard.cautions import Cautions
from monitor.scorecard.reservations import notes, reservations
from monitor.statements.breaks import described

_DASHES = re.compile(r"\s[-–—]\s|—")
_HARD = frozenset([";", "(", "."])
_SOFT = frozenset([",", ":", ")"])
_AWAY = 3  #: words between "which" and what is done
_OPEN_ACTS = frozenset(["use", "sell", "provide", "share"])  #: "for use by …" is no aim of its own
_NEAR = 8  #: words


@dataclass(frozen=True, slots=True)
class Aim:
    """What something is not done for: "to infer emotions". technologies: those that it names."""

    words: str
    technologies: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Doubts:
    """others: words that a person has to judge; is_void: the refusal is one to stop or to ban."""

    others: tuple[str, ...] = ()
    aims: tuple[Aim, ...] = ()
    is_void: bool = False


@dataclass(frozen=True, slots=True)
class _Clause:
    mark: str  #: the break before it: "" for the first
    start: int
    end: int
    tags: tuple[Tag, ...]


def doubts_of(quote: str, found: Statement, lexicon: Lexicon, cautions: Cautions) -> Doubts:
    """What in these words may mean something else than the slots of the statement say."""
    text = spell(_DASHES.sub(" ; ", quote))
    tags = lexicon.tags(text)
    others = [*_second_clauses(text, tags, lexicon, cautions), *_relatives(text, tags, lexicon, cautions)]
    others += notes(quote)
    others += reservations(text, found, tags, lexicon, cautions)
    if found.stance not in BANS:
        return Doubts(tuple(dict.fromkeys(others)))
    others += _lacking(text, found, lexicon)
    return Doubts(
        tuple(dict.fromkeys(others)),
        tuple(_aims(text, tags, cautions)),
        found.stance is Stance.REFUSES and _is_void(text, tags, cautions.ends),
    )


# --------------------------------------------------------------------------- a second clause


def _second_clauses(text: str, tags: Sequence[Tag], lexicon: Lexicon, cautions: Cautions) -> Iterator[str]:
    described_at = list(described(text, lexicon))
    before = False
    for place, one in enumerate(_clauses(text, tags, lexicon, cautions)):
        is_told = any(start <= one.start < end for start, end in described_at)
        has_object = before and _has_own_object(one, text, cautions)
        is_second = has_object or _is_second(one, before, text, lexicon, cautions)
        if place and is_second and not is_told:
            yield text[one.start : one.end].strip()
        before = before or _says(one)


def _clauses(text: str, tags: Sequence[Tag], lexicon: Lexicon, cautions: Cautions) -> Iterator[_Clause]:
    """What stands between commas, other marks, "and" and "but"."""
    joints = lexicon.coordinators - cautions.turns
    mark, start, place = "", 0, 0
    for word in text.split():
        end = place + len(word)
        if word in _HARD | _SOFT | cautions.turns | joints:
            if text[start:place].strip():
                yield _clause(mark, start, place, text, tags)
                mark = ""
            mark = _stronger(mark, word, cautions)
            start = end + 1
        place = end + 1
    if start < len(text) or not mark:
        yield _clause(mark, start, len(text), text, tags)


def _clause(mark: str, start: int, end: int, text: str, tags: Sequence[Tag]) -> _Clause:
    start += len(text[start:end]) - len(text[start:end].lstrip())
    return _Clause(mark, start, end, tuple(tag for tag in tags if start <= tag.start < end))


def _stronger(one: str, other: str, cautions: Cautions) -> str:
    """Of two marks side by side (", but") the one that parts more."""

    def parting(mark: str) -> tuple[bool, ...]:
        return mark in cautions.turns, mark in _HARD, mark in cautions.same, mark != ""

    return max((one, other), key=parting)


def _says(one: _Clause) -> bool:
    return any(tag.list in ("actions", "cues") for tag in one.tags)


def _is_second(one: _Clause, is_after: bool, text: str, lexicon: Lexicon, cautions: Cautions) -> bool:
    """Whether somebody does something in it, which its own words do not refuse."""
    if _refuses(one):
        return False
    words = text[one.start : one.end].split()
    is_acting = _says(one)
    has_subject = not lexicon.subjects.isdisjoint(words[:1])
    if one.mark in cautions.turns:
        return is_acting or has_subject
    if one.mark in _HARD and (is_acting or one.mark == ";"):
        return has_subject or _opens(one, words, cautions)
    return is_after and is_acting and (_opens(one, words, cautions) or _has_own_cue(one, cautions))


def _has_own_cue(one: _Clause, cautions: Cautions) -> bool:
    """ "… and will sell it": what is done is promised, allowed or told by words of its own."""
    cue = next((tag for tag in one.tags if tag.list == "cues"), None)
    is_acting = any(tag.list == "actions" for tag in one.tags)
    return is_acting and cue is not None and cue.entry.stance not in BANS and one.mark not in cautions.same


def _has_own_object(one: _Clause, text: str, cautions: Cautions) -> bool:
    """ "… and also sell it": a verb with an object of its own is no part of a list."""
    if one.mark in cautions.same or _refuses(one):
        return False
    ends = (tag.end for tag in one.tags if tag.list == "actions")
    return any(not cautions.objects.isdisjoint(text[end:].split()[:1]) for end in ends)


def _relatives(text: str, tags: Sequence[Tag], lexicon: Lexicon, cautions: Cautions) -> Iterator[str]:
    """ "… which we sell to police departments"."""
    for word in lexicon.relatives:
        for match in re.finditer(rf"(?<!\S){re.escape(word)} (?=(\S+))", text):
            by = [tag for tag in tags if tag.start == match.end() and tag.list == "bearers"]
            if not (by or match[1] in cautions.pronouns):
                continue
            acts = (tag for tag in tags if tag.list == "actions" and tag.start > match.end())
            first = next(acts, None)
            if first is not None and text.count(" ", match.end(), first.start) <= _AWAY:
                yield text[match.start() : first.end]


def _refuses(one: _Clause) -> bool:
    """Whether it has a refusal of its own, and only points back: "and we will never sell it"."""
    cue = next((tag for tag in one.tags if tag.list == "cues"), None)
    names = any(tag.list in ("technologies", "parties") for tag in one.tags)
    return cue is not None and cue.entry.stance in SAYING_NO and not names


def _opens(one: _Clause, words: Sequence[str], cautions: Cautions) -> bool:
    """Whether somebody who acts stands at its beginning: "we sell", "police use", "it may"."""
    if words and words[0] in cautions.pronouns:
        return True
    for tag in one.tags:
        if tag.start == one.start and tag.list == "bearers":
            return True
        if tag.start == one.start and tag.list == "parties":
            return any(
                each.start == tag.end + 1 and each.list in ("actions", "cues", "bearers") for each in one.tags
            )
    return False


# --------------------------------------------------------------------------- aims, ends, what is lacking


def _aims(text: str, tags: Sequence[Tag], cautions: Cautions) -> Iterator[Aim]:
    """What comes after "to" or "for", behind the technology: "use facial recognition for training"."""
    subject = min((tag.end for tag in tags if tag.list == "technologies"), default=len(text))
    acts = [tag for tag in tags if tag.list == "actions" and tag.start < subject]
    slots = [tag for tag in tags if tag.list in ("technologies", "purposes", "cues")]
    for tag in tags:
        before = text[: tag.start].split()
        if tag.start < subject or not acts or before[-1:] == [] or before[-1] not in cautions.aims:
            continue
        words = f"{before[-1]} {text[tag.start : tag.end]}"
        if tag.list == "technologies":
            yield Aim(words, frozenset([tag.entry.id]))
        elif tag.list == "actions" and tag.entry.id not in _OPEN_ACTS and not _meets(tag, slots):
            yield Aim(words)


def _meets(tag: Tag, slots: Sequence[Tag]) -> bool:
    return any(slot.start < tag.end and tag.start < slot.end for slot in slots)


def _lacking(text: str, found: Statement, lexicon: Lexicon) -> Iterator[str]:
    """ "Without training": what is wanted, where no condition tells of it."""
    read = [spell(each).split() for each in (*found.conditions, *found.exceptions, found.term_text)]
    words = text.split()
    for place, word in enumerate(words):
        if word in lexicon.lacking and not any(word in each for each in read):
            yield " ".join(words[place : place + 2])


def _is_void(text: str, tags: Sequence[Tag], ends: frozenset[str]) -> bool:
    """Whether a refusal reaches a word for stopping before anything is done."""
    cues = [tag for tag in tags if tag.list == "cues"]
    for cue in cues:
        if cue.entry.stance is not Stance.REFUSES:
            continue
        stops = ("actions", "technologies", "terms", "conditions", "exceptions")
        following = (tag.start for tag in tags if tag.list in stops and tag.start >= cue.end)
        words = text[cue.end : min(following, default=len(text))].split()[:_NEAR]
        own = {word for each in cues if each is not cue for word in _longer(text[each.start : each.end])}
        if not ends.isdisjoint(words) and not (ends & set(words)) <= own:
            return True
    return False


def _longer(phrase: str) -> Sequence[str]:
    words = phrase.split()
    return words if len(words) > 1 else ()
