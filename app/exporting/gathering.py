"""The rows of the open data: what is public, and nothing else.

Left out: changes that wait to be confirmed, are held for a person or muted, and the commitments that such a
held or muted one touches, which are counted; who was told, judged or signed in; notes; how pages are
fetched. Rows have an order of their own: on one day (UTC) the same store gives the same bytes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.exporting.dictionary import DOCUMENTED, SHOWN
from app.home import Home
from app.publishing import muted_ids
from monitor.alive import CANARY
from monitor.confirm import finding_key
from monitor.documented import Documented, Quoted
from monitor.ledger import Commitment, Status, ledger
from monitor.ledger.told import with_told
from monitor.model import Alert, Finding, Organization, Page, Review, Saying
from monitor.segment import fold
from monitor.store import Connection, alerts, findings, holds, looks, raised, reviews, statements
from monitor.strength import of_role
from monitor.wire import finding_json, utc_text

Row = Mapping[str, Any]  #: column → text, whole number, truth, list of texts, or None
ALERTS_AT_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Gathered:
    """tables: name → rows; left_out: how many commitments a change touches that is held or muted."""

    tables: Mapping[str, Sequence[Row]]
    left_out: int


def gathered(conn: Connection, home: Home, now: datetime) -> Gathered:
    """All that is public as of now (aware UTC). Raises ConfigError."""
    public = _public(conn, home)
    commitments, left_out = _commitments(conn, public, now)
    tables = {
        "organizations": list(_organizations(public)),
        "commitments": [*commitments, *_documented(home, public)],
        "findings": list(_findings(conn, public)),
        "coverage": list(_coverage(conn, public, now)),
    }
    return Gathered(tables, left_out)


@dataclass(frozen=True, slots=True)
class _Public:
    """What may be told. hidden: the alerts that are held or muted."""

    organizations: Sequence[Organization]
    pages: Mapping[str, Page]
    alerts: Sequence[Alert]
    verdicts: Mapping[str, Review]
    hidden: Sequence[Alert]


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
        [one for one in all_ if one.id in hidden],
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


def _commitments(conn: Connection, public: _Public, now: datetime) -> tuple[list[Row], int]:
    """The rows, and how many lines were left out, as their status would tell what is held or muted."""
    today = now.astimezone(UTC).date()
    shown, hidden = _by_organization(public.alerts), _by_organization(public.hidden)
    rows: list[Row] = []
    left_out = 0
    for organization in public.organizations:
        sayings = statements.of_organization(conn, organization.id)
        ids = sorted({one.page_id for one in sayings} | {page.id for page in organization.pages})
        every = [(id, one) for id in ids for one in findings.tracked(conn, id)]
        silent = [(one.page["id"], each) for one in hidden[organization.id] for each in one.findings]
        keys = {(id, finding_key(one)) for id, one in silent}
        told = with_told(
            [(id, one) for id, one in every if (id, one.key) not in keys], shown[organization.id]
        )
        touched = _touched(sayings, silent)
        for kept in ledger(sayings, told, today):
            if not kept.saying.believed or kept.status is Status.UNBELIEVED:
                continue
            if touched.isdisjoint(kept.keys):
                rows.append(_commitment(organization, public.pages.get(kept.saying.page_id), kept))
            else:
                left_out += 1
    return rows, left_out


def _by_organization(those: Sequence[Alert]) -> Mapping[str, list[Alert]]:
    found: dict[str, list[Alert]] = defaultdict(list)
    for one in those:
        found[one.organization["id"]].append(one)
    return found


def _touched(sayings: Sequence[Saying], silent: Sequence[tuple[str, Finding]]) -> set[str]:
    """The keys of all words that one of these (page id, change) took or brought."""
    words = {
        (id, fold(quote)) for id, one in silent for quote in (one.before_quote, one.after_quote) if quote
    }
    return {one.key for one in sayings if (one.page_id, fold(one.quote)) in words}


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
        "ends": str(one.end) if one.end else "",
        "actor": "",
        "condition": "",
        "exceptions": [],
        "court": "",
        "quoted_by": "",
        "sources": [],
        "certainty": "",
    }


def _documented(home: Home, public: _Public) -> Iterator[Row]:
    watched = {one.id for one in public.organizations}
    known = (one for one in home.documented if one.organization in watched)
    for one in sorted(known, key=lambda one: (one.organization, one.id)):
        yield _documented_row(one, public.pages.get(one.page))


def _documented_row(one: Documented, page: Page | None) -> Row:
    is_exact = one.quoted is not Quoted.PARAPHRASE
    return {
        "organization": one.organization,
        "key": one.id,
        "kind": DOCUMENTED,
        "status": ", ".join(fate.value for fate in one.fates),
        "strength": [strength.value for strength in one.strength],
        "quote": one.quote if is_exact else "",
        "paraphrase": "" if is_exact else one.quote,
        "context": [],
        "page": page.id if page else "",
        "address": page.url if page else "",
        "pages": [],
        "first_seen": None,
        "last_seen": None,
        "left": None,
        "said_on": one.said_on,
        "ends": one.expiry,
        "actor": one.actor,
        "condition": one.condition,
        "exceptions": list(one.exceptions),
        "court": one.court,
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
