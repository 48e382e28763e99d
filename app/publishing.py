"""pledgewatch feeds write: the feeds as files, for any web server.

    all.atom  all.json  organizations/<id>.atom|json  asks/<id>.atom|json

A file is replaced as a whole, and only where it would hold other bytes. Nothing is removed: the feed of an
organization that is watched no more keeps its alerts.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from alerts.feeds import Feed, atom, entries, feeds, json_feed
from app.home import Home
from app.screen import say
from app.writing import write_file
from monitor.alive import CANARY
from monitor.model import Alert
from monitor.mutes import Mute, muted
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
    """Every feed as it stands now, without what tries our own watch out. Raises ConfigError."""
    watched = home.watchlist.organizations
    canaries = {one.id for one in watched if one.kind == CANARY}
    raised = [one for one in alerts.all(conn, _AT_MOST) if one.organization["id"] not in canaries]
    silent = {*holds.held(conn), *muted_ids(conn, raised, home.mutes)}
    told = entries(raised, reviews.newest(conn), silent)
    return feeds(told, [one for one in watched if one.id not in canaries])


def muted_ids(conn: Connection, raised: Iterable[Alert], mutes: Iterable[Mute]) -> Mapping[str, Mute]:
    """Alert id → the mute that kept it from everybody on the day on which it was raised."""
    in_file = tuple(mutes)
    by = {one.id: mute for one in raised if (mute := muted(one, in_file, one.raised_at.date()))}
    return {id: mute for id, mute in by.items() if not alerts.told_to(conn, id)}
