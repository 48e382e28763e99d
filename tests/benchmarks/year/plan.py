"""What happens to each page on which day: failures, real changes, harmless ones. Decided before the year begins."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random

from tests.benchmarks.year.failures import FAILURES
from tests.benchmarks.year.pages import Text, first_text, weakened

STATEMENTS_A_PAGE = 3
LONGEST = 3  #: days that a failure lasts at most
QUIET_DAYS = 14  #: at both ends of the year


@dataclass(frozen=True, slots=True)
class Injection:
    """A real change: from this day on, a statement is gone or weaker."""

    page: int
    day: int
    statement: str
    is_withdrawal: bool

    def apply(self, text: Text) -> Text:
        """The text after it."""
        if self.is_withdrawal:
            return replace(text, statements=tuple(one for one in text.statements if one != self.statement))
        weaker = weakened(self.statement, text.number)
        return replace(
            text, statements=tuple(weaker if one == self.statement else one for one in text.statements)
        )


@dataclass(slots=True)
class Plan:
    """One page's year. failing: day → which failure stands."""

    text: Text
    failing: dict[int, str] = field(default_factory=dict)
    injections: list[Injection] = field(default_factory=list)
    editions: frozenset[int] = frozenset()

    def days(self, days: int) -> Iterator[tuple[int, Text]]:
        """The text of each day."""
        text = self.text
        for day in range(days):
            for one in self.injections:
                text = one.apply(text) if one.day == day else text
            if day in self.editions:
                text = replace(text, edition=text.edition + 1)
            yield day, text

    def expected(self, one: Injection, days: int) -> int:
        """The day on which this change has to be told, given the days on which the page could be read."""
        looks, span = (3, 3) if one.is_withdrawal else (2, 1)
        read = [day for day in range(one.day, days) if day not in self.failing]
        return next(day for i, day in enumerate(read) if i + 1 >= looks and day - read[0] >= span)


def plans(pages: int, days: int, injections: int, random: Random) -> list[Plan]:
    """A plan for each page; every failure befalls every page once."""
    made = [Plan(first_text(number, STATEMENTS_A_PAGE, random)) for number in range(pages)]
    for plan in made:
        _fail(plan, days, random)
        plan.editions = frozenset(random.sample(range(1, days), 6))
    _inject(made, days, injections, random)
    return made


def _fail(plan: Plan, days: int, random: Random) -> None:
    for name in FAILURES:
        start = random.randrange(2, days - LONGEST)
        for day in range(start, start + random.randint(1, LONGEST)):
            plan.failing.setdefault(day, name)


def _inject(made: list[Plan], days: int, injections: int, random: Random) -> None:
    slots = [(page, one) for page, plan in enumerate(made) for one in plan.text.statements]
    for number, (page, statement) in enumerate(random.sample(slots, min(injections, len(slots)))):
        day = random.randrange(QUIET_DAYS, days - 2 * QUIET_DAYS)
        made[page].injections.append(Injection(page, day, statement, number % 2 == 0))
