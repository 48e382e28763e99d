"""pledgewatch init and add: a new home, and new pages on its watchlist.

Both do all of it or nothing: what they write is read back by the strict loaders before it counts.
"""

import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from string import printable
from tempfile import TemporaryDirectory
from urllib.parse import quote, urlsplit

from app.home import SHIPPED_CONFIG, Home
from app.status import say
from monitor.errors import ConfigError, InputError, PledgewatchError
from monitor.model import Role
from monitor.settings import Confirm, load_settings
from monitor.tables import url_problem
from monitor.watchlist import load_watchlist

_STORE = "pledgewatch.db"
_SHOWN = 20  #: added pages that are listed one by one
_SLUG_CHARACTERS = 60
_ENDING = re.compile(r"\.(?:html?|xhtml|php|aspx?|jsp|pdf|md|txt)$", re.IGNORECASE)
_CONFIRM = {"default": Confirm(), "none": Confirm(1, 0.0, 1, 0.0)}
#: Which option a refused key of the settings came from.
_OPTIONS = {
    "operator": "--contact",
    "network": "--allow-host",
    "channels.webhook": "--webhook",
    "channels.mail": "--email",
    "routes": "--email",
}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the operator asks of a new home. "" and () leave a thing out; confirm is default or none."""

    contact: str = ""
    allow_hosts: tuple[str, ...] = ()
    webhook: str = ""
    email: str = ""
    confirm: str = "default"
    with_watchlist: bool = False


# --------------------------------------------------------------------------- a new home


def make_home(folder: Path, wishes: Wishes) -> int:
    """Make DIR with config/ and a store. Raises InputError, with nothing left behind, where it cannot."""
    _refuse_a_home(folder)
    settings = settings_text(wishes)
    try:
        with _folder(folder), TemporaryDirectory(prefix=".new-", dir=folder) as scratch:
            new = Path(scratch)
            _write_config(new / "config", settings, with_watchlist=wishes.with_watchlist)
            _accept(new / "config")
            Home(new, new / "config").open_store().close()
            for part in sorted(new.iterdir()):
                part.rename(folder / part.name)
    except OSError as error:
        raise InputError(f"{folder} cannot be made a home: {error.strerror or error}.") from error
    _say_made(folder, wishes)
    return 0


def _refuse_a_home(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file: name a folder for the new home.")
    for part in ("config", _STORE):
        if (folder / part).exists():
            raise InputError(
                f"{folder} has a {part} already: it may be a home, so nothing was changed; name a new folder."
            )


@contextmanager
def _folder(folder: Path) -> Iterator[None]:
    """The folder, made where it is missing, and gone again if what follows goes wrong."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for path in missing:
            with suppress(OSError):
                path.rmdir()
        raise


def _write_config(config: Path, settings: str, *, with_watchlist: bool) -> None:
    watchlist = config / "watchlist"
    watchlist.mkdir(parents=True)
    (config / "settings.toml").write_text(settings, encoding="utf-8")
    if with_watchlist:
        for file in sorted((SHIPPED_CONFIG / "watchlist").glob("*.toml")):
            shutil.copyfile(file, watchlist / file.name)


def _accept(config: Path) -> None:
    """Read the new configuration as every command will. Raises InputError naming the option to mend."""
    try:
        load_settings(config)
    except ConfigError as error:
        option = next((name for key, name in _OPTIONS.items() if error.key.startswith(key)), "The settings:")
        raise InputError(f"{option} {error.problem}.") from error
    load_watchlist(config)


def _say_made(folder: Path, wishes: Wishes) -> None:
    say(f"A new home is ready in {folder}.")
    say(f"  settings   {folder / 'config' / 'settings.toml'}")
    say(f"  watchlist  {folder / 'config' / 'watchlist'}{'' if wishes.with_watchlist else ' (empty)'}")
    say(f"  store      {folder / _STORE}")
    if not wishes.contact:
        say("Pages of others can be read once operator.contact in the settings says how to reach you.")
    step = "check" if wishes.with_watchlist else "add URL"
    say(f"Next: pledgewatch --home {folder} {step}")


# --------------------------------------------------------------------------- its settings


def settings_text(wishes: Wishes) -> str:
    """config/settings.toml of a new home, for people to read and change. Raises InputError."""
    if wishes.confirm not in _CONFIRM:
        raise InputError(f'--confirm is "{wishes.confirm}"; choose one of {", ".join(_CONFIRM)}.')
    confirm = _CONFIRM[wishes.confirm]
    parts = [
        _HEAD.format(
            contact=_toml(wishes.contact), allow_hosts=", ".join(_toml(host) for host in wishes.allow_hosts)
        ),
        _CONFIRM_TABLE.format(confirm=confirm),
        *_ways_out(wishes),
    ]
    return "\n".join(parts)


def _ways_out(wishes: Wishes) -> Iterator[str]:
    if wishes.webhook:
        yield _WEBHOOK.format(url=_toml(wishes.webhook))
    if wishes.email:
        yield _MAIL.format(address=_toml(wishes.email))
    if not wishes.webhook and not wishes.email:
        yield _CONSOLE


def _toml(text: str) -> str:
    """Text as a TOML string. Raises InputError where it cannot be one."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputError(f"{text!r} is not valid UTF-8: write it again.") from None
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


_HEAD = """\
# What the operator of this watch decides. A line that begins with # shows a value that holds anyway.
# A misspelt key is refused before anything starts; try a change with: pledgewatch validate

[operator]
# A web address or an e-mail address at which a site's owner can reach you. It stands in the User-Agent
# of every request. While it is empty, check and run refuse to start against anything but this machine.
contact = {contact}

[network]
# Your own hosts: only these may have private or loopback addresses.
allow_hosts = [{allow_hosts}]
# delay_seconds = 3.0         # at least this long between two requests to one site
# own_delay_seconds = 0.0     # the same for allow_hosts
# timeout_seconds = 60.0      # one request may take so long
# concurrent_requests = 8     # over all sites together

[store]
# url = ""                    # empty: the SQLite file pledgewatch.db in the home
"""

_CONFIRM_TABLE = """\
[confirm]
# A change is believed when so many readings agree, the first and the last at least so many hours apart.
changed_readings = {confirm.changed_readings}
changed_hours = {confirm.changed_hours}
# A text that is gone needs more: pages come back.
withdrawn_readings = {confirm.withdrawn_readings}
withdrawn_hours = {confirm.withdrawn_hours}
"""

_ROUTE = """
[[routes]]
name = "{name}"
channel = "{name}"
tiers = ["alert"]             # add "review" to hear also what a person should look at
"""

_CONSOLE = """\
# Alerts are printed where the check runs. Try another way out with: pledgewatch alerts test ROUTE
[channels.console]
kind = "console"
""" + _ROUTE.format(name="console")

_WEBHOOK = (
    """\
[channels.webhook]
kind = "webhook"
url = {url}
# secret_env = "PLEDGEWATCH_HOOK_SECRET"   # the variable that holds whsec_…, which signs every message
"""
    + _ROUTE
).replace("{name}", "webhook")

_MAIL = (
    """\
# The mail server of this machine. For another one write its host and port, security = "starttls" (port 587)
# or "tls" (port 465), and where it asks for a password: username = "…" and password_env = "…", the name of
# the environment variable that holds the password.
[channels.mail]
kind = "email"
host = "localhost"
port = 25
security = "none"
sender = {address}
"""
    + _ROUTE.replace('channel = "{name}"', 'channel = "{name}"\nrecipients = [{address}]')
).replace("{name}", "mail")


# --------------------------------------------------------------------------- new pages


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
    watched = {_same(page.url): page.id for page in home.watchlist.pages}
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
    return (
        f"name = {_toml(urlsplit(page.url).hostname or page.organization_id)}\n"
        'kind = "other"  # what it is: platform, vendor, retailer, airline, agency …\n'
    )


def _page_text(page: _NewPage, role: str) -> str:
    return f'\n[pages.{page.slug}]\nurl = {_toml(page.url)}\nrole = "{role}"\n'


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
