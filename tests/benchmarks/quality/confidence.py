"""How often each of the three words of confidence was right."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from monitor.model import Finding
from tests.benchmarks.quality.cases import Case
from tests.benchmarks.quality.outcomes import Heard, on_passage
from tests.benchmarks.quality.passes import Results, pair_of
from tests.benchmarks.quality.shares import Share, tallied
from tests.benchmarks.quality.tables import share_told, table

WORDS = ("high", "medium", "low")


class Judged(NamedTuple):
    """A material finding that a label speaks about. changed: the label says that a commitment changed."""

    case: Case
    finding: Finding
    changed: bool


def confidence_told(results: Results) -> str:
    """One row a word."""
    authored = list(_authored(results.of("authored", whole=False)))
    real = list(_real(results.whole))
    rows = [_row(word, authored, real) for word in WORDS]
    title = (
        "Confidence: how many material findings stand on a labelled change, of those that a label speaks about\n"
        "(labelled pairs hold more changes than ordinary pages do: there each rate is lower)"
    )
    header = ("", "authored", "real documents", "together", "of these, direction right")
    return table(title, header, rows)


def _row(word: str, authored: list[Judged], real: list[Judged]) -> tuple[str, ...]:
    together = [*authored, *real]
    told = [share_told(hits(word, judged)) for judged in (authored, real, together)]
    return (word, *told, share_told(directions(word, together)))


def hits(word: str, judged: Iterable[Judged]) -> Share:
    """How many findings with this word stand on a change."""
    return tallied((one.case, one.changed, 1) for one in judged if one.finding.confidence == word)


def directions(word: str, judged: Iterable[Judged]) -> Share:
    """How many of the hits say a labelled direction, where the label is clear."""
    return tallied(
        (one.case, one.finding.direction.value in one.case.directions, 1)
        for one in judged
        if one.finding.confidence == word and one.changed and one.case.has_direction
    )


def _authored(heard: Iterable[Heard]) -> Iterator[Judged]:
    return (Judged(one.case, finding, one.case.material) for one in heard for finding in one.said)


def _real(heard: Iterable[Heard]) -> Iterator[Judged]:
    """Each finding of each pair of documents once; changes that only history can tell from noise are left out."""
    known = [one for one in heard if one.case.set != "access_noise" or one.case.is_failed_capture]
    by_pair = sorted(known, key=lambda one: pair_of(one).name)
    for _, group in groupby(by_pair, key=lambda one: pair_of(one).name):
        yield from _of_documents(list(group))


def _of_documents(heard: list[Heard]) -> Iterator[Judged]:
    for finding in heard[0].answer.material:
        speaking = sorted(
            (one.case for one in heard if _speaks(one.case, finding)), key=lambda c: not c.material
        )
        if speaking:
            yield Judged(speaking[0], finding, speaking[0].material)


def _speaks(case: Case, finding: Finding) -> bool:
    return case.set in ("easy_negatives", "access_noise") or on_passage(finding, case)
