"""The scorecard of one organization as of now: what it said, as the store knows it, against each ask.

    statements ─┐
    changes     ├─► claims ─► monitor.scorecard     a page that nobody could read lately makes it unknown
    overrules ──┘

Whoever calls this has indexed what was read (app.indexing.index_new).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from app.home import Home
from app.publishing import muted_ids
from app.unread import unread_pages
from monitor.access import primary
from monitor.confirm import finding_key
from monitor.ledger.lines import Followed
from monitor.ledger.told import with_told
from monitor.model import (
    Alert,
    Organization,
    Review,
    Saying,
    Tier,
    Tracked,
    Verdict,
)
from monitor.overrules import FILE, load_overrules, refuse_undecided
from monitor.scorecard import Claim, Overrule, Score, claims_of, scorecard
from monitor.scorecard.cautions import NONE
from monitor.scorecard.said import Said, said_of
from monitor.store import Connection, findings, holds, raised, reviews, statements

ALERTS = 200  #: the newest of an organization whose verdicts are heard


def scores_of(
    conn: Connection,
    home: Home,
    organization: str,
    now: datetime,
    decided_by: datetime | None = None,
    sayings: Sequence[Saying] | None = None,
) -> tuple[Score, ...]:
    """Each ask that addresses this organization (its id), in the order of asks.toml; now: aware UTC.

    decided_by: the time by which every overrule was decided, where that is later than now; sayings: all of
    the organization's, where they are at hand.
    Of an organization that is not watched (any more) nobody knows what it says now. Raises ConfigError.
    """
    watched = {one.id: one for one in home.watchlist.organizations}
    one = watched.get(organization) or Organization(organization, organization, "")
    unread = unread_pages(conn, home, one, now)
    overrules = [each for each in overrules_of(home, decided_by or now) if each.organization == organization]
    if sayings is None:
        sayings = statements.of_organization(conn, organization)
    return scorecard(claims_at(conn, home, one, now, sayings), home.asks, one.kind, unread, overrules)


def overrules_of(home: Home, now: datetime) -> tuple[Overrule, ...]:
    """What people decided in this home (config/overrules.toml) by now. Raises ConfigError."""
    found = load_overrules(home.config, home.asks, {one.id for one in home.watchlist.organizations})
    refuse_undecided(found, now.astimezone(UTC).date(), str(home.config / FILE))
    return found


def claims_at(
    conn: Connection, home: Home, one: Organization, now: datetime, sayings: Sequence[Saying]
) -> tuple[Claim, ...]:
    """What the organization said. Nothing stands on a page that is not watched any more."""
    tracked = findings.of_organization(conn, one.id)
    alerts = raised.of_organization(conn, one.id, ALERTS)
    judged = reviews.newest_of(conn, [alert.id for alert in alerts])
    silent = {*holds.held(conn), *muted_ids(conn, alerts, home.mutes)}
    told = as_told(with_told(tracked, alerts), [alert for alert in alerts if alert.id in silent])
    changes = as_judged(told, alerts, judged)
    reader = _Reader(home, one)
    claims = claims_of(sayings, changes, reader.read, now.astimezone(UTC).date())
    pages = {page.id for page in one.pages}
    return tuple(each if each.saying.page_id in pages else replace(each, stands=False) for each in claims)


def as_told(tracked: Followed, silent: Iterable[Alert]) -> Followed:
    """The changes; those of alerts that are held or muted are for a person to look at first."""
    keys = {(alert.page["id"], finding_key(finding)) for alert in silent for finding in alert.findings}
    return [(page, _of_tier(one, Tier.REVIEW) if (page, one.key) in keys else one) for page, one in tracked]


def _of_tier(one: Tracked, tier: Tier) -> Tracked:
    return replace(one, finding=replace(one.finding, tier=tier))


def as_judged(tracked: Followed, alerts: Iterable[Alert], judged: Mapping[str, Review]) -> Followed:
    """The changes, but for those that weakened nothing, as a person says; what a person confirms is sure."""
    verdicts = {
        (alert.page["id"], finding_key(finding)): judged[alert.id].verdict
        for alert in alerts
        if alert.id in judged
        for finding in alert.findings
    }
    return list(_as_judged(tracked, verdicts))


def _as_judged(
    tracked: Followed, verdicts: Mapping[tuple[str, str], Verdict]
) -> Iterator[tuple[str, Tracked]]:
    for page, one in tracked:
        verdict = verdicts.get((page, one.key))
        if verdict is Verdict.RIGHT:
            yield page, _of_tier(one, Tier.ALERT)
        elif verdict is None or verdict.upholds:
            yield page, one


# --------------------------------------------------------------------------- words, read again


class _Reader:
    """Reads the slots of sayings again, by the words of their languages."""

    def __init__(self, home: Home, one: Organization) -> None:
        self._lexicons, self._products = home.rules.lexicons, one.products
        self._names, self._cautions = (one.name, *one.aliases), home.cautions

    def read(self, saying: Saying) -> Said | None:
        """What these words say, or None."""
        language = primary(saying.language)
        ours = self._lexicons.get(language)
        if ours is None:
            return None
        cautions = self._cautions.get(language, NONE)
        return said_of(saying, ours.with_products(self._products), self._names, cautions)
