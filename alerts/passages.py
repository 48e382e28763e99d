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
    FindingKind.SCOPE: "A statement changed in what it covers",
    FindingKind.EXCEPTION: "A statement changed in its exceptions",
    FindingKind.CONDITION: "A statement changed in its conditions",
    FindingKind.TERM: "A statement changed in how long it holds",
    FindingKind.FORCE: "A statement changed in how firmly it binds",
    FindingKind.BEARER: "A statement changed in who has to act",
    FindingKind.REVERSED: "A statement changed: it now says the opposite",
    FindingKind.RELOCATED: "A statement stands on another page now",
    FindingKind.REWORDED: "A statement changed in its words only",
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
_ABOUT_THE_REST = LAPSES | {KEPT, PAGE_GONE, PAGE_BACK}  #: rules by which neither words nor lines changed
_ELSEWHERE = frozenset({FindingKind.RELOCATED, FindingKind.MOVED})
_SHARES = 3  # no passage takes more than a third of the room
_NO_WORDS = "No words of it were kept."


@dataclass(frozen=True, slots=True)
class Change:
    """What one finding says, in words. look: None where it is the only one, and the alert has said it."""

    what: str
    look: Look | None
    for_review: bool
    reasons: tuple[str, ...]
    how: str  #: rule, confidence and who looked
    asks: str  #: "the asks POL-1, INV-1"

    @property
    def note(self) -> str:
        """What it touches, and how we know."""
        touches = f"Touches {self.asks}. " if self.asks else ""
        return f"{touches}How we know: {self.how}."


@dataclass(frozen=True, slots=True)
class Passage:
    """The findings that share their quotes, and the words before and after.

    trail: above the words after, or where there are none, above those before. unchanged: the same words on
    both sides, so that they are shown once; is_below_others: what changed are the lines above them. Where one
    side has none, the other is not marked. doubtful_marks: the page's own words hold signs like those that
    mark words in plain text.
    """

    trail: str
    before: tuple[Run, ...]
    after: tuple[Run, ...]
    nothing_before: str
    nothing_after: str
    unchanged: bool
    is_below_others: bool
    doubtful_marks: bool
    changes: tuple[Change, ...]
    changes_left_out: int

    @property
    def notes(self) -> tuple[str, ...]:
        """Those of its changes, each once."""
        return tuple(dict.fromkeys(one.note for one in self.changes))


def passages(findings: Sequence[Finding], reviewed: str, limits: Limits) -> tuple[tuple[Passage, ...], int]:
    """The passages, and how many more there are. reviewed: "right by Ana, 2026-11-22 06:02 UTC", or ""."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        quotes = (finding.before_quote, finding.after_quote, finding.context)
        groups.setdefault(quotes, []).append(finding)
    shown, left_out = first(list(groups.values()), limits.passages)
    room = limits.room // max(len(shown), _SHARES)
    told = tuple(_passage(group, reviewed, limits, room) for group in shown)
    return (told if len(findings) > 1 else tuple(_alone(one) for one in told)), left_out


def _alone(passage: Passage) -> Passage:
    return replace(passage, changes=tuple(replace(one, look=None) for one in passage.changes))


def _passage(findings: Sequence[Finding], reviewed: str, limits: Limits, room: int) -> Passage:
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
        unchanged=_is_unchanged(one),
        is_below_others=any(_is_unchanged(each) and not _stays(each) for each in findings),
        doubtful_marks=looks_marked((*before, *after)),
        changes=tuple(_change(finding, reviewed, limits) for finding in changes),
        changes_left_out=left_out,
    )


def _is_unchanged(finding: Finding) -> bool:
    return bool(finding.before_quote.strip()) and finding.before_quote == finding.after_quote


def _stays(finding: Finding) -> bool:
    """Whether the same words may mean the same: what else is found in them comes from the lines above."""
    return finding.rule in _ABOUT_THE_REST or finding.kind in _ELSEWHERE


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


def _change(finding: Finding, reviewed: str, limits: Limits) -> Change:
    reasons, more = first(finding.reasons, limits.reasons)
    return Change(
        what=_what(finding),
        look=LOOKS[finding.direction],
        for_review=finding.tier is Tier.REVIEW,
        reasons=(
            *(line(reason, limits.line) for reason in reasons),
            *([f"And {more:,} more."] if more else []),
        ),
        how=_how(finding, line(reviewed, limits.line), limits),
        asks=line(_asks(finding.asks), limits.line),
    )


def _how(finding: Finding, reviewed: str, limits: Limits) -> str:
    by_rule = line(f"rule {finding.rule}, {finding.confidence} confidence", limits.line)
    return f"{by_rule}, {f'judged {reviewed}' if reviewed else 'not reviewed by a person'}"


def _what(finding: Finding) -> str:
    if finding.tier is Tier.REVIEW and finding.kind in _DOUBTFUL:
        return _DOUBTFUL[finding.kind]
    return _BY_RULE.get(finding.rule) or _BY_KIND[finding.kind]


def _asks(ids: Sequence[str]) -> str:
    return f"the ask{'s' * (len(ids) > 1)} {', '.join(ids)}" if ids else ""
