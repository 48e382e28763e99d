"""The words of a saying, read again by themselves: the slots that the store does not keep. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from monitor.compare import statements_in
from monitor.ledger.narrowness import Named, named
from monitor.lexicon import Lexicon, spell
from monitor.model import Document, Saying, Segment, Statement
from monitor.scorecard.doubts import Doubts, doubts_of
from monitor.segment import fold
from monitor.threads import LEADS_IN

#: The lists of a lexicon whose phrases end up in the slots of a statement, or change nothing.
_READ = frozenset({"technologies", "actions", "cues", "statuses", "parties", "purposes", "places", "hedges"})
_READ |= {"conditions", "exceptions", "terms", "bearers", "breadth"}


@dataclass(frozen=True, slots=True)
class Said:
    """What words say. others: those, in their order, of which no slot tells what they mean.

    doubts: what their cue may not govern; wider: each id of their slots, with all that contains it.
    """

    statement: Statement
    others: tuple[str, ...] = ()
    doubts: Doubts = field(default_factory=Doubts)
    wider: Named = field(default_factory=dict)


def said_of(saying: Saying, lexicon: Lexicon, names: Sequence[str] = ()) -> Said | None:
    """What the words of a saying say by themselves, or with their subject named before them; or None.

    "We will not sell it to police" says nothing by itself; the saying knows what "it" is. names: those of the
    organization, which are no words of their own.
    """
    found = _found(saying, lexicon, ()) or _found(saying, lexicon, tuple(_named(saying, lexicon)))
    if found is None:
        return None
    own = {word for name in names for word in spell(name).split()}
    others = (word for word in _others(saying, found, lexicon) if _bare(word) not in own)
    doubts = doubts_of(saying.quote, found, lexicon)
    return Said(found, tuple(dict.fromkeys(others)), doubts, _wider(saying, found, lexicon))


def leads_in(saying: Saying) -> tuple[str, ...]:
    """The lines above its words that go on in them: "You may not use it for:"."""
    return tuple(line for line in saying.context if line.rstrip().endswith(LEADS_IN))


def _wider(saying: Saying, found: Statement, lexicon: Lexicon) -> Named:
    slots = {
        "parties": saying.parties,
        "technologies": saying.technologies,
        "purposes": found.purposes,
        "places": found.places,
    }
    return {id: above for slot, ids in slots.items() for id, above in named(ids, slot, lexicon).items()}


def _found(saying: Saying, lexicon: Lexicon, before: Sequence[Segment]) -> Statement | None:
    lines = leads_in(saying)
    headings = tuple(line for line in saying.context if line not in lines)
    own = Segment(saying.quote, "item" if lines else "paragraph", headings, lines)
    words = fold(saying.quote)
    said = statements_in(Document((*before, own)), lexicon)
    return next((one for one in said if fold(one.quote) == words), None)


def _named(saying: Saying, lexicon: Lexicon) -> Iterator[Segment]:
    """A sentence of the lexicon's own that names the technology."""
    entries = (one for one in lexicon.file.technologies if one.id in saying.technologies)
    return (Segment(one.examples[0]) for one in entries if one.examples)


def _others(saying: Saying, found: Statement, lexicon: Lexicon) -> Iterator[str]:
    """Words outside every phrase that was read, but for small words and those of conditions and the like."""
    small = lexicon.function_words | lexicon.prepositions | lexicon.coordinators
    qualifying = (*found.conditions, *found.exceptions, found.term_text)
    known = small | {word for text in qualifying for word in spell(text).split()}
    for part in (*leads_in(saying), saying.quote):
        text = spell(part)
        read = [tag for tag in lexicon.tags(text) if tag.list in _READ]
        place = 0
        for word in text.split():
            is_read = any(tag.start <= place < tag.end for tag in read)
            if word[0].isalnum() and not {word, _bare(word)} & known and not is_read:
                yield word
            place += len(word) + 1


def _bare(word: str) -> str:
    """ "acme" of "acme's", "we" of "we're"."""
    return word.partition("'")[0]
