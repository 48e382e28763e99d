"""pledgewatch doctor: is this installation healthy. One row a check, each with one sentence.

Nothing is changed, and a store that does not exist yet is not made. Trouble is a row, never an exception.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec
from pathlib import Path
from platform import python_version
from re import match
from tempfile import TemporaryFile
from urllib.parse import urlsplit

from alerts.message import address, secret
from app.home import Home, program_version
from app.room import Room, existing
from app.screen import columns
from monitor.errors import ConfigError, DeliveryError, StoreError
from monitor.lexicon import Lexicon
from monitor.model import Page
from monitor.settings import Channel, Settings, StoreSettings
from monitor.store.opening import quick_check
from monitor.watchlist import load_watchlist
from spiders.browser import find_browser

HEALTHY, BAD_CONFIG, BAD_STORE = 0, 2, 3


class State(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Row:
    """One check. code is the exit code that a bad one asks for."""

    state: State
    what: str
    sentence: str
    code: int = HEALTHY


def examine(home: Home, environ: Mapping[str, str]) -> int:
    """Print every check: 0 healthy (warnings allowed), 2 for bad configuration, 3 for a bad store."""
    config = _config_rows(home)
    rows = [*_program_rows(), *config]
    if not any(row.state is State.BAD for row in config):
        rows.append(_contact_row(home.settings))
        rows += [channel_row(name, one, environ) for name, one in home.settings.channels.items()]
        rows += _language_rows(home.watchlist.pages, home.rules.lexicons)
        rows.append(_rendered_row(home.watchlist.pages, environ))
    rows += _store_rows(home, settings_hold=config[0].state is State.OK)
    columns([(row.state, row.what, row.sentence) for row in rows])
    return max(row.code for row in rows)


# --------------------------------------------------------------------------- the program


def _program_rows() -> Iterator[Row]:
    yield Row(State.OK, "program", f"pledgewatch {program_version()} on Python {python_version()}.")
    yield user_row(os.geteuid())
    yield _libraries_row(_versions())
    yield sqlite_row(sqlite3.sqlite_version_info)


def user_row(user: int) -> Row:
    """Whether this process may do all that can be done to the machine."""
    if user:
        return Row(State.OK, "user", f"It runs without the rights of root (as user {user}).")
    sentence = (
        "It runs as root: give it a user of its own (config/supervision/pledgewatch.service shows how), and "
        "run each command as that user, or it leaves files that the daemon cannot write."
    )
    return Row(State.WARN, "user", sentence)


def _versions() -> dict[str, str]:
    """The libraries that we need → their version, "" where one is missing."""
    needed = [line for line in requires("pledgewatch") or () if "extra ==" not in line]
    return {name: _version(name) for name in (_distribution(line) for line in needed)}


def _distribution(requirement: str) -> str:
    found = match(r"[A-Za-z0-9._-]+", requirement)
    return found[0] if found else requirement


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _libraries_row(versions: Mapping[str, str]) -> Row:
    missing = [name for name, number in versions.items() if not number]
    if missing:
        sentence = f"{', '.join(missing)} cannot be found: install the locked requirements again."
        return Row(State.WARN, "libraries", sentence)
    return Row(State.OK, "libraries", ", ".join(f"{name} {number}" for name, number in versions.items()))


def sqlite_row(number: tuple[int, ...]) -> Row:
    """Whether this SQLite has the WAL-reset bug (3.7.0 to 3.51.2, mended in 3.44.6 and 3.50.7 too)."""
    said = ".".join(str(part) for part in number)
    mended = (3, 44, 6) <= number < (3, 45) or (3, 50, 7) <= number < (3, 51) or number >= (3, 51, 3)
    if mended or number < (3, 7):
        return Row(State.OK, "SQLite", f"SQLite {said}.")
    return Row(
        State.WARN,
        "SQLite",
        f"SQLite {said} can damage a file that two programs write at one moment. pledgewatch lets one "
        "process write at a time: let no other program write to the store, or use SQLite 3.51.3 or later.",
    )


# --------------------------------------------------------------------------- the configuration


def _config_rows(home: Home) -> list[Row]:
    """Settings, watchlist, both together, and words, each loaded as every command loads it."""
    looks = {
        "settings": _settings_row,
        "watchlist": _watchlist_row,
        "routes": _routes_row,
        "canaries": _canaries_row,
        "words": _words_row,
        "mutes": _mutes_row,
    }
    rows: list[Row] = []
    for what, look in looks.items():
        try:
            rows.append(look(home))
        except ConfigError as error:
            if str(error) not in {row.sentence for row in rows}:  # the words need the settings too
                rows.append(Row(State.BAD, what, str(error), BAD_CONFIG))
    return rows


def _canaries_row(home: Home) -> Row:
    own = {host.lower() for host in home.settings.network.allow_hosts}
    abroad = [page for page in home.watchlist.pages if (urlsplit(page.url).hostname or "") not in own]
    count = len(home.settings.network.canaries)
    if not abroad:
        return Row(State.OK, "canaries", "none are needed: every watched page is on a host of your own.")
    if count:
        told = f"network.canaries ({count}) tell an outage of ours from trouble of a page."
        return Row(State.OK, "canaries", told)
    sentence = (
        "network.canaries is empty: on a small watch an outage of ours cannot be told from trouble of the "
        "pages; name three addresses of different owners that always answer."
    )
    return Row(State.WARN, "canaries", sentence)


def _settings_row(home: Home) -> Row:
    home.settings  # noqa: B018
    return Row(State.OK, "settings", f"{home.config / 'settings.toml'} can be followed.")


def _watchlist_row(home: Home) -> Row:
    pages = len(load_watchlist(home.config).pages)
    if not pages:
        return Row(State.OK, "watchlist", "No page is watched yet: add one with `pledgewatch add URL`.")
    return Row(State.OK, "watchlist", f"{pages} pages in {home.config / 'watchlist'}.")


def _routes_row(home: Home) -> Row:
    """Whether whoever is asked for by a route is watched."""
    home.watchlist  # noqa: B018
    routes = ", ".join(f"{route.name} (by {route.channel})" for route in home.settings.routes)
    if not routes:
        return Row(State.WARN, "routes", "There is no route: alerts are kept, and nobody is told.")
    return Row(State.OK, "routes", f"{routes}.")


def _words_row(home: Home) -> Row:
    languages = ", ".join(dict(home.rules.lexicons))  # reads them all
    return Row(State.OK, "words", f"There are lexicons for {languages or 'no language'}.")


def _mutes_row(home: Home) -> Row:
    """Whether all is as a check reads it; what is wrong with anything else has its row by then."""
    home.read_all()
    now = datetime.now(UTC).date()
    in_force = sum(mute.since <= now <= mute.until for mute in home.mutes)
    return Row(State.OK, "mutes", f"{in_force} in force; `pledgewatch validate` lists them.")


def _contact_row(settings: Settings) -> Row:
    contact = settings.operator.contact
    if contact:
        return Row(State.OK, "contact", f"{contact} stands in every request.")
    return Row(State.WARN, "contact", "operator.contact is empty: only pages on this machine can be read.")


def channel_row(name: str, channel: Channel, environ: Mapping[str, str]) -> Row:
    """Whether its address and its secrets can be read, from variables or from files."""
    try:
        _look_at_address(channel, environ)
        for variable in filter(None, (channel.secret_env, channel.password_env)):
            secret(environ, variable)
    except DeliveryError as error:
        sentence = f"{str(error)[0].upper()}{str(error)[1:]}. Nothing can be sent by this channel."
        is_declared = (
            channel.kind == "apprise" and not channel.url_env
        )  # the settings say it, as validate does
        if is_declared:
            return Row(State.BAD, f"channel {name}", sentence, BAD_CONFIG)
        return Row(State.WARN, f"channel {name}", sentence)
    return Row(State.OK, f"channel {name}", f"{channel.kind}, ready; try it with `pledgewatch alerts test`.")


def _look_at_address(channel: Channel, environ: Mapping[str, str]) -> None:
    """DeliveryError where nothing could be sent to its address."""
    if channel.kind != "apprise":
        address(channel, environ)
        return
    from alerts.channels.apprise import check_address  # takes a second to load

    check_address(channel, environ)


def _language_rows(pages: Iterable[Page], lexicons: Mapping[str, Lexicon]) -> Iterator[Row]:
    spoken = [page.language.split("-")[0] for page in pages]
    for language in sorted(set(spoken) - set(lexicons)):
        count = spoken.count(language)
        sentence = f"There is no lexicon for {language}: no statement is found on its pages ({count})."
        yield Row(State.WARN, "languages", sentence)


def _rendered_row(pages: Iterable[Page], environ: Mapping[str, str]) -> Row:
    wanting = sum(page.fetch == "rendered" for page in pages)
    missing = _missing_for_rendering(environ)
    if not missing:
        return Row(State.OK, "rendered pages", f"playwright and {find_browser(environ)} are there.")
    if wanting:
        sentence = f'{missing} is missing: pages with fetch = "rendered" ({wanting}) cannot be read.'
        return Row(State.WARN, "rendered pages", sentence)
    return Row(State.OK, "rendered pages", f'{missing} is missing, and no page asks for fetch = "rendered".')


def _missing_for_rendering(environ: Mapping[str, str]) -> str:
    if find_spec("playwright") is None:
        return 'playwright (`pip install "pledgewatch[rendered]"`)'
    return "" if find_browser(environ) else "a Chromium (`playwright install chromium`)"


# --------------------------------------------------------------------------- the state


def _store_rows(home: Home, *, settings_hold: bool) -> Iterator[Row]:
    if settings_hold:
        row = _store_row(home)
        yield row
        if row.state is State.OK:
            yield _integrity_row(home)
    else:
        yield Row(State.WARN, "store", "It was not opened: the settings that say where it is cannot be read.")
    yield _blobs_row(home.root / "blobs")
    yield disk_row(home, settings_hold=settings_hold)


def _store_row(home: Home) -> Row:
    file = home.root / "pledgewatch.db"
    if not (home.store_url or home.settings.store.url) and not file.exists():
        return Row(State.WARN, "store", f"{file} is not there yet: the first check makes it.")
    try:
        with home.open_store() as store:
            return Row(State.OK, "store", f"{store.place} opens, and has the version of this program.")
    except StoreError as error:
        return Row(State.BAD, "store", str(error), BAD_STORE)


def _integrity_row(home: Home) -> Row:
    try:
        with home.open_store() as store:
            damage = quick_check(store)
    except StoreError as error:
        damage = str(error)
    if damage:
        return Row(State.BAD, "integrity", damage, BAD_STORE)
    return Row(State.OK, "integrity", "the database is sound.")


def _blobs_row(folder: Path) -> Row:
    """Whether a body could be written, by writing one that has no name."""
    try:
        with TemporaryFile(dir=existing(folder)) as file:
            file.write(b"pledgewatch doctor was here")
    except OSError as error:
        sentence = f"{folder} cannot be written ({error.strerror}): check its owner and its permissions."
        return Row(State.BAD, "blobs", sentence, BAD_STORE)
    return Row(State.OK, "blobs", f"{folder} can be written.")


def disk_row(home: Home, *, settings_hold: bool) -> Row:
    """Whether there is room for what comes: as a check sees it."""
    floor = home.settings.store.free_bytes if settings_hold else StoreSettings().free_bytes
    room = Room(home.root, floor)
    if short := room.problem():
        return Row(State.WARN, "disk", f"{short}.")
    return Row(State.OK, "disk", f"{room.free() / 1e9:,.1f} GB free.")
