"""The words of a saying, read again by themselves: the slots that the store does not keep. Pure.

What words say is remembered for a while, by the lexicon that read them and as long as it is in use.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from weakref import WeakKeyDictionary, ref

from monitor.compare import statements_in
from monitor.ledger.narrowness import Named, named
from monitor.ledger.unread import bare, unread_words
from monitor.lexicon import Lexicon, spell
from monitor.model import Document, Saying, Segment, Statement
from monitor.scorecard.cautions import NONE, Cautions
from monitor.scorecard.doubts import Doubts, doubts_of
from monitor.segment import fold
from monitor.threads import LEADS_IN

_ASKS = ("?", "？")
_REMEMBERED = 4_000  #: words of one lexicon; about 3 kB each


@dataclass(frozen=True, slots=True)
class Question:
    """A heading that asks. parties: those that it names."""

    text: str
    parties: frozenset[str]


@dataclass(frozen=True, slots=True)
class Said:
    """What words say. others: those, in their order, of which no slot tells what they mean.

    doubts: what their cue may not govern; wider: each id of their slots, with all that contains it.
    framed: the parties that only a heading above them names; question: the heading that they answer, or None.
    is_apart: an exception in them is told, as in "this ban does not apply to …", and not added to a ban.
    named: the technologies that the words themselves name. is_bare: none, nor what is not done: "No."
    """

    statement: Statement
    others: tuple[str, ...] = ()
    doubts: Doubts = field(default_factory=Doubts)
    wider: Named = field(default_factory=dict)
    framed: frozenset[str] = frozenset()
    question: Question | None = None
    is_apart: bool = False
    named: frozenset[str] = frozenset()
    is_bare: bool = False


def said_of(
    saying: Saying, lexicon: Lexicon, names: Sequence[str] = (), cautions: Cautions = NONE
) -> Said | None:
    """What the words of a saying say by themselves, or with their subject named before them; or None.

    "We will not sell it to police" says nothing by itself; the saying knows what "it" is. names: those of the
    organization, which are no words of their own. cautions: of the language of the lexicon.
    """
    words = _Words(saying.quote, saying.context, saying.technologies, saying.parties, cautions)
    found = _reading(lexicon)(words)
    own = _own(tuple(names))
    if found is None or not own:
        return found
    return replace(found, others=tuple(word for word in found.others if bare(word) not in own))


@dataclass(frozen=True, slots=True)
class _Words:
    """What of a saying tells what it says, and what makes its reader wary."""

    quote: str
    context: tuple[str, ...]
    technologies: tuple[str, ...]
    parties: tuple[str, ...]
    cautions: Cautions


_READINGS: WeakKeyDictionary[Lexicon, Callable[[_Words], Said | None]] = WeakKeyDictionary()


@lru_cache(100)
def _own(names: tuple[str, ...]) -> frozenset[str]:
    """The words of these names."""
    return frozenset(word for name in names for word in spell(name).split())


def _reading(lexicon: Lexicon) -> Callable[[_Words], Said | None]:
    """Reads with these words of a language, and remembers. What remembers must not keep the lexicon alive."""
    known = _READINGS.get(lexicon)
    if known is None:
        weak = ref(lexicon)
        known = _READINGS.setdefault(lexicon, lru_cache(_REMEMBERED)(lambda words: _read(words, weak())))
    return known


def _read(words: _Words, lexicon: Lexicon | None) -> Said | None:
    assert lexicon is not None  # who asks holds it
    found = _found(words, lexicon, ()) or _found(words, lexicon, tuple(_named(words, lexicon)))
    if found is None:
        return None
    return Said(
        found,
        _others(words, found, lexicon),
        doubts_of(words.quote, found, lexicon, words.cautions),
        _wider(words, found, lexicon),
        _framed(words, lexicon),
        _question(words, lexicon),
        _is_apart(words, found, lexicon),
        _ids(words.quote, "technologies", lexicon),
        _is_bare(words, lexicon),
    )


def _others(words: _Words, found: Statement, lexicon: Lexicon) -> tuple[str, ...]:
    unread = unread_words((*_leads_in(words), words.quote), found, lexicon)
    return tuple(dict.fromkeys(word for word in unread if word not in words.cautions.things))


def _is_bare(words: _Words, lexicon: Lexicon) -> bool:
    own = (words.quote, *_leads_in(words))
    return not any(_ids(line, name, lexicon) for line in own for name in ("technologies", "actions"))


def _is_apart(words: _Words, found: Statement, lexicon: Lexicon) -> bool:
    """Whether its own words name the ban, and no preposition opens the exception ("except for …")."""
    first = {spell(one).partition(" ")[0] for one in found.exceptions}
    return spell(found.cue) in spell(words.quote) and bool(first - lexicon.prepositions)


def _framed(words: _Words, lexicon: Lexicon) -> frozenset[str]:
    """The parties that stand in a heading, and neither in the words nor in what leads in to them."""
    lines = _leads_in(words)
    headings = (line for line in words.context if line not in lines)
    above = {id for line in headings for id in _ids(line, "parties", lexicon)}
    own = {id for line in (words.quote, *lines) for id in _ids(line, "parties", lexicon)}
    return frozenset(words.parties) & above - own


def _question(words: _Words, lexicon: Lexicon) -> Question | None:
    """ "Do you sell it?", where "No" stands below."""
    above = words.context[-1] if words.context else ""
    if not above.rstrip().endswith(_ASKS) or _ids(words.quote, "technologies", lexicon):
        return None
    return Question(above, _ids(above, "parties", lexicon))


def _ids(text: str, list_name: str, lexicon: Lexicon) -> frozenset[str]:
    return frozenset(tag.entry.id for tag in lexicon.frame(text)[1] if tag.list == list_name)


def _leads_in(words: _Words) -> tuple[str, ...]:
    """The lines above its words that go on in them: "You may not use it for:"."""
    return tuple(line for line in words.context if line.rstrip().endswith(LEADS_IN))


def _wider(words: _Words, found: Statement, lexicon: Lexicon) -> Named:
    slots = {
        "parties": words.parties,
        "technologies": words.technologies,
        "purposes": found.purposes,
        "places": found.places,
    }
    return {id: above for slot, ids in slots.items() for id, above in named(ids, slot, lexicon).items()}


def _found(words: _Words, lexicon: Lexicon, before: Sequence[Segment]) -> Statement | None:
    lines = _leads_in(words)
    headings = tuple(line for line in words.context if line not in lines)
    own = Segment(words.quote, "item" if lines else "paragraph", headings, lines)
    folded = fold(words.quote)
    said = statements_in(Document((*before, own)), lexicon)
    return next((one for one in said if fold(one.quote) == folded), None)


def _named(words: _Words, lexicon: Lexicon) -> Iterator[Segment]:
    """A sentence of the lexicon's own that names the technology."""
    entries = (one for one in lexicon.file.technologies if one.id in words.technologies)
    return (Segment(one.examples[0]) for one in entries if one.examples)
