"""Conservation, checked from outside: what stood in the old document and does not stand is told, once."""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from monitor.model import Finding, Statement


@dataclass(frozen=True, slots=True)
class Owed:
    """How many statements of the old document some finding has to hold; the quotes that none, or too many, hold."""

    statements: int = 0
    misplaced: int = 0
    in_none: tuple[str, ...] = ()
    in_several: tuple[str, ...] = ()


def owed(
    old: Iterable[Statement], new: Iterable[Statement], findings: Iterable[Finding], *, believed: bool
) -> Owed:
    """Each statement whose sentence no longer stands must be the before side of one finding.

    What went two ways (more in one slot, less in another) is two findings on the same pair of quotes, and
    counts once. Copies of one statement may share a finding. Where the later text is not believed nothing is called
    withdrawn, so there a statement may be in none.
    """
    waiting = _without_twins(old, new)
    pairs = {(finding.before_quote, finding.after_quote) for finding in findings}
    told = Counter(before for before, _ in pairs)
    least = 1 if believed else 0
    lost = tuple(quote for quote in waiting if told[quote] < least)
    doubled = tuple(quote for quote, copies in waiting.items() if told[quote] > copies)
    misplaced = sum(waiting[quote] for quote in (*lost, *doubled))
    return Owed(sum(waiting.values()), misplaced, lost, doubled)


def _without_twins(old: Iterable[Statement], new: Iterable[Statement]) -> Counter[str]:
    stands = Counter(_meaning(statement) for statement in new)
    waiting: Counter[str] = Counter()
    for statement in old:
        if stands[_meaning(statement)]:
            stands[_meaning(statement)] -= 1
        else:
            waiting[statement.quote] += 1
    return waiting


def _meaning(statement: Statement) -> Hashable:
    """The words and the line above them; not the place, nor what the sentences around it say."""
    return statement.sentence.key, statement.sentence.frame
