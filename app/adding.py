"""pledgewatch add: new pages on the watchlist of a home, all of them or none.

What is written is read back by the strict loader before it counts; what stood in a file stays as it is.
"""

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import printable
from urllib.parse import quote, urlsplit

from app.home import Home
from app.screen import say
from app.setup import toml_text
from monitor.errors import InputError, PledgewatchError
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
class _NewPage:
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
    pages, known = _sorted_out(home, wanted, organization)
    _write(home.config / "watchlist", pages, role)
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
    if organization and _slug(organization) != organization:
        raise InputError(
            f'--organization is "{organization}"; use lower-case letters, digits and single hyphens.'
        )
    for one in wanted:
        if problem := url_problem(one.url):
            raise InputError(f"{one.where}the address {problem}; nothing was added.")


def _sorted_out(
    home: Home, wanted: Iterable[_Wanted], organization: str
) -> tuple[list[_NewPage], dict[str, str]]:
    """The pages that are new, and the addresses that are not (→ page id)."""
    watched = {_same(page.url): page.id for page in load_watchlist(home.config).pages}
    taken = set(watched.values())
    pages: list[_NewPage] = []
    known: dict[str, str] = {}
    for one in wanted:
        if (page_id := watched.get(_same(one.url))) is not None:
            known[one.url] = page_id
            continue
        page = _new_page(one.url, organization, taken)
        watched[_same(one.url)] = page.id
        taken.add(page.id)
        pages.append(page)
    return pages, known


def _new_page(url: str, organization: str, taken: set[str]) -> _NewPage:
    parts = urlsplit(url)
    organization_id = organization or _slug((parts.hostname or "").removeprefix("www.")) or "site"
    name = _slug(f"{_ENDING.sub('', parts.path)} {parts.query}") or "home"
    slug, number = name, 1
    while f"{organization_id}/{slug}" in taken:
        number += 1
        slug = f"{name}-{number}"
    return _NewPage(organization_id, slug, url)


def _slug(text: str) -> str:
    """`/legal/Service-Terms` → `legal-service-terms`."""
    plain = re.sub(r"[^a-z0-9]+", "-", quote(text, safe=printable).lower()).strip("-")
    return plain[:_SLUG_CHARACTERS].rstrip("-")


def _same(url: str) -> str:
    """One form for addresses that no server can tell apart."""
    parts = urlsplit(url)
    port = "" if parts.port in (None, {"http": 80, "https": 443}[parts.scheme]) else f":{parts.port}"
    return parts._replace(netloc=(parts.hostname or "") + port, path=parts.path or "/").geturl()


# --------------------------------------------------------------------------- their files


def _write(folder: Path, pages: Sequence[_NewPage], role: str) -> None:
    """Add the pages to their files; if the whole watchlist is not good afterwards, put all of it back."""
    by_file: dict[Path, list[_NewPage]] = {}
    for page in pages:
        by_file.setdefault(folder / f"{page.organization_id}.toml", []).append(page)
    before = {file: file.read_bytes() if file.exists() else None for file in by_file}
    try:
        for file, old in before.items():
            _replace(file, _joined(old, by_file[file], role))
        load_watchlist(folder.parent)
    except PledgewatchError:
        _put_back(before)
        raise
    except OSError as error:
        _put_back(before)
        raise InputError(f"{folder} cannot be written: {error.strerror or error}.") from error


def _joined(old: bytes | None, pages: Sequence[_NewPage], role: str) -> bytes:
    """What stood there, byte for byte, and the new tables after it."""
    if old is None:
        old = _file_head(pages[0]).encode()
    line_end = b"\n" if old and not old.endswith(b"\n") else b""
    return old + line_end + "".join(_page_text(page, role) for page in pages).encode()


def _file_head(page: _NewPage) -> str:
    host = urlsplit(page.url).hostname or ""
    name = host if _slug(host.removeprefix("www.")) == page.organization_id else page.organization_id
    return (
        f"name = {toml_text(name)}  # as people know it: alerts begin with it\n"
        'kind = "other"  # what it is: platform, vendor, retailer, airline, agency …\n'
    )


def _page_text(page: _NewPage, role: str) -> str:
    return f'\n[pages.{page.slug}]\nurl = {toml_text(page.url)}\nrole = "{role}"\n'


def _replace(file: Path, body: bytes) -> None:
    """The whole new file or the whole old one: never half of either."""
    unfinished = file.with_name(f".{file.name}.new")
    try:
        unfinished.write_bytes(body)
        if file.exists():
            shutil.copymode(file, unfinished)
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def _put_back(before: Mapping[Path, bytes | None]) -> None:
    for file, old in before.items():
        if old is None:
            file.unlink(missing_ok=True)
        elif file.read_bytes() != old:
            _replace(file, old)


def _say_added(home: Home, pages: Sequence[_NewPage], known: Mapping[str, str]) -> None:
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
