"""Exceptions and conditions: which were added, removed, widened or replaced."""

from monitor.assess.deltas import Delta, delta, quoted
from monitor.assess.words import opposite, same_word, unlike
from monitor.lexicon import Lexicon
from monitor.model import Stance, Statement

_DEMANDING = 3  #: the force from which a condition is a safeguard: consent, a warrant
_LEFT_OVER = 2  #: words that may differ in two qualifiers that say the same
_SAME_AT = 0.75  #: share of the words, from which two qualifiers say the same


def compare_qualifiers(b: Statement, a: Statement, lexicon: Lexicon) -> tuple[Delta, ...]:
    """What became of each exception and condition.

    In a refusal, "without a warrant" and "unless there is a warrant" say the same.
    """
    lost_e, new_e = _unmatched(b.exceptions, a.exceptions, lexicon)
    lost_c, new_c = _unmatched(b.conditions, a.conditions, lexicon)
    if {b.stance, a.stance} & {Stance.REFUSES, Stance.LIMITS}:
        lost_e, new_c = _match(lost_e, new_c, lexicon)
        lost_c, new_e = _match(lost_c, new_e, lexicon)
    if {b.stance, a.stance} == {Stance.REFUSES, Stance.LIMITS}:  # "not without it", "only with it"
        lost_c, new_c = _match(lost_c, new_c, lexicon, across=True)
        lost_c, new_e = _match(lost_c, new_e, lexicon, across=True)
        lost_e, new_c = _match(lost_e, new_c, lexicon, across=True)
    return (
        *_changes("exception", b, lost_e, new_e, lexicon),
        *_changes("condition", b, lost_c, new_c, lexicon),
    )


def _unmatched(olds: frozenset[str], news: frozenset[str], lexicon: Lexicon) -> tuple[list[str], list[str]]:
    return _match(sorted(olds - news), sorted(news - olds), lexicon)


def _match(
    olds: list[str], news: list[str], lexicon: Lexicon, *, across: bool = False
) -> tuple[list[str], list[str]]:
    """Those of each side that say something, and something that the other side does not.

    across: one side stands in a refusal and the other in a limit, so "without" answers to "with".
    """
    olds, news = ([words for words in side if lexicon.content(words)] for side in (olds, news))

    def same(old: str, new: str) -> bool:
        return grown(old, new, lexicon, across=across) == "same"

    return (
        [old for old in olds if not any(same(old, new) for new in news)],
        [new for new in news if not any(same(old, new) for old in olds)],
    )


def _changes(kind: str, b: Statement, lost: list[str], new: list[str], lexicon: Lexicon) -> tuple[Delta, ...]:
    if lost and new:
        return (delta(_replaced(kind, lost[0], new[0], lexicon), b, quoted(lost[0]), quoted(new[0])),)
    if not lost and not new:
        return ()
    words = (lost or new)[0]
    kind = "safeguard" if kind == "condition" and _is_safeguard(b, words, lexicon) else kind
    return (delta(f"{kind}-{'removed' if lost else 'added'}", b, quoted(words), quoted(words)),)


def _is_safeguard(b: Statement, words: str, lexicon: Lexicon) -> bool:
    """What "only with …" and "must have …" ask for protects people: more of it is stronger."""
    asks = words.split()[0] in lexicon.limiting or _demand(words, lexicon) >= _DEMANDING
    return asks and b.stance in (Stance.LIMITS, Stance.REQUIRES)


def _replaced(kind: str, old: str, new: str, lexicon: Lexicon) -> str:
    """How one qualifier became another: more words ask for more, and a warrant asks for more than "if"."""
    change = asks_for(old, new, lexicon) if kind == "condition" else grown(old, new, lexicon)
    more, less = ("tightened", "loosened") if kind == "condition" else ("widened", "narrowed")
    if kind == "condition" and change in ("more", "less") and old.split()[0] in lexicon.limiting:
        grows = _lists_more(old, new, lexicon)  # "only to open the gate and to advertise"
        change = {"more": "less", "less": "more"}[change] if grows else change
    if kind == "exception" and not _lists_more(old, new, lexicon):
        return "exception-replaced"  # "… with their consent" narrows an exception
    return f"{kind}-{ {'more': more, 'less': less}.get(change, 'replaced') }"


def _lists_more(old: str, new: str, lexicon: Lexicon) -> bool:
    """Whether one has an "or" that the other has not: then what is longer is wider."""
    ors = [sum(word in lexicon.coordinators or word == "," for word in text.split()) for text in (old, new)]
    return ors[0] != ors[1]


def asks_for(old: str, new: str, lexicon: Lexicon) -> str:
    """How the words of a condition or an "until …" changed: same, more, less or other."""
    change = grown(old, new, lexicon)
    if change != "other":
        return change
    before, after = _demand(old, lexicon), _demand(new, lexicon)
    return "more" if after > before else "less" if after < before else "other"


def _demand(words: str, lexicon: Lexicon) -> int:
    """How much a condition asks for, 0 to 4: the strongest thing named; what is lacking is not asked for."""
    if words.split()[0] in lexicon.lacking:
        return 0
    named = (tag for tag in lexicon.tags(words) if tag.list in ("conditions", "demands"))
    return max((tag.entry.force for tag in named), default=0)


def _denies(words: str, lexicon: Lexicon) -> bool:
    """Whether it lets pass what lacks something: "without a warrant", "unless there is one"."""
    first = next((tag for tag in lexicon.tags(words) if tag.start == 0 and tag.list == "exceptions"), None)
    return first is not None or words.split()[0] in lexicon.lacking


def _named(words: str, lexicon: Lexicon) -> frozenset[str]:
    return frozenset(tag.entry.id for tag in lexicon.tags(words) if tag.list == "demands")


def grown(old: str, new: str, lexicon: Lexicon, *, across: bool = False) -> str:
    """How the words of a qualifier changed: same, more, less or other."""
    if (_denies(old, lexicon) != _denies(new, lexicon)) != across:
        return "other"
    before, after = lexicon.content(old), lexicon.content(new)
    if not before or not after:
        return "same" if before == after else "more" if after else "less"
    if any(tag.list == "aliases" for tag in lexicon.tags(new)):
        return "same"
    after = frozenset(next((word for word in before if same_word(word, one)), one) for one in after)
    if _named(old, lexicon) != _named(new, lexicon):
        return "other"
    if before < after or after < before:
        return "more" if before < after else "less"
    left = [*unlike(before - after, after), *unlike(after - before, before)]
    if len(left) > _LEFT_OVER or any(opposite(one, other) for one in left for other in left):
        return "other"
    dice = 2 * len(before & after) / (len(before) + len(after))
    return "same" if dice >= _SAME_AT else "other"
