"""So much changed at once that a person looks before anybody is told. Pure.

Hardly anybody rewrites every fifth page in a day. A new site, a shared template, or a fault of ours does.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model import Alert, Notice
from monitor.settings import MassChange

KIND = "mass_change"
AT_ONCE = timedelta(hours=24)
ALERTS_AT_MOST = 20  #: held alerts that a notice names; the rest is counted


@dataclass(frozen=True, slots=True)
class Changed:
    """A watched page with a material finding, pending or confirmed, and when that was first seen (UTC)."""

    page_id: str
    organization_id: str
    first_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Mass:
    """A mass change. organization_id: whose pages; "" where it is all that is watched. why: one sentence."""

    organization_id: str
    why: str


def mass_of(
    alert: Alert,
    seen_at: Collection[datetime],
    changed: Iterable[Changed],
    watched: Mapping[str, int],
    limits: MassChange,
) -> Mass | None:
    """The mass change that this alert is part of, or None.

    seen_at: when its findings were first seen. changed: every page with a material finding, this one too.
    watched: organization id → how many pages; an organization that is not in it (a canary) has no part.
    """
    if alert.organization["id"] not in watched:
        return None
    at_once = [one for one in changed if any(abs(one.first_seen_at - at) <= AT_ONCE for at in seen_at)]
    organization, name = alert.organization["id"], alert.organization["name"]
    every = {one.page_id for one in at_once}
    theirs = {one.page_id for one in at_once if one.organization_id == organization}
    of_all, of_theirs = sum(watched.values()), watched.get(organization, 0)
    by_all = _is_mass(len(every), of_all, limits.all_share, limits)
    by_theirs = _is_mass(len(theirs), of_theirs, limits.organization_share, limits)
    if by_all and not (by_theirs and theirs == every):
        return Mass("", f"{len(every)} of {of_all} watched pages changed within 24 hours.")
    if by_theirs:
        return Mass(organization, f"{len(theirs)} of {of_theirs} pages of {name} changed within 24 hours.")
    return None


def held_notice(mass: Mass, held: Sequence[Alert], now: datetime) -> Notice:
    """What the operator is told about alerts that are held from now on, all for the same mass change."""
    named = [f"{alert.id[:12]} ({alert.direction}): {alert.headline}" for alert in held]
    left_out = len(named) - ALERTS_AT_MOST
    more = [f"… and {left_out} more: pledgewatch alerts list"] if left_out > 0 else []
    what = "1 alert is" if len(held) == 1 else f"{len(held)} alerts are"
    lines = (
        "That is more often a new site or a fault than so many decisions, so they are not sent yet.",
        *named[:ALERTS_AT_MOST],
        *more,
        "Look at one: pledgewatch alerts show ID",
        "Let it go out: pledgewatch alerts release ID, or all that is held: pledgewatch alerts release --all",
    )
    return Notice(_id(mass, held, now), now, KIND, f"{what} held for a person: {mass.why}", lines)


def _is_mass(changed: int, of: int, share: float, limits: MassChange) -> bool:
    return changed >= limits.from_pages and changed > share * of


def _id(mass: Mass, held: Sequence[Alert], now: datetime) -> str:
    """Of whom, on which day, and which alerts: what is held later on the same day is told too."""
    parts = [KIND, mass.organization_id, now.date().isoformat(), sorted(alert.id for alert in held)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
