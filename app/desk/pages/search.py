"""Search among all statements ever seen: as a page, as CSV and as JSON, by one and the same query."""

import json
from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from app.csv import csv_rows
from app.desk.asked import CSV_HEADER, as_asked, csv_row, found_json, query, wanted
from app.desk.door import READER, Door
from app.desk.paging import number
from app.desk.rendering import attachment, page
from app.desk.visit import Visit
from app.sight import Unseen, unseen_pages
from monitor.access import primary
from monitor.errors import InputError
from monitor.lexicon import Lexicon
from monitor.model import Saying, Stance
from monitor.store import Connection, readings, statements
from monitor.store.statements import PER_PAGE, Found, Lag, Wanted
from monitor.terms import Term, places
from monitor.words import spoken

CSV_ROWS = 50_000  #: in one file; what was seen last comes first


def show(visit: Visit) -> Response:
    """The form, and one part of what it finds."""
    found, lag, problem, sought = Found(0, ()), Lag(0), "", Wanted()
    part = number(visit)
    unseen: dict[str, Unseen] = {}
    missing: set[int] = set()
    try:
        sought = wanted(visit)
        with visit.store.read() as conn:
            found = statements.search(conn, sought, PER_PAGE, (part - 1) * PER_PAGE)
            lag = statements.lag(conn)
            ids = {one.page_id for one in found.sayings}
            unseen = unseen_pages(conn, {one.id: one for one in visit.home.watchlist.pages}, ids, visit.now)
            missing = _missing(conn, found.sayings)
    except InputError as error:
        problem = str(error)
    values = {
        "asked": as_asked(visit),
        "query": query(visit),
        "found": found,
        "results": [(one, marked(one.quote, sought.terms)) for one in found.sayings],
        "names": {one.id: one.name for one in visit.home.watchlist.organizations},
        "lag": lag,
        "unseen": unseen,
        "missing": missing,
        "problem": problem,
        "part": part,
        "has_more": part * PER_PAGE < found.total,
        "csv_rows": CSV_ROWS,
        "choices": _choices(visit),
    }
    return page(visit, "search.html", values, 400 if problem else 200)


def _missing(conn: Connection, sayings: Sequence[Saying]) -> set[int]:
    """The ids of those that stand, and were not in the last good reading of their page."""
    ids = {one.page_id for one in sayings}
    newest, known = readings.latest(conn, ids), statements.looked_at(conn, ids)
    read = {
        id: one.at for id, one in newest.items() if one.access.is_reading and one.fetch_id <= known.get(id, 0)
    }
    return {
        one.id
        for one in sayings
        if one.standing and one.page_id in read and one.last_seen_at < read[one.page_id]
    }


def as_csv(visit: Visit) -> Response:
    """All that is found, up to CSV_ROWS; the name of the file says where there is more."""
    with visit.store.read() as conn:
        found = statements.search(conn, wanted(visit), CSV_ROWS)
    is_cut = found.total > len(found.sayings)
    name = f"statements-{len(found.sayings)}-of-{found.total}.csv" if is_cut else "statements.csv"
    body = "".join(csv_rows(CSV_HEADER, map(csv_row, found.sayings)))
    return attachment(body, name, "text/csv; charset=utf-8")


def as_json(visit: Visit) -> Response:
    """One part of what is found."""
    part = number(visit)
    with visit.store.read() as conn:
        found = statements.search(conn, wanted(visit), PER_PAGE, (part - 1) * PER_PAGE)
    told = found_json(found, part, PER_PAGE, as_asked(visit))
    return Response(json.dumps(told, ensure_ascii=True), media_type="application/json")


def marked(text: str, terms: Sequence[Term]) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether these words stand in it."""
    pieces, at = [], 0
    for start, end in places(text, terms):
        pieces += [(text[at:start], False), (text[start:end], True)]
        at = end
    return [piece for piece in (*pieces, (text[at:], False)) if piece[0]]


def _choices(visit: Visit) -> dict[str, list[tuple[str, str]]]:
    """Name of a field → (value, what it is called) of what can be chosen."""
    watchlist = visit.home.watchlist
    organizations = sorted(watchlist.organizations, key=lambda one: (one.name.casefold(), one.id))
    languages = sorted({page.language for page in watchlist.pages})
    ours = visit.home.rules.lexicons
    lexicons = [ours[one] for one in sorted({primary(each) for each in languages} & set(ours))]
    return {
        "organization": [(one.id, one.name) for one in organizations],
        "technology": _ids("technologies", lexicons),
        "party": _ids("parties", lexicons),
        "stance": [(one.value, one.value) for one in Stance],
        "language": [(one, one) for one in languages],
    }


def _ids(table: str, lexicons: Sequence[Lexicon]) -> list[tuple[str, str]]:
    entries: list[Any] = [entry for one in lexicons for entry in getattr(one.file, table)]
    return sorted({(entry.id, spoken(entry.id)) for entry in entries}, key=lambda one: one[1])


DOORS = (
    Door("/search", READER, show),
    Door("/search.csv", READER, as_csv),
    Door("/search.json", READER, as_json),
)
