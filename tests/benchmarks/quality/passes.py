"""One pass over everything: each pair is read and compared once."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import randrange

from tests.benchmarks.quality.answers import Answer, answer, read
from tests.benchmarks.quality.baselines import Alarm, alarms
from tests.benchmarks.quality.cases import Case, Pair, load, pairs_of
from tests.benchmarks.quality.outcomes import Heard, hear
from tests.benchmarks.quality.repeat import repeating, unlike


@dataclass(frozen=True, slots=True)
class Results:
    """What came of it. unlike: names of pairs that another process answered otherwise.

    alarms is empty where the baselines were not asked.
    """

    whole: tuple[Heard, ...]
    passages: tuple[Heard, ...]
    alarms: Mapping[str, Mapping[str, tuple[Alarm, ...]]]  #: pair → baseline → alarms
    unlike: frozenset[str] = frozenset()

    def of(self, *sets: str, whole: bool) -> list[Heard]:
        """What was heard of these sets."""
        heard = self.whole if whole else self.passages
        return [one for one in heard if one.case.set in sets]

    @property
    def by_pair(self) -> list[tuple[Pair, Heard]]:
        """Each pair once, with the first case that has it."""
        found: dict[str, tuple[Pair, Heard]] = {}
        for one in (*self.passages, *self.whole):
            pair = pair_of(one)
            found.setdefault(pair.name, (pair, one))
        return list(found.values())


def pair_of(heard: Heard) -> Pair:
    """Which of a case's two pairs was heard."""
    return (heard.is_whole and heard.case.whole) or heard.case.passages


def run(pythons: Sequence[str] = (), *, beside: bool = True, again: int = 1) -> Results:
    """Compare everything, here and once more in another process of this Python (and of `pythons`).

    beside: ask the baselines too. again: of so many pairs one is compared once more; another one each time.
    """
    cases = load()
    pairs = pairs_of(cases)
    first = randrange(again)
    names = [pair.name for pair in pairs[first::again]]
    differ: frozenset[str] = frozenset()
    with repeating(sys.executable, first, again) as repeat:
        answers, heard_by_others = _answered(pairs, beside=beside)
        ours = [answers[name].digest for name in names]
        differ |= unlike(names, ours, repeat.digests())
    for python in pythons:
        with repeating(python, first, again) as repeat:
            differ |= unlike(names, ours, repeat.digests())
    return Results(
        whole=_heard(((case, case.whole) for case in cases), answers, is_whole=True),
        passages=_heard(((case, case.passages) for case in cases), answers, is_whole=False),
        alarms=heard_by_others,
        unlike=differ,
    )


def _answered(
    pairs: Iterable[Pair], *, beside: bool
) -> tuple[dict[str, Answer], dict[str, Mapping[str, tuple[Alarm, ...]]]]:
    answers: dict[str, Answer] = {}
    others: dict[str, Mapping[str, tuple[Alarm, ...]]] = {}
    for pair in pairs:
        seen = read(pair)
        answers[pair.name] = answer(seen)
        if beside:
            others[pair.name] = alarms(seen.before.text, seen.after.text)
    return answers, others


def _heard(
    asked: Iterable[tuple[Case, Pair | None]], answers: Mapping[str, Answer], *, is_whole: bool
) -> tuple[Heard, ...]:
    return tuple(hear(case, answers[pair.name], is_whole=is_whole) for case, pair in asked if pair)
