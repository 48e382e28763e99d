"""What changed between two wordings of one statement, slot by slot, and which way.

A partial order in two blocks. Force (verb, bearer, time, exceptions, conditions) decides; coverage
(technologies, actions, parties, purposes, places) never makes up for lost force. In a permission or a
practice every sign flips: a wider permission protects people less. The signs are in signs.py.
"""

from collections.abc import Iterable

from monitor.assess.deltas import Delta, delta, quoted
from monitor.assess.qualifiers import compare_qualifiers
from monitor.assess.residual import residual
from monitor.assess.terms import compare_terms, is_about_keeping
from monitor.assess.wording import adds, runs, wording
from monitor.assess.words import unlike
from monitor.lexicon import Lexicon
from monitor.model import SOFT, Direction, FindingKind, Stance, Statement

_BINDING = 3  #: the force from which words bind: will, must
_ANYTHING = {
    "technologies": "any technology",
    "actions": "any act",
    "parties": "any customer",
    "purposes": "any purpose",
    "places": "any place",
}
_PLACED = ("parties", "places")  #: of these, one may stand beside what no slot knows: "at work or …"
_WHO = {"company": "the company", "customer": "the customer", "third_party": "a third party"}


def compare(b: Statement, a: Statement, lexicon: Lexicon) -> tuple[Delta, ...]:
    """Every slot in which the later wording differs."""
    if b.protects != a.protects and not is_about_keeping(b, a):
        return (_limit_changed(b, a) or _reversed(b, a, lexicon),)
    if b.sentence.key == a.sentence.key:  # the same words under another line: only that line can tell
        above = (*compare_terms(b, a, lexicon), *compare_qualifiers(b, a, lexicon), *_hedges(b, a, lexicon))
        return (*_force(b, a), *_bearer(b, a), *above) if b.protects else ()
    told = (
        *_force(b, a),
        *_bearer(b, a),
        *compare_terms(b, a, lexicon),
        *compare_qualifiers(b, a, lexicon),
        *_hedges(b, a, lexicon),
        *(one for slot in _ANYTHING for one in _coverage(b, a, slot, lexicon)),
    )
    return told or _row(b, a) or residual(b, a, lexicon) or _stance_changed(b, a)


def overall(deltas: Iterable[Delta]) -> Direction:
    """One direction for all: force decides, coverage never compensates for lost force."""
    deltas = tuple(deltas)
    clear = [d for d in deltas if d.direction is not Direction.UNCLEAR]
    force = {d.direction for d in clear if d.kind is not FindingKind.SCOPE}
    coverage = {d.direction for d in clear if d.kind is FindingKind.SCOPE}
    if not clear:
        return Direction.UNCLEAR
    if force == {Direction.WEAKER} or (not force and coverage == {Direction.WEAKER}):
        return Direction.WEAKER
    return Direction.STRONGER if force | coverage == {Direction.STRONGER} else Direction.MIXED


def _limit_changed(b: Statement, a: Statement) -> Delta | None:
    """ "We may use it" became "we may use it only with your consent", or the other way."""
    limited, free = (a, b) if a.stance is Stance.LIMITS else (b, a)
    only = sorted(limited.conditions - free.conditions)
    if limited.stance is not Stance.LIMITS or free.stance not in SOFT or not only:
        return None
    rule = "safeguard-added" if limited is a else "safeguard-removed"
    return delta(rule, b, quoted(only[0]), quoted(only[0]))


def _reversed(b: Statement, a: Statement, lexicon: Lexicon) -> Delta:
    """Sure only where both sides say so in words we know, or where nothing but those words changed."""
    if (b.by_heading or a.by_heading) and not (b.cue and a.cue):
        return delta("heading-lost", b)
    sure = bool(b.cue and a.cue) or (bool(b.actions & a.actions) and not _has_other_words(b, a, lexicon))
    return delta("polarity-reversed" if sure else "polarity-blurred", b, _side(b), _side(a))


def _has_other_words(b: Statement, a: Statement, lexicon: Lexicon) -> bool:
    """Whether the side without a known verb of force has words of its own: one of them may carry it."""
    bare, other = (wording(one, lexicon) for one in ((a, b) if b.cue else (b, a)))
    told = bare.told(0, len(bare.words), frozenset(other.stems))
    return bool(unlike(told, other.words))


def _side(statement: Statement) -> str:
    return "refused or limited" if statement.protects else "permitted or done"


def _row(b: Statement, a: Statement) -> tuple[Delta, ...]:
    """A cell of the same row that said no and now says yes, or the other way."""
    noes = [sum(mark is Stance.REFUSES for mark in one.marks) for one in (b, a)]
    if len(b.marks) != len(a.marks) or noes[0] == noes[1]:
        return ()
    return (delta("row-closed" if noes[1] > noes[0] else "row-opened", b),)


def _stance_changed(b: Statement, a: Statement) -> tuple[Delta, ...]:
    """Another verb of another sort, and no slot that tells: "no longer refuse" for "refuse"."""
    if b.stance is a.stance or not (b.cue and a.cue) or b.cue == a.cue:
        return ()
    return (delta("stance-changed", b, _said(b.cue), _said(a.cue)),)


def _force(b: Statement, a: Statement) -> tuple[Delta, ...]:
    if not b.protects and not (b.cue and a.cue):
        return ()  # "we use" and "we may use" both tell of a practice
    if is_about_keeping(b, a) and b.stance is not a.stance:
        return ()  # "will delete within a day" and "keep for no longer than a day" say the same
    if a.force == b.force or (_bearer(b, a) and min(a.force, b.force) >= _BINDING):
        return ()  # "we will" and "customers must" bind alike: what changed is who must act
    rule = "force-raised" if a.force > b.force else "force-lowered"
    return (delta(rule, b, _said(b.cue), _said(a.cue)),)


def _said(words: str) -> str:
    return quoted(words) if words else "a plain statement of fact"


def _bearer(b: Statement, a: Statement) -> tuple[Delta, ...]:
    if (
        b.bearer == a.bearer
        or not {b.bearer, a.bearer} <= _WHO.keys()
        or not (b.cue and a.cue and b.protects)
    ):
        return ()
    to_or_from = {a.bearer: "bearer-to-company", b.bearer: "bearer-from-company"}
    return (delta(to_or_from.get("company", "bearer-changed"), b, _WHO[b.bearer], _WHO[a.bearer]),)


def _hedges(b: Statement, a: Statement, lexicon: Lexicon) -> tuple[Delta, ...]:
    lost, new = b.hedges - a.hedges, a.hedges - b.hedges
    if bool(lost) == bool(new):
        return ()
    name = lexicon.entry("hedges", min(lost or new)).name
    return (delta("hedge-removed" if lost else "hedge-added", b, name, name),)


def _coverage(b: Statement, a: Statement, slot: str, lexicon: Lexicon) -> tuple[Delta, ...]:
    olds: frozenset[str] = getattr(b, slot)
    news: frozenset[str] = getattr(a, slot)
    wider, narrower = _covers(news, olds, slot, lexicon), _covers(olds, news, slot, lexicon)
    if olds == news or (wider and narrower) or (slot == "actions" and not _weighs_acts(b, a)):
        return ()
    change = "widened" if wider else "narrowed" if narrower else "changed"
    joined = slot in _PLACED and not (olds and news) and _joined(b, a, slot, lexicon)
    if joined:
        change = "widened" if news else "narrowed"
    elif slot == "parties" and change != "changed" and _only_described(b, a, lexicon):
        return ()
    if Stance.PRACTISES in (b.stance, a.stance) and not (olds and news):
        change = "changed"  # a practice that names nobody is not a practice on everybody
    names = (_names(ids, slot, lexicon) or ("none" if joined else _ANYTHING[slot]) for ids in (olds, news))
    return (delta(f"{slot}-{change}", b, *names),)


def _joined(b: Statement, a: Statement, slot: str, lexicon: Lexicon) -> bool:
    """Whether all words of the one that names nobody stay, and "or in schools" only joins them."""
    short, long = (a, b) if getattr(b, slot) else (b, a)
    less, more = wording(short, lexicon), wording(long, lexicon)
    changes = tuple(runs(less.stems, more.stems))
    named = [first for name, first, _ in more.tags if name == slot]
    stay = bool(named) and all(run.old[0] == run.old[1] for run in changes)
    return stay and all(any(adds(more, run.new, first, lexicon) for run in changes) for first in named)


def _only_described(b: Statement, a: Statement, lexicon: Lexicon) -> bool:
    """ "Our stores" became "our London stores", or the other way: who is named still is, by the same noun."""
    named, other = (wording(one, lexicon) for one in ((b, a) if b.parties else (a, b)))
    nouns = {named.words[end - 1] for name, start, end in named.tags if name == "parties" and end - start > 1}
    return not (b.parties and a.parties) and bool(nouns) and nouns <= set(other.words)


def _weighs_acts(b: Statement, a: Statement) -> bool:
    """Only a protection that names its technology itself is measured by its verbs."""
    return b.protects and not b.carried and not a.carried


def _covers(wide: frozenset[str], narrow: frozenset[str], slot: str, lexicon: Lexicon) -> bool:
    """Whether `wide` holds everything in `narrow`. Naming nobody means everybody."""
    if not wide:
        return True
    return bool(narrow) and all(lexicon.wider(slot, id) & wide for id in narrow)


def _names(ids: frozenset[str], slot: str, lexicon: Lexicon) -> str:
    entries = (lexicon.entry(slot, id) for id in sorted(ids))
    return " and ".join(entry.name or entry.id.replace("_", " ") for entry in entries)
