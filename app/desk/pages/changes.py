"""One change: the words before and after, how it is known, what became of it, what people make of it."""

import re
from collections.abc import Mapping
from typing import Any

from starlette.responses import RedirectResponse, Response

from app.alerting import release as let_go
from app.desk.changed import AT_MOST, change
from app.desk.door import READER, REVIEWER, Door
from app.desk.reading import page_of, reader_of
from app.desk.rendering import attachment, page
from app.desk.texts import texts
from app.desk.visit import NotFoundError, Visit
from app.evidence import gathered, packed
from app.reviewing import NOTE_AT_MOST, give_verdict, opinion
from monitor.errors import InputError, StoreError
from monitor.model import Alert, Verdict
from monitor.store import Connection, alerts

SIDE, INLINE = "side", "inline"
_ID = re.compile(r"[0-9a-fA-F]{8,64}")


def show(visit: Visit) -> Response:
    """The change, or the way to it by its whole id."""
    return _shown(visit, {"verdict": "", "note": ""})


def _shown(visit: Visit, typed: Mapping[str, str], problem: str = "", status: int = 200) -> Response:
    with visit.store.read() as conn:
        alert = _asked(visit, conn)
        if alert.id != visit.path["alert"]:
            return RedirectResponse(f"/changes/{alert.id}", 303)
        values: dict[str, Any] = {"change": change(visit, conn, alert)}
    values |= {
        "view": INLINE if visit.asked("view") == INLINE else SIDE,
        "at_most": AT_MOST,
        "verdicts": tuple(Verdict),
        "note_at_most": NOTE_AT_MOST,
        "may_judge": visit.who.may(REVIEWER),
        "typed": typed,
        "problem": problem,
    }
    return page(visit, "change.html", values, status)


def review(visit: Visit) -> Response:
    """Keep the verdict, with what follows from it."""
    typed = {"verdict": visit.said("verdict"), "note": visit.said("note")}
    if not typed["verdict"]:
        return _shown(visit, typed, texts()("changes.choose"), 400)
    try:
        said = opinion(typed["verdict"], visit.who.name, typed["note"])
    except InputError as trouble:
        return _shown(visit, typed, str(trouble), 400)
    with visit.store.begin() as conn:
        alert = _asked(visit, conn)
        give_verdict(conn, visit.home, alert, said, visit.now)
    return RedirectResponse(f"/changes/{alert.id}#reviews", 303)


def release(visit: Visit) -> Response:
    """Let it go out where it is held."""
    with visit.store.begin() as conn:
        alert = _asked(visit, conn)
        let_go(conn, [alert.id], visit.who.name, visit.now)
    return RedirectResponse(f"/changes/{alert.id}", 303)


def evidence(visit: Visit) -> Response:
    """All of it as one file."""
    with visit.store.read() as conn:
        alert = _asked(visit, conn)
        watched, _ = page_of(visit.home, alert.page["id"], alert.page["url"])
        try:
            body = packed(gathered(conn, visit.store, alert, watched, reader_of(visit.home)))
        except StoreError:
            raise NotFoundError(texts()("changes.no_evidence")) from None
    return attachment(body, f"evidence-{alert.id[:12]}.zip", "application/zip")


def _asked(visit: Visit, conn: Connection) -> Alert:
    """The alert of this address. Raises NotFoundError where there is none, or more than one begins so."""
    asked = visit.path["alert"]
    if not _ID.fullmatch(asked):
        raise NotFoundError(texts()("changes.none"))
    try:
        return alerts.get(conn, asked)
    except InputError:
        raise NotFoundError(texts()("changes.none")) from None


DOORS = (
    Door("/changes/{alert}", READER, show),
    Door("/changes/{alert}/evidence.zip", READER, evidence),
    Door("/changes/{alert}/review", REVIEWER, review, "POST"),
    Door("/changes/{alert}/release", REVIEWER, release, "POST"),
)
