"""Everything that the page of one change shows, in the same number of questions whatever the change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from alerts.limits import Limits
from alerts.marking import Run, inline
from alerts.passages import Passage, passages
from alerts.sisters import as_told
from app.desk.lines import Line, around
from app.desk.reading import page_of, text_of
from app.desk.texts import texts
from app.desk.trails import Above, Lines, above, lines
from app.desk.visit import Visit
from app.marks import Marks, marks_of
from app.reviewing import open_mutes
from monitor.confirm import finding_key
from monitor.model import Alert, Delivery, Document, Finding, Review, Side
from monitor.mutes import as_toml
from monitor.store import Connection, alerts, findings, reviews, snapshots
from monitor.store.snapshots import Snapshot

AT_MOST = 40  #: passages
_ROOM = 60_000  # bytes of the words of one passage, on each side
_LIMITS = Limits(passages=1, room=3 * _ROOM, changes=50, reasons=20, line=2_000)
_BEFORE, _BETWEEN, _AFTER = 3, 40, 3  # looks at the page that are listed


@dataclass(frozen=True, slots=True)
class Quote:
    """The words of one side, as they are cited with what stands above them, and the lines around them."""

    citation: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One passage that changed, with all that was found in it."""

    passage: Passage
    findings: tuple[Finding, ...]
    above: Lines
    inline: tuple[Run, ...]
    before: Quote | None
    after: Quote | None

    @property
    def is_unchanged(self) -> bool:
        """Whether both the words and the lines above them are the same on both sides."""
        return self.passage.unchanged and self.above.are_same


@dataclass(frozen=True, slots=True)
class Looks:
    """Fetches around a change, oldest first. gap: after which of them some are left out, and how many."""

    shown: tuple[Snapshot, ...]
    left_out: int = 0
    gap: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """One alert with all that is known of it."""

    alert: Alert
    marks: Marks
    is_watched: bool
    first_seen_at: datetime
    told: Sequence[alerts.Told]
    waiting: Sequence[Delivery]
    reviews: Sequence[Review]
    corrections: int  #: messages about a verdict that were not sent yet
    mutes: str  #: TOML that would keep the like of it silent; "" for none
    parts: tuple[Part, ...]
    left_out: int  #: passages
    sides: Mapping[str, Snapshot | None]
    looks: Looks


def change(visit: Visit, conn: Connection, raised: Alert) -> Change:
    """What the store holds of an alert. Raises ConfigError, StoreError."""
    alert = as_told(conn, raised)
    page, is_watched = page_of(visit.home, alert.page["id"], alert.page["url"])
    sides = {"before": _side(conn, alert, alert.before), "after": _side(conn, alert, alert.after)}
    says = {
        name: text_of(visit.home, visit.store, one.fetch, page) if one else None
        for name, one in sides.items()
    }
    groups = list(_groups(alert.findings).values())
    given = reviews.of_alert(conn, alert.id)
    return Change(
        alert=alert,
        marks=marks_of(conn, [alert], visit.home.mutes)[alert.id],
        is_watched=is_watched,
        first_seen_at=_first_seen(conn, alert),
        told=alerts.told_to(conn, alert.id),
        waiting=[one for one in alerts.of_alert(conn, alert.id) if one.state in _NOT_SENT],
        reviews=given,
        corrections=sum(one.state in _NOT_SENT for one in alerts.about(conn, alert.id)),
        mutes="\n".join(as_toml(one) for one in open_mutes(visit.home, alert, given[-1])) if given else "",
        parts=tuple(_part(alert, group, says) for group in groups[:AT_MOST]),
        left_out=max(0, len(groups) - AT_MOST),
        sides=sides,
        looks=_looks(conn, alert),
    )


_NOT_SENT = (alerts.WAITING, alerts.GATHERED, alerts.BUNDLED, alerts.PARKED)


def _side(conn: Connection, alert: Alert, side: Side) -> Snapshot | None:
    return snapshots.of_side(conn, alert.page["id"], side.fetched_at, side.sha256)


def _first_seen(conn: Connection, alert: Alert) -> datetime:
    keys = {finding_key(finding) for finding in alert.findings}
    seen = [one.first_seen_at for one in findings.tracked(conn, alert.page["id"]) if one.key in keys]
    return min([*seen, alert.after.fetched_at])


# --------------------------------------------------------------------------- the words


def _groups(found: Sequence[Finding]) -> dict[object, list[Finding]]:
    """Those that share their quotes."""
    groups: dict[object, list[Finding]] = {}
    for one in found:
        groups.setdefault((one.before_quote, one.after_quote, one.context), []).append(one)
    return groups


def _part(alert: Alert, group: Sequence[Finding], says: Mapping[str, Document | None]) -> Part:
    (passage,), _ = passages(group, "", _LIMITS)
    one = group[0]
    was, now = above(one, (says["before"], says["after"]))
    return Part(
        passage=passage,
        findings=tuple(group),
        above=lines(one, was, now),
        inline=inline(one.before_quote, one.after_quote, _ROOM),
        before=_quote(alert, one.before_quote, was, alert.before, says["before"]),
        after=_quote(alert, one.after_quote, now, alert.after, says["after"]),
    )


def _quote(alert: Alert, quote: str, where: Above | None, side: Side, text: Document | None) -> Quote | None:
    if not quote.strip():
        return None
    cited = texts()(
        "changes.citation",
        quotes=_cited(quote, where),
        organization=alert.organization["name"],
        url=side.url,
        at=_said(side.fetched_at),
        sha256=side.sha256,
        id=alert.id,
    )
    if text is None or where is None or where.segment is None:
        return Quote(cited, ())
    return Quote(cited, around(text, quote, where.segment))


def _cited(quote: str, where: Above | None) -> str:
    """Each line above the words in quotation marks of its own, then the words."""
    if where is None:
        return texts()("changes.cited_alone", quote=quote)
    return " … ".join(f"“{line}”" for line in (*where.trail, quote))


def _said(at: datetime) -> str:
    """3 Mar 2027 06:00 UTC."""
    at = at.astimezone(UTC)
    return f"{at.day} {at:%b %Y %H:%M} UTC"


# --------------------------------------------------------------------------- the looks


def _looks(conn: Connection, alert: Alert) -> Looks:
    """A few fetches up to the one before, those up to its confirmation, and a few after it."""
    page_id, first = alert.page["id"], alert.before.fetched_at
    last = max(alert.after.confirmed_at or alert.after.fetched_at, alert.after.fetched_at)
    head = snapshots.until(conn, page_id, first, _BEFORE)
    until = snapshots.until(conn, page_id, last, _BETWEEN)
    after = snapshots.since(conn, page_id, last, _AFTER)
    known = {one.fetch.id for one in head}
    between = [one for one in until if one.fetch.id not in known and one.fetch.started_at > first]
    counted = snapshots.count(conn, page_id, head[-1].fetch.started_at if head else first, last)
    left_out = max(0, counted - len(between) - (1 if head else 0))
    return Looks((*head, *between, *after), left_out, len(head))
