"""Exceptions and conditions: which were added, removed, widened or replaced."""

from monitor.assess.deltas import Delta, delta, quoted
from monitor.lexicon import Lexicon
from monitor.model import Stance, Statement

_SAME_AT = 0.75  #: share of the words, from which two qualifiers say the same
_ALIKE_AT = 0.4  #: … from which one is a version of the other


def compare_qualifiers(b: Statement, a: Statement, lexicon: Lexicon) -> tuple[Delta, ...]:
    """What became of each exception and condition.

    In a refusal, "without a warrant" and "unless there is a warrant" say the same.
    """
    lost_e, new_e = _unmatched(b.exceptions, a.exceptions, lexicon)
    lost_c, new_c = _unmatched(b.conditions, a.conditions, lexicon)
    if Stance.REFUSES in (b.stance, a.stance):
        lost_e, new_c = _match(lost_e, new_c, lexicon)
        lost_c, new_e = _match(lost_c, new_e, lexicon)
    return (
        *_changes("exception", b, lost_e, new_e, lexicon),
        *_changes("condition", b, lost_c, new_c, lexicon),
    )


def _unmatched(olds: frozenset[str], news: frozenset[str], lexicon: Lexicon) -> tuple[list[str], list[str]]:
    return _match(sorted(olds - news), sorted(news - olds), lexicon)


def _match(olds: list[str], news: list[str], lexicon: Lexicon) -> tuple[list[str], list[str]]:
    """Those of each side that say something the other side does not."""

    def same(old: str, new: str) -> bool:
        return grown(old, new, lexicon) == "same"

    return (
        [old for old in olds if not any(same(old, new) for new in news)],
        [new for new in news if not any(same(old, new) for old in olds)],
    )


def _changes(kind: str, b: Statement, lost: list[str], new: list[str], lexicon: Lexicon) -> tuple[Delta, ...]:
    if lost and new:
        return (delta(_replaced(kind, lost[0], new[0], lexicon), b, quoted(lost[0]), quoted(new[0])),)
    if new:
        return (delta(f"{kind}-added", b, after=quoted(new[0])),)
    return (delta(f"{kind}-removed", b, before=quoted(lost[0])),) if lost else ()


def _replaced(kind: str, old: str, new: str, lexicon: Lexicon) -> str:
    """How one qualifier became another: more words ask for more, and a warrant asks for more than "if"."""
    change = grown(old, new, lexicon)
    more, less = ("tightened", "loosened") if kind == "condition" else ("widened", "narrowed")
    if kind == "exception" and not _lists_more(old, new, lexicon):
        return "exception-replaced"  # "… with their consent" narrows an exception
    if change == "other" and kind == "condition":
        before, after = _demand(old, lexicon), _demand(new, lexicon)
        change = "more" if after > before else "less" if after < before else "other"
    return f"{kind}-{ {'more': more, 'less': less}.get(change, 'replaced') }"


def _lists_more(old: str, new: str, lexicon: Lexicon) -> bool:
    """Whether one has an "or" that the other has not: then what is longer is wider."""
    ors = [sum(word in lexicon.coordinators or word == "," for word in text.split()) for text in (old, new)]
    return ors[0] != ors[1]


def _demand(words: str, lexicon: Lexicon) -> int:
    """How much a condition asks for, 0 to 4: the strongest one named."""
    return max((tag.entry.force for tag in lexicon.tags(words) if tag.list == "conditions"), default=0)


def grown(old: str, new: str, lexicon: Lexicon) -> str:
    """How the words of a qualifier changed: same, more, less or other."""
    before, after = lexicon.content(old), lexicon.content(new)
    if not before or not after:
        return "same" if before == after else "more" if after else "less"
    shared = len(before & after)
    if before < after or after < before:
        return "more" if before < after else "less"
    dice = 2 * shared / (len(before) + len(after))
    return "same" if dice >= _SAME_AT else "other"
