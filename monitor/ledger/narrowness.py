"""How much words bar, by the slots that we read in them, and which of several wordings bars the least. Pure.

A wording is narrower than another where it is so in one respect, and wider in none: it names fewer parties,
technologies, purposes or places; it has a condition, an exception or a hedge, and the other has none; it
limits, and the other refuses. Where all of that is equal, an end in time counts. Words without a slot may
make it narrower still: where another one has such that it has not, nothing is told.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from monitor.compare import statements_in
from monitor.ledger.unread import unread_words
from monitor.lexicon import Lexicon, spell
from monitor.model import Document, Segment, Stance, Statement
from monitor.words import listed, spoken

Named = Mapping[str, frozenset[str]]  #: id of the lexicon → it, and all that contains it

_SLOTS = {
    "parties": "names fewer parties",
    "technologies": "names less technology",
    "purposes": "names a narrower purpose",
    "places": "names a narrower place",
}
_HAS = {
    "limit": "sets limits where another refuses",
    "condition": "has a condition",
    "exception": "has exceptions",
    "hedge": "is hedged",
    "soft": "is worded less firmly",
}
_FIRM = 2  #: the force from which words bind
BARRING = frozenset({Stance.REFUSES, Stance.LIMITS})
_LASTING = ("", "permanent")  #: terms that are no end
_SAME = "By our reading they bar the same, in other words."
_OPEN = "They differ in what they name, and it cannot be told which is the narrowest."
_UNREAD = "Not all of these words could be read in full, so it cannot be told which is the narrowest."


@dataclass(frozen=True, slots=True)
class Bars:
    """What one wording bars. A slot that names nothing stands for everything; has: keys of _HAS."""

    parties: Named = field(default_factory=dict)
    technologies: Named = field(default_factory=dict)
    purposes: Named = field(default_factory=dict)
    places: Named = field(default_factory=dict)
    has: frozenset[str] = frozenset()
    ends: bool = False
    unread: frozenset[str] = frozenset()  #: words of it of which no slot tells what they mean


def named(ids: Iterable[str], slot: str, lexicon: Lexicon | None) -> Named:
    """These ids of the lexicon, each with what contains it; without a lexicon each by itself."""
    known = {one.id for one in getattr(lexicon.file, slot)} if lexicon else frozenset()
    return {
        one: lexicon.wider(slot, one) if lexicon and one in known else frozenset({one}) for one in sorted(ids)
    }


def read(bars: Bars, quote: str, lines: Sequence[str], lexicon: Lexicon | None) -> Bars | None:
    """The same with what else the words say; lines: above them. None where they cannot be read."""
    if lexicon is None:
        return None
    found = _found(quote, lines, lexicon)
    first = next(filter(_is_barring, found), None)
    if first is None:
        return None
    unread = frozenset(unread_words((*lines, quote), first, lexicon)) - lexicon.of_any_kind
    return replace(_with(bars, first, found, lexicon), unread=unread)


def first_barring(quote: str, lines: Sequence[str], lexicon: Lexicon) -> Statement | None:
    """The first sentence of these words that bars something, as we read it; lines: above them."""
    return next(filter(_is_barring, _found(quote, lines, lexicon)), None)


def _found(quote: str, lines: Sequence[str], lexicon: Lexicon) -> tuple[Statement, ...]:
    return statements_in(Document((Segment(quote, lead_ins=tuple(lines)),)), lexicon)


def _is_barring(one: Statement) -> bool:
    return one.protects and one.stance in BARRING


def _with(bars: Bars, first: Statement, found: Sequence[Statement], lexicon: Lexicon) -> Bars:
    """Who and what by the first sentence that bars; its exceptions may stand in those that follow."""
    has = {
        "limit": first.stance is Stance.LIMITS,
        "condition": bool(first.conditions),
        "exception": any(one.exceptions for one in found),
        "hedge": bool(first.hedges),
        "soft": first.force < _FIRM,
    }
    aims = _aims(first, lexicon) & bars.technologies.keys()
    return replace(
        bars,
        technologies={one: above for one, above in bars.technologies.items() if one not in aims},
        purposes={**bars.purposes, **named(first.purposes | aims, "purposes", lexicon)},
        places={**bars.places, **named(first.places, "places", lexicon)},
        has=bars.has | {name for name, so in has.items() if so},
        ends=bars.ends or any(one.term not in _LASTING for one in found),
    )


def _aims(first: Statement, lexicon: Lexicon) -> frozenset[str]:
    """The technologies that are what another one is for: "facial recognition for surveillance"."""
    text = spell(first.quote)
    tags = [tag for tag in lexicon.tags(text) if tag.list == "technologies"]
    small = lexicon.function_words - lexicon.prepositions
    aims = {
        tag.entry.id
        for tag in tags[1:]
        if not lexicon.prepositions.isdisjoint(_last(text[: tag.start].split(), small))
    }
    return frozenset(aims - {tag.entry.id for tag in tags[:1]})


def _last(words: Sequence[str], small: frozenset[str]) -> Sequence[str]:
    """The last of these words that is no small one."""
    return next(([word] for word in reversed(words) if word not in small), [])


def overlap(one: Named, other: Named) -> bool:
    """Whether both may mean the same: one names nothing, or something that the other names or contains."""
    if not one or not other:
        return True
    return any(a in above_b or b in above_a for a, above_a in one.items() for b, above_b in other.items())


def narrowest(all_bars: Sequence[Bars | None]) -> tuple[int | None, str]:
    """The place of the narrowest and one sentence why; None for a wording that could not be read."""
    known = [one for one in all_bars if one is not None]
    if len(known) < len(all_bars):
        return None, _UNREAD
    for is_narrowest in (_by_scope, _by_end):
        for place, one in enumerate(known):
            if is_narrowest(one, known):
                is_sure = all(other.unread <= one.unread for other in known)
                return (place, _why(one, known)) if is_sure else (None, _UNREAD)
    if any(one.unread != known[0].unread for one in known):
        return None, _UNREAD
    is_same = all(_equal(one, known[0]) and not one.ends for one in known)
    return None, _SAME if is_same else _OPEN


def _by_scope(one: Bars, all_bars: Sequence[Bars]) -> bool:
    """Whether it is as narrow as each in every respect, and narrower than one of them in some."""
    return all(_within(one, other) for other in all_bars) and any(_respects(one, other) for other in all_bars)


def _by_end(one: Bars, all_bars: Sequence[Bars]) -> bool:
    """Whether all bar the same, and it ends where another does not."""
    return (
        one.ends and all(_equal(one, each) for each in all_bars) and not all(each.ends for each in all_bars)
    )


def _within(one: Bars, other: Bars) -> bool:
    slots = all(_covers(getattr(other, slot), getattr(one, slot)) for slot in _SLOTS)
    return slots and one.has >= other.has


def _covers(wide: Named, narrow: Named) -> bool:
    return not wide or (bool(narrow) and all(above & wide.keys() for above in narrow.values()))


def _equal(one: Bars, other: Bars) -> bool:
    return _within(one, other) and _within(other, one)


def _respects(one: Bars, other: Bars) -> list[str]:
    """In what one is narrower than the other."""
    slots = [slot for slot in _SLOTS if not _covers(getattr(one, slot), getattr(other, slot))]
    return slots + [name for name in _HAS if name in one.has - other.has]


def _why(one: Bars, all_bars: Sequence[Bars]) -> str:
    parts = list(_parts(one, all_bars))
    end = "" if one.ends or not any(other.ends for other in all_bars) else " Another one has an end in time."
    return f"The narrowest {listed(parts or ['has an end in time'])}.{end}"


def _parts(one: Bars, all_bars: Sequence[Bars]) -> Iterator[str]:
    respects = {name for other in all_bars for name in _respects(one, other)}
    for slot, words in _SLOTS.items():
        if slot in respects:
            yield f"{words} ({listed([spoken(each) for each in sorted(getattr(one, slot))])})"
    yield from (words for name, words in _HAS.items() if name in respects)
