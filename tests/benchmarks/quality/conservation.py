"""Conservation, checked from outside: what stood in the old document and does not stand is told, once."""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from monitor.model import Finding, FindingKind, Sentence, Statement


@dataclass(frozen=True, slots=True)
class Owed:
    """How many statements of the old document some finding has to hold; the quotes that none, or too many, hold."""

    statements: int = 0
    misplaced: int = 0
    in_none: tuple[str, ...] = ()
    in_several: tuple[str, ...] = ()


def owed(
    old: Iterable[Statement], new: Iterable[Sentence], findings: Iterable[Finding], *, believed: bool
) -> Owed:
    """Each statement whose sentence no longer stands must be the before side of one finding.

    new: every sentence of the later text. What went two ways (more in one slot, less in another) is two
    findings on the same pair of quotes, and counts once; what is called introduced speaks for the later side.
    Copies of one statement may share a finding. Where the later text is not believed nothing is called
    withdrawn, so there a statement may be in none.
    """
    waiting = _without_twins(old, new)
    told = _told(finding for finding in findings if finding.kind is not FindingKind.INTRODUCED)
    least = 1 if believed else 0
    lost = tuple(quote for quote in waiting if told[quote] < least)
    doubled = tuple(quote for quote, copies in waiting.items() if told[quote] > copies)
    misplaced = sum(waiting[quote] for quote in (*lost, *doubled))
    return Owed(sum(waiting.values()), misplaced, lost, doubled)


def _told(findings: Iterable[Finding]) -> Counter[str]:
    """How often each quote is told of; a change that went two ways is told once."""
    ways = Counter((one.before_quote, one.after_quote, one.direction) for one in findings)
    pairs: dict[tuple[str, str], int] = {}
    for (before, after, _), times in ways.items():
        pairs[before, after] = max(times, pairs.get((before, after), 0))
    told: Counter[str] = Counter()
    for (before, _), times in pairs.items():
        told[before] += times
    return told


def _without_twins(old: Iterable[Statement], new: Iterable[Sentence]) -> Counter[str]:
    stands = Counter(map(_words, new))
    waiting: Counter[str] = Counter()
    for statement in old:
        if stands[_words(statement.sentence)]:
            stands[_words(statement.sentence)] -= 1
        else:
            waiting[statement.quote] += 1
    return waiting


def _words(sentence: Sentence) -> Hashable:
    """The words and the line above them; not the place, nor what the sentences around it say."""
    return sentence.key, sentence.frame
