"""The watchlist: what is declared; a page is looked at before it is added, edited, and paused."""

from typing import Any
from urllib.parse import quote, urlencode

from starlette.responses import RedirectResponse, Response

from app.desk.declaring import (
    Typed,
    declared,
    named,
    typed_in,
    values_of,
    watch,
    watched_as,
)
from app.desk.door import ADMIN, READER, REVIEWER, Door
from app.desk.looking import fixed, or_problem, products, refuse_impatience, warnings
from app.desk.pages import watchlist_page
from app.desk.rendering import page as answer
from app.desk.visit import Visit
from app.previewing import preview
from app.watchlist_files import KINDS
from monitor.model import Page, Role, UnconfirmedPage
from monitor.tables import url_problem
from monitor.watchlist import FETCHES, page_of
from monitor.words import STATES

_ROWS = 100  #: pages and unconfirmed addresses that are shown at once
_NEW = ("url", "organization", "name", "kind", "role", "language", "fetch")
_FIRST: Typed = {"role": "policy", "language": "en", "fetch": "plain", "kind": "vendor"}


# --------------------------------------------------------------------------- the list


def show(visit: Visit) -> Response:
    """Every page as declared, and apart from them the addresses that nobody confirmed."""
    wanted, number = visit.asked("q"), _number(visit)
    organizations = {one.id: one for one in visit.home.watchlist.organizations}
    found = [
        one
        for one in visit.home.watchlist.pages
        if _speaks(wanted, one.id, one.url, organizations[one.organization_id].name)
    ]
    unconfirmed = [
        (organization, one)
        for organization in organizations.values()
        for one in organization.unconfirmed
        if _speaks(wanted, organization.id, organization.name, one.url)
    ]
    first = (number - 1) * _ROWS
    values = {
        "q": wanted,
        "number": number,
        "address": f"/watchlist?{urlencode({'q': wanted})}&",
        "organizations": organizations,
        "found": len(found),
        "pages": found[first : first + _ROWS],
        "has_more": len(found) > first + _ROWS,
        "unconfirmed": [(one, page, _add_address(one.id, page)) for one, page in unconfirmed[:_ROWS]],
        "more_unconfirmed": max(len(unconfirmed) - _ROWS, 0),
        "folder": str(visit.home.config / "watchlist"),
        "fixed": fixed(visit),
        "may_add": visit.who.may(REVIEWER),
        "may_edit": visit.who.may(ADMIN),
        "bookmarklet": _bookmarklet(visit.outside),
        "added": _page_or_none(visit, visit.asked("added")),
    }
    return answer(visit, "watchlist.html", values)


def _number(visit: Visit) -> int:
    said = visit.asked("page", "1")
    return int(said) if said.isascii() and said.isdigit() and 0 < len(said) < 6 and int(said) else 1


def _speaks(wanted: str, *texts: str) -> bool:
    return any(wanted.casefold() in text.casefold() for text in texts)


def _add_address(organization_id: str, page: UnconfirmedPage) -> str:
    told = {"url": page.url, "organization": organization_id, "role": page.role.value}
    return f"/watchlist/add?{urlencode(told)}"


def _bookmarklet(base: str) -> str:
    """A link that takes the address of whatever page it is clicked on to our form."""
    place = f"{quote(base, safe=':/[]')}/watchlist/add?url="
    return f"javascript:location.href='{place}'+encodeURIComponent(location.href)"


def _page_or_none(visit: Visit, page_id: str) -> Page | None:
    return next((one for one in visit.home.watchlist.pages if one.id == page_id), None)


# --------------------------------------------------------------------------- a new page


def form(visit: Visit) -> Response:
    """The form for a new page, filled with what the address says. Nothing is fetched."""
    typed = {name: visit.asked(name, _FIRST.get(name, "")) for name in _NEW}
    typed["url"] = typed["url"].partition("#")[0]  # as it comes from a browser
    return _form(visit, typed)


def look(visit: Visit) -> Response:
    """The form again, and below it what the page says."""
    typed = typed_in(visit, _NEW)
    return or_problem(lambda: _looked(visit, typed), lambda *problem: _form(visit, typed, *problem))


def add(visit: Visit) -> Response:
    """Watch it."""
    typed = typed_in(visit, _NEW)

    def added() -> Response:
        page_id = watch(visit, typed)
        return RedirectResponse(f"/watchlist?{urlencode({'q': page_id, 'added': page_id})}", 303)

    return or_problem(added, lambda *problem: _form(visit, typed, *problem))


def _form(visit: Visit, typed: Typed, problem: str = "", status: int = 200, **more: Any) -> Response:
    good_url = bool(typed["url"]) and not url_problem(typed["url"])
    values = {
        "typed": typed,
        "problem": problem,
        "preview": None,
        "dropped": None,
        "captured": None,
        "states": STATES,
        "warnings": (),
        "organizations": visit.home.watchlist.organizations,
        "roles": list(Role),
        "fetches": FETCHES,
        "kinds": KINDS,
        "fixed": fixed(visit),
        "watched": watched_as(visit.home.watchlist, typed["url"]) if good_url else "",
    }
    return answer(visit, "watchlist_add.html", values | more, status)


def _looked(visit: Visit, typed: Typed) -> Response:
    values = values_of(typed)
    new = named(visit.home.watchlist, typed)
    page = page_of(new.organization_id, new.slug, declared(values, new.slug, f"{new.organization_id}.toml"))
    refuse_impatience(visit, page.url)
    seen = preview(visit.home, page, products(visit, new.organization_id))
    return _form(visit, typed, preview=seen, warnings=warnings(visit, page, seen))


DOORS = (
    Door("/watchlist", READER, show),
    Door("/watchlist/add", REVIEWER, form),
    Door("/watchlist/add", REVIEWER, add, "POST"),
    Door("/watchlist/preview", REVIEWER, look, "POST"),
    *watchlist_page.DOORS,
)
