"""A page of the watchlist: edited with a preview, and paused."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from app.desk.declaring import FIELDS, Typed, declared, pause, save, shown, stands, typed_in, values_of
from app.desk.door import ADMIN, Door
from app.desk.looking import fixed, or_problem, products, refuse_impatience, warnings
from app.desk.rendering import page as answer
from app.desk.visit import Visit
from app.previewing import Dropped, Preview, preview, preview_of_capture
from monitor.model import Fetch, Page, Role
from monitor.store import fetches
from monitor.watchlist import FETCHES, page_of
from monitor.words import STATES


def edit(visit: Visit) -> Response:
    """A page as its file declares it, to be changed."""
    page, _, sha = stands(visit, _id(visit))
    done = visit.asked("done")
    return _edit(visit, shown(page), sha, done=done if done in ("saved", "paused", "resumed") else "")


def look_again(visit: Visit) -> Response:
    """What the page says by the selectors in the form: as it was captured last, or by a fetch now."""
    typed, sha = typed_in(visit, FIELDS), visit.said("sha256")
    return or_problem(
        lambda: _looked_again(visit, typed, sha), lambda *problem: _edit(visit, typed, sha, *problem)
    )


def store_edit(visit: Visit) -> Response:
    """Save it."""
    typed, sha = typed_in(visit, FIELDS), visit.said("sha256")

    def saved() -> Response:
        save(visit, _id(visit), typed, sha)
        return _back(visit, "saved")

    return or_problem(saved, lambda *problem: _edit(visit, typed, sha, *problem))


def store_pause(visit: Visit) -> Response:
    """Pause it, or let it go on."""
    paused = visit.said("paused") == "yes"
    pause(visit, _id(visit), paused=paused)
    return _back(visit, "paused" if paused else "resumed")


def _id(visit: Visit) -> str:
    return f"{visit.path['organization']}/{visit.path['page']}"


def _back(visit: Visit, done: str) -> Response:
    return RedirectResponse(f"/watchlist/{quote(_id(visit), safe='/')}?done={done}", 303)


def _edit(
    visit: Visit, typed: Typed, sha: str, problem: str = "", status: int = 200, **more: Any
) -> Response:
    page, file, _ = stands(visit, _id(visit))
    values = {
        "typed": typed,
        "page": page,
        "file": str(file),
        "sha256": sha,
        "problem": problem,
        "done": "",
        "preview": None,
        "dropped": None,
        "captured": None,
        "states": STATES,
        "warnings": (),
        "roles": list(Role),
        "fetches": FETCHES,
        "fixed": fixed(visit),
        "capture": _capture(visit, page),
    }
    return answer(visit, "watchlist_page.html", values | more, status)


def _capture(visit: Visit, page: Page) -> Fetch | None:
    with visit.store.read() as conn:
        return fetches.newest_read(conn, page.id)


def _looked_again(visit: Visit, typed: Typed, sha: str) -> Response:
    before, file, _ = stands(visit, _id(visit))
    slug = before.id.partition("/")[2]
    page = page_of(before.organization_id, slug, declared(values_of(typed, before), slug, file.name, before))
    capture = _capture(visit, before)
    if capture is None or page.url != before.url or visit.said("now"):
        refuse_impatience(visit, page.url)
        seen, dropped, capture = preview(visit.home, page, products(visit, page.organization_id)), None, None
    else:
        seen, dropped = _by_capture(visit, page, capture)
    return _edit(
        visit,
        typed,
        sha,
        preview=seen,
        dropped=dropped,
        captured=capture,
        warnings=warnings(visit, page, seen),
    )


def _by_capture(visit: Visit, page: Page, capture: Fetch) -> tuple[Preview, Dropped]:
    body = visit.store.blobs.get(capture.body_sha256)
    names = products(visit, page.organization_id)
    return preview_of_capture(visit.home, page, names, replace(capture, page_id=page.id), body)


DOORS = (
    Door("/watchlist/{organization}/{page}", ADMIN, edit),
    Door("/watchlist/{organization}/{page}", ADMIN, store_edit, "POST"),
    Door("/watchlist/{organization}/{page}/preview", ADMIN, look_again, "POST"),
    Door("/watchlist/{organization}/{page}/pause", ADMIN, store_pause, "POST"),
)
