"""What the store and the home know of one organization: what a dossier is gathered from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from app.dossiers.dossier import Place
from app.home import Home
from app.proof import Period, last_days
from monitor.documented import Documented
from monitor.documented import of_organization as documented_of
from monitor.errors import InputError
from monitor.ledger import Commitment, ledger
from monitor.ledger.lines import Followed
from monitor.ledger.told import with_told
from monitor.model import Alert, Organization, Page, Role, Saying
from monitor.store import Connection, checks, findings, looks, raised, statements
from monitor.tables import suggestion

USUAL_DAYS = 90
ALERTS_AT_MOST = 5_000  #: the newest of an organization
_ROLES = frozenset(role.value for role in Role)
_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Found:
    """All of it. at: as of when (UTC), None where the store knows of no look at all.

    alerts: the newest first; tracked: what was found on its pages, in whatever state. last_fetches: page,
    words and first fetch of a statement → its last fetch, whose text holds these very words; those of the
    first may have been spelled otherwise. seen: page and words → when they were seen first and last.
    """

    organization: Organization
    is_watched: bool
    at: datetime | None
    alerts: tuple[Alert, ...]
    tracked: Followed
    commitments: tuple[Commitment, ...]
    documented: tuple[Documented, ...]
    last_fetches: Mapping[Place, int]
    standing: frozenset[tuple[str, str]]  #: (page id, words) of what the texts that we believe say now
    seen: Mapping[tuple[str, str], tuple[datetime, datetime]]

    @property
    def now(self) -> datetime:
        """As of when, for what needs a time."""
        return self.at or _EVER

    @property
    def own_words(self) -> tuple[Documented, ...]:
        """What is documented of itself: not the words of others, with whom it is only named."""
        return tuple(one for one in self.documented if one.is_of(self.organization.id))

    @property
    def pages(self) -> Mapping[str, Page]:
        """Those that are watched."""
        return {one.id: one for one in self.organization.pages}

    @property
    def roles(self) -> Mapping[str, Role]:
        """Page id → role: of the pages that are watched, and of others as they were told of last."""
        told = {one.page["id"]: one.page.get("role", "") for one in reversed(self.alerts)}
        known = {id: Role(role) for id, role in told.items() if role in _ROLES}
        return known | {one.id: one.role for one in self.organization.pages}


def found(conn: Connection, home: Home, id: str) -> Found:
    """What is known of this organization. Raises InputError where nobody knows it, or nothing is known."""
    watched = {one.id: one for one in home.watchlist.organizations}
    alerts = raised.of_organization(conn, id, ALERTS_AT_MOST)
    sayings, tracked = statements.of_organization(conn, id), findings.of_organization(conn, id)
    documented = documented_of(home.documented, id)
    organization = watched.get(id)
    if organization is None:
        refuse_unknown(conn, home, id)
        organization = Organization(id, alerts[0].organization["name"] if alerts else id, "other")
    elif not (organization.pages or sayings or tracked or alerts or documented):
        problem = f"{organization.name} ({id}) has no page on the watchlist, and nothing is known of it"
        raise InputError(f"{problem}; add one with pledgewatch add URL --organization {id}")
    at = as_of(conn)
    day = (at or _EVER).astimezone(UTC).date()
    kept = ledger(sayings, with_told(tracked, alerts), day)
    last = {(one.page_id, one.quote, one.first_fetch_id): one.last_fetch_id for one in sayings}
    stands = frozenset((one.page_id, one.quote) for one in sayings if one.standing)
    return Found(
        *(organization, id in watched, at, tuple(alerts), tracked, kept, documented, last, stands),
        seen=_seen(sayings),
    )


def _seen(sayings: Iterable[Saying]) -> dict[tuple[str, str], tuple[datetime, datetime]]:
    found: dict[tuple[str, str], tuple[datetime, datetime]] = {}
    for one in sayings:
        place = one.page_id, one.quote
        first, last = found.get(place, (one.first_seen_at, one.last_seen_at))
        found[place] = min(first, one.first_seen_at), max(last, one.last_seen_at)
    return found


def refuse_unknown(conn: Connection, home: Home, id: str) -> None:
    """Raises InputError, naming the nearest id, where nobody knows this organization."""
    watched = [one.id for one in home.watchlist.organizations]
    if id in watched or (id.isascii() and _is_kept(conn, id)):  # no database takes half a surrogate pair
        return
    problem = f'no organization "{id}" is on the watchlist'
    raise InputError(f"{problem}; {suggestion(id, watched)}")


def _is_kept(conn: Connection, id: str) -> bool:
    return bool(
        raised.of_organization(conn, id, 1)
        or statements.of_organization(conn, id)
        or findings.of_organization(conn, id)
    )


def as_of(conn: Connection) -> datetime | None:
    """The newest thing that the store knows of looking (UTC): the last check, or the last reading."""
    check, read = checks.last(conn), looks.newest(conn)
    times = [read, check and (check.ended_at or check.started_at)]
    return max((at for at in times if at), default=None)


def period_of(conn: Connection, first: date | None, last: date | None) -> Period:
    """From the first day to the last; by default the 90 days up to the last check. Raises InputError."""
    if last is None:
        at = as_of(conn)
        if at is None:
            problem = "nothing was ever checked here, so there is no last day to count from"
            raise InputError(f"{problem}; name the period with --from and --to, or run pledgewatch check")
        last = at.astimezone(UTC).date()
    if first is None:
        return last_days(USUAL_DAYS, last)
    if last < first:
        raise InputError(f"the period would end on {last}, before it begins on {first}; choose other days")
    return Period(first, last)
