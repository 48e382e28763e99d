"""What happened on each page of the crowd (crowd.py): when it was looked at, what stood there, what changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from random import Random

from monitor.model import Access, Direction, Finding, FindingKind, Organization, Page, Tier
from tests.benchmarks.crowd_words import NOW, VARIANTS, said

RARE, DAILY = 10, 30  #: looks over two years, then each day
LOOKS = RARE + DAILY
_DAY = timedelta(days=1)
_UNREAD = (Access.WALL, Access.TIMEOUT, Access.RATE_LIMITED, Access.LOGIN)


@dataclass(frozen=True, slots=True)
class Story:
    """What happened on one page: the version of each look, and which of them could not be read.

    at: when each look was; changed: the look from which version 1 and 2 stood.
    """

    number: int
    page: Page
    organization: Organization
    at: tuple[datetime, ...]
    versions: tuple[int, ...]
    access: tuple[Access, ...]
    changed: tuple[int, int]

    @property
    def is_pending(self) -> bool:
        """Whether its third change stands since the last look; elsewhere it was there once, and went."""
        return self.number % 25 == 0

    def seen(self, *versions: int) -> list[int]:
        """The looks that read one of these versions."""
        return [i for i in range(LOOKS) if self.access[i].is_reading and self.versions[i] in versions]


def story_of(number: int, page: Page, organization: Organization) -> Story:
    """The story of the page of this number, always the same."""
    draw = Random(number)
    late = number % 20 == 3  # one in twenty is looked at more often, and changed within the last days
    first = draw.randrange(LOOKS - 14, LOOKS - 8) if late else draw.randrange(2, LOOKS - 16)
    second = first + 3 + draw.randrange(3)
    versions = [0] * first + [1] * (second - first) + [2] * (LOOKS - second)
    versions[-1 if number % 25 == 0 else -3] = 3
    access = tuple(_access(number, i, versions, draw) for i in range(LOOKS))
    return Story(number, page, organization, _times(draw, late), tuple(versions), access, (first, second))


def _times(draw: Random, late: bool) -> tuple[datetime, ...]:
    """Ten looks over two years, then one a day (late: four) until now, at the page's own minute."""
    every = _DAY / 4 if late else _DAY
    minute = timedelta(minutes=draw.randrange(1, int(every / timedelta(minutes=1))))
    before = [(730 - 70 * i) * _DAY for i in range(RARE)] + [(DAILY - i - 1) * every for i in range(DAILY)]
    return tuple(NOW - one - minute for one in before)


def _access(number: int, i: int, versions: Sequence[int], draw: Random) -> Access:
    """Each version is read in whole when it is first seen, and every thirty-third page just now by nobody."""
    is_new, is_second = i == 0 or versions[i] != versions[i - 1], i > 1 and versions[i] != versions[i - 2]
    if number % 33 == 7 and number % 25 and i >= LOOKS - 2:
        return _UNREAD[number % len(_UNREAD)]
    if is_new or is_second:
        return Access.OK
    drawn = draw.random()
    return _UNREAD[i % len(_UNREAD)] if drawn < 0.02 else Access.UNCHANGED if drawn < 0.6 else Access.OK


@cache
def finding_of(number: int, part: int, version: int) -> Finding:
    """What this version did to this part of its text."""
    before, after = said(number % VARIANTS, part, version - 1), said(number % VARIANTS, part, version)
    how = {
        1: (FindingKind.SCOPE, Direction.WEAKER, Tier.ALERT, "counterpart-narrowed"),
        2: (FindingKind.REWORDED, Direction.NEUTRAL, Tier.LOG, "same-meaning"),
        3: (FindingKind.WITHDRAWN, Direction.WEAKER, Tier.ALERT, "no-counterpart"),
    }
    kind, direction, tier, rule = how[version]
    if version == 1 and number % 5 == 4:  # one in five became stronger
        before, after, direction = after, before, Direction.STRONGER
    return Finding(
        kind,
        direction,
        tier,
        "high",
        rule,
        ("The words that say for what it holds are others now.",),
        before,
        after,
        ("What we promise",),
        "refuses",
        "company",
        ("sell",),
        ("face_recognition",),
        ("police",),
    )
