"""What an alert shows of its findings: the passages with their words, and what became of them. Pure.

Facts, never motives: a clause "no longer appears on the page we watch"; only a page is "gone".
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from alerts.limits import Limits, first, line
from alerts.looks import LOOKS, Look
from alerts.marking import Run, looks_marked, sides
from monitor.model import KEPT, LAPSED, LAPSING, PAGE_BACK, PAGE_GONE, Finding, FindingKind, Tier

LAPSES = frozenset({LAPSING, LAPSED})  #: rules by which the days change, and the words do not

_BY_KIND = {
    FindingKind.INTRODUCED: "A new statement appears",
    FindingKind.WITHDRAWN: "A statement no longer appears on the page we watch",
    FindingKind.SCOPE: "A statement changed: its scope",
    FindingKind.EXCEPTION: "A statement changed: its exceptions",
    FindingKind.CONDITION: "A statement changed: its conditions",
    FindingKind.TERM: "A statement changed: its time limit",
    FindingKind.FORCE: "A statement changed: its force",
    FindingKind.BEARER: "A statement changed: who has to act",
    FindingKind.REVERSED: "A statement changed: it now says the opposite",
    FindingKind.RELOCATED: "A statement stands on another page now",
    FindingKind.REWORDED: "A statement changed: its words only",
    FindingKind.MOVED: "A statement stands in another place",
}
_BY_RULE = {
    PAGE_GONE: "The page is gone",
    PAGE_BACK: "The page is there again",
    KEPT: "A statement stands as before, in the document that is there now",
    LAPSING: "A statement soon ends, by its own words",
    LAPSED: "A statement has ended, by its own words",
}
_DOUBTFUL = {FindingKind.REVERSED: "A statement changed: it may now say the opposite"}
_NOT_BEFORE = "It did not stand on the page we watch."
_NOT_AFTER = "It no longer appears on the page we watch."
_GONE_BEFORE = "The page was gone."
_GONE_AFTER = "The page is gone."
_SHARES = 3  # no passage takes more than a third of the room
_NO_WORDS = "No words of it were kept."


@dataclass(frozen=True, slots=True)
class Change:
    """What one finding says, in words."""

    what: str
    look: Look
    for_review: bool
    reasons: tuple[str, ...]
    how: str  #: rule, confidence and who looked
    asks: str  #: "the asks POL-1, INV-1"


@dataclass(frozen=True, slots=True)
class Passage:
    """The findings that share their quotes, and the words before and after.

    unchanged: the same words on both sides, so that they are shown once. Where one side has none, the other
    is not marked. doubtful_marks: the page's own words hold signs like those that mark words in plain text.
    """

    trail: str
    before: tuple[Run, ...]
    after: tuple[Run, ...]
    nothing_before: str
    nothing_after: str
    unchanged: bool
    doubtful_marks: bool
    changes: tuple[Change, ...]
    changes_left_out: int


def passages(findings: Sequence[Finding], limits: Limits) -> tuple[tuple[Passage, ...], int]:
    """The passages, and how many more there are."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        quotes = (finding.before_quote, finding.after_quote, finding.context)
        groups.setdefault(quotes, []).append(finding)
    shown, left_out = first(list(groups.values()), limits.passages)
    room = limits.room // max(len(shown), _SHARES)
    return tuple(_passage(group, limits, room) for group in shown), left_out


def _passage(findings: Sequence[Finding], limits: Limits, room: int) -> Passage:
    one = findings[0]
    before, after = sides(one.before_quote, one.after_quote, room)
    if not before or not after:  # all of it went, or all of it came: marks would only make it hard to read
        before, after = _unmarked(before), _unmarked(after)
    changes, left_out = first(findings, limits.changes)
    nothing_before, nothing_after = _nothing(findings)
    return Passage(
        trail=line(" › ".join(one.context), limits.line),
        before=before,
        after=after,
        nothing_before=nothing_before,
        nothing_after=nothing_after,
        unchanged=bool(one.before_quote.strip()) and one.before_quote == one.after_quote,
        doubtful_marks=looks_marked((*before, *after)),
        changes=tuple(_change(finding, limits) for finding in changes),
        changes_left_out=left_out,
    )


def _unmarked(runs: Sequence[Run]) -> tuple[Run, ...]:
    return tuple(run if run.kind == "folded" else replace(run, kind="same") for run in runs)


def _nothing(findings: Sequence[Finding]) -> tuple[str, str]:
    """What stands in place of words before, and after, where there are none."""
    rules = {finding.rule for finding in findings}
    after = _GONE_AFTER if PAGE_GONE in rules else _NOT_AFTER
    if PAGE_GONE in rules:
        return _NO_WORDS, after
    if PAGE_BACK in rules:
        return _GONE_BEFORE, _NO_WORDS
    return _NOT_BEFORE, after


def _change(finding: Finding, limits: Limits) -> Change:
    reasons, more = first(finding.reasons, limits.reasons)
    return Change(
        what=_what(finding),
        look=LOOKS[finding.direction],
        for_review=finding.tier is Tier.REVIEW,
        reasons=(
            *(line(reason, limits.line) for reason in reasons),
            *([f"And {more:,} more."] if more else []),
        ),
        how=line(
            f"rule {finding.rule}, {finding.confidence} confidence, not reviewed by a person", limits.line
        ),
        asks=line(_asks(finding.asks), limits.line),
    )


def _what(finding: Finding) -> str:
    if finding.tier is Tier.REVIEW and finding.kind in _DOUBTFUL:
        return _DOUBTFUL[finding.kind]
    return _BY_RULE.get(finding.rule) or _BY_KIND[finding.kind]


def _asks(ids: Sequence[str]) -> str:
    return f"the ask{'s' * (len(ids) > 1)} {', '.join(ids)}" if ids else ""
