"""One slot that changed, weighed by the sign table."""

from dataclasses import dataclass

from monitor.assess.signs import SIGNS
from monitor.model import Direction, FindingKind, Statement

_QUOTED_AT_MOST = 160  #: characters of a page's words in one reason


@dataclass(frozen=True, slots=True)
class Delta:
    """One slot that changed. sure: False where a person should look."""

    kind: FindingKind
    direction: Direction
    rule: str
    reason: str
    sure: bool = True


def delta(rule: str, statement: Statement, before: str = "", after: str = "") -> Delta:
    """The row of the sign table, read for this statement; before and after are put into its reason."""
    sign = SIGNS[rule]
    direction = sign.protection if statement.protects else sign.permission
    reason = sign.reason.format(before=before, after=after)
    return Delta(sign.kind, direction, rule, reason, sign.sure)


def quoted(words: str) -> str:
    """Words of a page inside a reason; a long run of them is cut, and says so."""
    words = words.replace(" ,", ",").replace(" ;", ";")
    return (
        f"“{words}”" if len(words) <= _QUOTED_AT_MOST else f"“{words[:_QUOTED_AT_MOST].rsplit(' ', 1)[0]} …”"
    )
