"""What got weaker, left or came in the period, a sentence each: for a reader who reads no more. Pure."""

from collections.abc import Iterator

from app.dossiers.dossier import Change, Dossier, Evidence
from app.dossiers.words import Marker, day, direction_said, kind_said, marks_said
from monitor.model import Direction, Finding, FindingKind

AT_MOST = 5  #: sentences
_QUOTED_AT_MOST = 300  #: characters of words that are given here; longer ones stand in the evidence
_TOLD = (FindingKind.WITHDRAWN, FindingKind.INTRODUCED)


def gist(dossier: Dossier) -> Iterator[str]:
    """At most five sentences, what got weaker first, and how much more there is.

    Without what a person judged not to be so, or a later alert took back.
    """
    found: dict[tuple[str, str, str], tuple[Finding, str]] = {}
    for change in dossier.changes:
        if not _counts(change):
            continue
        for finding, numbers in zip(change.alert.findings, change.numbers, strict=True):
            place = change.alert.page["id"], finding.before_quote, finding.after_quote
            if finding.kind in _TOLD or finding.direction is Direction.WEAKER:
                found.setdefault(place, (finding, _said(change, finding, numbers, dossier)))
    ranked = sorted(found.values(), key=lambda one: one[0].direction is not Direction.WEAKER)
    yield from (said for _, said in ranked[:AT_MOST])
    if (more := len(ranked) - AT_MOST) > 0:
        yield f"And {more:,} more that got weaker, left or came: they stand below."


def _counts(change: Change) -> bool:
    judged = change.marks.judged
    return not (change.marks.taken_back or (judged and not judged.verdict.upholds))


def _said(change: Change, finding: Finding, numbers: tuple[int, int], dossier: Dossier) -> str:
    """ "Weaker, no longer on the page: “…” (acme/pledge; first seen so on 2026-01-03; E1)." """
    how = (direction_said(finding.direction), kind_said(finding.kind))
    opening = ", ".join(filter(None, how))
    before, after = numbers
    words = _quoted(finding.after_quote or finding.before_quote, dossier.evidence_of(after or before))
    seen = f"first seen so on {day(change.alert.after.fetched_at)}"
    known = (change.alert.page["id"], seen, Marker(dossier).all(numbers), marks_said(change.marks))
    return f"{opening[:1].upper()}{opening[1:]}{words} ({'; '.join(filter(None, known))})."


def _quoted(words: str, its: Evidence | None) -> str:
    """The words below the lines without which they may say the opposite."""
    under = f", under {', then '.join(f'“{line}”' for line in its.under)}" if its and its.under else ""
    return f"{under}: " + (f"“{words}”" if len(words) <= _QUOTED_AT_MOST else "words given in the evidence")
