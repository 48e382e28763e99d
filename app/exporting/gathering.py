"""The rows of the open data: what is public, and nothing else.

Left out: changes that wait to be confirmed, are held for a person or muted; who was told, judged or signed
in; notes; how pages are fetched. Rows have an order of their own: on one day (UTC) the same store gives the
same bytes.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.exporting.dictionary import NOT_WATCHED, SHOWN
from app.home import Home
from app.publishing import muted_ids
from monitor.alive import CANARY
from monitor.confirm import finding_key
from monitor.documented import Documented, Quoted
from monitor.ledger import Commitment, Status, ledger
from monitor.ledger.told import with_told
from monitor.model import Alert, Organization, Page, Review
from monitor.store import Connection, alerts, findings, holds, looks, raised, reviews, statements
from monitor.strength import of_role
from monitor.wire import finding_json, utc_text

Row = Mapping[str, Any]  #: column → text, whole number, truth, list of texts, or None
ALERTS_AT_MOST = 1_000_000


def rows_of(conn: Connection, home: Home, now: datetime) -> dict[str, list[Row]]:
    """Table → its rows; now: aware UTC. Raises ConfigError."""
    public = _public(conn, home)
    return {
        "organizations": list(_organizations(public)),
        "commitments": [*_commitments(conn, public, now), *_documented(home, public)],
        "findings": list(_findings(conn, public)),
        "coverage": list(_coverage(conn, public, now)),
    }


@dataclass(frozen=True, slots=True)
class _Public:
    """What may be told. silent: (page id, key of the finding) of what is held or muted."""

    organizations: Sequence[Organization]
    pages: Mapping[str, Page]
    alerts: Sequence[Alert]
    verdicts: Mapping[str, Review]
    silent: Collection[tuple[str, str]]


def _public(conn: Connection, home: Home) -> _Public:
    watched = home.watchlist.organizations
    canaries = {one.id for one in watched if one.kind == CANARY}
    all_ = [one for one in alerts.all(conn, ALERTS_AT_MOST) if one.organization["id"] not in canaries]
    hidden = {*holds.held(conn), *muted_ids(conn, all_, home.mutes)}
    told = [one for one in all_ if one.after.confirmed_at and one.id not in hidden]
    shown = [one for one in watched if one.id not in canaries]
    return _Public(
        shown,
        {page.id: page for one in shown for page in one.pages},
        sorted(told, key=lambda one: (one.raised_at, one.id)),
        reviews.newest(conn),
        {(one.page["id"], finding_key(each)) for one in all_ if one.id in hidden for each in one.findings},
    )


def _organizations(public: _Public) -> Iterator[Row]:
    dropped = {one.organization["id"]: one.organization["name"] for one in public.alerts}
    for one in public.organizations:
        dropped.pop(one.id, None)
        yield _organization(one, is_watched=True)
    for id, name in sorted(dropped.items()):
        yield _organization(Organization(id, name, ""), is_watched=False)


def _organization(one: Organization, *, is_watched: bool) -> Row:
    its = one.identifiers
    return {
        "id": one.id,
        "name": one.name,
        "kind": one.kind,
        "country": one.country,
        "parent": one.parent,
        "aliases": list(one.aliases),
        "products": list(one.products),
        "ticker": its.ticker,
        "exchange": its.exchange,
        "isin": its.isin,
        "lei": its.lei,
        "identifiers_certainty": its.certainty,
        "watched": is_watched,
    }


# --------------------------------------------------------------------------- commitments


def _commitments(conn: Connection, public: _Public, now: datetime) -> Iterator[Row]:
    today = now.astimezone(UTC).date()
    by_organization: dict[str, list[Alert]] = {}
    for one in public.alerts:
        by_organization.setdefault(one.organization["id"], []).append(one)
    for organization in public.organizations:
        sayings = statements.of_organization(conn, organization.id)
        ids = sorted({one.page_id for one in sayings} | {page.id for page in organization.pages})
        tracked = [
            (id, one)
            for id in ids
            for one in findings.tracked(conn, id)
            if (id, one.key) not in public.silent
        ]
        told = with_told(tracked, by_organization.get(organization.id, ()))
        for kept in ledger(sayings, told, today):
            if kept.saying.believed and kept.status is not Status.UNBELIEVED:
                yield _commitment(organization, public.pages.get(kept.saying.page_id), kept)


def _commitment(organization: Organization, page: Page | None, one: Commitment) -> Row:
    return {
        "organization": organization.id,
        "key": one.key,
        "kind": SHOWN,
        "status": one.status.value,
        "strength": [of_role(page.role).value] if page else [],
        "quote": one.saying.quote,
        "paraphrase": "",
        "context": list(one.saying.context),
        "page": one.saying.page_id,
        "address": page.url if page else "",
        "pages": sorted(one.page_ids),
        "first_seen": utc_text(one.since),
        "last_seen": utc_text(one.last_seen),
        "left": utc_text(one.until) if one.until else None,
        "said_on": "",
        "ends": one.saying.ends,
        "quoted_by": "",
        "sources": [],
        "certainty": "",
    }


def _documented(home: Home, public: _Public) -> Iterator[Row]:
    watched = {one.id for one in public.organizations}
    known = (one for one in home.documented if one.organization in watched)
    for one in sorted(known, key=lambda one: (one.organization, one.id)):
        yield _documented_row(one)


def _documented_row(one: Documented) -> Row:
    is_exact = one.quoted is not Quoted.PARAPHRASE
    return {
        "organization": one.organization,
        "key": one.id,
        "kind": NOT_WATCHED,
        "status": ", ".join(fate.value for fate in one.fates),
        "strength": [strength.value for strength in one.strength],
        "quote": one.quote if is_exact else "",
        "paraphrase": "" if is_exact else one.quote,
        "context": [],
        "page": "",
        "address": "",
        "pages": [],
        "first_seen": None,
        "last_seen": None,
        "left": None,
        "said_on": one.said_on,
        "ends": one.expiry,
        "quoted_by": ", ".join(part for part in (one.quoted_by, one.quoted.value) if part),
        "sources": list(one.sources),
        "certainty": ": ".join(part for part in (one.confidence, one.note) if part),
    }


# --------------------------------------------------------------------------- findings


def _findings(conn: Connection, public: _Public) -> Iterator[Row]:
    back = raised.taken_back(conn, {one.page["id"] for one in public.alerts})
    told = {one.id for one in public.alerts}
    for alert in public.alerts:
        later = back.get(alert.id)
        verdict = public.verdicts.get(alert.id)
        for finding in alert.findings:
            yield {
                "alert": alert.id,
                "organization": alert.organization["id"],
                "page": alert.page["id"],
                "address": alert.page.get("url", ""),
                "headline": alert.headline,
                "first_seen": utc_text(alert.after.fetched_at),
                "confirmed": _utc(alert.after.confirmed_at),
                "before_last_seen": _utc(alert.before.last_seen_at),
                "before_sha256": alert.before.sha256,
                "after_sha256": alert.after.sha256,
                **finding_json(finding),
                "verdict": verdict.verdict.value if verdict else "",
                "taken_back_by": later.alert_id if later and later.alert_id in told else "",
            }


def _utc(at: datetime | None) -> str | None:
    return utc_text(at) if at else None


# --------------------------------------------------------------------------- coverage


def _coverage(conn: Connection, public: _Public, now: datetime) -> Iterator[Row]:
    """A row for each page and month in which we tried it: of watched pages, and of those in the findings."""
    known = public.pages.keys() | {one.page["id"] for one in public.alerts}
    began = [*looks.watched_since(conn).values(), *looks.first_at(conn, sorted(known)).values()]
    month = min(began, default=now).astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while month <= now:
        after = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
        read, failed = looks.read(conn, month, after), looks.failed(conn, month, after)
        for id in sorted((read.keys() | failed.keys()) & known):
            page, each, why = public.pages.get(id), read.get(id, looks.Looks()), failed.get(id, Counter())
            yield {
                "organization": id.partition("/")[0],
                "page": id,
                "address": page.url if page else "",
                "role": page.role.value if page else "",
                "month": f"{month:%Y-%m}",
                "readings": each.count,
                "days_read": len(each.days),
                "failures": sum(why.values()),
                "why": [f"{access.value}: {count}" for access, count in sorted(why.items())],
            }
        month = after
