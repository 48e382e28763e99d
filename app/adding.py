"""pledgewatch add: new pages on the watchlist of a home, all of them or none.

The whole watchlist is read by the strict loader as it would be before anything is written; what stood in a
file stays as it is.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import printable
from urllib.parse import quote, urlsplit

from app.home import Home
from app.screen import say
from app.watchlist_files import Files, Value, changing, joined, new_file, page_text
from monitor.errors import InputError
from monitor.model import Role
from monitor.tables import url_problem
from monitor.watchlist import load_watchlist

_SHOWN = 20  #: added pages that are listed one by one
_SLUG_CHARACTERS = 60
_ENDING = re.compile(r"\.(?:html?|xhtml|php|aspx?|jsp|pdf|md|txt)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An address to watch, and where it was asked for."""

    url: str
    where: str


@dataclass(frozen=True, slots=True)
class NewPage:
    """A page to be written to the file of its organization."""

    organization_id: str
    slug: str
    url: str

    @property
    def id(self) -> str:
        return f"{self.organization_id}/{self.slug}"


def add_pages(home: Home, urls: tuple[str, ...], from_file: Path | None, organization: str, role: str) -> int:
    """Put these addresses on the watchlist. Raises InputError and ConfigError, with nothing changed."""
    wanted = [*(_Wanted(url, "") for url in urls), *_lines(from_file)]
    if not wanted:
        raise InputError("add needs at least one URL, or --from FILE with one URL a line.")
    _refuse_bad(wanted, organization, role)
    with changing(home.config) as files:
        pages, known = _sorted_out(home, wanted, organization)
        for page in pages:
            add_page(files, page, {"role": role})
        files.accept()
        files.put()
    _say_added(home, pages, known)
    return 0


def _lines(file: Path | None) -> Iterator[_Wanted]:
    """The addresses of a file, one a line; empty lines and those that begin with # are passed over."""
    if file is None:
        return
    try:
        lines = file.read_bytes().decode("utf-8-sig").splitlines()
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not UTF-8 at byte {error.start}: save it as UTF-8.") from error
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield _Wanted(line.strip(), f"{file}, line {number}: ")


def _refuse_bad(wanted: Iterable[_Wanted], organization: str, role: str) -> None:
    if role not in list(Role):
        raise InputError(f'--role is "{role}"; choose one of {", ".join(Role)}.')
    if organization and slug_of(organization) != organization:
        raise InputError(
            f'--organization is "{organization}"; use lower-case letters, digits and single hyphens.'
        )
    for one in wanted:
        if problem := url_problem(one.url):
            raise InputError(f"{one.where}the address {problem}; nothing was added.")


def _sorted_out(
    home: Home, wanted: Iterable[_Wanted], organization: str
) -> tuple[list[NewPage], dict[str, str]]:
    """The pages that are new, and the addresses that are not (→ page id)."""
    watched = {same_address(page.url): page.id for page in load_watchlist(home.config).pages}
    taken = set(watched.values())
    pages: list[NewPage] = []
    known: dict[str, str] = {}
    for one in wanted:
        if (page_id := watched.get(same_address(one.url))) is not None:
            known[one.url] = page_id
            continue
        page = new_page(one.url, organization, taken)
        watched[same_address(one.url)] = page.id
        taken.add(page.id)
        pages.append(page)
    return pages, known


def new_page(url: str, organization: str, taken: Collection[str]) -> NewPage:
    """A name for a page at this address; organization "": by its host. taken: the ids that there are."""
    parts = urlsplit(url)
    organization_id = organization or slug_of((parts.hostname or "").removeprefix("www.")) or "site"
    name = slug_of(f"{_ENDING.sub('', parts.path)} {parts.query}") or "home"
    slug, number = name, 1
    while f"{organization_id}/{slug}" in taken:
        number += 1
        slug = f"{name}-{number}"
    return NewPage(organization_id, slug, url)


def slug_of(text: str) -> str:
    """`/legal/Service-Terms` → `legal-service-terms`."""
    plain = re.sub(r"[^a-z0-9]+", "-", quote(text, safe=printable).lower()).strip("-")
    return plain[:_SLUG_CHARACTERS].rstrip("-")


def same_address(url: str) -> str:
    """One form for addresses that no server can tell apart."""
    parts = urlsplit(url)
    port = "" if parts.port in (None, {"http": 80, "https": 443}[parts.scheme]) else f":{parts.port}"
    return parts._replace(netloc=(parts.hostname or "") + port, path=parts.path or "/").geturl()


# --------------------------------------------------------------------------- their files


def add_page(
    files: Files, page: NewPage, values: Mapping[str, Value], name: str = "", kind: str = "other"
) -> None:
    """Stage a new page, in a new file where its organization has none: with this name, or the host's."""
    file = files.file(page.organization_id)
    old = files.body(file)
    if old is None:
        old = new_file(name or _name_of(page), kind)
    files.stage(file, joined(old, page_text(page.slug, {"url": page.url, **values})))


def _name_of(page: NewPage) -> str:
    host = urlsplit(page.url).hostname or ""
    return host if slug_of(host.removeprefix("www.")) == page.organization_id else page.organization_id


def _say_added(home: Home, pages: Sequence[NewPage], known: Mapping[str, str]) -> None:
    for page in pages[:_SHOWN]:
        say(f"added    {page.id}  {page.url}")
    if len(pages) > _SHOWN:
        say(f"added    … and {len(pages) - _SHOWN} more")
    for url, page_id in list(known.items())[:_SHOWN]:
        say(f"skipped  {url}: watched already as {page_id}")
    files = sorted({f"{page.organization_id}.toml" for page in pages})
    say(
        f"{len(pages)} added, {len(known)} skipped"
        + (f"; see {home.config / 'watchlist'}: {', '.join(files)}." if files else ".")
    )
