"""pledgewatch feeds write: the feeds as files, for any web server; and each of them alone, for the desk.

    all.atom  all.json  organizations/<id>.atom|json  asks/<id>.atom|json

A file is replaced as a whole, and only where it would hold other bytes. Nothing is removed: the feed of an
organization that is watched no more keeps its alerts.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from alerts.feeds import (
    ENTRIES_AT_MOST,
    WHOLE,
    Entry,
    Feed,
    atom,
    entries,
    feeds,
    json_feed,
    of_ask,
    of_organization,
    safe_name,
    whole,
)
from app.home import Home
from app.screen import say
from app.writing import write_file
from monitor.alive import CANARY
from monitor.model import Alert
from monitor.mutes import Mute, muted
from monitor.store import Connection, alerts, holds, paged, reviews
from monitor.store import raised as raised_alerts

_AT_MOST = 50_000  #: alerts that are looked through, the newest
_SPARE = 50  #: alerts that are looked at besides what a feed holds, for those that it does not tell


def write_feeds(home: Home, folder: Path) -> int:
    """Write every feed below this folder. Raises InputError where it cannot be written, StoreError."""
    with home.existing_store() as store, store.read() as conn:
        made = published(conn, home)
    desk = home.settings.desk.url
    files = {folder / f"{feed.name}.atom": atom(feed, desk) for feed in made}
    files |= {folder / f"{feed.name}.json": json_feed(feed, desk) for feed in made}
    written = sum(write_file(path, body) for path, body in files.items())
    count = f"{len(made)} feed{'s' * (len(made) > 1)}"
    say(f"{count} in {folder}: {written} files written, {len(files) - written} unchanged.")
    return 0


def published(conn: Connection, home: Home) -> tuple[Feed, ...]:
    """Every feed as it stands now, without what tries our own watch out. Raises ConfigError."""
    told = _told(conn, home, alerts.all(conn, _AT_MOST))
    return feeds(told, [one for one in home.watchlist.organizations if one.kind != CANARY])


def feed(conn: Connection, home: Home, name: str) -> Feed | None:
    """The feed of this name, by itself, as it is among all of them; None where there is none.

    An ask that no alert touches yet has one too, which is empty. Raises ConfigError.
    """
    kind, _, id = name.rpartition("/")
    if name == WHOLE:
        return whole(_newest(conn, home, lambda after: paged.raised(conn, _BATCH, after)))
    if not id:
        return None
    if kind == "organizations":
        return _of_organization(conn, home, id)
    return _of_ask(conn, home, id) if kind == "asks" else None


def _of_organization(conn: Connection, home: Home, name: str) -> Feed | None:
    watched = {safe_name(one.id): one for one in home.watchlist.organizations}
    known = watched.get(name)
    if known and known.kind == CANARY:
        return None
    id = known.id if known else name
    told = _newest(conn, home, lambda after: paged.raised(conn, _BATCH, after, organization_id=id))
    if not told:
        return of_organization(known.id, known.name, ()) if known else None
    return of_organization(id, told[0].alert.organization["name"], told)


def _of_ask(conn: Connection, home: Home, name: str) -> Feed | None:
    known = {safe_name(one.id): one for one in home.asks}.get(name)
    id = known.id if known else name
    told = _newest(conn, home, lambda after: paged.raised(conn, _BATCH, after, ask_id=id))
    made = next((one for one in feeds(told) if one.name == f"asks/{name}"), None)
    return made or (of_ask(known.id, known.text, ()) if known else None)


_BATCH = ENTRIES_AT_MOST + _SPARE


def _newest(conn: Connection, home: Home, ask: Callable[[str], Sequence[Alert]]) -> Sequence[Entry]:
    """What is told of these alerts, the newest, until a feed is full."""
    told: list[Entry] = []
    found = ask("")
    while found:
        told += _told(conn, home, found)
        is_last = len(found) < _BATCH or len(told) >= ENTRIES_AT_MOST
        found = () if is_last else ask(found[-1].id)
    return told


def _told(conn: Connection, home: Home, raised: Iterable[Alert]) -> tuple[Entry, ...]:
    canaries = {one.id for one in home.watchlist.organizations if one.kind == CANARY}
    shown = [one for one in raised if one.organization["id"] not in canaries]
    silent = {*holds.held(conn), *muted_ids(conn, shown, home.mutes)}
    return entries(shown, reviews.newest(conn), silent)


def muted_ids(conn: Connection, raised: Iterable[Alert], mutes: Iterable[Mute]) -> Mapping[str, Mute]:
    """Alert id → the mute that kept it from everybody on the day on which it was raised."""
    in_file = tuple(mutes)
    by = {one.id: mute for one in raised if (mute := muted(one, in_file, one.raised_at.date()))}
    told = raised_alerts.told_among(conn, list(by))
    return {id: mute for id, mute in by.items() if id not in told}
