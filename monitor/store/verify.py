"""Whether the store holds what was recorded: the chain, its rows, the database itself, the bodies.

    links     each follows on the one before, and its row has not gone
    rows      each holds what its newest link says
    database  SQLite finds it sound, its references hold, its tables and triggers are ours
    bodies    each that is named is there, and each that is there is what it was, to the bit

One read transaction: a daemon may go on meanwhile. A few rows at a time: memory does not grow with the store.
What this cannot see is a chain that was written anew from some link on, or cut off together with its rows;
a head that was kept elsewhere shows that.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from heapq import merge
from itertools import groupby
from operator import itemgetter

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    Text,
    case,
    cast,
    func,
    null,
    select,
    text,
    type_coerce,
    union_all,
)
from sqlalchemy.exc import DBAPIError

from monitor.errors import StoreError
from monitor.store import chain, shape
from monitor.store.chain import CHAINED, ORIGIN, TOGETHER, Link
from monitor.store.tables import fetches, hosts, links
from monitor.store.transactions import Store

_SHA256 = re.compile(r"[0-9a-f]{64}")
_A_FILE = ""  # where a body is named, for the body itself
_UNSOUND = {
    1,
    11,
    17,
    18,
    20,
    26,
}  # SQLite's codes: no such column, corrupt, schema, too big, mismatch, no database


@dataclass(frozen=True, slots=True)
class Damage:
    """What is not as it was recorded. where: a row, link, file or trigger; what: what is wrong with it."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(slots=True)
class Verification:
    """One walk over a store: what was counted, once `damages` has come to its end.

    known_head: the SHA-256 of a head that was printed before, "" for none.
    """

    store: Store
    known_head: str = ""
    links: int = 0
    rows: int = 0
    blobs: int = 0
    unnamed_blobs: int = 0  #: of the blobs: those that nothing names
    head: Link | None = None
    known_link: int | None = None  #: the number of the link that has the known head; 0 stands for no link yet
    _befores: tuple[str, ...] = field(default=(ORIGIN,))  # what the next link may hang on

    def damages(self) -> Iterator[Damage]:
        """All that is found, one after the other. Raises StoreError where the store cannot be used."""
        with self.store.read() as conn, _as_it_stands(conn):
            yield from _while_readable("the database", _of_database(conn))
            yield from self._of_chain(conn)
            yield from _while_readable("the bodies", self._of_bodies(conn))

    def of_chain(self) -> Iterator[Damage]:
        """What is wrong with links and rows alone."""
        with self.store.read() as conn, _as_it_stands(conn):
            yield from self._of_chain(conn)

    def _of_chain(self, conn: Connection) -> Iterator[Damage]:
        yield from _while_readable("links", self._of_links(conn))
        for kind in CHAINED:
            yield from _while_readable(kind, self._of_rows(conn, kind))
        if self.known_head == ORIGIN:
            self.known_link = 0
        if self.known_head and self.known_link is None:
            yield Damage(
                f"head {self.known_head}", "no link has this SHA-256: the chain was written anew, or cut"
            )

    # ----------------------------------------------------------------------- links and rows

    def _of_links(self, conn: Connection) -> Iterator[Damage]:
        query = select(links).order_by(links.c.id)
        result = conn.execute(query, execution_options={"yield_per": TOGETHER})
        for some in result.partitions():
            linked = [Link(**row._mapping) for row in some]
            for link in linked:
                yield from self._of_link(link)
            yield from _gone(conn, linked)

    def _of_link(self, link: Link) -> Iterator[Damage]:
        """Whether this link hangs on the one before.

        Where that one was changed, either what it says or what it should say may be what was recorded.
        """
        last = self.head.id if self.head else 0
        if link.id <= last:
            yield Damage(f"links {link.id}", "it was inserted: the first link is 1")
            return
        self.links, self.head = self.links + 1, link
        if link.sha256 == self.known_head:
            self.known_link = link.id
        if link.id > last + 1:
            yield _missing(last + 1, link.id)
            self._befores = (link.sha256,)
            return
        wanted = [chain.following(one, link.kind, link.key, link.content_sha256) for one in self._befores]
        if link.sha256 in wanted:
            self._befores = (link.sha256,)
            return
        before_holds = len(self._befores) == 1
        yield Damage(
            f"links {link.id}", _CHANGED if before_holds else f"nothing proves it: links {last} was changed"
        )
        self._befores = (link.sha256, *wanted[:1])

    def _of_rows(self, conn: Connection, kind: str) -> Iterator[Damage]:
        for row in chain.rows(conn, kind):
            self.rows += 1
            if row.linked is None:
                yield Damage(f"{kind} {row.key}", "it was inserted: it has no link")
            elif row.linked == "":
                yield Damage(
                    f"{kind} {row.key}", "it was put back: its newest link says that it was taken out"
                )
            elif row.linked != row.content_sha256:
                yield Damage(f"{kind} {row.key}", "its content is not what was recorded")

    # ----------------------------------------------------------------------- bodies

    def _of_bodies(self, conn: Connection) -> Iterator[Damage]:
        there = ((sha256, _A_FILE) for sha256 in self.store.blobs.all())
        first = itemgetter(0)
        for sha256, group in groupby(merge(there, _named(conn), key=first), key=first):
            named = {by for _, by in group}
            if _A_FILE in named:
                self.blobs += 1
                self.unnamed_blobs += len(named) == 1
                yield from self._of_body(sha256)
            else:
                by = ", ".join(sorted(named))
                yield Damage(str(self.store.blobs.path(sha256)), f"it is missing: {by} names it")

    def _of_body(self, sha256: str) -> Iterator[Damage]:
        try:
            self.store.blobs.get(sha256)
        except StoreError as error:
            path = self.store.blobs.path(sha256)
            yield Damage(str(path), str(error).removeprefix(f"{path}: "))


_CHANGED = "it was changed, or does not follow on the one before"


def _missing(first: int, after: int) -> Damage:
    unproven = f"nothing proves links {after} any more"
    if first == after - 1:
        return Damage(f"links {first}", f"it is missing, and {unproven}")
    return Damage(f"links {first} to {after - 1}", f"they are missing, and {unproven}")


def _gone(conn: Connection, linked: Iterable[Link]) -> Iterator[Damage]:
    """The rows that have gone, each at its newest link."""
    held: dict[str, dict[str, Link]] = {kind: {} for kind in CHAINED}
    for link in linked:
        if link.kind in CHAINED and link.content_sha256 and not chain.NEVER_IN_KEYS.search(str(link.key)):
            held[link.kind][str(link.key)] = link
    for kind, by_key in held.items():
        there = chain.there(conn, kind, by_key)
        for key, link in by_key.items():
            if key not in there and conn.scalar(_newest(kind, key)) == link.id:
                yield Damage(f"{kind} {key}", "it was taken out: its newest link says that it is there")


def _newest(kind: str, key: str) -> Select[int]:
    return select(func.max(links.c.id)).where(links.c.kind == kind, links.c.key == key)


# --------------------------------------------------------------------------- the database


def _of_database(conn: Connection) -> Iterator[Damage]:
    if conn.dialect.name == "sqlite":
        for said in conn.scalars(text("PRAGMA integrity_check")):
            if said != "ok":
                yield Damage("the database", f"SQLite says: {' '.join(str(said).split())}")
        for table, row, other, _ in conn.execute(text("PRAGMA foreign_key_check")):
            yield Damage(f"{table}, row {row}", f"it refers to a row of {other} that is not there")
    for name, what in shape.amiss(conn):
        yield Damage(name, what)


@contextmanager
def _as_it_stands(conn: Connection) -> Iterator[None]:
    """Read text whose bytes are no UTF-8 as it stands: it is not what was recorded, which will be said."""
    if conn.dialect.name != "sqlite":
        yield
        return
    raw = conn.connection.driver_connection
    assert raw is not None
    raw.text_factory = lambda read: read.decode(errors="surrogateescape")
    try:
        yield
    finally:
        raw.text_factory = str


def _while_readable(what: str, damages: Iterator[Damage]) -> Iterator[Damage]:
    """These damages, until SQLite can read no further because its file is damaged."""
    try:
        yield from damages
    except DBAPIError as error:
        if getattr(error.orig, "sqlite_errorcode", 0) & 0xFF not in _UNSOUND:
            raise
        yield Damage(what, f"no further row can be read: {' '.join(str(error.orig).split())}")
    except UnicodeDecodeError:  # SQLite quotes what it found in place of its tables
        yield Damage(what, "no further row can be read: malformed database schema")


# --------------------------------------------------------------------------- what names a body


def _named(conn: Connection) -> Iterator[tuple[str, str]]:
    """(SHA-256, what names it first) in order; what is no SHA-256 was changed, which the rows tell."""
    result = conn.execute(_names(conn.dialect.name), execution_options={"yield_per": TOGETHER})
    for sha256, fetch, origin in result:
        if isinstance(sha256, str) and _SHA256.fullmatch(sha256):
            yield sha256, f"hosts {origin}" if fetch is None else f"fetches {fetch}"


def _names(dialect: str) -> Select[str, int | None, str | None]:
    no_fetch, no_host = cast(null(), Integer), cast(null(), Text)
    of_fetches = (fetches.c.body_sha256, fetches.c.screenshot_sha256, _robots(fetches.c.robots, dialect))
    named = union_all(
        *(
            select(one.label("sha256"), fetches.c.id.label("fetch"), no_host.label("host"))
            for one in of_fetches
        ),
        select(_robots(hosts.c.robots, dialect), no_fetch, hosts.c.origin),
    ).subquery()
    in_bytes = named.c.sha256.collate({"sqlite": "BINARY", "postgresql": "C"}[dialect])
    query = select(named.c.sha256, func.min(named.c.fetch), func.min(named.c.host))
    return query.where(named.c.sha256 != "").group_by(named.c.sha256).order_by(in_bytes)


def _robots(column: ColumnElement[object], dialect: str) -> ColumnElement[str]:
    """The SHA-256 of the robots.txt in this column; NULL where that is no JSON any more."""
    if dialect == "postgresql":
        return func.json_extract_path_text(column, "sha256", type_=Text)
    packed = type_coerce(column, Text)
    return case((func.json_valid(packed) == 1, func.json_extract(packed, "$.sha256")), else_=None)
