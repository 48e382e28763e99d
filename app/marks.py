"""What keeps an alert from being told as it stands, and what a person made of it: for lists of alerts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.publishing import muted_ids
from monitor.confirm import finding_key
from monitor.model import Alert, Direction, Review, Sighting
from monitor.mutes import Mute
from monitor.store import Connection, findings, holds, raised, reviews
from monitor.store.raised import TakenBack


class Early(StrEnum):
    """What became of an alert that was raised before it was confirmed."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED_LATER = "unconfirmed, confirmed by a later one"
    GONE = "unconfirmed, gone again"


@dataclass(frozen=True, slots=True)
class Marks:
    """What is to be known of one alert besides what it says; None for nothing."""

    held: holds.Hold | None = None
    muted: Mute | None = None
    early: Early | None = None
    judged: Review | None = None  #: the verdict that counts
    taken_back: TakenBack | None = None  #: by a later alert


def marks_of(conn: Connection, alerts: Sequence[Alert], mutes: Iterable[Mute]) -> Mapping[str, Marks]:
    """Alert id → its marks, for each of these, by the same number of questions however many they are."""
    held, muted = holds.held(conn), muted_ids(conn, alerts, mutes)
    judged = reviews.newest_of(conn, [one.id for one in alerts])
    back = raised.taken_back(conn, {one.page["id"] for one in alerts})
    states = _states(conn, alerts)
    return {
        one.id: Marks(
            held.get(one.id), muted.get(one.id), early(one, states), judged.get(one.id), back.get(one.id)
        )
        for one in alerts
    }


def _states(conn: Connection, alerts: Iterable[Alert]) -> Mapping[tuple[str, str], Sighting]:
    return findings.states(conn, {one.page["id"] for one in alerts if not one.after.confirmed_at})


def set_aside(conn: Connection, since: datetime) -> list[tuple[str, Direction]]:
    """(page id, direction) of each alert raised then (UTC) or later that is not to be counted as it stands.

    It was judged anything but right, a later one took it back, or it was never confirmed and went again.
    """
    found = raised.doubted(conn, since)
    states, known = _states(conn, found.early), {id for id, _, _ in found.known}
    gone = [one for one in found.early if one.id not in known and early(one, states) is Early.GONE]
    return [
        *((page_id, direction) for _, page_id, direction in found.known),
        *((one.page["id"], one.direction) for one in gone),
    ]


def early(alert: Alert, states: Mapping[tuple[str, str], Sighting]) -> Early | None:
    """Whether it is confirmed; an unconfirmed one may be confirmed by others, or have gone again."""
    if alert.after.confirmed_at:
        return None
    found = {states.get((alert.page["id"], finding_key(finding))) for finding in alert.findings}
    if Sighting.PENDING in found:
        return Early.UNCONFIRMED
    return Early.CONFIRMED_LATER if Sighting.CONFIRMED in found else Early.GONE
