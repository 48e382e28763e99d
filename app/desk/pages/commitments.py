"""One commitment: its wordings in order, on whichever page, with what each change did to it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC

from starlette.responses import Response

from alerts.marking import LARGE, Run
from app.desk.door import READER, Door
from app.desk.reading import name_of
from app.desk.rendering import page
from app.desk.visit import NotFoundError, Visit
from app.sight import unseen_pages
from monitor.align import word_marks
from monitor.confirm import finding_key
from monitor.ledger import Commitment, Step, line_of, protects
from monitor.ledger.told import with_told
from monitor.model import Alert, Direction, Review, Tracked, Verdict
from monitor.store import findings, raised, reviews, statements
from monitor.threads import governing_line

_KEY = re.compile("[0-9a-f]{64}")
_ALERTS = 500  #: of an organization, the newest, among which the changes are looked for


@dataclass(frozen=True, slots=True)
class Row:
    """One step as it is shown. runs: its words, with what changed since those before; alert_id: or "".

    was_under: what stood above the words on that page before, where the line that decides them is another
    now; judged: a verdict on the alert by which it was not right.
    """

    step: Step
    runs: tuple[Run, ...]
    direction: Direction | None
    alert_id: str
    was_under: tuple[str, ...] = ()
    judged: Review | None = None


def show(visit: Visit) -> Response:
    """The line that holds the words of this key."""
    id, key = visit.path["organization"], visit.path["key"]
    if not _KEY.fullmatch(key):
        raise NotFoundError("A commitment has an address of 64 letters and digits; this is none.")
    with visit.store.read() as conn:
        sayings, alerts = statements.of_organization(conn, id), raised.of_organization(conn, id, _ALERTS)
        tracked = with_told(findings.of_organization(conn, id), alerts)
        line = line_of(key, sayings, tracked, visit.now.astimezone(UTC).date())
        rows = rows_of(line, alerts) if line else []
        judged = reviews.newest_of(conn, [row.alert_id for row in rows])
        watched = {one.id: one for one in visit.home.watchlist.pages}
        unseen = unseen_pages(conn, watched, line.page_ids if line else (), visit.now)
        lag = statements.lag(conn) if line else statements.Lag(0)
    if line is None:
        raise NotFoundError(f"We saw no such statement at {id}.")
    values = {
        "id": id,
        "name": name_of(visit.home, id),
        "line": line,
        "is_commitment": any(one.key in line.keys and protects(one) for one in sayings),
        "rows": [replace(row, judged=_not_right(judged.get(row.alert_id))) for row in rows],
        "unseen": unseen,
        "lag": lag,
    }
    return page(visit, "commitment.html", values)


def rows_of(line: Commitment, alerts: Sequence[Alert]) -> list[Row]:
    """Its steps, each with the alert that told it."""
    told = _told(alerts)
    rows, before = [], ""
    above: dict[str, tuple[str, ...]] = {}
    for step in line.steps:
        runs, before = _runs(step, before)
        was_under = _was_under(step, above.get(step.page_id))
        above[step.page_id] = step.context
        direction = Direction(step.direction) if step.direction else None
        rows.append(Row(step, runs, direction, told.get(_change(step.page_id, step.tracked), ""), was_under))
    return rows


def _was_under(step: Step, before: tuple[str, ...] | None) -> tuple[str, ...]:
    """The lines above the words on this page before, where the one that decides what is meant is another."""
    if before is None or governing_line(before) == governing_line(step.context):
        return ()
    return before or ("",)


def _not_right(review: Review | None) -> Review | None:
    return review if review and review.verdict is not Verdict.RIGHT else None


def _told(alerts: Sequence[Alert]) -> dict[tuple[str, str], str]:
    """(page id, key of the finding) → the alert that told it: a confirmed one first, then the newest."""
    in_order = sorted(alerts, key=lambda one: (one.after.confirmed_at is not None, one.raised_at))
    return {(one.page["id"], finding_key(finding)): one.id for one in in_order for finding in one.findings}


def _change(page_id: str, tracked: Tracked | None) -> tuple[str, str]:
    return (page_id, finding_key(tracked.finding)) if tracked else ("", "")


def _runs(step: Step, before: str) -> tuple[tuple[Run, ...], str]:
    """Its words, marked against those before; and which words the next step starts from."""
    old = step.tracked.finding.before_quote if step.tracked else before
    if not step.quote:
        return (Run("removed", old),) if old else (), before
    if not old or old == step.quote or len(old) + len(step.quote) > LARGE:
        return (Run("same", step.quote),), step.quote
    return tuple(Run(mark.kind, mark.text) for mark in word_marks(old, step.quote)), step.quote


DOORS = (Door("/organizations/{organization}/commitments/{key}", READER, show),)
