"""What in a sentence takes back some of what it says: a wish, a time that is over, one of several. Pure."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from monitor.lexicon import Lexicon, Tag, spell
from monitor.model import BANS, Statement
from monitor.scorecard.cautions import Cautions
from monitor.statements.breaks import described

_NOTE = re.compile(r"\w+[.,;:!?)]?\s?[*†‡]+")
_EMPHASIS = re.compile(r"(?<!\w)(\*+)(?=\S)(.*?\S)\1(?!\w)")
_OTHERS = frozenset(["customer", "third_party"])  #: bearers who are told of "this service" by its own terms


def reservations(
    text: str, found: Statement, tags: Sequence[Tag], lexicon: Lexicon, cautions: Cautions
) -> Iterator[str]:
    """Words of a spelled sentence that a person has to judge."""
    own = [spell(each) for each in (*found.conditions, *found.exceptions, found.term_text) if each]
    yield from (one for one in _told_apart(text, tags, lexicon) if not any(one in each for each in own))
    yield from _at("parties", text, tags, lexicon, _for(found, cautions))
    if found.stance in BANS:
        yield from _at("technologies", text, tags, lexicon, cautions)
        yield from _phrases(text, cautions.here)
        yield from _phrases(text, cautions.past | cautions.weak)
        yield from _phrases(text, cautions.may if found.bearer == "company" else ())
        yield from _wished(text, found, tags, cautions)
        yield from _things(text, tags, lexicon, cautions) if found.bearer not in _OTHERS else ()


def notes(quote: str) -> Iterator[str]:
    """Words with a mark of a footnote, which may say anything: "in our stores*"."""
    return (match[0] for match in _NOTE.finditer(_EMPHASIS.sub(r"\2", quote)))


def _for(found: Statement, cautions: Cautions) -> Cautions:
    """Of those whom we tell of "your" and "their" ones, these are no others."""
    own = frozenset() if found.bearer in _OTHERS else cautions.theirs
    return replace(cautions, pointing=cautions.pointing | own)


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


def _things(text: str, tags: Sequence[Tag], lexicon: Lexicon, cautions: Cautions) -> Iterator[str]:
    """Words for things where they mean one of several."""
    pointed = list(_at_things(text, tags, lexicon, cautions))
    seen = {word for words in pointed for word in words.split()}
    acting = (word for word in _acting(text, tags, cautions) if word not in seen)
    return (words for words in [*pointed, *acting] if words.split()[-1] in cautions.things)


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
