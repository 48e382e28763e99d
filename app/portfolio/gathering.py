"""What the store knows of the organizations in a portfolio, each looked at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from app.home import Home
from app.marks import Marks, marks_of
from app.scoring import scores_of
from app.unread import unread_pages
from monitor.confirm import finding_key
from monitor.ledger import Commitment, Status, ledger
from monitor.ledger.told import with_told
from monitor.model import LAPSED, LAPSING, Alert, Direction, Organization, Saying, Tracked
from monitor.scorecard import Score
from monitor.store import Connection, findings, raised, statements

ALERTS_AT_MOST = 10_000  #: of one organization
ENDS = (Status.LAPSING, Status.LAPSED)
STANDS = (Status.STANDING, Status.RELOCATED, *ENDS)
_BY_ITSELF = (LAPSING, LAPSED)  #: rules by which words end that nobody changed


@dataclass(frozen=True, slots=True)
class Weakened:
    """A confirmed change to the weaker, new words among them.

    alert: the one that told it, None where none did; against: why it is not counted, "" where it is.
    """

    page_id: str
    tracked: Tracked
    alert: Alert | None
    against: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """One organization as of now. unread: of each page that nobody could read lately, which and why.

    words: (page id, words) of what the texts that we believe say now.
    """

    organization: Organization
    standing: int
    ending: tuple[Commitment, ...]  #: those that end within 180 days by their own words, or have ended
    weakened: tuple[Weakened, ...]
    scores: tuple[Score, ...]
    unread: tuple[str, ...]
    words: frozenset[tuple[str, str]] = frozenset()

    @property
    def weaker(self) -> int:
        """How many changes to the weaker count."""
        return sum(not one.against for one in self.weakened)


def positions(
    conn: Connection, home: Home, organizations: Sequence[Organization], since: datetime, now: datetime
) -> Mapping[str, Position]:
    """Id → what is known of each of these, since that time; both are aware UTC."""
    known = {one.id: _known(conn, one) for one in organizations}
    alerts = [alert for one in known.values() for alert in one.alerts]
    marks = marks_of(conn, alerts, home.mutes) if alerts else {}
    return {one.id: _position(conn, home, one, known[one.id], marks, since, now) for one in organizations}


@dataclass(frozen=True, slots=True)
class _Known:
    """What the store has of one organization."""

    sayings: Sequence[Saying]
    tracked: Sequence[tuple[str, Tracked]]
    alerts: Sequence[Alert]


def _known(conn: Connection, one: Organization) -> _Known:
    sayings = statements.of_organization(conn, one.id)
    alerts = raised.of_organization(conn, one.id, ALERTS_AT_MOST)
    pages = {page.id for page in one.pages} | {each.page_id for each in sayings}
    pages |= {each.page["id"] for each in alerts}
    tracked = [(page, each) for page in sorted(pages) for each in findings.tracked(conn, page)]
    return _Known(sayings, with_told(tracked, alerts), alerts)


def _position(
    conn: Connection,
    home: Home,
    organization: Organization,
    known: _Known,
    marks: Mapping[str, Marks],
    since: datetime,
    now: datetime,
) -> Position:
    kept = ledger(known.sayings, known.tracked, now.astimezone(UTC).date())
    return Position(
        organization,
        sum(one.status in STANDS for one in kept),
        tuple(sorted((one for one in kept if one.status in ENDS), key=lambda one: (str(one.end), one.key))),
        tuple(_weakened(known, marks, since)),
        scores_of(conn, home, organization.id, now),
        tuple(unread_pages(conn, home, organization, now).values()),
        frozenset((one.page_id, one.quote) for one in known.sayings if one.standing),
    )


def _weakened(known: _Known, marks: Mapping[str, Marks], since: datetime) -> list[Weakened]:
    """The newest first."""
    told = {
        (alert.page["id"], finding_key(finding)): alert
        for alert in sorted(known.alerts, key=lambda one: (one.raised_at, one.id))
        for finding in alert.findings
    }
    found = []
    for page_id, one in known.tracked:
        if one.confirmed_at is not None and one.first_seen_at >= since and _is_weaker(one):
            alert = told.get((page_id, one.key))
            found.append(Weakened(page_id, one, alert, why_not_counted(marks.get(alert.id)) if alert else ""))
    return sorted(
        found, key=lambda one: (one.tracked.first_seen_at, one.page_id, one.tracked.key), reverse=True
    )


def _is_weaker(one: Tracked) -> bool:
    finding = one.finding
    return finding.is_material and finding.direction is Direction.WEAKER and finding.rule not in _BY_ITSELF


def why_not_counted(marks: Marks | None) -> str:
    """Why a change that was told is not counted; "" where nothing speaks against it."""
    if marks is None:
        return ""
    if marks.taken_back:
        return "taken back by a later alert"
    if marks.judged and not marks.judged.verdict.upholds:
        return f"a person judged: {marks.judged.verdict.value}"
    if marks.held:
        return "held until a person looks at it"
    return "muted" if marks.muted else ""
