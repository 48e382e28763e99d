"""From confirmed findings to the alert: its id, its findings in order, its direction, its asks. Pure."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from monitor.asks import Ask, touched, with_asks
from monitor.headline import headline
from monitor.model import (
    Alert,
    Direction,
    Earlier,
    Finding,
    Organization,
    Page,
    Side,
    Stance,
    Tier,
    Tracked,
)

_TIERS = (Tier.ALERT, Tier.REVIEW, Tier.LOG)
_DIRECTIONS = (Direction.WEAKER, Direction.MIXED, Direction.STRONGER, Direction.UNCLEAR, Direction.NEUTRAL)


def alert_of(
    organization: Organization,
    page: Page,
    tracked: Sequence[Tracked],
    before: Side,
    after: Side,
    now: datetime,
    not_checked: Sequence[str] = (),
    kept: Sequence[Finding] | None = None,
    *,
    asks: Sequence[Ask] = (),
    follows: Sequence[Earlier] = (),
    thread: str = "",
) -> Alert:
    """The alert made of the findings of one change, the heaviest first.

    `now` is aware UTC. kept: None, or where another document took the page's place, what it says as before.
    asks: those that a change may touch. follows, thread: the earlier alerts on the same commitment.
    ValueError where there is no finding: then there is nothing to tell.
    """
    if not tracked:
        raise ValueError(f"{page.id}: an alert needs at least one finding")
    ordered = [one.finding for one in sorted(tracked, key=_weight)]
    findings = with_asks(ordered, asks, organization.kind)
    id = alert_id(page.id, before.sha256, after.sha256, [_when(one) for one in tracked])
    return Alert(
        id=id,
        raised_at=now,
        organization=_who(organization),
        page={"id": page.id, "url": page.url, "role": page.role.value},
        headline=headline(organization, page, findings, kept),
        direction=overall([finding.direction for finding in findings]),
        findings=(*findings, *with_asks(kept or (), asks, organization.kind)),
        before=before,
        after=after,
        not_checked=tuple(not_checked),
        links={"desk": "", "evidence": ""},
        asks=touched(ordered, asks, organization.kind),
        follows=tuple(one for one in follows if one.alert_id != id),
        thread=thread,
    )


def alert_id(page_id: str, before_sha256: str, after_sha256: str, keys: Sequence[str]) -> str:
    """64 hex digits that name the change for ever. JSON joins the parts, so that no two lists look alike."""
    parts = [page_id, before_sha256, after_sha256, sorted(set(keys))]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def overall(directions: Sequence[Direction]) -> Direction:
    """One direction for several: the heaviest; weaker beside stronger, or anything mixed, is mixed."""
    seen = set(directions)
    if {Direction.WEAKER, Direction.STRONGER} <= seen or Direction.MIXED in seen:
        return Direction.MIXED
    return min(seen, key=_DIRECTIONS.index)


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
