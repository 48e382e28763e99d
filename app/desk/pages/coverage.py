"""Coverage: which pages were read and when, so that silence means something."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from starlette.responses import Response

from app.csv import csv_rows
from app.desk.door import READER, Door
from app.desk.memory import Memory
from app.desk.paging import cut, number
from app.desk.rendering import attachment, page
from app.desk.visit import Visit
from app.proof import Facts, PageProof, Period, counted, last_days, period_of, proofs, totals
from monitor.errors import InputError
from monitor.model import Access
from monitor.store import Connection, chain, findings, looks
from monitor.watchlist import Watchlist
from monitor.wire import utc_text

SPAN, SPANS = 30, (1, 7, 30, 90)  #: days: the default, and what can be chosen at once
SHOWN = 100  #: pages in one part
ANY = "unread"  #: as a state: whatever stood in the way
_HEADER = (
    *("organization", "page", "address", "watched since", "from", "to", "days", "days read", "days without"),
    *("readings", "first reading", "last reading", "longest gap (hours)", "failed", "why"),
)


def show(visit: Visit) -> Response:
    """The pages of a period, the worst first."""
    period, problem, rows, pending = _asked(visit)
    part = number(visit)
    shown, has_more = cut(rows[(part - 1) * SHOWN : part * SHOWN + 1], SHOWN)
    today = visit.now.date()
    values = {
        "period": period,
        "problem": problem,
        "organization": visit.asked("organization"),
        "state": visit.asked("state"),
        "states_known": [one for one in Access if not one.is_reading],
        "any_state": ANY,
        "rows": shown,
        "totals": totals(rows),
        "pending": sum(one.page_id in pending for one in rows),
        "part": part,
        "has_more": has_more,
        "presets": [(days, _query(visit, last_days(days, today))) for days in SPANS],
        "query": _query(visit, period),
        "chosen": period,
        "preset_of": {days: last_days(days, today) for days in SPANS},
    }
    return page(visit, "coverage.html", values)


def as_csv(visit: Visit) -> Response:
    """The same, all of them, as a file. Raises InputError: a file of another period would not be noticed."""
    period, problem, rows, _ = _asked(visit)
    if problem:
        raise InputError(problem)
    body = "".join(csv_rows(_HEADER, (_csv_row(one, period) for one in rows)))
    return attachment(body, f"coverage-{period.first}-{period.last}.csv", "text/csv; charset=utf-8")


def _asked(visit: Visit) -> tuple[Period, str, list[PageProof], set[str]]:
    """The period, what is wrong with the one asked for, its rows, and the pages with a change that waits."""
    usual = last_days(SPAN, visit.now.date())
    period, problem = period_of(visit.asked("from"), visit.asked("to"), usual)
    with visit.store.read() as conn:
        rows = proofs_of(conn, visit.home.watchlist, period, visit.now)
        pending = findings.pending_pages(conn, period.since, period.until)
    words, state = visit.asked("organization").casefold().split(), visit.asked("state")
    return period, problem, [one for one in rows if _is_of(one, words) and _has(one, state)], pending


def _is_of(row: PageProof, words: Sequence[str]) -> bool:
    """Whether the words are the id of its organization, or stand in its name."""
    organization_id, name = row.page_id.partition("/")[0], row.name.casefold()
    return words == [organization_id] or all(word in name for word in words)


def _has(row: PageProof, state: str) -> bool:
    return not state or (bool(row.failed) if state == ANY else state in row.failures)


def _query(visit: Visit, period: Period) -> str:
    """What was asked, for another period or part."""
    asked = {name: visit.asked(name) for name in ("organization", "state")}
    return urlencode(
        {"from": period.first, "to": period.last} | {key: one for key, one in asked.items() if one}
    )


def _csv_row(row: PageProof, period: Period) -> tuple[object, ...]:
    first, last = row.read.ends or (None, None)
    why = "; ".join(f"{access.value}: {count}" for access, count in row.failures.most_common())
    return (
        *(row.name, row.page_id, row.page.url if row.page else ""),
        *(row.watched_since and utc_text(row.watched_since), period.first, period.last),
        *(row.days, row.read.days, row.days_without, row.read.count),
        *(first and utc_text(first), last and utc_text(last)),
        *(round(row.longest_gap.total_seconds() / 3600, 1), row.failed, why),
    )


# --------------------------------------------------------------------------- what the store knows

_facts: Memory[Facts] = Memory(4)
_rows: Memory[tuple[Watchlist, list[PageProof]]] = Memory(8)
_GAPS_TO = timedelta(minutes=10)  #: how exactly the time without a reading is told that lasts until now


def proofs_of(conn: Connection, watchlist: Watchlist, period: Period, now: datetime) -> list[PageProof]:
    """What is shown of a period, the worst first; now: aware UTC.

    Kept by the head of the chain: a store with the same one says the same, and to count months takes a while.
    """
    head = chain.head(conn)
    known = head.sha256 if head else ""
    now = now - (now - datetime.min.replace(tzinfo=UTC)) % _GAPS_TO

    def find() -> tuple[Watchlist, list[PageProof]]:
        facts = _facts.get((known, period), lambda: _counted(conn, period))
        watched = {one.id: (each.name, one) for each in watchlist.organizations for one in each.pages}
        return watchlist, proofs(watched, facts, period, now)  # the watchlist is kept, and so is its id

    return _rows.get((known, period, now, id(watchlist)), find)[1]


def _counted(conn: Connection, period: Period) -> Facts:
    between, since = (period.since, period.until), looks.watched_since(conn)
    read, failed = looks.read(conn, *between), looks.failed(conn, *between)
    dropped = sorted(id for id in {*read, *failed} - since.keys() if " " not in id)
    since |= looks.first_at(conn, dropped)
    ours = {id: counted(one, since.get(id)) for id, one in read.items()}
    return Facts(ours, failed, since, looks.last_at(conn, *between, dropped))


DOORS = (Door("/coverage", READER, show), Door("/coverage.csv", READER, as_csv))
