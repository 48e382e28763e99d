"""Failures that say nothing of a page, however long they stand."""

from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.benchmarks.year.failures import FAILURES, NEVER_BELIEVED, Answer
from tests.benchmarks.year.pages import first_text, html
from tests.benchmarks.year.watch import opened, watched

DAYS = 60
PAGES_EACH = 5


@dataclass(frozen=True, slots=True)
class Told:
    """How many sequences were tried, and what was told, which should be nothing."""

    trials: int
    told: tuple[str, ...]


def standing(folder: Path) -> Told:
    """Two good days, sixty of one failure, two good days; for each failure on some pages."""
    names = NEVER_BELIEVED * PAGES_EACH
    declared = watched(len(names))
    texts = [html(first_text(number, 3, Random(number))) for number in range(len(names))]
    watch = opened(folder, declared)
    with watch.store:
        for day in range(DAYS + 4):
            is_good = day < 2 or day >= DAYS + 2
            answers = [
                Answer(body) if is_good else FAILURES[name](body, number)
                for number, (name, body) in enumerate(zip(names, texts, strict=True))
            ]
            watch.day(day, zip(declared, answers, strict=True))
    return Told(len(names), tuple(f"{alert.page['id']}: {alert.headline}" for _, alert in watch.alerts))
