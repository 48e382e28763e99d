"""The table of alignment times: our parts on all pairs, then each contender beside us on the pairs it did."""

import json
import sys
from collections.abc import Iterator
from statistics import median

from tests.benchmarks.measure import Cost, cost_of
from tests.shared import SHARED, WHY_NOT

#: Ours twice, around the others: the least counts.
_TURNS = ("ours", "dmp", "dmp-unlimited", "difflib", "ours")
_WHOLE = "extract + compare"
_PARTS = ("extract", "sentences", "align", "find + assess", "compare", _WHOLE)
Took = dict[str, dict[str, float]]


def report() -> Iterator[str]:
    """Lines; one sentence where there are no documents."""
    if not (SHARED / "cases").is_dir():
        yield f"Alignment is not measured: {WHY_NOT}."
        return
    peaks: dict[str, float] = {}
    took: Took = {}
    for cost in [_run(name) for name in _TURNS]:
        for part, spent in json.loads(cost.output).items():
            peaks[part] = max(cost.peak, peaks.get(part, 0))
            took[part] = _least(spent, took.get(part, spent))
    yield from _ours(took, peaks)
    yield ""
    yield from _others(took, peaks)


def _run(name: str) -> Cost:
    return cost_of([sys.executable, "-m", "tests.benchmarks.alignment", name])


def _least(one: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    return {pair: min(spent, other[pair]) for pair, spent in one.items()}


def _ours(took: Took, peaks: dict[str, float]) -> Iterator[str]:
    yield f"{len(took[_WHOLE])} pairs of whole documents, CPU ms a pair, least of 2 runs around the others"
    yield f"{'ours':<34}{'median':>9}{'worst':>9}{'peak MB':>9}"
    for part in _PARTS:
        yield f"{part:<34}{_spread(took[part])}{peaks[part]:>9.0f}"


def _others(took: Took, peaks: dict[str, float]) -> Iterator[str]:
    yield "Others over the whole texts (edits only, no statements) beside all of ours on the same pairs; × ours: in total"
    yield f"{'':<42}{'pairs':>6}{'median':>9}{'worst':>9}{'ours: med.':>11}{'worst':>9}{'× ours':>8}{'peak MB':>9}"
    for name in took:
        if name not in _PARTS:
            same = {pair: took[_WHOLE][pair] for pair in took[name]}
            ratio = sum(took[name].values()) / sum(same.values())
            yield (
                f"{name:<42}{len(same):>6}{_spread(took[name])}  {_spread(same)}{ratio:>8.1f}{peaks[name]:>9.0f}"
            )


def _spread(spent: dict[str, float]) -> str:
    return f"{median(spent.values()):>9.1f}{max(spent.values()):>9.1f}"
