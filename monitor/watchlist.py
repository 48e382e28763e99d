"""Whom we watch: one small TOML file an organization, config/watchlist/<organization>.toml, read strictly.

The organization's id is the name of its file, a page's id is `<organization>/<slug>`:

    name = "Example Cameras"
    kind = "vendor"
    why = ["sells cameras that match faces"]

    [pages.terms]
    url = "https://example.org/terms"
    role = "terms"
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from stdnum import isin, lei

from monitor.errors import ConfigError, InputError
from monitor.extract import selector_problem
from monitor.model import Identifiers, KnownDate, Organization, Page, Role, UnconfirmedPage
from monitor.tables import build, parse_toml, read_toml, suggestion, url_problem

FETCHES = ("plain", "rendered")

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_KIND = re.compile(r"[a-z]+(?:_[a-z]+)*")
_HOST = re.compile(r"(?!.{254})(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z0-9][a-z0-9-]{0,62}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Watchlist:
    """All organizations, in the order of their ids."""

    organizations: tuple[Organization, ...] = ()

    @property
    def pages(self) -> tuple[Page, ...]:
        """Every page of every organization. Unconfirmed addresses are not pages."""
        return tuple(chain.from_iterable(organization.pages for organization in self.organizations))

    @property
    def asked(self) -> tuple[Page, ...]:
        """The pages that are fetched: all but those that are paused."""
        return tuple(page for page in self.pages if not page.paused)

    def page(self, page_id: str) -> Page:
        """The page of this id. Raises InputError naming the nearest id."""
        pages = {page.id: page for page in self.pages}
        if page_id not in pages:
            raise InputError(f'no page "{page_id}" is on the watchlist; {suggestion(page_id, pages)}')
        return pages[page_id]

    def organization(self, organization_id: str) -> Organization:
        """The organization of this id. Raises InputError naming the nearest id."""
        known = {organization.id: organization for organization in self.organizations}
        if organization_id not in known:
            problem = f'no organization "{organization_id}" is on the watchlist'
            raise InputError(f"{problem}; {suggestion(organization_id, known)}")
        return known[organization_id]


# --------------------------------------------------------------------------- the form of a file


@dataclass(frozen=True, slots=True)
class DeclaredPage:
    """[pages.<slug>] as it stands in the file."""

    url: str
    role: Role
    language: str = "en"
    fetch: str = "plain"
    select: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    min_words: int = 0
    contains: tuple[str, ...] = ()
    every_hours: float = 24.0
    third_parties: tuple[str, ...] = ()
    screenshot: bool = False
    note: str = ""
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Declaration:
    """The whole file. id may be left out: it is the file's name."""

    name: str
    kind: str
    id: str = ""
    why: tuple[str, ...] = ()
    country: str = ""
    parent: str = ""
    aliases: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    note: str = ""
    identifiers: Identifiers = field(default_factory=Identifiers)
    pages: Mapping[str, DeclaredPage] = field(default_factory=dict)
    unconfirmed: tuple[UnconfirmedPage, ...] = ()
    dates: tuple[KnownDate, ...] = ()


# --------------------------------------------------------------------------- loading


def load_watchlist(config: Path, instead: Mapping[Path, bytes] | None = None) -> Watchlist:
    """The watchlist of a config folder. Raises ConfigError with file and key where it cannot be followed.

    instead: files of watchlist/ as they would be, to see whether that could be followed.
    """
    folder, wanted = config / "watchlist", instead or {}
    if not folder.is_dir():
        raise ConfigError(str(folder), "", "is not a folder; create it, with one file for each organization")
    files = sorted({*folder.glob("*.toml"), *wanted})
    organizations = [read_organization(file, wanted.get(file)) for file in files]
    _refuse_doubles(
        [(organization.id, file) for organization, file in zip(organizations, files, strict=True)]
    )
    parents = {organization.id: organization.parent for organization in organizations}
    for organization, file in zip(organizations, files, strict=True):
        _check_file_name(organization, file)
        _check_parent(organization, parents, str(file))
    return Watchlist(tuple(organizations))


def config_sha256(config: Path) -> str:
    """SHA-256 (hex) over the names and bytes of all .toml files below the folder: what was in force."""
    total = hashlib.sha256()
    for file in sorted(config.rglob("*.toml"), key=lambda file: file.relative_to(config).as_posix()):
        for part in (file.relative_to(config).as_posix().encode(), file.read_bytes()):
            total.update(len(part).to_bytes(8, "big") + part)
    return total.hexdigest()


def read_organization(file: Path, body: bytes | None = None) -> Organization:
    """Who one file declares, by itself. body: as the file would be. Raises ConfigError."""
    table = read_toml(file) if body is None else parse_toml(body, str(file))
    declaration = build(Declaration, table, str(file))
    _check_declaration(declaration, str(file))
    for slug, page in declaration.pages.items():
        check_page(slug, page, str(file))
    return _organization(declaration, declaration.id or file.stem)


def _organization(declaration: Declaration, organization_id: str) -> Organization:
    return Organization(
        id=organization_id,
        name=declaration.name,
        kind=declaration.kind,
        why=declaration.why,
        identifiers=declaration.identifiers,
        parent=declaration.parent,
        country=declaration.country,
        aliases=declaration.aliases,
        products=declaration.products,
        note=declaration.note,
        pages=tuple(page_of(organization_id, slug, page) for slug, page in declaration.pages.items()),
        unconfirmed=declaration.unconfirmed,
        dates=declaration.dates,
    )


def page_of(organization_id: str, slug: str, page: DeclaredPage) -> Page:
    """The page that this declares."""
    return Page(
        id=f"{organization_id}/{slug}",
        organization_id=organization_id,
        url=page.url,
        role=page.role,
        language=page.language,
        fetch=page.fetch,
        select=page.select,
        remove=page.remove,
        min_words=page.min_words,
        contains=page.contains,
        every_hours=page.every_hours,
        third_parties=page.third_parties,
        screenshot=page.screenshot,
        note=page.note,
        paused=page.paused,
    )


# --------------------------------------------------------------------------- checking


def _check_declaration(declaration: Declaration, file: str) -> None:
    if not declaration.name.strip():
        raise ConfigError(file, "name", "is empty; write what people call the organization")
    if not _KIND.fullmatch(declaration.kind):
        problem = f'is "{declaration.kind}"; write one lower-case word such as platform, vendor or agency'
        raise ConfigError(file, "kind", problem)
    _check_identifiers(declaration.identifiers, file)
    for place, unconfirmed in enumerate(declaration.unconfirmed):
        _refuse(url_problem(unconfirmed.url), file, f"unconfirmed[{place}].url")
    for place, known in enumerate(declaration.dates):
        if not known.what.strip():
            raise ConfigError(file, f"dates[{place}].what", "is empty; write in a line what the day is for")


def _check_identifiers(identifiers: Identifiers, file: str) -> None:
    for name, number, standard in (("isin", identifiers.isin, isin), ("lei", identifiers.lei, lei)):
        if number and not standard.is_valid(number):
            problem = f'"{number}" is not a valid {name.upper()} (wrong length, form or check digit)'
            problem += "; copy it again"
            raise ConfigError(file, f"identifiers.{name}", problem)


def check_page(slug: str, page: DeclaredPage, file: str) -> None:
    """Refuse what no page may say. Raises ConfigError."""
    key = f"pages.{slug}"
    _check_slug(slug, "a page", file, key)
    _refuse(url_problem(page.url), file, f"{key}.url")
    if page.fetch not in FETCHES:
        raise ConfigError(file, f"{key}.fetch", f'is "{page.fetch}"; choose one of {", ".join(FETCHES)}')
    if not _LANGUAGE.fullmatch(page.language):
        raise ConfigError(
            file, f"{key}.language", f'is "{page.language}"; write a language code such as en or pt'
        )
    if page.every_hours <= 0:
        raise ConfigError(file, f"{key}.every_hours", f"is {page.every_hours:g}; write more than 0")
    if page.min_words < 0:
        raise ConfigError(file, f"{key}.min_words", f"is {page.min_words}; write 0 or more")
    _check_selectors(page.select, file, f"{key}.select")
    _check_selectors(page.remove, file, f"{key}.remove")
    _check_rendering(page, file, key)


def _check_selectors(selectors: Sequence[str], file: str, key: str) -> None:
    for place, selector in enumerate(selectors):
        if problem := selector_problem(selector):
            raise ConfigError(file, f"{key}[{place}]", f"{problem}; mend it or leave it out")


def _check_rendering(page: DeclaredPage, file: str, key: str) -> None:
    for place, host in enumerate(page.third_parties):
        if not _HOST.fullmatch(host):
            problem = f'is "{host}"; write a host name in lower case such as cdn.example.net, without http://'
            raise ConfigError(file, f"{key}.third_parties[{place}]", problem)
    for name, is_set in (("third_parties", bool(page.third_parties)), ("screenshot", page.screenshot)):
        if is_set and page.fetch != "rendered":
            problem = 'is for a browser; write fetch = "rendered" too, or take it out'
            raise ConfigError(file, f"{key}.{name}", problem)


def _check_slug(slug: str, what: str, file: str, key: str) -> None:
    if not _SLUG.fullmatch(slug):
        problem = f'"{slug}" cannot be the id of {what}; use lower-case letters, digits and single hyphens'
        raise ConfigError(file, key, problem)


def _refuse_doubles(ids: Iterable[tuple[str, Path]]) -> None:
    """Two files for one organization would also give two pages one id."""
    seen: dict[str, Path] = {}
    for organization_id, file in ids:
        if organization_id in seen:
            problem = (
                f'"{organization_id}" is declared in {seen[organization_id]} too; keep one of the two files'
            )
            raise ConfigError(str(file), "id", problem)
        seen[organization_id] = file


def _check_file_name(organization: Organization, file: Path) -> None:
    _check_slug(organization.id, "an organization", str(file), "" if organization.id == file.stem else "id")
    if organization.id != file.stem:
        problem = f'is "{organization.id}" but the file is {file.name}; rename the file or leave the id out'
        raise ConfigError(str(file), "id", problem)


def _check_parent(organization: Organization, parents: Mapping[str, str], file: str) -> None:
    """parents: the parent of each organization, by id."""
    if organization.parent and organization.parent not in parents:
        problem = (
            f'"{organization.parent}" is not on the watchlist; {suggestion(organization.parent, parents)}'
        )
        raise ConfigError(file, "parent", problem)
    seen, parent = set[str](), organization.parent
    while parent and parent not in seen:
        if parent == organization.id:
            raise ConfigError(file, "parent", f'"{parent}" would be its own parent; take it out')
        seen.add(parent)
        parent = parents.get(parent, "")


def _refuse(problem: str, file: str, key: str) -> None:
    if problem:
        raise ConfigError(file, key, problem)
