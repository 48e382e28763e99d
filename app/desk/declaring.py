"""What a form says of a page → its declaration; and changes of the watchlist, each with its audit."""

import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from hashlib import sha256
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from alerts.marking import visible
from app.adding import NewPage, add_page, new_page, same_address, slug_of
from app.desk.texts import texts
from app.desk.visit import NotFoundError, RefusedError, Visit
from app.home import SHIPPED_CONFIG
from app.steady_config import LAST_GOOD
from app.vocabulary import known, refuse_unknown
from app.watchlist_files import Files, Value, changing, edited_page, without_unconfirmed
from monitor.errors import InputError, StoreError
from monitor.model import Audit, Page, Role
from monitor.store import audits
from monitor.tables import url_problem
from monitor.watchlist import DeclaredPage, Watchlist, check_page, read_organization

#: What can be said of a page in a form, and how: in a line, in several, as a number.
LINES = ("url", "role", "language", "fetch", "note")
LISTS = ("select", "remove", "contains")
NUMBERS = ("min_words", "every_hours")
FIELDS = (*LINES, *LISTS, *NUMBERS)
_CHARACTERS, _ENTRIES, _ENTRY_CHARACTERS = 2_000, 50, 500
_NUMBER = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,6})?")
_DETAIL = 500  #: characters of an audit
_DEFAULTS: Mapping[str, object] = {one.name: one.default for one in fields(DeclaredPage)}
Typed = Mapping[str, str]  #: field → what stands in it


class ChangedError(InputError):
    """The file is another than the one that the form was made from."""


# --------------------------------------------------------------------------- a form and a page


def shown(page: Page) -> dict[str, str]:
    """A page as its form shows it."""
    told = {name: visible(str(getattr(page, name))) for name in LINES}
    told |= {name: "\n".join(map(visible, getattr(page, name))) for name in LISTS}
    return told | {name: f"{getattr(page, name):g}" for name in NUMBERS}


def typed_in(visit: Visit, names: tuple[str, ...]) -> dict[str, str]:
    """What was typed: lines end as ours do, blanks around it are gone."""
    return {name: visit.said(name).replace("\r\n", "\n").strip() for name in names}


def values_of(typed: Typed, before: Page | None = None) -> dict[str, Value]:
    """The values of the fields of a page. Raises InputError, one sentence.

    before: as it is; a field that still shows what it showed keeps its value, whatever signs that holds.
    """
    old = shown(before) if before else {}
    return {
        name: cast("Value", getattr(before, name))
        if name in old and old[name].strip() == typed[name]
        else _value(name, typed[name])
        for name in FIELDS
        if name in typed
    }


def _value(name: str, said: str) -> Value:
    if name in NUMBERS:
        return _number(name, said)
    if name in LISTS:
        return tuple(_plain(name, one.strip()) for one in _entries(name, said))
    if name == "url" and (problem := url_problem(said)):
        raise InputError(f"The address {_short(problem)}.")
    if name == "role":
        if said not in list(Role):
            raise InputError(f"The role must be one of {', '.join(Role)}.")
        return str(Role(said))
    return _line(name, " ".join(said.split()) if name == "note" else said, _CHARACTERS)


def _line(name: str, said: str, at_most: int) -> str:
    if len(said) > at_most:
        problem = f"The field {_called(name)} takes {at_most} signs at most, and this has {len(said)}"
        raise InputError(f"{problem}; shorten it.")
    return _plain(name, said)


def _entries(name: str, said: str) -> list[str]:
    entries = [one for one in said.split("\n") if one.strip()]
    if len(entries) > _ENTRIES or any(len(one) > _ENTRY_CHARACTERS for one in entries):
        raise InputError(
            f"The field {_called(name)} takes {_ENTRIES} lines of {_ENTRY_CHARACTERS} signs at most."
        )
    return entries


def _plain(name: str, said: str) -> str:
    if not all(sign.isprintable() for sign in said):
        raise InputError(f"The field {_called(name)} holds a sign that cannot be seen; take it out.")
    return said


def _number(name: str, said: str) -> int | float:
    if not _NUMBER.fullmatch(said) or (name == "min_words" and "." in said):
        raise InputError(f"The field {_called(name)} takes a number, such as 24.")
    number = float(said)
    return int(number) if number == math.floor(number) else number


def _called(name: str) -> str:
    return f"“{texts()(f'watchlist.{name}')}”"


def _short(text: str) -> str:
    return text if len(text) <= _ENTRY_CHARACTERS else f"{text[:_ENTRY_CHARACTERS]}…"


def declared(values: Mapping[str, Value], slug: str, file: str, before: Page | None = None) -> DeclaredPage:
    """The declaration that these values make. Raises ConfigError where no page may say that."""
    kept = {"third_parties": before.third_parties, "screenshot": before.screenshot} if before else {}
    page = DeclaredPage(**{**values, **kept, "role": Role(str(values["role"]))})  # type: ignore[arg-type]
    check_page(slug, page, file)
    return page


# --------------------------------------------------------------------------- changes


def why_fixed(visit: Visit) -> str:
    """Why this desk changes no watchlist, as a key of texts; "" where it may."""
    config = visit.home.config
    if config.resolve() == SHIPPED_CONFIG:
        return "shipped"
    return "last_good" if config.name.startswith(LAST_GOOD) else ""


@contextmanager
def _changing(visit: Visit) -> Iterator[Files]:
    if why_fixed(visit):
        raise RefusedError(
            f"The watchlist in {visit.home.config} is not changed from here: make a home with one of its own "
            "by `pledgewatch init DIR`, and open the desk there."
        )
    with changing(visit.home.config) as files:
        yield files


def _put(visit: Visit, files: Files, what: str, about: str, detail: str) -> None:
    """Put the files in place and say who did it: both, or neither. Raises ConfigError, InputError."""
    home, now = visit.home, files.accept()
    words = known(now, home.asks, (SHIPPED_CONFIG, home.config))
    refuse_unknown(home.settings.routes, words, str(home.config / "settings.toml"))
    audit = Audit(at=visit.now, who=visit.who.name, what=what, about=about, detail=detail[:_DETAIL])
    try:
        with visit.store.begin() as conn:
            audits.add(conn, audit)
            files.put()
    except StoreError:
        files.take_back()
        raise


def watched_as(watchlist: Watchlist, url: str, but: str = "") -> str:
    """The id of the page that is watched at this address (a good one) already; "" where none is."""
    wanted, host = same_address(url), urlsplit(url).hostname or ""
    alike = (one for one in watchlist.pages if one.id != but and host in one.url.lower())
    return next((one.id for one in alike if same_address(one.url) == wanted), "")


def named(watchlist: Watchlist, typed: Typed) -> NewPage:
    """The names of the page that a form asks for. Raises InputError."""
    organization = typed["organization"]
    if organization and slug_of(organization) != organization:
        raise InputError("The organization's id takes lower-case letters, digits and single hyphens.")
    return new_page(typed["url"], organization, {one.id for one in watchlist.pages})


def watch(visit: Visit, typed: Typed) -> str:
    """Put a new page on the watchlist; its id.

    Raises ConfigError, InputError, RefusedError; nothing is changed then.
    """
    values = values_of(typed)
    name, kind = (_line(each, typed[each], _ENTRY_CHARACTERS) for each in ("name", "kind"))
    with _changing(visit) as files:
        now = files.accept()
        if page_id := watched_as(now, typed["url"]):
            raise InputError(f"This address is watched already as {page_id}.")
        page = named(now, typed)
        told = {key: value for key, value in values.items() if value != _DEFAULTS.get(key) and key != "url"}
        if (body := files.body(file := files.file(page.organization_id))) is not None:
            files.stage(file, without_unconfirmed(body, page.url, file.name))
        add_page(files, page, told, name, kind or "other")
        _put(visit, files, "watched", page.id, page.url)
    return page.id


def stands(visit: Visit, page_id: str) -> tuple[Page, Path, str]:
    """A watched page as its file says now, that file, and its SHA-256. Raises NotFoundError, ConfigError.

    The id is only ever looked up: what is no page's id names no file.
    """
    known_page = next((one for one in visit.home.watchlist.pages if one.id == page_id), None)
    if known_page is None:
        raise NotFoundError(f"No page {_short(page_id)} is on the watchlist.")
    file = Files(visit.home.config).file(known_page.organization_id)
    body = file.read_bytes() if file.is_file() else b""
    pages = read_organization(file, body).pages if body else ()
    page = next((one for one in pages if one.id == page_id), None)
    if page is None:
        raise NotFoundError(f"{file.name} declares no page {page_id} any more.")
    return page, file, sha256(body).hexdigest()


def save(visit: Visit, page_id: str, typed: Typed, seen: str) -> None:
    """Give a page other values. seen: the SHA-256 of the file that the form was made from.

    Raises ConfigError, InputError, NotFoundError, RefusedError; nothing is changed then.
    """
    with _changing(visit) as files:
        page, file, sha = stands(visit, page_id)
        if sha != seen:
            raise ChangedError(f"{file.name} was changed meanwhile, so nothing was saved: look at it again.")
        values = values_of(typed, page)
        other = {name: value for name, value in values.items() if value != getattr(page, name)}
        if "url" in other and (there := watched_as(files.accept(), str(other["url"]), page_id)):
            raise InputError(f"This address is watched already as {there}.")
        changes = {name: None if value == _DEFAULTS.get(name) else value for name, value in other.items()}
        if changes:
            _edit(visit, files, page, file, changes, "edited", _told(page, other))


def pause(visit: Visit, page_id: str, *, paused: bool) -> None:
    """Let a page be asked for no more, or again. Raises as `save` does."""
    with _changing(visit) as files:
        page, file, _ = stands(visit, page_id)
        if page.paused != paused:
            changes = {"paused": True if paused else None}
            _edit(visit, files, page, file, changes, "paused" if paused else "resumed", page.url)


def _edit(
    visit: Visit,
    files: Files,
    page: Page,
    file: Path,
    changes: Mapping[str, Value | None],
    what: str,
    detail: str,
) -> None:
    slug = page.id.partition("/")[2]
    files.stage(file, edited_page(files.body(file) or b"", slug, changes, file.name))
    _put(visit, files, what, page.id, detail)


def _told(page: Page, other: Mapping[str, Value]) -> str:
    """In one line what became of what."""
    return "; ".join(
        f"{name}: {_brief(getattr(page, name))} → {_brief(value)}" for name, value in other.items()
    )


def _brief(value: object) -> str:
    said = ", ".join(value) if isinstance(value, tuple) else str(value)
    return f"{said[:80]}…" if len(said) > 80 else said or "nothing"
