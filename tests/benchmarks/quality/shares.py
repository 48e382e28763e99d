"""A share with its 95 % interval: organizations are drawn anew, not cases, for cases of one are alike."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from tests.benchmarks.quality.cases import Case
from tests.benchmarks.quality.outcomes import Heard

_SEED = 20211102
_DRAWS = 1000
_OUTSIDE = 0.025  #: on each side of the interval


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many, for each organization."""

    tallies: tuple[tuple[int, int], ...]

    @property
    def count(self) -> int:
        """How many."""
        return sum(count for count, _ in self.tallies)

    @property
    def of(self) -> int:
        """Of how many."""
        return sum(of for _, of in self.tallies)

    @property
    def rate(self) -> float:
        """0 to 1; 0 of nothing."""
        return self.count / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """95 %. Where none or all count, drawing says nothing: then the binomial's, one trial an organization."""
        if not self.of:
            return 0.0, 1.0
        reach = 1 - _OUTSIDE ** (1 / len(self.tallies))
        if self.count == 0:
            return 0.0, reach
        if all(count == of for count, of in self.tallies):
            return 1 - reach, 1.0
        return _drawn(self.tallies)


def share_of(heard: Iterable[Heard], counts: Callable[[Heard], int]) -> Share:
    """How many of these."""
    return tallied((one.case, int(counts(one)), 1) for one in heard)


def tallied(rows: Iterable[tuple[Case, int, int]]) -> Share:
    """Sum (case, how many, of how many) by organization."""
    counts: defaultdict[str, int] = defaultdict(int)
    ofs: defaultdict[str, int] = defaultdict(int)
    for case, count, of in rows:
        counts[case.organization] += count
        ofs[case.organization] += of
    return Share(tuple((counts[name], of) for name, of in sorted(ofs.items()) if of))


def _drawn(tallies: tuple[tuple[int, int], ...]) -> tuple[float, float]:
    chance = Random(_SEED)
    rates = sorted(_one_draw(tallies, chance) for _ in range(_DRAWS))
    cut = int(_OUTSIDE * _DRAWS)
    return rates[cut], rates[-1 - cut]


def _one_draw(tallies: tuple[tuple[int, int], ...], chance: Random) -> float:
    drawn = chance.choices(tallies, k=len(tallies))
    return sum(count for count, _ in drawn) / sum(of for _, of in drawn)
