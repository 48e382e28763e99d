"""A home that was watched for years: real first looks, then each page's newest rows again, day after day.

Every row has its links, as the program itself would have written them: a fetch and a reading, the baseline that
was seen again, the check. A page in thirty never answers. Written in bulk, because a million looks take days.
"""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from app.home import Home
from monitor.store import chain
from monitor.store import pages as schedule
from tests.loopback import Answer, Loopback
from tests.other_clock import OtherClock

DAY = timedelta(days=1)
ORGANIZATIONS = 30
NEVER_READ = 30  #: one page of so many never answers
_SETTINGS = """\
operator.contact = "years@example.org"
store.free_bytes = 0
[network]
allow_hosts = ["127.0.0.1"]
[channels.file]
kind = "file"
path = "alerts.jsonl"
[[routes]]
name = "file"
channel = "file"
"""
_PAGE = """\
[pages.p{number}]
url = "{url}"
role = "policy"
"""
_FILLER = "".join(f"<p>Section {n} speaks of fees, notices and holidays of kind {n}.</p>" for n in range(30))


def new_home(root: Path, site: Loopback, pages: int) -> Home:
    """A home that watches so many pages of this site, none of them looked at yet."""
    (root / "config" / "watchlist").mkdir(parents=True)
    (root / "config" / "settings.toml").write_text(_SETTINGS)
    for number in range(min(ORGANIZATIONS, pages)):
        its = range(number, pages, ORGANIZATIONS)
        tables = "".join(_PAGE.format(number=one, url=_address(site, one)) for one in its)
        head = f'name = "House {number}"\nkind = "vendor"\nwhy = ["made up"]\n'
        (root / "config" / "watchlist" / f"house{number}.toml").write_text(head + tables)
    for number in range(pages):
        promise = f"<p>We will not sell facial recognition technology to the police of town {number}.</p>"
        body = f"<html><body><h1>Rules</h1>{promise}{_FILLER}</body></html>".encode()
        site.routes[f"/{number}"] = Answer(body=body)
    return Home(root, root / "config")


def _address(site: Loopback, number: int) -> str:
    """Nobody listens on port 9."""
    is_never_read = number % NEVER_READ == NEVER_READ - 1
    return f"http://127.0.0.1:9/{number}" if is_never_read else site.url(f"/{number}")


def grow(home: Home, rows: int) -> int:
    """Two real looks at every page, and then more until the store has so many fetches; how many it has."""
    pages = len(home.watchlist.pages)
    days = -(-rows // pages)
    clock = OtherClock(home.root / "clock")
    clock.begin(datetime.now(UTC) - days * DAY)
    for _ in range(2):
        clock.leap(DAY)
        command = [sys.executable, "-m", "tests.other_clock", str(clock.file), "--home", str(home.root)]
        looked = subprocess.run([*command, "check", "--all"], capture_output=True, text=True, check=False)
        assert looked.returncode in (0, 1), looked.stderr
    with sqlite3.connect(home.root / "pledgewatch.db", isolation_level=None) as conn:
        conn.row_factory = sqlite3.Row
        count = _Years(conn).add(days, rows)
        conn.execute("DELETE FROM clocks")
        conn.execute("DELETE FROM leases")
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    conn.close()
    _must_hold(home)
    return count


def set_due(home: Home, at: datetime, page_id: str = "") -> None:
    """Make every page, or this one, due then."""
    with home.open_store() as store, store.begin() as conn:
        for page in home.watchlist.pages:
            if page_id in ("", page.id):
                schedule.set_next_due(conn, page.id, at)


@dataclass(frozen=True)
class _Template:
    """A row that comes again: as the database holds it, and the JSON of which its link has the SHA-256.

    changing: the columns that differ each time, in the order of their names.
    """

    table: str
    row: dict[str, Any]
    changing: tuple[str, ...]

    @cached_property
    def parts(self) -> list[str]:
        """The JSON, cut where something differs."""
        held = {name: value for name, value in self.row.items() if value is not None}
        marked = {**held, **{name: f"@{name}@" for name in self.changing}}
        parts = [json.dumps(_as_said(marked), sort_keys=True, separators=(",", ":"))]
        for name in self.changing:
            parts[-1:] = parts[-1].split(f'"@{name}@"')
        assert len(parts) == len(self.changing) + 1
        return parts

    def content(self, *values: object) -> str:
        """The SHA-256 of a row with these values, as they stand in JSON."""
        first, *others = self.parts
        written = first + "".join(f"{value}{part}" for value, part in zip(values, others, strict=True))
        return sha256(written.encode()).hexdigest()


class _Years:
    """Adds days to a store, each with a look at every page."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self.conn = conn
        newest = "SELECT max(id) FROM fetches GROUP BY page_id"
        fetched = self._rows(f"SELECT * FROM fetches WHERE page_id LIKE 'house%' AND id IN ({newest})")
        self.fetches = [_Template("fetches", row, ("ended_at", "id", "started_at")) for row in fetched]
        read = {row["page_id"]: row for row in self._rows("SELECT * FROM readings ORDER BY fetch_id")}
        self.readings = [
            _Template("readings", read[one.row["page_id"]], ("at", "fetch_id")) for one in self.fetches
        ]
        believed = {row["page_id"]: row for row in self._rows("SELECT * FROM baselines")}
        self.baselines = [
            _Template("baselines", believed[page], ("last_seen_at",)) if page in believed else None
            for page in (one.row["page_id"] for one in self.fetches)
        ]
        (check,) = self._rows("SELECT * FROM checks ORDER BY id DESC LIMIT 1")
        self.check = _Template("checks", check, ("ended_at", "id", "started_at"))
        self.last = max(self._rows("SELECT id, sha256 FROM links"), key=lambda row: row["id"])
        self.fetch_id = self._rows("SELECT max(id) AS id FROM fetches")[0]["id"]
        self.at = datetime.fromisoformat(max(row["started_at"] for row in fetched)).replace(microsecond=0)

    def add(self, days: int, rows: int) -> int:
        """Until there are so many fetches, a few days in a transaction."""
        self.conn.execute("PRAGMA synchronous=OFF")
        self.conn.execute("PRAGMA cache_size=-400000")
        while self.fetch_id < rows:
            self.conn.execute("BEGIN IMMEDIATE")
            for _ in range(50):
                if self.fetch_id < rows:
                    self._day()
            self.conn.execute("COMMIT")
        return self.fetch_id

    def _day(self) -> None:
        self.at += DAY
        at, said = _stored(self.at), _in_json(self.at)
        check_id = self.check.row["id"] = self.check.row["id"] + 1
        rows: dict[str, list[Sequence[Any]]] = {"fetches": [], "readings": [], "links": []}
        links = self._links(rows["links"])
        for fetch, reading, baseline in zip(self.fetches, self.readings, self.baselines, strict=True):
            self.fetch_id += 1
            number = self.fetch_id
            rows["fetches"].append(
                tuple((fetch.row | {"id": number, "started_at": at, "ended_at": at}).values())
            )
            rows["readings"].append(tuple((reading.row | {"fetch_id": number, "at": at}).values()))
            links("fetches", number, fetch.content(said, number, said))
            links("readings", number, reading.content(said, number))
            if baseline:
                links("baselines", baseline.row["page_id"], baseline.content(said))
        links("checks", check_id, self.check.content(said, check_id, said))
        for table, its in rows.items():
            self.conn.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(its[0]))})", its)
        done = self.check.row | {"started_at": at, "ended_at": at}
        self.conn.execute(f"INSERT INTO checks VALUES ({','.join('?' * len(done))})", tuple(done.values()))
        self.conn.execute("UPDATE baselines SET last_seen_at = ?", (at,))

    def _links(self, rows: list[Sequence[Any]]) -> Callable[[str, object, str], None]:
        def link(kind: str, key: object, content: str) -> None:
            before = self.last
            after = chain.following(before["sha256"], kind, str(key), content)
            self.last = {"id": before["id"] + 1, "sha256": after}
            rows.append((self.last["id"], kind, str(key), content, after))

        return link

    def _rows(self, query: str) -> list[dict[str, Any]]:
        return [dict(row) for row in self.conn.execute(query)]


def _stored(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.000000")


def _in_json(at: datetime) -> str:
    return at.strftime('"%Y-%m-%dT%H:%M:%SZ"')


def _as_said(row: dict[str, Any]) -> dict[str, Any]:
    """Times of a row that is kept as it is, as the chain says them."""
    return {name: _said(name, value) for name, value in row.items()}


def _said(name: str, value: Any) -> Any:
    if not name.endswith("_at") or value.startswith("@"):
        return value
    return datetime.fromisoformat(value).isoformat() + "Z"


def _must_hold(home: Home) -> None:
    """A sample of rows is what its newest links say: what was written in bulk is what the program writes."""
    with home.open_store() as store, store.read() as conn:
        for kind in ("fetches", "readings", "baselines", "checks"):
            held = [row for row, _ in zip(chain.rows(conn, kind), range(2000), strict=False)]
            assert held and all(row.linked == row.content_sha256 for row in held), kind


def sizes(home: Home) -> Iterator[tuple[str, int]]:
    """What lies where, in bytes."""
    yield "database", sum(file.stat().st_size for file in home.root.glob("pledgewatch.db*"))
    yield "bodies", sum(file.stat().st_size for file in (home.root / "blobs").rglob("*") if file.is_file())
