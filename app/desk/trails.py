"""What stands above the words of a finding, on each side of its own: headings, then lead-ins. Pure.

The line above often decides what words mean ("You may not use it to:"), and it may be what changed. A
finding keeps the lines of one side only, so those of the other are looked up in the text of that side.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from alerts.marking import LARGE, Run
from monitor.align import word_marks
from monitor.model import Document, Finding, Segment
from monitor.segment import sentences

Trail = tuple[str, ...]
STEP = " › "  #: between the lines of a trail
_COMPARED = 200  # words of a trail, where it is asked which other one is like it


@dataclass(frozen=True, slots=True)
class Above:
    """The lines above the words of one side. segment: where the words stand in its text; None: not found."""

    trail: Trail
    segment: int | None = None


Texts = tuple[Document | None, Document | None]  #: before, after; None: not at hand


def above(finding: Finding, texts: Texts) -> tuple[Above | None, Above | None]:
    """What stands above the words before and after; None where there are no words, or nobody can tell."""
    quotes = finding.before_quote, finding.after_quote
    was, now = (_places(text, quote) if text else () for text, quote in zip(texts, quotes, strict=True))
    same = quotes[0] == quotes[1]
    before = _chosen(was, finding.context, now if same else ())
    after = _chosen(now, finding.context, was if same else ())
    kept = Above(finding.context)  # of the words after, or where there are none, of those before
    if not quotes[1].strip():
        return before or (kept if quotes[0].strip() else None), None
    return before, after or kept


def _places(text: Document, quote: str) -> tuple[Above, ...]:
    """Where these words stand: as whole sentences, or if nowhere so, as a part of one."""
    if not quote.strip():
        return ()
    found = [
        (Above(trail, place), is_whole)
        for place, segment in enumerate(text.segments)
        if quote in segment.text
        for trail, is_whole in _within(segment, quote)
    ]
    whole = tuple(one for one, is_whole in found if is_whole)
    return whole or tuple(one for one, _ in found)


def _within(segment: Segment, quote: str) -> list[tuple[Trail, bool]]:
    said = [one for one in sentences(Document((segment,))) if quote in one.text]
    return [(one.headings + one.lead_ins, one.text == quote) for one in said] or [
        (segment.headings + segment.lead_ins, False)
    ]


def _chosen(places: Sequence[Above], context: Trail, other: Sequence[Above]) -> Above | None:
    """The place below these lines. other: those of the same words on the other side.

    Where fewer stand below these lines here than there, one came from elsewhere: from below lines that the
    other side has not, or else from below those that are most like these.
    """
    trails, theirs = [one.trail for one in places], [one.trail for one in other]
    stays = trails.count(context) >= theirs.count(context)
    like = {trail: _likeness(trail, context) for trail in set(trails)}
    return max(
        places,
        key=lambda one: (stays and one.trail == context, one.trail not in theirs, like[one.trail]),
        default=None,
    )


def _likeness(one: Trail, other: Trail) -> float:
    mine, theirs = (" ".join(trail).split()[-_COMPARED:] for trail in (one, other))
    return SequenceMatcher(None, mine, theirs, autojunk=False).ratio()


# --------------------------------------------------------------------------- how they are shown


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines above both sides as they are shown, whole, with what differs marked.

    before, after, inline: empty where no line stands there. are_known: of each side that has words.
    are_same: known to be, where both sides have words.
    """

    before: tuple[Run, ...]
    after: tuple[Run, ...]
    inline: tuple[Run, ...]
    are_known: bool
    are_same: bool


def lines(finding: Finding, was: Above | None, now: Above | None) -> Lines:
    """What to show of what above() found."""
    is_known = (bool(was) or not finding.before_quote.strip(), bool(now) or not finding.after_quote.strip())
    old, new = (STEP.join(one.trail) if one else "" for one in (was, now))
    if was and now and old != new and len(old) + len(new) <= LARGE:
        every = tuple(Run(mark.kind, mark.text) for mark in word_marks(old, new))
    elif was and now and old != new:
        every = Run("removed", old), Run("added", new)
    else:
        every = (Run("same", new or old),) if new or old else ()
    return Lines(
        before=tuple(run for run in every if run.kind != "added") if was else (),
        after=tuple(run for run in every if run.kind != "removed") if now else (),
        inline=every,
        are_known=all(is_known),
        are_same=bool(was and now) and old == new,
    )
