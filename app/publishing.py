"""pledgewatch feeds write: the feeds as files, for any web server.

    all.atom  all.json  organizations/<id>.atom|json  asks/<id>.atom|json

A file is replaced as a whole, and only where it would hold other bytes. Nothing is removed: the feed of an
organization that is watched no more keeps its alerts.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from alerts.feeds import Feed, atom, entries, feeds, json_feed
from app.home import Home
from app.screen import say
from monitor.errors import InputError
from monitor.model import Alert
from monitor.mutes import Mute, load_mutes, muted
from monitor.store import Connection, alerts, holds, reviews

_AT_MOST = 50_000  #: alerts that are looked through, the newest


def write_feeds(home: Home, folder: Path) -> int:
    """Write every feed below this folder. Raises InputError where it cannot be written, StoreError."""
    with home.open_store() as store, store.read() as conn:
        made = published(conn, home)
    desk = home.settings.desk.url
    files = {folder / f"{feed.name}.atom": atom(feed, desk) for feed in made}
    files |= {folder / f"{feed.name}.json": json_feed(feed, desk) for feed in made}
    written = sum(write_file(path, body) for path, body in files.items())
    count = f"{len(made)} feed{'s' * (len(made) > 1)}"
    say(f"{count} in {folder}: {written} files written, {len(files) - written} unchanged.")
    return 0


def published(conn: Connection, home: Home) -> tuple[Feed, ...]:
    """Every feed as it stands now. Raises ConfigError."""
    raised = alerts.all(conn, _AT_MOST)
    silent = {*holds.held(conn), *muted_ids(conn, raised, load_mutes(home.config))}
    return feeds(entries(raised, reviews.newest(conn), silent), home.watchlist.organizations)


def muted_ids(conn: Connection, raised: Iterable[Alert], mutes: Iterable[Mute]) -> Mapping[str, Mute]:
    """Alert id → the mute that kept it from everybody on the day on which it was raised."""
    in_file = tuple(mutes)
    by = {one.id: mute for one in raised if (mute := muted(one, in_file, one.raised_at.date()))}
    return {id: mute for id, mute in by.items() if not alerts.told_to(conn, id)}


def write_file(path: Path, body: bytes) -> bool:
    """Whether the file was written: not where it holds these bytes already. Raises InputError."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.is_file() and path.read_bytes() == body:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            unfinished.write_bytes(body)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        problem = error.strerror or str(error)
        raise InputError(f"{path} cannot be written: {problem}; name a place that you may write to") from None
    return True
