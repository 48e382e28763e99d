"""A made-up organization, its page, a change on it, the alert and a notice: for the tests of what is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.announce import alert_of
from monitor.model import (
    Alert,
    Direction,
    Finding,
    FindingKind,
    Identifiers,
    Notice,
    Organization,
    Page,
    Role,
    Side,
    Sighting,
    Tier,
    Tracked,
)

NOW = datetime(2026, 11, 22, 6, 2, 5, 999_999, tzinfo=UTC)
REFUSAL = "We will not sell facial recognition technology to police departments."
HEDGED = "We do not currently sell general-purpose facial recognition technology to police departments."

CORVID = Organization(
    "corvid",
    "Corvid Cloud",
    "vendor",
    identifiers=Identifiers("CRVD", "NYSE", "US0000000002", "LEI0000000000000000X", "made up"),
)
TERMS = Page("corvid/terms", "corvid", "https://corvid.example/terms", Role.TERMS)
BEFORE = Side(
    NOW - timedelta(days=9), "b" * 64, TERMS.url, last_seen_at=datetime(2026, 11, 21, 6, 1, tzinfo=UTC)
)
AFTER = Side(datetime(2026, 11, 21, 18, 0, tzinfo=UTC), "a" * 64, TERMS.url, confirmed_at=NOW)


def finding(**changes: Any) -> Finding:
    """A refusal that became narrower, or what `changes` make of it."""
    narrower = Finding(
        FindingKind.SCOPE,
        Direction.WEAKER,
        Tier.ALERT,
        "high",
        "counterpart-narrowed",
        ("The refusal now covers general-purpose technology only.",),
        REFUSAL,
        HEDGED,
        ("Public safety", "What we do not sell"),
        "refuses",
        "company",
        ("sell",),
        ("face_recognition",),
        ("police",),
        ("POL-1",),
    )
    return replace(narrower, **changes)


def tracked(one: Finding, key: str = "key") -> Tracked:
    """The finding as confirmed after two readings."""
    return Tracked(key, one, 1, 2, AFTER.fetched_at, NOW, 2, Sighting.CONFIRMED, NOW)


def alert(*findings: Finding, page: Page = TERMS, organization: Organization = CORVID) -> Alert:
    """The alert of these findings (of the narrower refusal where none is given)."""
    numbered = [tracked(one, f"key{place}") for place, one in enumerate(findings or (finding(),))]
    return alert_of(organization, page, numbered, BEFORE, AFTER, NOW, ("The sister page was not read.",))


def unconfirmed(told: Alert) -> Alert:
    """The same alert as it is told before it is confirmed."""
    return replace(told, after=replace(told.after, confirmed_at=None))


def notice(**changes: Any) -> Notice:
    """An outage of ours."""
    outage = Notice(
        "0" * 64,
        NOW,
        "outage",
        "6 of 12 hosts could not be reached (6 dns): our own network was in doubt, so this check decides nothing.",
        ("https://corvid.example: dns (no such name)", "See whether this machine reaches the internet."),
    )
    return replace(outage, **changes)
