"""What changed between two wordings of one statement, slot by slot, and which way.

A partial order in two blocks. Force (verb, bearer, time, exceptions, conditions) decides; coverage
(technologies, actions, parties, purposes, places) never makes up for lost force. In a permission or a
practice every sign flips: a wider permission protects people less.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from monitor.lexicon import Lexicon
from monitor.model import Direction, FindingKind, Stance, Statement

#: How long it holds, strongest last. Saying nothing about time means for good.
TERM_RANK = {"revocable": 1, "fixed": 2, "until_further_notice": 3, "until_event": 4, "": 5, "permanent": 5}
_SAME_QUALIFIER_AT = 0.75
_BINDING = 3  #: the force from which words bind: will, must

_COVERAGE = (
    ("technologies", "technology"),
    ("actions", "act"),
    ("parties", "customer"),
    ("purposes", "purpose"),
    ("places", "place"),
)


@dataclass(frozen=True, slots=True)
class Delta:
    """One slot that changed. sure: False where a person should look."""

    kind: FindingKind
    direction: Direction
    rule: str
    reason: str
    sure: bool = True


def compare(b: Statement, a: Statement, lexicon: Lexicon) -> tuple[Delta, ...]:
    """Every slot in which the later wording differs."""
    if b.protects != a.protects:
        return (_reversed(b, a),)
    if b.sentence.key == a.sentence.key:  # the same words under another line: only its force can tell
        return (*_force(b, a), *_bearer(b, a))
    return (
        *_force(b, a),
        *_bearer(b, a),
        *(_duration(b, a) or _term(b, a)),
        *_qualifiers(b, a, "exceptions", FindingKind.EXCEPTION),
        *_qualifiers(b, a, "conditions", FindingKind.CONDITION),
        *_hedges(b, a, lexicon),
        *(delta for slot, word in _COVERAGE for delta in _coverage(b, a, slot, word, lexicon)),
    )


def overall(deltas: Iterable[Delta]) -> Direction:
    """One direction for all: force decides, coverage never compensates for lost force."""
    deltas = tuple(deltas)
    force = {d.direction for d in deltas if d.kind is not FindingKind.SCOPE}
    coverage = {d.direction for d in deltas if d.kind is FindingKind.SCOPE}
    if force == {Direction.WEAKER} or (not force and coverage == {Direction.WEAKER}):
        return Direction.WEAKER
    if Direction.UNCLEAR in force | coverage:
        return Direction.UNCLEAR
    if force | coverage == {Direction.STRONGER}:
        return Direction.STRONGER
    return Direction.MIXED


def _signed(gain: bool, statement: Statement) -> Direction:
    """More of it is stronger in a protection and weaker in a permission."""
    return Direction.STRONGER if gain == statement.protects else Direction.WEAKER


def _reversed(b: Statement, a: Statement) -> Delta:
    direction = Direction.STRONGER if a.protects else Direction.WEAKER
    turned = "permitted or done" if a.protects else "refused or limited"
    now = "refused or limited" if a.protects else "permitted or done"
    if (b.by_heading or a.by_heading) and not (b.cue and a.cue):
        reason = (
            "The words that govern it stood in a heading, and there is no such heading on the other side."
        )
        return Delta(FindingKind.REVERSED, Direction.UNCLEAR, "heading-lost", reason, sure=False)
    reason = f"What was {turned} is now {now}."
    sure = bool(b.cue and a.cue) or bool(b.actions & a.actions)
    return Delta(FindingKind.REVERSED, direction, "polarity-reversed", reason, sure)


def _force(b: Statement, a: Statement) -> tuple[Delta, ...]:
    if a.force == b.force or (_bearer(b, a) and min(a.force, b.force) >= _BINDING):
        return ()  # "we will" and "customers must" bind alike: what changed is who must act
    verb = "bind more" if a.force > b.force else "bind less"
    reason = f"{_said(b.cue)} became {_said(a.cue)}: the words {verb}."
    rule = "force-raised" if a.force > b.force else "force-lowered"
    return (Delta(FindingKind.FORCE, _signed(a.force > b.force, b), rule, reason),)


def _said(words: str) -> str:
    return f"“{words}”" if words else "a plain statement of fact"


def _bearer(b: Statement, a: Statement) -> tuple[Delta, ...]:
    known = {"company", "customer", "third_party"}
    if b.bearer == a.bearer or not {b.bearer, a.bearer} <= known:
        return ()
    reason = f"The duty passed from the {_who(b)} to the {_who(a)}."
    sure = "company" in (b.bearer, a.bearer)
    direction = _signed(a.bearer == "company", b) if sure else Direction.UNCLEAR
    return (Delta(FindingKind.BEARER, direction, "bearer-changed", reason, sure),)


def _who(statement: Statement) -> str:
    return statement.bearer.replace("_", " ")


def _term(b: Statement, a: Statement) -> tuple[Delta, ...]:
    gain = TERM_RANK[a.term] - TERM_RANK[b.term]
    if gain:
        reason = f"How long it holds changed: {_time(b)} became {_time(a)}."
        rule = "term-lengthened" if gain > 0 else "term-shortened"
        return (Delta(FindingKind.TERM, _signed(gain > 0, b), rule, reason),)
    if b.term in ("fixed", "until_event") and not _alike(b.term_text, a.term_text):
        reason = f"How long it holds changed: “{b.term_text}” became “{a.term_text}”."
        return (Delta(FindingKind.TERM, Direction.UNCLEAR, "term-reworded", reason, sure=False),)
    return ()


def _duration(b: Statement, a: Statement) -> tuple[Delta, ...]:
    """One length of time that changed: kept or deleted later is weaker; refused for longer is stronger."""
    if len(b.durations) != 1 or len(a.durations) != 1 or b.durations == a.durations or b.term != a.term:
        return ()
    longer = a.durations[0] > b.durations[0]
    direction = _of_time(b, a, longer)
    reason = f"The time named changed from {_days(b)} to {_days(a)}."
    rule = "duration-longer" if longer else "duration-shorter"
    return (Delta(FindingKind.TERM, direction, rule, reason, sure=direction is not Direction.UNCLEAR),)


def _of_time(b: Statement, a: Statement, longer: bool) -> Direction:
    """Which way a longer time goes, where that is plain: a fixed refusal, a deletion, what is kept."""
    acts = b.actions | a.actions
    refuses = Stance.REFUSES in (b.stance, a.stance)
    if "delete" in acts and not refuses:
        return Direction.WEAKER if longer else Direction.STRONGER
    if "retain" in acts and not refuses and not b.protects:
        return Direction.WEAKER if longer else Direction.STRONGER
    if b.term == "fixed" and refuses and not acts & {"retain", "delete", "collect"}:
        return _signed(longer, b)
    return Direction.UNCLEAR


def _days(statement: Statement) -> str:
    return f"{statement.durations[0]:g} days"


def _time(statement: Statement) -> str:
    return f"“{statement.term_text}”" if statement.term_text else "no limit in time"


def _qualifiers(b: Statement, a: Statement, slot: str, kind: FindingKind) -> tuple[Delta, ...]:
    """Exceptions and conditions: more of them is weaker in a protection, stronger in a permission."""
    olds: frozenset[str] = getattr(b, slot)
    news: frozenset[str] = getattr(a, slot)
    lost = sorted(old for old in olds if not any(_alike(old, new) for new in news))
    found = sorted(new for new in news if not any(_alike(old, new) for old in olds))
    if lost and found:
        reason = f"The {kind} “{lost[0]}” became “{found[0]}”."
        return (Delta(kind, Direction.UNCLEAR, f"{kind}-reworded", reason, sure=False),)
    if found:
        reason = f"The {kind} “{found[0]}” was added."
        return (Delta(kind, _signed(False, b), f"{kind}-added", reason),)
    if lost:
        reason = f"The {kind} “{lost[0]}” was removed."
        return (Delta(kind, _signed(True, b), f"{kind}-removed", reason),)
    longer = [new for new in news if any(_adds_to(new, old) for old in olds) and new not in olds]
    if longer:
        reason = f"The {kind} became “{min(longer)}”."
        return (Delta(kind, Direction.UNCLEAR, f"{kind}-reworded", reason, sure=False),)
    return ()


def _adds_to(new: str, old: str) -> bool:
    """All the words of the old qualifier, and more."""
    return set(old.split()) < set(new.split())


def _alike(a: str, b: str) -> bool:
    return Indel.normalized_similarity(a.split(), b.split()) >= _SAME_QUALIFIER_AT


def _hedges(b: Statement, a: Statement, lexicon: Lexicon) -> tuple[Delta, ...]:
    if a.hedges == b.hedges or (a.hedges - b.hedges and b.hedges - a.hedges):
        return ()
    added = a.hedges - b.hedges
    name = lexicon.entry("hedges", min(added or b.hedges - a.hedges)).name
    verb = "was added" if added else "was removed"
    reason = f"A word that limits it ({name}) {verb}."
    rule = "hedge-added" if added else "hedge-removed"
    return (Delta(FindingKind.SCOPE, _signed(not added, b), rule, reason),)


def _coverage(b: Statement, a: Statement, slot: str, word: str, lexicon: Lexicon) -> tuple[Delta, ...]:
    olds: frozenset[str] = getattr(b, slot)
    news: frozenset[str] = getattr(a, slot)
    wider, narrower = _covers(news, olds, slot, lexicon), _covers(olds, news, slot, lexicon)
    if olds == news or (wider and narrower):
        return ()
    named = (_names(ids, slot, lexicon) or f"any {word}" for ids in (olds, news))
    reason = f"The {word} named changed from {' to '.join(named)}."
    sure = slot in ("technologies", "parties")
    if not wider and not narrower:
        return (Delta(FindingKind.SCOPE, Direction.UNCLEAR, f"{slot}-changed", reason, sure=False),)
    rule = f"{slot}-{'widened' if wider else 'narrowed'}"
    return (Delta(FindingKind.SCOPE, _signed(wider, b), rule, reason, sure),)


def _covers(wide: frozenset[str], narrow: frozenset[str], slot: str, lexicon: Lexicon) -> bool:
    """Whether `wide` holds everything in `narrow`. Naming nobody means everybody."""
    if not wide:
        return True
    return bool(narrow) and all(lexicon.wider(slot, id) & wide for id in narrow)


def _names(ids: frozenset[str], slot: str, lexicon: Lexicon) -> str:
    entries = (lexicon.entry(slot, id) for id in sorted(ids))
    return " and ".join(entry.name or entry.id.replace("_", " ") for entry in entries)
