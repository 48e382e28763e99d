"""Let the year pass, and hold what was told against what happened."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.model import Access, Alert, Direction, Finding, FindingKind, Page
from tests.benchmarks.year.failures import FAILURES, Answer
from tests.benchmarks.year.pages import html
from tests.benchmarks.year.plan import Injection, Plan
from tests.benchmarks.year.watch import Watch, opened, watched


@dataclass(frozen=True, slots=True)
class Result:
    """What a year brought. late: (injection, day told or None) for each that was not told by its day."""

    states: Counter[tuple[str, Access]]  #: (failure, what we made of it), a day each
    trials: Counter[str]
    told: int
    right: int
    late: tuple[tuple[Injection, int | None], ...]
    false: tuple[tuple[int, Alert, Finding], ...]
    waits: tuple[int, ...]  #: days from each change to its alert


def simulate(folder: Path, made: Sequence[Plan], days: int) -> Result:
    """Every page is looked at once a day."""
    declared = watched(len(made))
    watch = opened(folder, declared)
    texts = [dict(plan.days(days)) for plan in made]
    states: Counter[tuple[str, Access]] = Counter()
    with watch.store:
        for day in range(days):
            answers = [_answer(plan, texts[i][day], day) for i, plan in enumerate(made)]
            watch.day(day, zip(declared, answers, strict=True))
            for page, plan in zip(declared, made, strict=True):
                if day in plan.failing:
                    states[plan.failing[day], watch.readings[page.id].access] += 1
    return _judged(watch, declared, made, days, states)


def _answer(plan: Plan, text: object, day: int) -> Answer:
    body = html(text, nonce=day % 3)  # type: ignore[arg-type]
    name = plan.failing.get(day)
    return FAILURES[name](body, plan.text.number) if name else Answer(body)


def _judged(
    watch: Watch,
    declared: Sequence[Page],
    made: Sequence[Plan],
    days: int,
    states: Counter[tuple[str, Access]],
) -> Result:
    numbers = {page.id: number for number, page in enumerate(declared)}
    open_ = {(one.page, one.statement): one for plan in made for one in plan.injections}
    told: dict[Injection, tuple[int, bool]] = {}
    false: list[tuple[int, Alert, Finding]] = []
    for day, alert in watch.alerts:
        for finding in alert.findings:
            one = open_.get((numbers[alert.page["id"]], finding.before_quote))
            if one is None or one.day > day:
                false.append((day, alert, finding))
            else:
                told.setdefault(one, (day, _is_right(one, finding)))
    late = [
        (one, told[one][0] if one in told else None)
        for one in open_.values()
        if _is_late(one, told, made, days)
    ]
    return Result(
        states=states,
        trials=Counter(name for plan in made for name in set(plan.failing.values())),
        told=len(told),
        right=sum(right for _, right in told.values()),
        late=tuple(late),
        false=tuple(false),
        waits=tuple(sorted(day - one.day for one, (day, _) in told.items())),
    )


def _is_right(one: Injection, finding: Finding) -> bool:
    kind_fits = (finding.kind is FindingKind.WITHDRAWN) == one.is_withdrawal
    return finding.direction is Direction.WEAKER and kind_fits


def _is_late(
    one: Injection, told: dict[Injection, tuple[int, bool]], made: Sequence[Plan], days: int
) -> bool:
    return one not in told or told[one][0] > made[one.page].expected(one, days)
