"""What in a sentence takes back some of what it says: a wish, a time that is over, one of several. Pure."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from monitor.lexicon import Lexicon, Tag, spell
from monitor.model import Stance, Statement
from monitor.scorecard.cautions import Cautions
from monitor.statements.breaks import described

_BANS = frozenset([Stance.REFUSES, Stance.LIMITS, Stance.WITHDRAWS])
_OTHERS = frozenset(["customer", "third_party"])  #: bearers who are told of "this service" by its own terms


@dataclass(frozen=True, slots=True)
class Nouns:
    """Words for things in a place where they mean one thing of several, if they are words for things at all.

    pointed: each with the word that points at it: "this feature"; acting: those before what is not done.
    """

    pointed: tuple[str, ...] = ()
    acting: tuple[str, ...] = ()


def reservations(
    text: str, found: Statement, tags: Sequence[Tag], lexicon: Lexicon, cautions: Cautions
) -> Iterator[str]:
    """Words of a spelled sentence that a person has to judge."""
    own = [spell(each) for each in (*found.conditions, *found.exceptions, found.term_text) if each]
    yield from (one for one in _told_apart(text, tags, lexicon) if not any(one in each for each in own))
    yield from _at("parties", text, tags, lexicon, cautions)
    if found.stance in _BANS:
        yield from _at("technologies", text, tags, lexicon, cautions)
        yield from _phrases(text, cautions.here)
        yield from _phrases(text, cautions.past)
        yield from _wished(text, found, tags, cautions)


def nouns(text: str, found: Statement, tags: Sequence[Tag], lexicon: Lexicon, cautions: Cautions) -> Nouns:
    """The nouns of a spelled sentence that may mean less than all."""
    if found.stance not in _BANS or found.bearer in _OTHERS:
        return Nouns()
    pointed = dict.fromkeys(_at_things(text, tags, lexicon, cautions))
    return Nouns(tuple(pointed), tuple(_acting(text, tags, cautions)))


def _phrases(text: str, phrases: Collection[str]) -> Iterator[str]:
    return (one for one in sorted(phrases) if f" {one} " in f" {text} ")


def _wished(text: str, found: Statement, tags: Sequence[Tag], cautions: Cautions) -> Iterator[str]:
    """ "We hope never to sell": a wish that its cue does not tell, before what is not done."""
    acts = min((tag.start for tag in tags if tag.list == "actions"), default=len(text))
    cue = spell(found.cue).split()
    return (one for one in text[:acts].split() if one in cautions.wishes and one not in cue)


def _told_apart(text: str, tags: Sequence[Tag], lexicon: Lexicon) -> Iterator[str]:
    """ "Police departments that lack training": only those are meant of whom it is told."""
    ends = {tag.end for tag in tags if tag.list in ("parties", "technologies")}
    return (text[start:end].strip() for start, end in described(text, lexicon) if start - 1 in ends)


# --------------------------------------------------------------------------- one of several


def _pointing(
    text: str, tags: Sequence[Tag], lexicon: Lexicon, cautions: Cautions
) -> Iterator[tuple[str, int]]:
    """Each word that points, with the place behind it; not "or other agencies", "any other agency"."""
    widens = {tag.end + 1 for tag in tags if tag.list == "breadth"}
    before = ""
    for match in re.finditer(r"\S+", text):
        word = match[0]
        is_wide = before in lexicon.coordinators or match.start() in widens
        if word in cautions.pointing or (word in cautions.more and not is_wide):
            yield word, match.end() + 1
        before = word


def _at(
    list_name: str, text: str, tags: Sequence[Tag], lexicon: Lexicon, cautions: Cautions
) -> Iterator[str]:
    """ "Such police departments"."""
    named = {tag.start: text[tag.start : tag.end] for tag in tags if tag.list == list_name}
    pointing = _pointing(text, tags, lexicon, cautions)
    return (f"{word} {named[place]}" for word, place in pointing if place in named)


def _at_things(text: str, tags: Sequence[Tag], lexicon: Lexicon, cautions: Cautions) -> Iterator[str]:
    """ "This feature": not where it is what was named before, and nothing is named beside it."""
    names = any(tag.list == "technologies" for tag in tags)
    known = [tag for tag in tags if tag.list == "anaphora" and not names]
    for word, place in _pointing(text, tags, lexicon, cautions):
        following = text[place:].split()[:1]
        if following and not any(tag.start < place < tag.end for tag in known):
            yield f"{word} {following[0]}"


def _acting(text: str, tags: Sequence[Tag], cautions: Cautions) -> Sequence[str]:
    """ "Our product" of "our product does not use it"; nothing of "our product must not be used for it"."""
    act = next((tag for tag in tags if tag.list == "actions"), None)
    subject = min((tag.start for tag in tags if tag.list == "technologies"), default=len(text))
    if act is None or act.start > subject:
        return ()
    around = text[: act.end].split() + text[act.end :].split()[:1]
    return text[: act.start].split() if cautions.passives.isdisjoint(around) else ()
