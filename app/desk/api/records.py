"""What the API answers of what was fetched, read and said. As in documents.py."""

from datetime import timedelta

from app.desk.api.asking import CoverageAsked, FetchesAsked, StatementsAsked
from app.desk.api.parts import Json, listed, moment, reading_json, schema
from app.desk.asked import STANDING, saying_json
from app.desk.pages.coverage import SPAN, proofs_of
from app.desk.visit import NotFoundError, Visit
from app.proof import PageProof, last_days, period_of, totals
from monitor.errors import InputError
from monitor.model import Fetch
from monitor.store import paged, snapshots, statements
from monitor.store.snapshots import Snapshot
from monitor.store.statements import Wanted
from monitor.terms import terms
from monitor.wire import utc_text

# --------------------------------------------------------------------------- what was fetched


def all_fetches(visit: Visit, asked: FetchesAsked) -> Json:
    """Fetches, the one recorded last first."""
    with visit.store.read() as conn:
        ids = paged.fetched(
            conn, asked.limit + 1, asked.after or 0, page_id=asked.page or "", since=asked.since
        )
        found = snapshots.get(conn, *ids[: asked.limit])
    told = [_snapshot(found[id]) for id in ids[: asked.limit]]
    return listed("fetches", told, ids[asked.limit - 1] if len(ids) > asked.limit else None)


def fetch(visit: Visit, id: int) -> Json:
    """One fetch, and what was made of it."""
    with visit.store.read() as conn:
        found = snapshots.get(conn, id).get(id)
    if found is None:
        raise NotFoundError(f"No fetch {id} was recorded.")
    return {"schema": schema("fetch"), **_snapshot(found)}


def _snapshot(one: Snapshot) -> Json:
    return _fetch(one.fetch) | {"reading": one.reading and reading_json(one.reading)}


def _fetch(one: Fetch) -> Json:
    return {
        "id": one.id,
        "page": one.page_id,
        "requested_url": one.requested_url,
        "final_url": one.final_url,
        "redirects": [{"url": hop.url, "status": hop.status} for hop in one.redirects],
        "started_at": utc_text(one.started_at),
        "ended_at": utc_text(one.ended_at),
        "status": one.status,
        "headers": [list(pair) for pair in one.headers],
        "body_sha256": one.body_sha256,
        "body_bytes": one.body_bytes,
        "screenshot_sha256": one.screenshot_sha256,
        "robots": {
            "decision": one.robots.decision,
            "url": one.robots.url,
            "sha256": one.robots.sha256,
            "fetched_at": moment(one.robots.fetched_at),
        },
        "failure": one.failure and {"kind": one.failure.kind.value, "message": one.failure.message},
        "archive_url": one.archive_url,
        "ip_address": one.ip_address,
        "certificate_sha256": one.certificate_sha256,
        "user_agent": one.user_agent,
        "program_version": one.program_version,
        "config_sha256": one.config_sha256,
    }


# --------------------------------------------------------------------------- what was said, what was read


def all_statements(visit: Visit, asked: StatementsAsked) -> Json:
    """Statements, the one seen last first. after: how many come before."""
    wanted = Wanted(
        terms=terms(asked.words),
        organization_id=asked.organization or "",
        technology=asked.technology,
        party=asked.party,
        stance=asked.stance or "",
        language=asked.language,
        seen_from=asked.seen_from,
        seen_to=asked.seen_to,
        standing=STANDING[asked.standing],
    )
    with visit.store.read() as conn:
        found = statements.search(conn, wanted, asked.limit, asked.after or 0)
    behind = (asked.after or 0) + len(found.sayings)
    told = [saying_json(one) for one in found.sayings]
    return listed("statements", told, behind if 0 < behind < found.total else None, total=found.total)


def coverage(visit: Visit, asked: CoverageAsked) -> Json:
    """Which pages were read in a time and which were not, by their ids. Raises InputError."""
    first, last = (day.isoformat() if day else "" for day in (asked.first, asked.last))
    period, problem = period_of(first, last, last_days(SPAN, visit.now.date()))
    if problem:
        raise InputError(problem)
    with visit.store.read() as conn:
        rows = proofs_of(conn, visit.home.watchlist, period, visit.now)
    begins = f"{asked.organization}/" if asked.organization else ""
    theirs = [one for one in rows if one.page_id.startswith(begins)]
    behind = sorted(one.page_id for one in theirs if one.page_id > (asked.after or ""))[: asked.limit + 1]
    by_id = {one.page_id: one for one in theirs}
    told, whole = [_proof(by_id[id]) for id in behind[: asked.limit]], totals(theirs)
    return {
        "schema": schema("coverage"),
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "totals": {
            "pages": whole.pages,
            "read": whole.read,
            "read_each_day": whole.each_day,
            "not_read": whole.unread,
            "readings": whole.readings,
            "failed": whole.failures.total(),
        },
        "pages": told,
        "next": behind[asked.limit - 1] if len(behind) > asked.limit else None,
    }


def _proof(one: PageProof) -> Json:
    first, last = one.read.ends or (None, None)
    return {
        "page": one.page_id,
        "watched": one.page is not None,
        "watched_since": moment(one.watched_since),
        "days": one.days,
        "days_read": one.read.days,
        "readings": one.read.count,
        "first_reading_at": moment(first),
        "last_reading_at": moment(last),
        "longest_gap_hours": round(one.longest_gap / timedelta(hours=1), 2),
        "failed": {access.value: count for access, count in sorted(one.failures.items())},
    }
