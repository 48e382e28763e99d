"""From confirmed findings to the alert: its id, its one-sentence headline and its overall direction. Pure.

The headline states what stands on the page and never why: facts, not motives.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from monitor.model import (
    PAGE_BACK,
    PAGE_GONE,
    SAME_WORDS,
    STILL_ELSEWHERE,
    Alert,
    Direction,
    Finding,
    FindingKind,
    Organization,
    Page,
    Role,
    Side,
    Stance,
    Tier,
    Tracked,
)

QUOTE_CHARACTERS = 140  #: the most words of a page that a headline quotes

_TIERS = (Tier.ALERT, Tier.REVIEW, Tier.LOG)
_DIRECTIONS = (Direction.WEAKER, Direction.MIXED, Direction.STRONGER, Direction.UNCLEAR, Direction.NEUTRAL)
_PROTECTIVE = (Stance.REFUSES, Stance.LIMITS, Stance.REQUIRES, Stance.PROMISES)

_PAGES = {
    Role.PLEDGE: "pledge page",
    Role.POLICY: "policy page",
    Role.TERMS: "terms page",
    Role.PRODUCT: "product page",
    Role.CUSTOMERS: "customers page",
    Role.TRANSPARENCY_REPORT: "transparency report",
    Role.NEWSROOM: "newsroom page",
}
_NAMES = {"face_recognition": "facial recognition", "law_enforcement": "law enforcement"}

GONE = '{organization}: the {page} that said "{quote}"{more} is gone'
BACK = "{organization}: the {page} with a statement on {subject}, which was gone, is there again"
GONE_WITHOUT_WORDS = "{organization}: the {page} with a statement on {subject} is gone"

FOR_REVIEW = "For review: "  #: before a headline that no trusted finding carries
STILL_STANDS_ELSEWHERE = (
    "{organization}: a statement on {subject} no longer appears on the {page} we watch, and still stands on "
    "another page of theirs"
)
STANDS_ELSEWHERE = (
    "{organization}: a statement on {subject} on the {page} we watch stands below other words now"
)

_CHANGED = "{organization}: a statement on {subject} on the {page} we watch "
#: By kind, then by direction; None is for every other direction.
TEMPLATES: dict[FindingKind, dict[Direction | None, str]] = {
    FindingKind.INTRODUCED: {
        Direction.WEAKER: "{organization}: a new statement on {subject}, which lowers protection, "
        "appears on the {page} we watch",
        Direction.STRONGER: "{organization}: a new statement on {subject}, which raises protection, "
        "appears on the {page} we watch",
        None: "{organization}: a new statement on {subject} appears on the {page} we watch",
    },
    FindingKind.WITHDRAWN: {
        None: "{organization}: a statement on {subject} no longer appears on the {page} we watch",
    },
    FindingKind.SCOPE: {
        Direction.WEAKER: _CHANGED + "has another scope and now protects less",
        Direction.STRONGER: _CHANGED + "has another scope and now protects more",
        None: _CHANGED + "has another scope",
    },
    FindingKind.EXCEPTION: {
        Direction.WEAKER: _CHANGED + "has other exceptions and now protects less",
        Direction.STRONGER: _CHANGED + "has other exceptions and now protects more",
        None: _CHANGED + "has other exceptions",
    },
    FindingKind.CONDITION: {
        Direction.WEAKER: _CHANGED + "has other conditions and now protects less",
        Direction.STRONGER: _CHANGED + "has other conditions and now protects more",
        None: _CHANGED + "has other conditions",
    },
    FindingKind.TERM: {
        Direction.WEAKER: _CHANGED + "has another time limit and now protects less",
        Direction.STRONGER: _CHANGED + "has another time limit and now protects more",
        None: _CHANGED + "has another time limit",
    },
    FindingKind.FORCE: {
        Direction.WEAKER: _CHANGED + "is worded with another force and now protects less",
        Direction.STRONGER: _CHANGED + "is worded with another force and now protects more",
        None: _CHANGED + "is worded with another force",
    },
    FindingKind.BEARER: {
        Direction.WEAKER: _CHANGED + "puts the duty on someone else and now protects less",
        Direction.STRONGER: _CHANGED + "puts the duty on someone else and now protects more",
        None: _CHANGED + "puts the duty on someone else",
    },
    FindingKind.REVERSED: {
        Direction.WEAKER: _CHANGED + "now says the opposite and protects less",
        Direction.STRONGER: _CHANGED + "now says the opposite and protects more",
        None: _CHANGED + "may now say something else",
    },
    FindingKind.RELOCATED: {
        None: "{organization}: a statement on {subject} has moved from the {page} we watch to another page",
    },
    FindingKind.REWORDED: {None: _CHANGED + "has other words"},
    FindingKind.MOVED: {None: _CHANGED + "stands in another place"},
}
#: Plainer words where the statement protects people (it refuses, limits, requires or promises).
PROTECTIVE_TEMPLATES: dict[tuple[FindingKind, Direction], str] = {
    (FindingKind.SCOPE, Direction.WEAKER): _CHANGED + "now covers less",
    (FindingKind.SCOPE, Direction.STRONGER): _CHANGED + "now covers more",
    (FindingKind.EXCEPTION, Direction.WEAKER): _CHANGED + "now has a new or wider exception",
    (FindingKind.EXCEPTION, Direction.STRONGER): _CHANGED + "now has fewer or narrower exceptions",
    (FindingKind.FORCE, Direction.WEAKER): _CHANGED + "is now worded less firmly",
    (FindingKind.FORCE, Direction.STRONGER): _CHANGED + "is now worded more firmly",
}


def alert_of(
    organization: Organization,
    page: Page,
    tracked: Sequence[Tracked],
    before: Side,
    after: Side,
    now: datetime,
    not_checked: Sequence[str] = (),
    kept: Sequence[Finding] | None = None,
) -> Alert:
    """The alert made of the findings of one change, the heaviest first.

    `now` is aware UTC. kept: None, or where another document took the page's place, what it says as before.
    ValueError where there is no finding: then there is nothing to tell.
    """
    if not tracked:
        raise ValueError(f"{page.id}: an alert needs at least one finding")
    findings = tuple(one.finding for one in sorted(tracked, key=_weight))
    return Alert(
        id=alert_id(page.id, before.sha256, after.sha256, [_when(one) for one in tracked]),
        raised_at=now,
        organization=_who(organization),
        page={"id": page.id, "url": page.url, "role": page.role.value},
        headline=headline(organization, page, findings) + ("" if kept is None else _replaced(kept)),
        direction=overall([finding.direction for finding in findings]),
        findings=(*findings, *(kept or ())),
        before=before,
        after=after,
        not_checked=tuple(not_checked),
        links={"desk": "", "evidence": ""},
    )


def alert_id(page_id: str, before_sha256: str, after_sha256: str, keys: Sequence[str]) -> str:
    """64 hex digits that name the change for ever. JSON joins the parts, so that no two lists look alike."""
    parts = [page_id, before_sha256, after_sha256, sorted(set(keys))]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def headline(organization: Organization, page: Page, findings: Sequence[Finding]) -> str:
    """One sentence that a person can paste: the fact of the first finding, and how many more there are."""
    first = findings[0]
    quote, more = _opening(first.before_quote)
    fact = _template(first, quote).format(
        organization=organization.name,
        page=_PAGES[page.role],
        subject=subject_words(first),
        quote=quote,
        more=more,
    )
    unsure = "" if first.tier is Tier.ALERT else FOR_REVIEW
    return unsure + fact + _others(findings)


def overall(directions: Sequence[Direction]) -> Direction:
    """One direction for several: the heaviest; weaker beside stronger, or anything mixed, is mixed."""
    seen = set(directions)
    if {Direction.WEAKER, Direction.STRONGER} <= seen or Direction.MIXED in seen:
        return Direction.MIXED
    return min(seen, key=_DIRECTIONS.index)


def subject_words(finding: Finding) -> str:
    """What the statement is about, in words: "facial recognition and police"."""
    technologies = [_name(one) for one in finding.technologies] or ["biometric surveillance"]
    parties = [_name(one) for one in finding.parties]
    return _listed([*technologies[:2], *parties[:2]])


def _when(one: Tracked) -> str:
    """A finding and its first sight: the same words lost, restored and lost again are two changes."""
    return f"{one.key} {one.first_seen_at.isoformat()}"


def _weight(one: Tracked) -> tuple[int, int, bool, bool, str]:
    """Trusted before doubtful, weaker first; then what refuses, and what names whom it refuses."""
    finding = one.finding
    tier, direction = _TIERS.index(finding.tier), _DIRECTIONS.index(finding.direction)
    return tier, direction, finding.stance != Stance.REFUSES, not finding.parties, one.key


def _who(organization: Organization) -> dict[str, str]:
    known = organization.identifiers
    return {
        "id": organization.id,
        "name": organization.name,
        "ticker": known.ticker,
        "isin": known.isin,
        "lei": known.lei,
    }


def _template(finding: Finding, quote: str) -> str:
    if finding.rule == SAME_WORDS:
        return STANDS_ELSEWHERE
    if finding.rule == STILL_ELSEWHERE:
        return STILL_STANDS_ELSEWHERE
    if finding.rule == PAGE_BACK:
        return BACK
    if finding.rule == PAGE_GONE:
        return GONE if quote else GONE_WITHOUT_WORDS
    by_direction = TEMPLATES[finding.kind]
    plain = by_direction.get(finding.direction, by_direction[None])
    if finding.stance in _PROTECTIVE:
        return PROTECTIVE_TEMPLATES.get((finding.kind, finding.direction), plain)
    return plain


def _opening(quote: str) -> tuple[str, str]:
    """The first words of a quote, verbatim, and " and more" where they are not all of it."""
    line = quote.strip().split("\n", 1)[0]
    if len(line) > QUOTE_CHARACTERS:
        line = line[:QUOTE_CHARACTERS].rsplit(" ", 1)[0]
    is_whole = line == quote.strip()
    return line.rstrip(" .;:,"), "" if is_whole else " and more"


def _replaced(kept: Sequence[Finding]) -> str:
    """What is said of a page whose place another document took."""
    plural = "s" if len(kept) != 1 else ""
    stands = f", with {len(kept)} statement{plural} as before" if kept else ""
    return f". The page holds another document now{stands}"


def _others(findings: Sequence[Finding]) -> str:
    count = len(findings) - 1
    if not count:
        return ""
    plural = "s" if count > 1 else ""
    if all(finding.rule == PAGE_GONE for finding in findings):
        return f", with {count} more statement{plural}"
    return f" (and {count} more change{plural})"


def _name(identifier: str) -> str:
    return _NAMES.get(identifier, identifier.replace("_", " "))


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
