"""A week of the demo's world: when its editions come, how often it is disturbed, and what came of it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from app.demo_site import load_site
from app.home import SHIPPED_CONFIG

SOURCE = SHIPPED_CONFIG / "demo"
SITE = load_site(SOURCE)
BEGIN = datetime(2021, 6, 1, 6, tzinfo=UTC)
#: Hours of the week at which the editions come; a page that is gone from the fifth on needs 72 of them.
HOURS = (0, 18, 36, 54, 72, 132)
WEEK = timedelta(hours=168)
OVERTIME = timedelta(days=4)  #: what has not come by then is lost
PEOPLE = ("first@pledges.example", "second@pledges.example")
PLACES = ("webhook", *PEOPLE)  #: where each alert has to come


@dataclass(frozen=True, slots=True)
class Plan:
    """How a week goes. kill_seconds: on average between two kills. at_receipts: so many of the messages."""

    seed: int = 1
    length: timedelta = WEEK
    hours: tuple[int, ...] = HOURS
    every_hours: float = 4.0
    leap: timedelta = timedelta(hours=1)
    kills: int = 100_000  #: at most, besides those at receipts
    kill_seconds: float = 4.0
    at_receipts: float = 0.3

    @property
    def editions(self) -> int:
        """How many come within it."""
        return sum(timedelta(hours=hours) < self.length for hours in self.hours)

    @property
    def expected(self) -> set[tuple[str, str]]:
        """(direction, page) of all that is to be told, as the demo's own site declares it."""
        return {(one.direction, one.page) for one in SITE.expected.changes if one.edition <= self.editions}


@dataclass(slots=True)
class Outcome:
    """What came of a week."""

    kills: Counter[str]
    checks: int = 0
    unfinished: int = 0
    daemons: int = 0
    expected: int = 0
    received: int = 0
    lost: list[str] = field(default_factory=list)
    phantom: list[str] = field(default_factory=list)
    two_keys: list[str] = field(default_factory=list)
    raw: int = 0
    raw_duplicates: int = 0
    unclean: list[str] = field(default_factory=list)  #: of the store and of status
    said: list[str] = field(default_factory=list)  #: trouble that daemons logged
    seconds: float = 0.0
    words: frozenset[Any] = frozenset()

    @property
    def holds(self) -> bool:
        """Nothing lost, made up, told twice or broken."""
        return not (self.lost or self.phantom or self.two_keys or self.unclean)
