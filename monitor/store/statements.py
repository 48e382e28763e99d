"""Every statement ever seen, over the time in which it was seen, and the search among them. Derived.

On SQLite the words to search by lie in a table of their own, which is kept in step here.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Text,
    bindparam,
    cast,
    column,
    delete,
    func,
    insert,
    literal,
    literal_column,
    select,
    table,
    text,
    update,
)

from monitor.model import Saying
from monitor.store.codec import dumps
from monitor.store.tables import OutsideText, fetches, indexed, pages, statements, upsert
from monitor.terms import Term, folded

PER_PAGE = 50  #: results of a search that are given at once
_DAY = timedelta(days=1)
_SAYING = tuple(each.name for each in fields(Saying))
_FACTS = tuple(name for name in _SAYING if name != "id")
_ALL = select(*(statements.c[name] for name in _SAYING))
_IN_ORDER = (statements.c.first_seen_at, statements.c.page_id, statements.c.place, statements.c.id)
_words = table("statements_words", column("rowid", Integer), column("folded", Text))
_PLAIN: ColumnElement[str] = literal_column("'simple'")  # as in the index: without grammar of a language


# --------------------------------------------------------------------------- what was said


def of_organization(conn: Connection, organization_id: str) -> list[Saying]:
    """Every statement of this organization, what was seen first before the rest."""
    return _sayings(conn, _ALL.where(_is("organization_id", organization_id)).order_by(*_IN_ORDER))


def of_key(conn: Connection, organization_id: str, key: str) -> list[Saying]:
    """The same words below the same line, on whichever of its pages and whenever."""
    query = _ALL.where(_is("key", key), _is("organization_id", organization_id))
    return _sayings(conn, query.order_by(*_IN_ORDER))


def of_page(conn: Connection, page_id: str) -> list[Saying]:
    """Every statement of this page, what was seen first before the rest."""
    return _sayings(conn, _ALL.where(statements.c.page_id == page_id).order_by(*_IN_ORDER))


def _is(name: str, said: str) -> ColumnElement[bool]:
    """Whether a column holds this, whatever somebody typed."""
    return statements.c[name] == literal(said, OutsideText())


def _sayings(conn: Connection, query: Select[tuple[object, ...]]) -> list[Saying]:
    return [Saying(**row._mapping) for row in conn.execute(query)]


# --------------------------------------------------------------------------- search


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to search for: all of it must fit. seen_from, seen_to: days (UTC), both included.

    standing: whether it stands now; None for either.
    """

    terms: tuple[Term, ...] = ()
    organization_id: str = ""
    technology: str = ""
    party: str = ""
    stance: str = ""
    language: str = ""
    seen_from: date | None = None
    seen_to: date | None = None
    standing: bool | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """How many statements fit, and some of them: those that were seen last come first."""

    total: int
    sayings: tuple[Saying, ...]


def search(conn: Connection, wanted: Wanted, limit: int = PER_PAGE, offset: int = 0) -> Found:
    """The statements that fit. Two questions, however many there are."""
    conditions = list(_conditions(wanted, conn.dialect.name))
    total = conn.scalar(select(func.count()).select_from(statements).where(*conditions)) or 0
    newest = (statements.c.last_seen_at.desc(), statements.c.id.desc())
    query = _ALL.where(*conditions).order_by(*newest).limit(limit).offset(offset)
    return Found(total, tuple(_sayings(conn, query)) if offset < total else ())


def _conditions(wanted: Wanted, dialect: str) -> Iterable[ColumnElement[bool]]:
    if wanted.terms:
        yield _says_all(wanted.terms, dialect)
    for name in ("organization_id", "stance", "language"):
        if value := getattr(wanted, name):
            yield _is(name, value)
    for name, one in (("technologies", wanted.technology), ("parties", wanted.party)):
        if one:
            yield cast(statements.c[name], Text).contains(dumps(one), autoescape=True)
    if wanted.seen_from:
        yield statements.c.last_seen_at >= _midnight(wanted.seen_from)
    if wanted.seen_to and wanted.seen_to < date.max:
        yield statements.c.first_seen_at < _midnight(wanted.seen_to + _DAY)
    if wanted.standing is not None:
        yield statements.c.standing == wanted.standing


def _says_all(terms: Sequence[Term], dialect: str) -> ColumnElement[bool]:
    """The words of terms are letters and digits alone, so they are never more than words to the database."""
    if dialect == "sqlite":
        match = " AND ".join(f'"{" ".join(term.words)}"' + "*" * term.is_start for term in terms)
        fits = _words.c.folded.op("MATCH", return_type=Boolean())(match)
        return statements.c.id.in_(select(_words.c.rowid).where(fits))
    says = func.to_tsvector(_PLAIN, statements.c.folded)
    return says.op("@@", return_type=Boolean())(func.to_tsquery(_PLAIN, _tsquery(terms)))


def _tsquery(terms: Sequence[Term]) -> str:
    def one(term: Term) -> str:
        return " <-> ".join(f"'{word}'" for word in term.words) + ":*" * term.is_start

    return " & ".join(f"({one(term)})" for term in terms)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


# --------------------------------------------------------------------------- how far the index goes


@dataclass(frozen=True, slots=True)
class Indexed:
    """How far the statements of one page are known.

    at: when it was looked at (UTC); fetch_id: the newest reading then; text_sha256: of what was believed
    then; beliefs_sha256: of all that bears on what is believed and stands; words: what found the statements.
    """

    page_id: str
    at: datetime
    fetch_id: int
    text_sha256: str
    beliefs_sha256: str
    words: str


_INDEXED = tuple(each.name for each in fields(Indexed))


def indexed_of(conn: Connection, page_id: str) -> Indexed | None:
    """How far the statements of this page are known; None where it was never looked at."""
    row = conn.execute(select(indexed).where(indexed.c.page_id == page_id)).one_or_none()
    return Indexed(**row._mapping) if row else None


def all_indexed(conn: Connection) -> dict[str, Indexed]:
    """Page id → how far its statements are known."""
    return {row.page_id: Indexed(**row._mapping) for row in conn.execute(select(indexed))}


def looked_at(conn: Connection, page_ids: Collection[str]) -> dict[str, int]:
    """Page id → the newest fetch that was looked at for statements, for those of these that were."""
    query = select(indexed.c.page_id, indexed.c.fetch_id).where(indexed.c.page_id.in_(page_ids))
    return {row.page_id: row.fetch_id for row in conn.execute(query)} if page_ids else {}


def newest_fetches(conn: Connection) -> dict[str, int]:
    """Page or aside → its newest fetch, by one walk along an index."""
    query = select(fetches.c.page_id, func.max(fetches.c.id).label("newest"))
    return {row.page_id: row.newest for row in conn.execute(query.group_by(fetches.c.page_id))}


@dataclass(frozen=True, slots=True)
class Lag:
    """How many scheduled pages were fetched since they were looked at, and when the first of them was (UTC).

    since: None where one was never looked at.
    """

    pages: int
    since: datetime | None = None


def lag(conn: Connection) -> Lag:
    """How far the statements are behind what was fetched."""
    known = pages.outerjoin(indexed, indexed.c.page_id == pages.c.id)
    behind = select(indexed.c.at).select_from(known).where(func.coalesce(indexed.c.fetch_id, 0) < _NEWEST)
    times = list(conn.scalars(behind))
    return Lag(len(times), None if None in times else min(times, default=None))


_NEWEST = (
    select(fetches.c.id)
    .where(fetches.c.page_id == pages.c.id)
    .order_by(fetches.c.id.desc())
    .limit(1)
    .correlate(pages)
    .scalar_subquery()
)


# --------------------------------------------------------------------------- what the index writes


def keep(conn: Connection, page: Indexed, sayings: Sequence[Saying], *, anew: bool = False) -> None:
    """Keep these statements of a page, and how far they go. anew: instead of all that were there.

    Those with an id were there; of those without one, this is the first time.
    """
    _words_of(conn, page.page_id, _FORGET_WORDS)
    if anew:
        conn.execute(delete(statements).where(statements.c.page_id == page.page_id))
    elif old := [one for one in sayings if one.id]:
        conn.execute(_UPDATE, [_row(one) | {"this_id": one.id} for one in old])
    if new := [_row(one) for one in sayings if anew or not one.id]:
        conn.execute(insert(statements), new)
    _words_of(conn, page.page_id, _KEEP_WORDS)
    keep_indexed(conn, page)


def seen_again(conn: Connection, page_id: str, before_fetch_id: int, fetch_id: int, at: datetime) -> None:
    """What stood in the last reading of this page stands in this one, too: the text is the same."""
    stood = (statements.c.page_id == page_id) & (statements.c.last_fetch_id == before_fetch_id)
    conn.execute(update(statements).where(stood).values(last_fetch_id=fetch_id, last_seen_at=at))


def keep_indexed(conn: Connection, page: Indexed) -> None:
    """Keep how far the statements of this page are known."""
    row = {name: getattr(page, name) for name in _INDEXED}
    conn.execute(upsert(conn.dialect.name, indexed, "page_id"), row)


_FORGET_WORDS = """INSERT INTO statements_words (statements_words, rowid, folded)
                   SELECT 'delete', id, folded FROM statements WHERE page_id = :page_id"""
_KEEP_WORDS = """INSERT INTO statements_words (rowid, folded)
                 SELECT id, folded FROM statements WHERE page_id = :page_id"""


def _words_of(conn: Connection, page_id: str, change: str) -> None:
    """PostgreSQL keeps its index by itself."""
    if conn.dialect.name == "sqlite":
        conn.execute(text(change), {"page_id": page_id})


_CHANGING = tuple(name for name in _FACTS if name not in ("page_id", "key"))
_UPDATE = (
    update(statements)
    .where(statements.c.id == bindparam("this_id"))
    .values({name: bindparam(name) for name in (*_CHANGING, "folded")})
)


def _row(one: Saying) -> dict[str, object]:
    return {name: getattr(one, name) for name in _FACTS} | {"folded": folded(one.quote)}
