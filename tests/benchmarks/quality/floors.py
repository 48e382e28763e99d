"""What was once reached: figures that must not fall, and the outcome of each case. No text of a case."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from tests.benchmarks.quality.cases import SETS, Case
from tests.benchmarks.quality.figures import Figure
from tests.benchmarks.quality.outcomes import LETTERS, is_better
from tests.benchmarks.quality.passes import Results
from tests.shared import SHARED

HERE = Path(__file__).resolve().parent.parent
FLOORS = "floors.toml"
OUTCOMES = "outcomes.txt"
_ABSENT = "."

_ABOVE_FLOORS = """\
# What the detector once reached on the labelled pairs. Only better: `python -m tests.benchmarks.quality --pin`
# raises what got better and refuses where anything fell. met: the goal's floor was reached.
"""
_ABOVE_OUTCOMES = """\
# The outcome of each case: on whole documents, then on the passages alone ("." where there are none).
"""


@dataclass(frozen=True, slots=True)
class Floor:
    """The count that was reached. rule: at_least, at_most or wrong_at_most."""

    rule: str
    count: int
    of: int
    met: bool

    def broken_by(self, figure: Figure) -> str:
        """Why this figure is worse than it was, or ""."""
        rule, count = figure.pinned
        fell = count < self.count if rule == "at_least" else count > self.count
        if fell:
            wrong = "wrong are " if rule == "wrong_at_most" else ""
            return f"{figure.name}: {wrong}{count} of {figure.share.of}; it was {self.count} of {self.of}"
        if self.met and not figure.is_met:
            return f"{figure.name}: its floor was met and is not met with {count} of {figure.share.of}"
        return ""


@dataclass(frozen=True, slots=True)
class Flip:
    """One case whose outcome is another than when it was pinned."""

    case: Case
    view: str
    old: str
    new: str

    def __str__(self) -> str:
        verdict = "better" if is_better(self.case.material, self.old, self.new) else "worse"
        said = f"{LETTERS[self.old]} → {LETTERS[self.new]}"
        return f"{verdict:<7} {self.case.id:<19} {self.case.set:<15} {self.view:<10} {said}"


@dataclass(frozen=True, slots=True)
class Pinned:
    """Both files. data: which labelled pairs these are; the counts of others say nothing."""

    data: str = ""
    floors: Mapping[str, Floor] | None = None
    outcomes: Mapping[str, tuple[str, str]] | None = None

    def broken(self, figures: Iterable[Figure]) -> list[str]:
        """One sentence for each figure that fell."""
        floors = self.floors or {}
        return [
            why for figure in figures if figure.id in floors and (why := floors[figure.id].broken_by(figure))
        ]

    def flips(self, results: Results) -> Iterator[Flip]:
        """The cases whose outcome changed, in the order of the sets."""
        for id, (case, now) in _letters(results).items():
            old = (self.outcomes or {}).get(id, now)
            for view, was, is_now in zip(("document", "passage"), old, now, strict=True):
                if was != is_now and _ABSENT not in (was, is_now):
                    yield Flip(case, view, was, is_now)


def load(folder: Path = HERE) -> Pinned:
    """What is pinned; nothing where nobody pinned yet."""
    floors, outcomes = folder / FLOORS, folder / OUTCOMES
    if not floors.is_file() or not outcomes.is_file():
        return Pinned()
    return read(floors.read_text(encoding="utf-8"), outcomes.read_text(encoding="utf-8"))


def read(floors: str, outcomes: str) -> Pinned:
    """What the two files say."""
    told = tomllib.loads(floors)
    lines = [line.split() for line in outcomes.splitlines() if line and not line.startswith("#")]
    return Pinned(
        data=told["data"],
        floors={id: _floor(row) for id, row in told.items() if id != "data"},
        outcomes={id: (whole, passages) for id, whole, passages in lines},
    )


def _floor(row: Mapping[str, int]) -> Floor:
    rule = next(name for name in row if name not in ("of", "met"))
    return Floor(rule, row[rule], row["of"], bool(row["met"]))


def pin(figures: Sequence[Figure], results: Results, data: str, folder: Path = HERE) -> list[str]:
    """Write what was measured, unless something fell: then say what, and write nothing.

    Floors of other labelled pairs bind nobody.
    """
    pinned = load(folder)
    broken = pinned.broken(figures) if pinned.data == data else []
    if not broken:
        (folder / FLOORS).write_text(floors_text(figures, data), encoding="utf-8")
        (folder / OUTCOMES).write_text(outcomes_text(results), encoding="utf-8")
    return broken


def floors_text(figures: Iterable[Figure], data: str) -> str:
    """The figures as TOML."""
    rows = [_floor_text(figure) for figure in figures]
    return "\n".join([f'{_ABOVE_FLOORS}data = "{data}"', *rows, ""])


def _floor_text(figure: Figure) -> str:
    rule, count = figure.pinned
    met = str(figure.is_met).lower()
    return f"{figure.id} = {{ {rule} = {count}, of = {figure.share.of}, met = {met} }}"


def outcomes_text(results: Results) -> str:
    """One line a case, sorted."""
    legend = [f"# {letter} {said}" for letter, said in LETTERS.items()]
    rows = [f"{id} {' '.join(now)}" for id, (_, now) in sorted(_letters(results).items())]
    return "\n".join([_ABOVE_OUTCOMES + "\n".join(legend), *rows, ""])


def _letters(results: Results) -> dict[str, tuple[Case, tuple[str, str]]]:
    whole = {one.case.id: one.letter for one in results.whole}
    return {
        one.case.id: (one.case, (whole.get(one.case.id, _ABSENT), one.letter)) for one in results.passages
    }


@cache
def data_digest() -> str:
    """Which labelled pairs these are."""
    together = sha256()
    for file in SETS.values():
        together.update((SHARED / file).read_bytes())
    return together.hexdigest()[:16]
