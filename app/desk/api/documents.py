"""What the API answers: the same values as the command line gives, where it has them.

Each function looks at one moment of the store, asks it a constant number of questions, and raises
NotFoundError where there is nothing of that name.
"""

from collections.abc import Mapping

from app.alerting import review_json, told_json
from app.desk.api.asking import AlertsAsked, FindingsAsked, ReviewsAsked
from app.desk.api.parts import Json, following, listed, moment, reading_json, schema
from app.desk.scored import Keys, place_of, scored
from app.desk.visit import NotFoundError, Visit
from app.home import policy_of
from app.reporting import status_now
from app.status_json import status_json
from monitor.errors import InputError
from monitor.model import Organization, Page, Reading
from monitor.scorecard import Part, Score, Support
from monitor.store import findings, paged, pages, readings, reviews
from monitor.store.paged import Followed
from monitor.wire import finding_json, utc_text


def root(at: str) -> Json:
    """Where the description is, and where the lists begin. at: where the API is."""
    lists = ("status", "organizations", "alerts", "findings", "fetches", "statements", "coverage", "reviews")
    links = {"description": f"{at}/openapi.json"} | {name: f"{at}/{name}" for name in lists}
    return {"schema": schema("root"), "links": links}


def status(visit: Visit) -> Json:
    """As `pledgewatch status --json`."""
    return status_json(status_now(visit.store, visit.home, visit.now), policy_of(visit.home.settings.confirm))


# --------------------------------------------------------------------------- who and what is watched


def organizations(visit: Visit) -> Json:
    """Who is watched."""
    told = [_organization(one) for one in visit.home.watchlist.organizations]
    return {"schema": schema("organizations"), "organizations": told}


def organization(visit: Visit, id: str) -> Json:
    """One of them, with its pages."""
    found = next((one for one in visit.home.watchlist.organizations if one.id == id), None)
    if found is None:
        raise NotFoundError(f"No organization {id} is watched.")
    ids = [page.id for page in found.pages]
    with visit.store.read() as conn:
        newest, since = readings.latest(conn, ids), readings.unread_since(conn, ids)
    return {
        "schema": schema("organization"),
        **_organization(found),
        "why": list(found.why),
        "aliases": list(found.aliases),
        "products": list(found.products),
        "dates": [
            {"on": one.on.isoformat(), "kind": one.kind.value, "what": one.what, "source": one.source}
            for one in found.dates
        ],
        "pages": [
            _page(page) | {"last_reading": _last(newest, page.id), "unread_since": moment(since.get(page.id))}
            for page in found.pages
        ],
    }


def scores(visit: Visit, id: str) -> Json:
    """How it meets each ask, part by part, as of the last look; also of one that is not watched any more."""
    with visit.store.read() as conn:
        found = scored(conn, visit, id)
    return {
        "schema": schema("scores"),
        "organization": id,
        "as_of": moment(found.at),
        "scores": [_score(one, found.keys) for one in found.scores],
    }


def _score(one: Score, keys: Keys) -> Json:
    ask = one.ask
    return {
        "ask": ask.id,
        "lens": ask.lens.value,
        "text": ask.text,
        "source": ask.source,
        "certainty": ask.certainty,
        "parts": [_part(part, keys) for part in one.parts],
    }


def _part(one: Part, keys: Keys) -> Json:
    by = one.overruled
    return {
        "name": one.name,
        "state": one.state.value,
        "why": one.why,
        "overruled": by and {"reason": by.reason, "who": by.who, "on": by.on},
        "found": one.found and one.found.value,
        "supports": [_support(each, keys) for each in one.supports],
    }


def _support(one: Support, keys: Keys) -> Json:
    return {
        "quote": one.quote,
        "context": list(one.context),
        "page": one.page_id,
        "snapshot": one.fetch_id,
        "commitment": keys.get(place_of(one), ""),
        "first_seen_at": utc_text(one.at),
        "last_seen_at": utc_text(one.last_seen),
        "why": one.why,
    }


def page(visit: Visit, organization: str, slug: str) -> Json:
    """One page."""
    id = f"{organization}/{slug}"
    found = next((one for one in visit.home.watchlist.pages if one.id == id), None)
    if found is None:
        raise NotFoundError(f"No page {id} is watched.")
    with visit.store.read() as conn:
        newest, since = readings.latest(conn, [id]), readings.unread_since(conn, [id])
        believed, due = findings.baseline(conn, id), pages.due_at(conn, id)
    return {
        "schema": schema("page"),
        **_page(found),
        "organization": organization,
        "every_hours": found.every_hours,
        "select": list(found.select),
        "remove": list(found.remove),
        "note": found.note,
        "next_due_at": moment(due),
        "last_reading": _last(newest, id),
        "unread_since": moment(since.get(id)),
        "believed": believed
        and {
            "fetch": believed.fetch_id,
            "text_sha256": believed.text_sha256,
            "last_seen_at": utc_text(believed.last_seen_at),
        },
    }


def _organization(one: Organization) -> Json:
    its = one.identifiers
    return {
        "id": one.id,
        "name": one.name,
        "kind": one.kind,
        "country": one.country,
        "parent": one.parent,
        "ticker": its.ticker,
        "exchange": its.exchange,
        "isin": its.isin,
        "lei": its.lei,
        "page_count": len(one.pages),
    }


def _page(one: Page) -> Json:
    return {
        "id": one.id,
        "url": one.url,
        "role": one.role.value,
        "language": one.language,
        "fetch": one.fetch,
        "paused": one.paused,
    }


def _last(newest: Mapping[str, Reading], page_id: str) -> Json | None:
    return reading_json(newest[page_id]) if page_id in newest else None


# --------------------------------------------------------------------------- what changed


def alerts(visit: Visit, asked: AlertsAsked) -> Json:
    """Alerts, the one raised last first."""
    with visit.store.read() as conn:
        if asked.after and paged.alert(conn, asked.after) is None:
            raise InputError("after: no alert has this id; give the `next` of the answer before")
        found = paged.raised(
            conn,
            asked.limit + 1,
            asked.after or "",
            organization_id=asked.organization or "",
            direction=asked.direction,
            since=asked.since,
            until=asked.until,
        )
        told = told_json(conn, found[: asked.limit], visit.home.mutes)
    return listed("alerts", told, following(found, asked.limit, "id"))


def alert(visit: Visit, id: str) -> Json:
    """One alert, as `pledgewatch alerts show --json`."""
    with visit.store.read() as conn:
        found = paged.alert(conn, id)
        if found is None:
            raise NotFoundError(f"No alert {id} was raised.")
        return told_json(conn, [found], visit.home.mutes)[0]


def all_findings(visit: Visit, asked: FindingsAsked) -> Json:
    """Findings, the one that was found last first."""
    with visit.store.read() as conn:
        found = paged.followed(
            conn,
            asked.limit + 1,
            asked.after or 0,
            state=asked.state,
            organization_id=asked.organization or "",
            since=asked.since,
        )
    told = [_followed(one) for one in found[: asked.limit]]
    return listed("findings", told, following(found, asked.limit, "id"))


def _followed(one: Followed) -> Json:
    its = one.tracked
    return {
        "id": one.id,
        "page": one.page_id,
        "key": its.key,
        "state": its.state.value,
        "first_seen_at": utc_text(its.first_seen_at),
        "last_seen_at": utc_text(its.last_seen_at),
        "confirmed_at": moment(its.confirmed_at),
        "readings": its.readings,
        "flips": its.flips,
        "before_fetch": its.before_fetch_id,
        "after_fetch": its.after_fetch_id,
        "finding": finding_json(its.finding),
    }


def all_reviews(visit: Visit, asked: ReviewsAsked) -> Json:
    """Verdicts, the newest first. counts: whether it is the newest on its alert."""
    with visit.store.read() as conn:
        found = paged.judged(conn, asked.limit + 1, asked.after or 0)
        newest = reviews.newest_of(conn, [one.alert_id for one in found])
    told = [
        review_json(one) | {"id": one.id, "alert": one.alert_id, "counts": newest[one.alert_id].id == one.id}
        for one in found[: asked.limit]
    ]
    return listed("reviews", told, following(found, asked.limit, "id"))
